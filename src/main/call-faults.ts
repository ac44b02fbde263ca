import { faultKinds, type FaultRule } from "#api/faults";
import { refusal, throttled } from "#aks";
import { ArmError, armErrors, type AskedCall, type CallFault, type CallFaults, ProviderError, sameName } from "#arm";
import type { Faults, Subject } from "#faults";

const CALLS = faultKinds("calls");
/** What a throttled caller is told to wait when the rule does not say. */
const RETRY_AFTER_SECONDS = 60;

type Refusal = Extract<CallFault, { readonly kind: "refuse" }>["error"];

/** What falls upon calls, in the words of who is called. */
export function callFaults(faults: Faults): CallFaults {
  return (call) => (faults.any(CALLS) ? strikeCall(faults, call) : undefined);
}

async function strikeCall(faults: Faults, call: AskedCall): Promise<CallFault | undefined> {
  const [rule] = await faults.strike(CALLS, [subjectOfCall(call)]);
  if (rule === undefined) return undefined;
  const { kind, seconds = 0, afterwards } = rule;
  const when = afterwards === true ? { afterwards } : {};
  if (kind === "delay") return { ...when, kind, ms: seconds * 1000 };
  if (kind === "hang" || kind === "drop") return { ...when, kind };
  return { ...when, kind: "refuse", error: kind === "throttle" ? throttling(rule, call) : responding(rule, call) };
}

function subjectOfCall({ method, path, armPath, operation }: AskedCall): Subject {
  const { subscriptionId, resourceGroup, segments } = armPath;
  const named = (type: string, index: number): string | undefined =>
    sameName(segments[index] ?? "", type) ? segments[index + 1] : undefined;
  const cluster = named("managedClusters", 0);
  const pool = named("agentPools", 2);
  return {
    method,
    path,
    subscription: subscriptionId,
    ...(resourceGroup !== undefined && { resourceGroup }),
    ...(cluster !== undefined && { cluster }),
    ...(pool !== undefined && { pool }),
    ...(operation !== undefined && { operation }),
  };
}

function isForAks({ armPath }: AskedCall): boolean {
  return sameName(armPath.namespace ?? "", "Microsoft.ContainerService");
}

function throttling({ retryAfterSeconds: seconds = RETRY_AFTER_SECONDS }: FaultRule, call: AskedCall): Refusal {
  const { method, armPath: path } = call;
  if (isForAks(call)) return throttled({ method, path }, seconds);
  const kind = { GET: "reads", HEAD: "reads", DELETE: "deletes", PUT: "writes", POST: "writes", PATCH: "writes" }[method];
  return armErrors.requestsThrottled({ kind, scope: path.subscriptionId, actor: "", seconds });
}

/** Codes and words of a status when the rule names none. Source: learn.microsoft.com/rest/api/azure, common error codes; Unverified: words. */
const USUAL: Readonly<Record<number, readonly [code: string, message: string]>> = {
  400: ["BadRequest", "The request is invalid."],
  401: ["AuthenticationFailed", "Authentication failed."],
  403: ["AuthorizationFailed", "The client does not have authorization to perform the action."],
  404: ["NotFound", "The entity was not found."],
  409: ["Conflict", "The request conflicts with another operation."],
  412: ["PreconditionFailed", "The precondition of the request is not met."],
  429: ["TooManyRequests", "Too many requests. Please try again later."],
  500: ["InternalServerError", "The server encountered an internal error. Please retry the request."],
  502: ["BadGateway", "The gateway got an invalid answer from the resource provider."],
  503: ["ServiceUnavailable", "The service is unavailable. Please try again later."],
  504: ["GatewayTimeout", "The gateway did not receive a response from 'Microsoft.ContainerService' within the specified time period."],
};

function responding(rule: FaultRule, call: AskedCall): Refusal {
  const { status = 500, retryAfterSeconds } = rule;
  const [usualCode, usualMessage] = USUAL[status] ?? USUAL[status < 500 ? 400 : 500] ?? ["InternalServerError", ""];
  const { code = usualCode, message = usualMessage } = rule;
  const headers = retryAfterSeconds === undefined ? {} : { "Retry-After": String(retryAfterSeconds) };
  if (!isForAks(call)) return new ArmError(status, code, message, { headers });
  return new ProviderError({ ...refusal(status, code, message).response, headers });
}
