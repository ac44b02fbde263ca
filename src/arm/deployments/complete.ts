import type { GenericResource } from "../provider.ts";
import { asyncUrlOf, ask, outcomeOf, requestFor, type ResourceOutcome } from "./call-provider.ts";
import { operationIdOf, type ResourceOperation } from "./records.ts";
import type { RunOptions } from "./run.ts";

/** Top-level resources of a group. */
export type Contents = (scope: { readonly subscriptionId: string; readonly resourceGroup: string }) => readonly GenericResource[];

/** What a deployment in the mode Complete works with, once its own resources are there. */
export interface CompleteOptions extends RunOptions {
  readonly contents: Contents;
  /** Newest api-version of a resource's type. */
  readonly newestVersion: (type: string) => string;
}

/**
 * Deletes the top-level resources of the group that the template does not have, all at once. Resolves with whether they are gone.
 * What a former run has stored is not done again.
 * Source: learn.microsoft.com/azure/azure-resource-manager/templates/deployment-modes, complete mode.
 */
export async function removeOthers(options: CompleteOptions): Promise<boolean> {
  const { deployment, plan, contents } = options;
  const named = new Set(plan.resources.map(({ id }) => id.toLowerCase()));
  const others = contents(deployment).filter(({ id }) => !named.has(id.toLowerCase()));
  const removed = await Promise.all(others.map((resource) => remove(resource, options)));
  return removed.every((isGone) => isGone);
}

async function remove(resource: GenericResource, options: CompleteOptions): Promise<boolean> {
  const { deployment, clock, random } = options;
  const operation: ResourceOperation = {
    operationId: operationIdOf(deployment, `delete ${resource.id}`),
    resourceId: resource.id,
    resourceType: resource.type,
    resourceName: resource.name,
    kind: "Delete",
    state: "Running",
    startMs: clock.now(),
    trackingId: random.uuid(),
    serviceRequestId: random.uuid(),
  };
  await options.record(operation);
  const outcome = await deletionOf(resource, options);
  await options.record({ ...operation, ...outcome, endMs: clock.now() });
  return outcome.state === "Succeeded";
}

async function deletionOf({ id, type }: GenericResource, options: CompleteOptions): Promise<ResourceOutcome> {
  const { deployment, dispatch } = options;
  const apiVersion = options.newestVersion(type);
  const response = await ask(dispatch, requestFor(deployment, { method: "DELETE", id, apiVersion }));
  if ("state" in response) return response.statusCode === "NotFound" ? GONE : response;
  const outcome = await outcomeOf(deployment, { asyncUrl: asyncUrlOf(response), id, apiVersion }, options);
  return outcome.state === "Failed" && outcome.statusCode === "NotFound" ? GONE : outcome;
}

const GONE: ResourceOutcome = { state: "Succeeded", statusCode: "OK" };
