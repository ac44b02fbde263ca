import type { Container, PodSpec, PodStatus, ResourceList } from "#api/kubernetes/core";
import { compareQuantities, milliValue, parseQuantity, value } from "./quantity.ts";

/** Amounts by resource name: cpu in thousandths, memory and storage in bytes, the rest in pieces. */
export type Amounts = Map<string, number>;

/** The amount of one resource in the unit that {@link Amounts} has for it. */
export function amountOf(resource: string, quantity: string): number {
  return resource === "cpu" ? milliValue(quantity) : value(quantity);
}

/** A resource list as amounts. */
export function amountsOf(list: ResourceList | undefined): Amounts {
  const amounts: Amounts = new Map();
  for (const resource in list) amounts.set(resource, amountOf(resource, list[resource] ?? "0"));
  return amounts;
}

/** What a container without requests counts as when nodes are scored, never when they are filtered. */
export const SCORING_DEFAULTS: Readonly<ResourceList> = { cpu: "100m", memory: "200Mi" };

/** Resources that a pod can ask for as a whole, beside `hugepages-*`; source: component-helpers resource/helpers.go. */
function isPodLevel(resource: string): boolean {
  return resource === "cpu" || resource === "memory" || resource.startsWith("hugepages-");
}

function isSidecar(container: Container): boolean {
  return container.restartPolicy === "Always";
}

function add(target: Amounts, more: Amounts): void {
  for (const [resource, amount] of more) target.set(resource, (target.get(resource) ?? 0) + amount);
}

function raise(target: Amounts, other: Amounts): void {
  for (const [resource, amount] of other) target.set(resource, Math.max(target.get(resource) ?? 0, amount));
}

/**
 * What containers need together: ordinary ones and sidecars run at once; ordinary init containers run one by one before
 * them, each beside the sidecars declared before it.
 */
function aggregate(spec: PodSpec, listOf: (container: Container) => ResourceList | undefined): Amounts {
  const running: Amounts = new Map();
  for (const container of spec.containers) add(running, amountsOf(listOf(container)));
  const sidecars: Amounts = new Map();
  const starting: Amounts = new Map();
  for (const container of spec.initContainers ?? []) {
    const own = amountsOf(listOf(container));
    if (isSidecar(container)) {
      add(running, own);
      add(sidecars, own);
      raise(starting, sidecars);
    } else {
      add(own, sidecars);
      raise(starting, own);
    }
  }
  raise(running, starting);
  return running;
}

interface PodLevelResources {
  readonly requests?: ResourceList;
  readonly limits?: ResourceList;
}

function podLevelResources(spec: PodSpec): PodLevelResources {
  return (spec["resources"] as PodLevelResources | undefined) ?? {};
}

function withPodLevel(amounts: Amounts, list: ResourceList | undefined): void {
  for (const resource in list) if (isPodLevel(resource)) amounts.set(resource, amountOf(resource, list[resource] ?? "0"));
}

/**
 * What a pod takes from its node's allocatable: the aggregate of its containers' requests, or what it requests as a
 * whole, plus its overhead. `pods` is not among them.
 *
 * Source: component-helpers resource/helpers.go, PodRequests.
 */
export function podRequests(spec: PodSpec): Amounts {
  const amounts = aggregate(spec, (container) => container.resources?.requests);
  withPodLevel(amounts, podLevelResources(spec).requests);
  add(amounts, amountsOf(spec.overhead));
  return amounts;
}

/** As {@link podRequests}, with {@link SCORING_DEFAULTS} for each container that leaves cpu or memory out; zero counts as asked for. */
export function podScoringRequests(spec: PodSpec): Amounts {
  const amounts = aggregate(spec, (container) => ({ ...SCORING_DEFAULTS, ...container.resources?.requests }));
  withPodLevel(amounts, podLevelResources(spec).requests);
  add(amounts, amountsOf(spec.overhead));
  return amounts;
}

/**
 * What a pod may use at most; a resource that some container leaves unlimited is still the sum of the others.
 * Source: component-helpers resource/helpers.go, PodLimits.
 */
export function podLimits(spec: PodSpec): Amounts {
  const amounts = aggregate(spec, (container) => container.resources?.limits);
  withPodLevel(amounts, podLevelResources(spec).limits);
  for (const [resource, amount] of amountsOf(spec.overhead)) {
    const limit = amounts.get(resource);
    if (limit !== undefined && limit > 0) amounts.set(resource, limit + amount);
  }
  return amounts;
}

const QOS_RESOURCES = ["cpu", "memory"] as const;

function addPositive(totals: Map<string, bigint>, list: ResourceList | undefined): Set<string> {
  const found = new Set<string>();
  for (const resource of QOS_RESOURCES) {
    const text = list?.[resource];
    const nanos = text === undefined ? 0n : parseQuantity(text).nanos;
    if (nanos <= 0n) continue;
    totals.set(resource, (totals.get(resource) ?? 0n) + nanos);
    found.add(resource);
  }
  return found;
}

/**
 * The quality of service class: Guaranteed when every container limits cpu and memory and requests as much, BestEffort when
 * none says anything of them, else Burstable.
 *
 * Source: pkg/apis/core/v1/helper/qos/qos.go, ComputePodQOS.
 */
export function qosClass(spec: PodSpec): NonNullable<PodStatus["qosClass"]> {
  const requests = new Map<string, bigint>();
  const limits = new Map<string, bigint>();
  let allLimited = true;
  const whole = podLevelResources(spec);
  const wholeCounts = whole.requests !== undefined || whole.limits !== undefined;
  const consumers: readonly PodLevelResources[] = wholeCounts
    ? [whole]
    : [...spec.containers, ...(spec.initContainers ?? [])].map((container) => container.resources ?? {});
  for (const consumer of consumers) {
    addPositive(requests, consumer.requests);
    if (addPositive(limits, consumer.limits).size < QOS_RESOURCES.length) allLimited = false;
  }
  if (requests.size === 0 && limits.size === 0) return "BestEffort";
  const guaranteed =
    allLimited && requests.size === limits.size && [...requests].every(([resource, amount]) => limits.get(resource) === amount);
  return guaranteed ? "Guaranteed" : "Burstable";
}

/** Resources of which more is requested than allowed; source: pkg/apis/core/validation, ValidateResourceRequirements. */
export function exceedsLimit(request: string, limit: string): boolean {
  return compareQuantities(parseQuantity(request), parseQuantity(limit)) > 0;
}
