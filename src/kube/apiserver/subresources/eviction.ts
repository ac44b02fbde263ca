import type { Pod } from "#api/kubernetes/core";
import type { DeleteOptions, KubeObject } from "#api/kubernetes/meta";
import { isStatus, type Status } from "#api/kubernetes/status";
import type { PodDisruptionBudget } from "#api/kubernetes/workloads";
import {
  formatTime,
  isJsonObject,
  isPodReady,
  isPodTerminal,
  isReleaseAtLeast,
  matchesLabelSelector,
  withCondition,
} from "#kube/apimachinery";
import type { Core } from "../core.ts";
import { textOf } from "../object-meta.ts";
import type { Resource } from "../resources.ts";
import { badRequest, disruptionBudgetForbids, forbidden, notFound, severalDisruptionBudgets, success } from "../status.ts";
import { storable } from "../storage/codec.ts";
import { entryKey } from "../storage/storage.ts";
import { commit, type CommitTarget } from "../verbs/commit.ts";
import { checkPreconditions, deleteObject, deleteOptionsOf } from "../verbs/delete.ts";

/** Evictions that the budget's controller has not yet confirmed, at most. Source: eviction.go, MaxDisruptedPodSize. */
const MAX_DISRUPTED_PODS = 2000;
/** Source: eviction.go, createTooManyRequestsError. */
const RETRY_AFTER_SECONDS = 10;

/**
 * Deletes a pod unless the disruption budget that covers it forbids it, and counts it against the budget.
 * Source: pkg/registry/core/pod/storage/eviction.go, Create and checkAndDecrement.
 */
export async function evictPod(core: Core, call: CommitTarget & { readonly body: unknown }): Promise<Status> {
  const { options, dryRun } = evictionOf(call);
  const at = { ...call, dryRun };
  const entry = call.resource.cache.get(entryKey(call.namespace, call.name));
  if (entry === undefined) throw notFound(call.resource.of, call.name);
  const pod = entry.object as Pod;
  if (isFreeOfBudgets(pod)) {
    await deleteDisrupted(core, { ...at, options });
    return success(201);
  }
  const unhealthy = await claimDisruption(core, pod, dryRun);
  await deleteClaimed(core, { ...at, options }, { pod, unhealthy });
  return success(201);
}

/** Pods that disturb nobody when they go. Source: eviction.go, canIgnorePDB. */
function isFreeOfBudgets(pod: Pod): boolean {
  return isPodTerminal(pod) || pod.status?.phase === "Pending" || pod.metadata.deletionTimestamp !== undefined;
}

/** An unhealthy pod is deleted only as it was seen: were it ready by now, it would count. */
async function deleteClaimed(
  core: Core,
  call: CommitTarget & { readonly options: DeleteOptions },
  { pod, unhealthy }: { pod: Pod; unhealthy: string | undefined },
): Promise<void> {
  const { resourceVersion } = pod.metadata;
  if (unhealthy === undefined || call.options.preconditions?.resourceVersion !== undefined || resourceVersion === undefined)
    return await deleteDisrupted(core, call);
  try {
    await deleteDisrupted(core, {
      ...call,
      options: { ...call.options, preconditions: { ...call.options.preconditions, resourceVersion } },
    });
  } catch (error) {
    if (isStatus(error, "Conflict")) throw stillProcessed(unhealthy);
    throw error;
  }
}

/** Pods say since then why they go. Source: KEP 3329, PodDisruptionConditions, on by default. */
const CONDITION_SINCE = "1.26.0";

/** Notes on the pod that it is evicted, and deletes it. Source: eviction.go, addConditionAndDeletePod. */
async function deleteDisrupted(core: Core, call: CommitTarget & { readonly options: DeleteOptions }): Promise<void> {
  if (call.dryRun || !isReleaseAtLeast(core.version, CONDITION_SINCE)) return void (await deleteObject(core, call));
  const { resource, options } = call;
  const { object } = await commit(core, call, (entry) => {
    checkPreconditions(resource, entry.object, options);
    return { kind: "replace", object: disrupted(core, resource, entry.object as Pod) };
  });
  const { resourceVersion } = object.metadata;
  const isPinned = options.preconditions?.resourceVersion !== undefined && resourceVersion !== undefined;
  const pinned = isPinned ? { ...options, preconditions: { ...options.preconditions, resourceVersion } } : options;
  await deleteObject(core, { ...call, options: pinned });
}

function disrupted(core: Core, resource: Resource, pod: Pod): Pod {
  const next = storable(pod, resource.storedApiVersion, resource.storedKind);
  const conditions = withCondition(pod.status?.conditions, {
    type: "DisruptionTarget",
    status: "True",
    reason: "EvictionByEvictionAPI",
    message: "Eviction API: evicting",
    lastTransitionTime: formatTime(core.clock.now()),
  });
  next.status = { ...pod.status, conditions };
  return next;
}

