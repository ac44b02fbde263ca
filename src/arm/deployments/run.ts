import type { Random } from "#lib";
import { asyncUrlOf, ask, type CallOptions, outcomeOf, requestFor, type ResourceOutcome } from "./call-provider.ts";
import { type Deployment, operationIdOf, type ResourceOperation } from "./records.ts";
import type { Plan, ReferenceResolver } from "./template/plan.ts";
import type { PlannedResource } from "./template/resources.ts";
import { PendingReference, type Reference, TemplateFailure } from "./template/scope.ts";

/** A deployment under way. */
export interface RunOptions extends CallOptions {
  readonly random: Random;
  readonly deployment: Deployment;
  readonly plan: Plan;
  /** Stores what became of a resource before the run goes on. */
  record(operation: ResourceOperation): Promise<void>;
}

/** References that one resource may ask for, one after the other: a bound on evaluating it again. */
const MAX_REFERENCES = 100;

/**
 * Makes the resources of a plan, each as soon as those it depends on are there, and resolves with the outputs.
 * What a former run has stored is not done again: a run can break off anywhere and be started anew.
 * @throws {TemplateFailure} when an output cannot be evaluated.
 */
export async function runPlan(
  options: RunOptions,
): Promise<{ readonly succeeded: boolean; readonly outputs: Readonly<Record<string, unknown>> | undefined }> {
  const runner = new Runner(options);
  const results = await Promise.allSettled(options.plan.resources.map((resource) => runner.ensure(resource)));
  for (const result of results) if (result.status === "rejected") throw result.reason;
  const succeeded = results.every((result) => result.status === "fulfilled" && result.value);
  return {
    succeeded,
    outputs: succeeded ? await runner.withReferences(undefined, (references) => options.plan.outputs(references)) : undefined,
  };
}

class Runner {
  readonly #options: RunOptions;
  readonly #started = new Map<string, Promise<boolean>>();
  /** Which resource waits for which: two that wait for each other would never end. */
  readonly #waits = new Map<string, Set<string>>();
  readonly #known = new Map<string, unknown>();

  constructor(options: RunOptions) {
    this.#options = options;
  }

  /** Makes a resource once; resolves with whether it is there. */
  ensure(resource: PlannedResource): Promise<boolean> {
    const running = this.#started.get(resource.id) ?? this.#make(resource);
    this.#started.set(resource.id, running);
    return running;
  }

