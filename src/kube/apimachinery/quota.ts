import type { Affinity, Container, Pod, ResourceList, Service } from "#api/kubernetes/core";
import type { ResourceQuota, ScopeRequirement } from "#api/kubernetes/limits";
import type { KubeObject } from "#api/kubernetes/meta";
import type { PersistentVolumeClaim } from "#api/kubernetes/workloads";
import { type Amounts, podLimits, podRequests, qosClass } from "./pod-resources.ts";
import { isPodTerminal } from "./pods.ts";
import { formatQuantity, milliValue, value } from "./quantity.ts";

/** Which kind an object is of. */
interface Of {
  readonly group: string;
  readonly resource: string;
}

const isCpu = (name: string): boolean => name === "cpu" || name.endsWith(".cpu");
const isBytes = (name: string): boolean => /(^|\.)(memory|storage|ephemeral-storage|hugepages-.*)$/.test(name);

/** A list of amounts: cpu in thousandths, the rest in pieces or bytes. */
export function quotaAmounts(list: ResourceList | undefined): Amounts {
  return new Map(Object.entries(list ?? {}).map(([name, text]) => [name, isCpu(name) ? milliValue(text) : value(text)]));
}

/** An amount as the API shows it: `1500m`, `1Gi`, `3`. */
export function quotaText(name: string, amount: number): string {
  const nanos = BigInt(amount) * (isCpu(name) ? 1_000_000n : 1_000_000_000n);
  return formatQuantity({ nanos, format: isBytes(name) ? "BinarySI" : "DecimalSI" });
}

/** Names of the kinds that were counted before all could be. Source: pkg/quota/v1/evaluator/core/registry.go. */
const COUNTED: ReadonlySet<string> = new Set(["configmaps", "resourcequotas", "replicationcontrollers", "secrets"]);

/** What an object uses of its namespace's quotas, by their names. Source: pkg/quota/v1/evaluator/core, Usage of each. */
export function quotaUsage(of: Of, object: KubeObject, nowMs: number): Amounts {
  const usage: Amounts = new Map([[`count/${of.resource}${of.group === "" ? "" : `.${of.group}`}`, 1]]);
  if (of.group !== "") return usage;
  if (of.resource === "pods") addPod(usage, object as Pod, nowMs);
  else if (of.resource === "services") addService(usage, object as Service);
  else if (of.resource === "persistentvolumeclaims") addClaim(usage, object as PersistentVolumeClaim);
  else if (COUNTED.has(of.resource)) usage.set(of.resource, 1);
  return usage;
}

function addPod(usage: Amounts, pod: Pod, nowMs: number): void {
  const { deletionTimestamp, deletionGracePeriodSeconds } = pod.metadata;
  const isStuck =
    deletionTimestamp !== undefined &&
    deletionGracePeriodSeconds !== undefined &&
    nowMs > Date.parse(deletionTimestamp) + deletionGracePeriodSeconds * 1000;
  if (isPodTerminal(pod) || isStuck) return;
  usage.set("pods", 1);
  addCompute(usage, podRequests(pod.spec), podLimits(pod.spec));
}

const COMPUTE = ["cpu", "memory", "ephemeral-storage"];

function addCompute(usage: Amounts, requests: Amounts, limits: Amounts): void {
  for (const [name, amount] of requests) {
    const isExtended = name.includes("/");
    if (COMPUTE.includes(name) || name.startsWith("hugepages-")) usage.set(name, amount);
    if (COMPUTE.includes(name) || name.startsWith("hugepages-") || isExtended) usage.set(`requests.${name}`, amount);
  }
  for (const [name, amount] of limits) if (COMPUTE.includes(name)) usage.set(`limits.${name}`, amount);
}

function addService(usage: Amounts, { spec }: Service): void {
  const ports = spec.ports ?? [];
  const isBalanced = spec.type === "LoadBalancer";
  const suppressed = isBalanced && spec["allocateLoadBalancerNodePorts"] === false;
  const nodePorts = suppressed ? ports.filter(({ nodePort }) => nodePort !== undefined && nodePort !== 0) : ports;
  usage.set("services", 1);
  usage.set("services.loadbalancers", isBalanced ? 1 : 0);
  usage.set("services.nodeports", isBalanced || spec.type === "NodePort" ? nodePorts.length : 0);
}

const CLASS_SUFFIX = ".storageclass.storage.k8s.io/";