/** Takes one disruption from the pod's budget, if it has one. Returns the budget's name when the pod is unhealthy and may go without. */
async function claimDisruption(core: Core, pod: Pod, dryRun: boolean): Promise<string | undefined> {
  const budgets = core.resources.preferred("policy", "poddisruptionbudgets");
  if (budgets === undefined) return undefined;
  const covering = budgetsOf(budgets, pod);
  const [budget] = covering;
  if (budget === undefined) return undefined;
  if (covering.length > 1) throw severalDisruptionBudgets();
  const { name } = budget.metadata;
  if (!isPodReady(pod) && mayGoUnhealthy(budget)) return name;
  const at = { resource: budgets, namespace: pod.metadata.namespace ?? "", name, dryRun };
  await commit(core, at, ({ object }) => ({
    kind: "replace",
    object: withOneDisruptionLess(core, budgets, { budget: object as PodDisruptionBudget, podName: pod.metadata.name }),
  }));
  return undefined;
}

function budgetsOf(budgets: Resource, { metadata: { namespace, labels } }: Pod): PodDisruptionBudget[] {
  const found: PodDisruptionBudget[] = [];
  for (const { object } of budgets.cache.list(namespace === undefined ? {} : { namespace })) {
    const budget = object as PodDisruptionBudget;
    if (matchesLabelSelector(budget.spec.selector, labels)) found.push(budget);
  }
  return found;
}

/** Source: eviction.go; pkg/apis/policy/types.go, UnhealthyPodEvictionPolicyType. */
function mayGoUnhealthy({ spec, status }: PodDisruptionBudget): boolean {
  if (spec.unhealthyPodEvictionPolicy === "AlwaysAllow") return true;
  const { currentHealthy = 0, desiredHealthy = 0 } = status ?? {};
  return currentHealthy >= desiredHealthy && desiredHealthy > 0;
}

function stillProcessed(budget: string): Error {
  return disruptionBudgetForbids(`The disruption budget ${budget} is still being processed by the server.`, RETRY_AFTER_SECONDS);
}

function withOneDisruptionLess(
  core: Core,
  resource: Resource,
  { budget, podName }: { budget: PodDisruptionBudget; podName: string },
): KubeObject {
  const { metadata, status } = budget;
  const { disruptionsAllowed = 0, disruptedPods = {}, observedGeneration = 0, desiredHealthy = 0, currentHealthy = 0 } = status ?? {};
  if (observedGeneration < (metadata.generation ?? 0)) throw stillProcessed(metadata.name);
  const of = { group: "policy", resource: "poddisruptionbudget" };
  if (disruptionsAllowed < 0) throw forbidden(of, metadata.name, "pdb disruptions allowed is negative");
  if (Object.keys(disruptedPods).length > MAX_DISRUPTED_PODS)
    throw forbidden(of, metadata.name, "DisruptedPods map too big - too many evictions not confirmed by PDB controller");
  if (disruptionsAllowed === 0)
    throw disruptionBudgetForbids(
      `The disruption budget ${metadata.name} needs ${desiredHealthy} healthy pods and has ${currentHealthy} currently`,
      0,
    );
  const next = storable(budget, resource.storedApiVersion, resource.storedKind);
  next.status = {
    expectedPods: 0,
    desiredHealthy,
    currentHealthy,
    ...status,
    disruptionsAllowed: disruptionsAllowed - 1,
    disruptedPods: { ...disruptedPods, [podName]: formatTime(core.clock.now()) },
  };
  return next;
}

/** An Eviction of policy/v1 or v1beta1. */
function evictionOf(call: CommitTarget & { readonly body: unknown }): { options: DeleteOptions; dryRun: boolean } {
  const { body, name } = call;
  if (!isJsonObject(body)) throw badRequest("the body must be an Eviction");
  const { apiVersion, kind, metadata } = body;
  if (kind !== undefined && kind !== "Eviction") throw badRequest(`not a Eviction object: ${textOf(kind)}`);
  if (apiVersion !== undefined && apiVersion !== "policy/v1" && apiVersion !== "policy/v1beta1")
    throw badRequest(`the API version in the data (${textOf(apiVersion)}) does not match the expected API version (policy/v1)`);
  if (isJsonObject(metadata) && metadata["name"] !== undefined && metadata["name"] !== name)
    throw badRequest("name in URL does not match name in Eviction object");
  const options = deleteOptionsOf(body["deleteOptions"], {});
  return { options, dryRun: call.dryRun || (options.dryRun ?? []).includes("All") };
}
