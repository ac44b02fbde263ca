import type { Container, Pod, PodSpec, ResourceList } from "#api/kubernetes/core";
import type { LimitRange, LimitRangeItem } from "#api/kubernetes/limits";
import type { KubeObject } from "#api/kubernetes/meta";
import type { PersistentVolumeClaim } from "#api/kubernetes/workloads";
import { milliValue, podLimits, podRequests, quotaText } from "#kube/apimachinery";
import { aggregate } from "../access/authorizer.ts";
import type { Resource, ResourceTable } from "../resources.ts";
import { forbidden } from "../status.ts";

const ANNOTATION = "kubernetes.io/limit-ranger";

/** Requests and limits of a container, a pod or a claim. */
interface Consumer {
  readonly requests: ResourceList;
  readonly limits: ResourceList;
}

function rangesOf(resources: ResourceTable, { metadata }: KubeObject): LimitRange[] {
  const ranges = resources.preferred("", "limitranges");
  const { namespace } = metadata;
  if (ranges === undefined || ranges.cache.size === 0 || namespace === undefined) return [];
  return [...ranges.cache.list({ namespace })].map(({ object }) => object);
}

/**
 * Gives a new pod's containers the requests and limits that its namespace has for those that say nothing, and says so in an annotation.
 * Source: plugin/pkg/admission/limitranger/admission.go, PodMutateLimitFunc.
 */
export function applyLimitRanges(resources: ResourceTable, pod: Pod): void {
  for (const { spec } of rangesOf(resources, pod)) {
    const ofContainers = (spec?.limits ?? []).filter(({ type }) => type === "Container");
    const defaults: Consumer = {
      requests: Object.assign({}, ...ofContainers.map(({ defaultRequest }) => defaultRequest)) as ResourceList,
      limits: Object.assign({}, ...ofContainers.map((limit) => limit.default)) as ResourceList,
    };
    const notes = [
      ...pod.spec.containers.flatMap((container) => complete(container, "container", defaults)),
      ...(pod.spec.initContainers ?? []).flatMap((container) => complete(container, "init container", defaults)),
    ];
    if (notes.length > 0)
      pod.metadata.annotations = { ...pod.metadata.annotations, [ANNOTATION]: `LimitRanger plugin set: ${notes.join("; ")}` };
  }
}

function complete(container: Container, what: string, defaults: Consumer): string[] {
  const notes: string[] = [];
  for (const [member, word] of [
    ["requests", "request"],
    ["limits", "limit"],
  ] as const) {
    const present = container.resources?.[member] ?? {};
    const missing = Object.keys(defaults[member])
      .filter((name) => present[name] === undefined)
      .sort();
    if (missing.length === 0) continue;
    container.resources = { ...container.resources, [member]: { ...defaults[member], ...present } };
    notes.push(`${missing.join(", ")} ${word} for ${what} ${container.name}`);
  }
  return notes;
}

/** Refuses a pod or claim that asks for more or less than its namespace allows. Source: as above, PodValidateLimitFunc. @throws {StatusError} Forbidden. */
export function checkLimitRanges(resources: ResourceTable, { of }: Resource, object: KubeObject): void {
  for (const { spec } of rangesOf(resources, object)) {
    const complaints = (spec?.limits ?? []).flatMap((limit) =>
      consumersOf(limit, of.resource, object).flatMap((consumer) => complaintsOf(limit, consumer)),
    );
    if (complaints.length > 0) throw forbidden(of, object.metadata.name, aggregate(complaints));
  }
}

function consumersOf({ type }: LimitRangeItem, resource: string, object: KubeObject): Consumer[] {
  if (resource === "persistentvolumeclaims") {
    const { requests = {} } = (object as PersistentVolumeClaim).spec?.resources ?? {};
    return type === "PersistentVolumeClaim" ? [{ requests, limits: {} }] : [];
  }
  const { spec } = object as Pod;
  if (type === "Pod") return [{ requests: sumOf(spec, podRequests), limits: sumOf(spec, podLimits) }];
  if (type !== "Container") return [];
  return [...spec.containers, ...(spec.initContainers ?? [])].map(({ resources = {} }) => ({
    requests: resources.requests ?? {},
    limits: resources.limits ?? {},
  }));
}

function sumOf(spec: PodSpec, amounts: typeof podRequests): ResourceList {
  const { overhead: _, ...containers } = spec;
  return Object.fromEntries([...amounts(containers)].map(([name, amount]) => [name, quotaText(name, amount)]));
}

function complaintsOf({ type, min, max, maxLimitRequestRatio }: LimitRangeItem, consumer: Consumer): string[] {
  const isClaim = type === "PersistentVolumeClaim";
  return [
    ...Object.entries(min ?? {}).flatMap(([name, bound]) =>
      belowMin(`minimum ${name} usage per ${type} is ${bound}`, { name, bound }, consumer),
    ),
    ...Object.entries(max ?? {}).flatMap(([name, bound]) => {
      const text = `maximum ${name} usage per ${type} is ${bound}`;
      return isClaim ? aboveMaxRequest(text, { name, bound }, consumer) : aboveMax(text, { name, bound }, consumer);
    }),
    ...(isClaim ? [] : Object.entries(maxLimitRequestRatio ?? {})).flatMap(([name, bound]) =>
      aboveRatio(`${name} max limit to request ratio per ${type} is ${bound}`, { name, bound }, consumer),
    ),
  ];
}

interface Bound {
  readonly name: string;
  readonly bound: string;
}

function belowMin(text: string, { name, bound }: Bound, { requests, limits }: Consumer): string[] {
  const [request, limit, least] = [requests[name], limits[name], milliValue(bound)];
  if (request === undefined) return [`${text}.  No request is specified`];
  if (milliValue(request) < least) return [`${text}, but request is ${request}`];
  return limit !== undefined && milliValue(limit) < least ? [`${text}, but limit is ${limit}`] : [];
}

function aboveMax(text: string, { name, bound }: Bound, { requests, limits }: Consumer): string[] {
  const [request, limit, most] = [requests[name], limits[name], milliValue(bound)];
  if (limit === undefined) return [`${text}.  No limit is specified`];
  if (milliValue(limit) > most) return [`${text}, but limit is ${limit}`];
  return request !== undefined && milliValue(request) > most ? [`${text}, but request is ${request}`] : [];
}

function aboveMaxRequest(text: string, { name, bound }: Bound, { requests }: Consumer): string[] {
  const request = requests[name];
  if (request === undefined) return [`${text}.  No request is specified`];
  return milliValue(request) > milliValue(bound) ? [`${text}, but request is ${request}`] : [];
}

function aboveRatio(text: string, { name, bound }: Bound, { requests, limits }: Consumer): string[] {
  const [request, limit] = [milliValue(requests[name] ?? "0"), milliValue(limits[name] ?? "0")];
  if (request === 0) return [`${text}, but no request is specified or request is 0`];
  if (limit === 0) return [`${text}, but no limit is specified or limit is 0`];
  const ratio = limit / request;
  return ratio * 1000 > milliValue(bound) ? [`${text}, but provided ratio is ${ratio.toFixed(6)}`] : [];
}