function addClaim(usage: Amounts, { metadata, spec }: PersistentVolumeClaim): void {
  const className = metadata.annotations?.["volume.beta.kubernetes.io/storage-class"] ?? spec.storageClassName ?? "";
  const names = ["", ...(className === "" ? [] : [`${className}${CLASS_SUFFIX}`])];
  const storage = spec.resources?.requests?.["storage"];
  for (const prefix of names) {
    usage.set(`${prefix}persistentvolumeclaims`, 1);
    if (storage !== undefined) usage.set(`${prefix}requests.storage`, value(storage));
  }
}

/**
 * The names of a quota's bounds that speak of the object; none when its scopes leave the object out.
 * Source: apiserver pkg/quota/v1/generic/evaluator.go, Matches.
 */
export function boundNames({ spec, status }: ResourceQuota, of: Of, object: KubeObject): readonly string[] {
  const isPod = of.group === "" && of.resource === "pods";
  const scopes: readonly ScopeRequirement[] = [
    ...(spec?.scopes ?? []).map((scopeName) => ({ scopeName, operator: "Exists" })),
    ...(spec?.scopeSelector?.matchExpressions ?? []),
  ];
  if (!scopes.every((scope) => isPod && isInScope(object as Pod, scope))) return [];
  return Object.keys(status?.hard ?? spec?.hard ?? {}).filter((name) => speaksOf(name, of));
}

function speaksOf(name: string, { group, resource }: Of): boolean {
  if (name.startsWith("count/")) return name === `count/${resource}${group === "" ? "" : `.${group}`}`;
  if (group !== "") return false;
  if (resource === "services") return name === "services" || name.startsWith("services.");
  if (resource === "persistentvolumeclaims") return /(^|\/)(persistentvolumeclaims|requests\.storage)$/.test(name);
  if (resource !== "pods") return COUNTED.has(resource) && name === resource;
  const compute = name.replace(/^(requests|limits)\./, "");
  return (
    name === "pods" ||
    COMPUTE.includes(compute) ||
    compute.startsWith("hugepages-") ||
    (name.startsWith("requests.") && compute.includes("/"))
  );
}

/** Source: pkg/quota/v1/evaluator/core/pods.go, podMatchesScopeFunc. */
function isInScope({ spec }: Pod, { scopeName, operator, values = [] }: ScopeRequirement): boolean {
  const deadline = spec["activeDeadlineSeconds"];
  const hasDeadline = typeof deadline === "number" && deadline >= 0;
  const { priorityClassName = "" } = spec;
  switch (scopeName) {
    case "Terminating":
      return hasDeadline;
    case "NotTerminating":
      return !hasDeadline;
    case "BestEffort":
      return qosClass(spec) === "BestEffort";
    case "NotBestEffort":
      return qosClass(spec) !== "BestEffort";
    case "PriorityClass":
      if (operator === "In") return values.includes(priorityClassName);
      if (operator === "NotIn") return !values.includes(priorityClassName);
      return (operator === "Exists") === (priorityClassName !== "");
    case "CrossNamespacePodAffinity":
      return usesOtherNamespaces(spec.affinity);
    default:
      return false;
  }
}

function usesOtherNamespaces(affinity: Affinity | undefined): boolean {
  return [affinity?.podAffinity, affinity?.podAntiAffinity].some((each) => {
    const required = each?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
    const preferred = (each?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map(({ podAffinityTerm }) => podAffinityTerm);
    return [...required, ...preferred].some((term) => (term.namespaces ?? []).length > 0 || term.namespaceSelector !== undefined);
  });
}

/** Bounds that every container has to speak of. Source: pkg/quota/v1/evaluator/core/pods.go, validationSet. */
const DEMANDING = ["cpu", "limits.cpu", "limits.memory", "memory", "requests.cpu", "requests.memory"];

/** What a pod has to say and does not, when these bounds hold: `must specify cpu for: web`. Source: as above, Constraints. */
export function unspecifiedIn(names: readonly string[], { spec }: Pod): string | undefined {
  const parts = DEMANDING.filter((name) => names.includes(name)).flatMap((name) => {
    const containers = [...spec.containers, ...(spec.initContainers ?? [])].filter((container) => !specifies(container, name));
    return containers.length === 0 ? [] : [`${name} for: ${[...new Set(containers.map((each) => each.name))].sort().join(",")}`];
  });
  return parts.length === 0 ? undefined : `must specify ${parts.join("; ")}`;
}

function specifies({ resources = {} }: Container, name: string): boolean {
  const resource = name.replace(/^(requests|limits)\./, "");
  return (name.startsWith("limits.") ? resources.limits : resources.requests)?.[resource] !== undefined;
}
