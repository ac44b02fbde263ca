import type { Pod, PodSpec, Toleration } from "#api/kubernetes/core";
import type { KubeObject } from "#api/kubernetes/meta";
import { isReleaseAtLeast, qosClass, SYSTEM_PRIORITIES, TAINTS, withDefaultTolerations } from "#kube/apimachinery";
import type { Resource, ResourceTable } from "../resources.ts";
import { forbidden } from "../status.ts";
import { applyLimitRanges, checkLimitRanges } from "./limit-ranges.ts";
import { defaultPriorityClass, type PriorityClass } from "./priority-classes.ts";
import { admitRuntimeClass } from "./runtime-classes.ts";
import { admitServiceAccount, type ServiceAccountContext } from "./service-accounts.ts";

export type PodAdmissionContext = ServiceAccountContext;

/** Completes a new pod as the admission plugins that AKS enables do; once more when others have changed it since. */
export function completePod(context: PodAdmissionContext, resource: Resource, object: KubeObject): void {
  const pod = object as Pod;
  if (typeof pod.spec !== "object" || pod.spec === null || !Array.isArray(pod.spec.containers)) return;
  applyLimitRanges(context.resources, pod);
  admitServiceAccount(context, resource, pod);
  admitPriority(context, resource, pod);
  admitTolerations(context, pod);
  admitRuntimeClass(context.resources, resource, pod);
}

/** Refuses a pod that is beyond the limits of its namespace. */
export function checkPod(context: PodAdmissionContext, resource: Resource, object: KubeObject): void {
  const pod = object as Pod;
  if (typeof pod.spec !== "object" || pod.spec === null || !Array.isArray(pod.spec.containers)) return;
  checkLimitRanges(context.resources, resource, pod);
}

/** Source: plugin/pkg/admission/priority/admission.go, admitPod. */
function admitPriority({ resources, version }: PodAdmissionContext, { of }: Resource, { spec, metadata }: Pod): void {
  const { priority, preemptionPolicy } = priorityOf(resources, spec) ?? {};
  if (priority === undefined) throw forbidden(of, metadata.name, `no PriorityClass with name ${spec.priorityClassName} was found`);
  if (spec.priority !== undefined && spec.priority !== null && spec.priority !== priority)
    throw forbidden(
      of,
      metadata.name,
      `the integer value of priority (${spec.priority}) must not be provided in pod spec; priority admission controller computed ${priority} from the given PriorityClass name`,
    );
  spec.priority = priority;
  if (!isReleaseAtLeast(version, "1.19")) return;
  const policy = preemptionPolicy ?? "PreemptLowerPriority";
  if (spec.preemptionPolicy !== undefined && spec.preemptionPolicy !== null && spec.preemptionPolicy !== policy)
    throw forbidden(
      of,
      metadata.name,
      `the string value of PreemptionPolicy (${spec.preemptionPolicy}) must not be provided in pod spec; priority admission controller computed ${policy} from the given PriorityClass name`,
    );
  spec.preemptionPolicy = policy;
}

function priorityOf(resources: ResourceTable, spec: PodSpec): { priority: number; preemptionPolicy?: string } | undefined {
  const classes = resources.preferred("scheduling.k8s.io", "priorityclasses");
  const name = spec.priorityClassName ?? "";
  const system = Object.hasOwn(SYSTEM_PRIORITIES, name) ? SYSTEM_PRIORITIES[name] : undefined;
  if (system !== undefined) return { priority: system };
  const found: PriorityClass | undefined = name === "" ? defaultPriorityClass(classes) : classes?.cache.get(name)?.object;
  if (found === undefined) return name === "" ? { priority: 0 } : undefined;
  if (name === "") spec.priorityClassName = found.metadata.name;
  const { value = 0, preemptionPolicy } = found;
  return { priority: value, ...(preemptionPolicy === undefined ? {} : { preemptionPolicy }) };
}

/** AKS enables PodTolerationRestriction and ExtendedResourceToleration; its documentation has named them since 2020. */
const MORE_TOLERATIONS_SINCE = "1.17";

/**
 * Source: plugin/pkg/admission/defaulttolerationseconds, podtolerationrestriction and extendedresourcetoleration;
 * which plugins run: AKS FAQ, "What Kubernetes admission controllers does AKS support?".
 */
function admitTolerations({ version }: PodAdmissionContext, { spec }: Pod): void {
  spec.tolerations = withDefaultTolerations(spec.tolerations);
  if (!isReleaseAtLeast(version, MORE_TOLERATIONS_SINCE)) return;
  if (qosClass(spec) !== "BestEffort")
    addToleration(spec.tolerations, { key: TAINTS.memoryPressure, operator: "Exists", effect: "NoSchedule" });
  for (const key of extendedResources(spec)) addToleration(spec.tolerations, { key, operator: "Exists", effect: "NoSchedule" });
}

function addToleration(tolerations: Toleration[], wanted: Toleration): void {
  const isThere = tolerations.some(
    ({ key, operator, effect }) => key === wanted.key && operator === wanted.operator && effect === wanted.effect,
  );
  if (!isThere) tolerations.push(wanted);
}

/** Names with a domain that is not Kubernetes' own, sorted. Source: pkg/apis/core/helper/helpers.go, IsExtendedResourceName. */
function extendedResources({ containers, initContainers = [] }: PodSpec): readonly string[] {
  const names = new Set<string>();
  for (const { resources } of [...containers, ...initContainers])
    for (const name in resources?.requests) if (name.includes("/") && !name.includes("kubernetes.io/")) names.add(name);
  return [...names].sort();
}