  async #make(resource: PlannedResource): Promise<boolean> {
    const stored = this.#options.deployment.operations.find(({ resourceId }) => resourceId === resource.id);
    if (stored !== undefined && stored.state !== "Running") return stored.state === "Succeeded";
    this.#waits.set(resource.id, new Set(resource.dependsOn));
    for (const id of resource.dependsOn) {
      const needed = this.#options.plan.resources.find((other) => other.id === id);
      if (needed !== undefined && !(await this.ensure(needed))) return false;
    }
    const operation = stored ?? this.#begin(resource);
    if (stored === undefined) await this.#options.record(operation);
    const outcome = await this.#carryOut(resource, operation);
    await this.#options.record({ ...operation, ...outcome, endMs: this.#options.clock.now() });
    return outcome.state === "Succeeded";
  }

  #begin({ id, type, name }: PlannedResource): ResourceOperation {
    const { deployment, random, clock } = this.#options;
    return {
      operationId: operationIdOf(deployment, id),
      resourceId: id,
      resourceType: type,
      resourceName: name,
      state: "Running",
      startMs: clock.now(),
      trackingId: random.uuid(),
      serviceRequestId: random.uuid(),
    };
  }

  async #carryOut(resource: PlannedResource, operation: ResourceOperation): Promise<ResourceOutcome> {
    const { deployment, dispatch, plan } = this.#options;
    const { id, apiVersion } = resource;
    if (operation.asyncUrl !== undefined)
      return await outcomeOf(deployment, { asyncUrl: operation.asyncUrl, id, apiVersion }, this.#options);
    let body: Readonly<Record<string, unknown>>;
    try {
      body = await this.withReferences(resource, (references) => plan.body(resource, references));
    } catch (error) {
      if (!(error instanceof TemplateFailure)) throw error;
      return { state: "Failed", statusCode: "BadRequest", statusMessage: { error: { code: "InvalidTemplate", message: error.message } } };
    }
    await this.#awaitFormerRun(resource, operation);
    const response = await ask(dispatch, requestFor(deployment, { method: "PUT", id, apiVersion, body }));
    if ("state" in response) return response;
    const asyncUrl = asyncUrlOf(response);
    if (asyncUrl !== undefined) await this.#options.record({ ...operation, asyncUrl });
    return await outcomeOf(deployment, { asyncUrl, id, apiVersion }, this.#options);
  }

  /** A run that ended between its PUT and its record of it has left the provider at work: a second PUT waits for that. */
  async #awaitFormerRun({ id, apiVersion }: PlannedResource, { operationId }: ResourceOperation): Promise<void> {
    const { deployment } = this.#options;
    if (!deployment.operations.some((stored) => stored.operationId === operationId)) return;
    await outcomeOf(deployment, { asyncUrl: undefined, id, apiVersion }, this.#options);
  }

  /** Evaluates, fetching what the evaluation turns out to refer to, until it has everything. */
  async withReferences<T>(asker: PlannedResource | undefined, evaluation: (references: ReferenceResolver) => T): Promise<T> {
    const references: ReferenceResolver = (reference) => {
      const key = keyOf(reference);
      if (!this.#known.has(key)) throw new PendingReference(reference);
      return this.#known.get(key);
    };
    for (let count = 0; count < MAX_REFERENCES; count++) {
      try {
        return evaluation(references);
      } catch (error) {
        if (!(error instanceof PendingReference)) throw error;
        this.#known.set(keyOf(error.reference), await this.#fetch(error.reference, asker));
      }
    }
    throw new TemplateFailure(`More than '${MAX_REFERENCES}' references are used.`);
  }

  async #fetch(reference: Reference, asker: PlannedResource | undefined): Promise<unknown> {
    const { plan, dispatch, deployment } = this.#options;
    const lower = reference.resource.toLowerCase();
    const planned = plan.resources.find(({ id, name }) => id.toLowerCase() === lower || name.toLowerCase() === lower);
    if (planned !== undefined) await this.#await(planned, asker);
    const apiVersion = reference.apiVersion ?? planned?.apiVersion;
    if (apiVersion === undefined || (planned === undefined && !reference.resource.startsWith("/"))) {
      throw new TemplateFailure(
        `The resource '${reference.resource}' is not defined in the template. Please see https://aka.ms/arm-syntax for usage details.`,
      );
    }
    const id = planned?.id ?? reference.resource;
    const response = await ask(dispatch, requestFor(deployment, { method: "GET", id, apiVersion }));
    if ("state" in response)
      throw new TemplateFailure(
        `The resource '${id}' that the template refers to cannot be read: ${JSON.stringify(response.statusMessage)}`,
      );
    const resource = response.body as { readonly properties?: unknown } | undefined;
    return reference.full ? { apiVersion, ...resource } : resource?.properties;
  }

  async #await(planned: PlannedResource, asker: PlannedResource | undefined): Promise<void> {
    if (asker !== undefined) {
      if (this.#isWaitingFor(planned.id, asker.id)) {
        throw new TemplateFailure(
          `Circular dependency detected on resource: '${asker.id}'. Please see https://aka.ms/arm-syntax-resources for usage details.`,
        );
      }
      this.#waits.get(asker.id)?.add(planned.id);
    }
    if (!(await this.ensure(planned)))
      throw new TemplateFailure(`The resource '${planned.name}' that the template refers to could not be deployed.`);
  }

  #isWaitingFor(id: string, target: string, seen = new Set<string>()): boolean {
    if (id === target) return true;
    if (seen.has(id)) return false;
    seen.add(id);
    return [...(this.#waits.get(id) ?? [])].some((next) => this.#isWaitingFor(next, target, seen));
  }
}

function keyOf({ resource, apiVersion = "", full }: Reference): string {
  return `${resource.toLowerCase()}|${apiVersion}|${full}`;
}
