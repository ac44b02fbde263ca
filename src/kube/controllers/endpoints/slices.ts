import type { Node, ObjectReference, Pod, Service } from "#api/kubernetes/core";
import type { KubeObject, ResourceType } from "#api/kubernetes/meta";
import { controllerReference, equalJson } from "#kube/apimachinery";
import { type ServedPod, servedPods } from "./addresses.ts";

/** discovery.k8s.io/v1 EndpointSlice. */
export interface EndpointSlice extends KubeObject {
  addressType: "IPv4" | "IPv6" | "FQDN";
  endpoints: SliceEndpoint[] | null;
  ports: { name: string; port: number; protocol: string; appProtocol?: string }[] | null;
}

/** One place that serves. */
export interface SliceEndpoint {
  addresses: string[];
  conditions: { ready: boolean; serving?: boolean; terminating?: boolean };
  hostname?: string;
  nodeName?: string;
  zone?: string;
  targetRef?: ObjectReference;
}

/** Where EndpointSlices are served. */
export const ENDPOINT_SLICES: ResourceType<EndpointSlice> = {
  group: "discovery.k8s.io",
  version: "v1",
  resource: "endpointslices",
  kind: "EndpointSlice",
  namespaced: true,
};

/** Source: kubernetes/api discovery/v1/well_known_labels.go. */
export const SERVICE_NAME = "kubernetes.io/service-name";
export const MANAGED_BY = "endpointslice.kubernetes.io/managed-by";
export const SLICE_CONTROLLER = "endpointslice-controller.k8s.io";
/** Source: kubernetes --max-endpoints-per-slice. */
export const MAX_ENDPOINTS_PER_SLICE = 100;

/** Slices to create, to change and to delete. */
export interface SlicePlan {
  readonly create: readonly EndpointSlice[];
  readonly update: readonly EndpointSlice[];
  readonly delete: readonly EndpointSlice[];
}

/** What a service's slices are computed from. */
export interface SliceObservation {
  readonly service: Service;
  readonly pods: readonly Pod[];
  readonly slices: readonly EndpointSlice[];
  node(name: string): Node | undefined;
}

/**
 * The slices of a service. Slices of the same ports are filled in order of address; only those whose content changes are
 * written. Differs from AKS: slices are always packed, so adding an address may change a later slice too.
 * Source: kubernetes staging/src/k8s.io/endpointslice/reconciler.go.
 */
export function planSlices(observation: SliceObservation): SlicePlan {
  return planContents(contentsOf(observation), observation.slices, (content) =>
    newSlice(
      { apiVersion: "v1", kind: "Service", metadata: observation.service.metadata },
      { managedBy: SLICE_CONTROLLER, addressType: "IPv4", content },
    ),
  );
}

/** How the slices that are there come to have the contents that are wanted. @param made makes the slice of one of them. */
export function planContents(
  wanted: readonly SliceContent[],
  slices: readonly EndpointSlice[],
  made: (content: SliceContent) => EndpointSlice,
): SlicePlan {
  const left = [...slices];
  const create: EndpointSlice[] = [];
  const update: EndpointSlice[] = [];
  const unmet = wanted.filter((content) => {
    const index = left.findIndex(
      (slice) => equalJson(slice.endpoints ?? [], content.endpoints) && equalJson(slice.ports ?? [], content.ports),
    );
    if (index >= 0) left.splice(index, 1);
    return index < 0;
  });
  for (const content of unmet) {
    const index = left.findIndex((slice) => equalJson(slice.ports ?? [], content.ports));
    const [reused] = index < 0 ? left.splice(0, 1) : left.splice(index, 1);
    if (reused === undefined) create.push(made(content));
    else update.push({ ...reused, ...content });
  }
  return { create, update, delete: left };
}

/** What a slice says. */
export type SliceContent = Pick<EndpointSlice, "endpoints" | "ports">;

function contentsOf({ service, pods, node }: SliceObservation): SliceContent[] {
  const groups: { readonly ports: NonNullable<EndpointSlice["ports"]>; readonly endpoints: SliceEndpoint[] }[] = [];
  for (const served of servedPods(service, pods)) {
    const ports = served.ports.map(({ name = "", port, protocol = "TCP" }) => ({ name, port, protocol }));
    let group = groups.find((each) => equalJson(each.ports, ports));
    if (group === undefined) groups.push((group = { ports, endpoints: [] }));
    group.endpoints.push(endpointOf(service, served, node));
  }
  // A service without pods keeps one empty slice, so that its readers see it.
  if (groups.length === 0) return [{ endpoints: [], ports: [] }];
  return groups.flatMap(({ ports, endpoints }) =>
    Array.from({ length: Math.ceil(endpoints.length / MAX_ENDPOINTS_PER_SLICE) }, (_, page) => ({
      ports,
      endpoints: endpoints.slice(page * MAX_ENDPOINTS_PER_SLICE, (page + 1) * MAX_ENDPOINTS_PER_SLICE),
    })),
  );
}

function endpointOf(service: Service, { pod, ip, ready }: ServedPod, node: SliceObservation["node"]): SliceEndpoint {
  const { name, namespace, uid } = pod.metadata;
  const { nodeName } = pod.spec;
  const zone = nodeName === undefined ? undefined : node(nodeName)?.metadata.labels?.["topology.kubernetes.io/zone"];
  const serving = ready || (service.spec["publishNotReadyAddresses"] !== true && isServing(pod));
  return {
    addresses: [ip],
    conditions: { ready, serving, terminating: pod.metadata.deletionTimestamp !== undefined },
    ...(nodeName !== undefined && { nodeName }),
    targetRef: { kind: "Pod", ...(namespace !== undefined && { namespace }), name, ...(uid !== undefined && { uid }) },
    ...(zone !== undefined && { zone }),
  };
}

function isServing(pod: Pod): boolean {
  return pod.status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ?? false;
}

/** A new slice of a service. @param owner who it goes with: it has the owner's name and labels. */
export function newSlice(
  owner: KubeObject & { readonly kind: string; readonly apiVersion: string },
  {
    managedBy,
    addressType,
    content,
  }: { readonly managedBy: string; readonly addressType: "IPv4" | "IPv6"; readonly content: SliceContent },
): EndpointSlice {
  const { name, namespace, labels } = owner.metadata;
  return {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: {
      name: "",
      generateName: `${name}-`,
      ...(namespace !== undefined && { namespace }),
      labels: { ...labels, [SERVICE_NAME]: name, [MANAGED_BY]: managedBy },
      ownerReferences: [controllerReference({ apiVersion: owner.apiVersion, kind: owner.kind, metadata: owner.metadata })],
    },
    addressType,
    ...content,
  };
}
