import type { Clock } from "#lib";
import { accessOf, ownAccessOf } from "../authorization/access.ts";
import type { ArmError, ArmPath, Method, ProviderError } from "../provider.ts";
import type { Handler } from "./call.ts";

/** A call as a fault sees it. */
export interface AskedCall {
  readonly method: Method;
  /** As it was sent, without the query. */
  readonly path: string;
  /** The same, taken apart; without a namespace for Azure Resource Manager's own. */
  readonly armPath: ArmPath;
  /** `Microsoft.ContainerService/managedClusters/agentPools/write`; absent where no role is asked for. */
  readonly operation?: string;
}

/** What befalls a call, on purpose. `afterwards`: once it has been carried out. */
export type CallFault = { readonly afterwards?: boolean } & (
  | { readonly kind: "refuse"; readonly error: ArmError | ProviderError }
  | { readonly kind: "delay"; readonly ms: number }
  | { readonly kind: "hang" | "drop" }
);

/** Asked of every call whose token has been checked; undefined, at once, when there is nothing to ask. */
export type CallFaults = (call: AskedCall) => Promise<CallFault | undefined> | undefined;

/** The caller gets no answer: its connection is broken at once, or stays silent until the caller breaks it. */
export class Unanswered extends Error {
  readonly kind: "hang" | "drop";

  constructor(kind: "hang" | "drop") {
    super(`a call is not answered: ${kind}`);
    this.kind = kind;
  }
}

/** The handler with what befalls its calls. */
export function withFaults(
  handler: Handler,
  { faults, clock, armPath }: { readonly faults?: CallFaults | undefined; readonly clock: Clock; readonly armPath: () => ArmPath },
): Handler {
  if (faults === undefined) return handler;
  return async (call) => {
    const path = armPath();
    const operation = operationOf(call.method, call.path, path);
    const fault = await faults({ method: call.method, path: call.path, armPath: path, ...(operation !== undefined && { operation }) });
    if (fault === undefined) return await handler(call);
    const early = fault.afterwards === true ? await handler(call) : undefined;
    if (fault.kind === "refuse") throw fault.error;
    if (fault.kind !== "delay") throw new Unanswered(fault.kind);
    await new Promise<void>((resolve) => void clock.after(fault.ms, resolve));
    return early ?? (await handler(call));
  };
}

function operationOf(method: Method, path: string, armPath: ArmPath): string | undefined {
  if (armPath.namespace !== undefined) return accessOf({ method, path: armPath })?.action;
  const access = ownAccessOf(method, path);
  return access.kind === "action" ? access.action : undefined;
}
