import type { Clock, Logger, Random } from "#lib";
import { checkRoom, type Documents, openDocuments, type Store, ValueTooLargeError } from "#store";
import type { Dispatch } from "../door/dispatch.ts";
import { armErrors } from "../errors.ts";
import type { OperationRecords } from "../operations.ts";
import { type Deployment, deploymentId, deploymentKey, type DeploymentFailure, isEnded, type ResourceOperation } from "./records.ts";
import { type Contents, removeOthers } from "./complete.ts";
import { runPlan } from "./run.ts";
import { type Plan, planTemplate } from "./template/plan.ts";
import { type DeploymentContext, TemplateFailure } from "./template/scope.ts";
import { withoutSecrets } from "./views.ts";

/** Deployments that a group remembers at most; the oldest make room. Source: azure-subscription-service-limits, 800 a group. */
export const MAX_DEPLOYMENTS = 800;

/** The deployments of every group, stored, run, and gone on with after a restart. */
export interface DeploymentRecords {
  get(key: Pick<Deployment, "subscriptionId" | "resourceGroup" | "name">): Deployment | undefined;
  /** In order of name. */
  list(subscriptionId: string, resourceGroup: string): readonly Deployment[];
  /** Stores a deployment and begins it. @throws {ArmError} DeploymentActive. @throws {ValueTooLargeError} */
  begin(deployment: Deployment): Promise<{ readonly created: boolean }>;
  /** @throws {ArmError} DeploymentActive. */
  remove(deployment: Deployment): Promise<void>;
  /** Ends a deployment that is under way; what it has begun at providers goes on there. @throws {ArmError} DeploymentCannotBeCancelled. */
  cancel(deployment: Deployment): Promise<void>;
  /** Forgets every deployment of a group. */
  removeAll(subscriptionId: string, resourceGroup: string): Promise<void>;
  resume(): void;
  stop(): Promise<void>;
}

export interface DeploymentOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly operations: OperationRecords;
  readonly dispatch: Dispatch;
  readonly contextOf: (
    deployment: Pick<Deployment, "subscriptionId" | "resourceGroup" | "name" | "mode" | "location" | "baseUrl" | "startMs">,
  ) => DeploymentContext;
  /** Top-level resources of a group. */
  readonly contents: Contents;
  /** Newest api-version of a resource type. */
  readonly newestVersion: (type: string) => string;
}

export async function openDeploymentRecords(options: DeploymentOptions): Promise<DeploymentRecords> {
  const { store, log } = options;
  const documents = await openDocuments<Deployment>(store, "/arm/deployments/");
  const abort = new AbortController();
  const running = new Map<string, Promise<void>>();
  const aborts = new Map<string, AbortController>();
  const get: DeploymentRecords["get"] = (key) => documents.get(deploymentKey(key))?.value;
  const list: DeploymentRecords["list"] = (subscriptionId, resourceGroup) =>
    documents.list(`${subscriptionId}/${resourceGroup}/`.toLowerCase()).map(({ value }) => value);

  function run(deployment: Deployment): void {
    const key = deploymentKey(deployment);
    const own = new AbortController();
    const signal = AbortSignal.any([abort.signal, own.signal]);
    aborts.set(deployment.correlationId, own);
    const work = carryOut(deployment, documents, { ...options, signal })
      .catch((error: unknown) => {
        if (!signal.aborted) log.error("a deployment broke off", { deployment: key, error });
      })
      .finally(() => {
        aborts.delete(deployment.correlationId);
        if (running.get(key) === work) running.delete(key);
      });
    running.set(key, work);
  }

  return {
    get,
    list,
    async begin(deployment) {
      const key = deploymentKey(deployment);
      const present = documents.get(key);
      if (present !== undefined && !isEnded(present.value)) throw armErrors.deploymentActive(deploymentId(deployment));
      const others = list(deployment.subscriptionId, deployment.resourceGroup).filter(isEnded);
      const oldest = others.sort((a, b) => a.startMs - b.startMs)[0];
      const surplus =
        present === undefined && others.length >= MAX_DEPLOYMENTS && oldest !== undefined ? [documents.remove(deploymentKey(oldest))] : [];
      const ops = [documents.put(key, deployment), ...surplus];
      checkRoom(ops);
      const { succeeded } = await store.transact([documents.unchanged(key, present)], ops);
      if (!succeeded) throw armErrors.deploymentActive(deploymentId(deployment));
      run(deployment);
      return { created: present === undefined };
    },
    async remove(deployment) {
      if (!isEnded(deployment)) throw armErrors.deploymentActive(deploymentId(deployment));
      await store.transact([], [documents.remove(deploymentKey(deployment))]);
    },
    async cancel(deployment) {
      const ended = await documents.update(deploymentKey(deployment), (present) => {
        if (isEnded(present)) throw armErrors.deploymentEnded(present.name, present.state);
        return canceled(present, options.clock.now());
      });
      aborts.get(ended?.value.correlationId ?? "")?.abort(new Error("the deployment was canceled"));
    },
    async removeAll(subscriptionId, resourceGroup) {
      const ops = list(subscriptionId, resourceGroup).map((deployment) => documents.remove(deploymentKey(deployment)));
      if (ops.length > 0) await store.transact([], ops);
    },
    resume() {
      for (const { value } of documents.list()) if (!isEnded(value)) run(value);
    },
    async stop() {
      abort.abort(new Error("the program is stopping"));
      await Promise.all(running.values());
      documents.close();
    },
  };
}

