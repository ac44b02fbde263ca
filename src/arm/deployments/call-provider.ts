import type { Clock } from "#lib";
import type { Dispatch } from "../door/dispatch.ts";
import { parseResourceId } from "../door/resource-id.ts";
import { armErrorBody } from "../door/answer.ts";
import type { OperationRecords } from "../operations.ts";
import { ArmError, type ArmRequest, type ArmResponse, type Method, ProviderError } from "../provider.ts";
import { statusName } from "../status-name.ts";
import type { Deployment } from "./records.ts";

/** How a resource of a deployment ended. */
export type ResourceOutcome =
  | { readonly state: "Succeeded"; readonly statusCode: string }
  | { readonly state: "Failed"; readonly statusCode: string; readonly statusMessage: unknown };

/** What calls from inside need. */
export interface CallOptions {
  readonly clock: Clock;
  readonly dispatch: Dispatch;
  readonly operations: OperationRecords;
  readonly signal: AbortSignal;
}

/** Pause between two looks at a resource that has no operation to wait for, in milliseconds. */
const LOOK_EVERY_MS = 250;
const TERMINAL = ["succeeded", "failed", "canceled"];
/** A request to a provider on behalf of a deployment's caller. */
export function requestFor(
  deployment: Deployment,
  { method, id, apiVersion, body }: { readonly method: Method; readonly id: string; readonly apiVersion: string; readonly body?: unknown },
): ArmRequest {
  const { baseUrl, principal, correlationId } = deployment;
  const query = new URLSearchParams({ "api-version": apiVersion });
  return { method, path: parseResourceId(id), apiVersion, query, headers: {}, body, baseUrl, principal, correlationId };
}

/** Sends a request; a refusal becomes an outcome. */
export async function ask(dispatch: Dispatch, request: ArmRequest): Promise<ArmResponse | (ResourceOutcome & { state: "Failed" })> {
  try {
    return await dispatch(request);
  } catch (error) {
    if (error instanceof ArmError) return { state: "Failed", statusCode: statusName(error.status), statusMessage: armErrorBody(error) };
    if (!(error instanceof ProviderError)) throw error;
    return { state: "Failed", statusCode: statusName(error.response.status), statusMessage: error.response.body };
  }
}

/** The URL at which a provider tells how far it is; undefined when the answer itself says it all. */
export function asyncUrlOf({ headers = {} }: ArmResponse): string | undefined {
  const found = (name: string): string | undefined => Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1];
  return found("azure-asyncoperation") ?? found("location");
}

/** Waits until the provider has finished with a resource. */
export async function outcomeOf(
  deployment: Deployment,
  { asyncUrl, id, apiVersion }: { readonly asyncUrl: string | undefined; readonly id: string; readonly apiVersion: string },
  options: CallOptions,
): Promise<ResourceOutcome> {
  const operation = asyncUrl === undefined ? undefined : operationIn(asyncUrl);
  if (operation !== undefined) {
    const ended = await options.operations.ended(operation.subscriptionId, operation.id, options.signal);
    if (ended !== undefined)
      return ended.status === "Succeeded" ? { state: "Succeeded", statusCode: "OK" } : failed(ended.status, ended.error);
  }
  for (;;) {
    const response = await ask(options.dispatch, requestFor(deployment, { method: "GET", id, apiVersion }));
    if ("state" in response) return response;
    const { state, error } = stateIn(response.body);
    if (state === undefined || state.toLowerCase() === "succeeded") return { state: "Succeeded", statusCode: statusName(response.status) };
    if (TERMINAL.includes(state.toLowerCase())) return failed(state, error);
    await options.clock.sleep(LOOK_EVERY_MS, options.signal);
  }
}

/** `/subscriptions/{s}/providers/{namespace}/locations/{l}/operations/{id}` in a URL. */
function operationIn(url: string): { readonly subscriptionId: string; readonly id: string } | undefined {
  const match = /\/subscriptions\/([^/]+)\/providers\/[^/]+\/locations\/[^/]+\/operation(?:s|results)\/([^/?]+)/i.exec(url);
  return match === null ? undefined : { subscriptionId: match[1] ?? "", id: match[2] ?? "" };
}

function stateIn(body: unknown): { readonly state: string | undefined; readonly error: unknown } {
  const { properties } = (body ?? {}) as { readonly properties?: { readonly provisioningState?: unknown; readonly error?: unknown } };
  const state = properties?.provisioningState;
  return { state: typeof state === "string" ? state : undefined, error: properties?.error };
}

/** Source: error answers of deployments whose resource failed after it was accepted. */
function failed(state: string, error: unknown): ResourceOutcome {
  return {
    state: "Failed",
    statusCode: "Conflict",
    statusMessage: {
      status: state,
      error: {
        code: "ResourceDeploymentFailure",
        message: `The resource operation completed with terminal provisioning state '${state}'.`,
        ...(error === undefined ? {} : { details: [error] }),
      },
    },
  };
}