async function carryOut(
  deployment: Deployment,
  documents: Documents<Deployment>,
  options: DeploymentOptions & { readonly signal: AbortSignal },
): Promise<void> {
  const key = deploymentKey(deployment);
  const change = async (next: (present: Deployment) => Deployment): Promise<void> => {
    await documents.update(key, (present) =>
      present.correlationId === deployment.correlationId && !isEnded(present) ? next(present) : undefined,
    );
  };
  const end = (outcome: Partial<Deployment>): Promise<void> =>
    change((present) => ({ ...present, ...outcome, parameters: forgetSecrets(present), endMs: options.clock.now() }));
  await change((present) => ({ ...present, state: "Running" }));
  const record = (operation: ResourceOperation): Promise<void> =>
    change((present) => ({
      ...present,
      operations: [...present.operations.filter(({ operationId }) => operationId !== operation.operationId), operation],
    }));
  try {
    const plan = planOf(deployment, options.contextOf(deployment));
    const { succeeded, outputs } = await runPlan({ ...options, deployment, plan, record });
    const isDone = succeeded && (deployment.mode === "Incremental" || (await removeOthers({ ...options, deployment, plan, record })));
    if (isDone) return await end({ state: "Succeeded", ...(outputs === undefined ? {} : { outputs }) });
    const operations = documents.get(key)?.value.operations ?? [];
    await end({ state: "Failed", error: failureOf(operations) });
  } catch (error) {
    if (options.signal.aborted) throw error;
    if (error instanceof ValueTooLargeError) return await end({ state: "Failed", operations: [], error: TOO_LARGE });
    if (!(error instanceof TemplateFailure)) options.log.error("a deployment met a defect", { deployment: key, error });
    const message = error instanceof TemplateFailure ? error.message : "An internal error occurred.";
    await end({ state: "Failed", error: { code: error instanceof TemplateFailure ? "InvalidTemplate" : "InternalServerError", message } });
  }
}

/** Unverified: what Azure says of results that have more room there. */
const TOO_LARGE: DeploymentFailure = {
  code: "DeploymentFailed",
  message: "The outputs and operations of the deployment exceed the maximum size of 1 MB.",
};

/** Unverified: what a canceled deployment says of itself and of what it had begun. */
function canceled(deployment: Deployment, endMs: number): Deployment {
  const operations = deployment.operations.map((operation) =>
    operation.state === "Running" ? { ...operation, state: "Canceled" as const, endMs } : operation,
  );
  return { ...deployment, state: "Canceled", operations, endMs, parameters: forgetSecrets(deployment) };
}

function planOf(deployment: Deployment, context: DeploymentContext): Plan {
  return planTemplate({ template: deployment.template, positionOf: () => ({ line: 1, column: 1 }), context }, deployment.parameters);
}

function forgetSecrets({ parameters }: Deployment): Deployment["parameters"] {
  return withoutSecrets(parameters) as unknown as Deployment["parameters"];
}

/** Source: recorded failures: each detail holds the provider's answer as text. */
function failureOf(operations: readonly ResourceOperation[]): DeploymentFailure {
  return {
    code: "DeploymentFailed",
    message:
      "At least one resource deployment operation failed. Please list deployment operations for details. " +
      "Please see https://aka.ms/DeployOperations for usage details.",
    details: operations
      .filter(({ state }) => state === "Failed")
      .map(({ statusCode = "Conflict", statusMessage }) => ({
        code: statusCode,
        message: JSON.stringify(statusMessage, undefined, 2).replaceAll("\n", "\r\n"),
      })),
  };
}
