import type { ContainerPort, Endpoints, Pod, Service } from "#api/kubernetes/core";
import { equalJson, isPodReady, isPodTerminal } from "#kube/apimachinery";

type Subset = NonNullable<Endpoints["subsets"]>[number] & { notReadyAddresses?: Address[] };
type Address = NonNullable<NonNullable<Endpoints["subsets"]>[number]["addresses"]>[number];
type Port = NonNullable<NonNullable<Endpoints["subsets"]>[number]["ports"]>[number];

/** A pod that a service may send to. */
export interface ServedPod {
  readonly pod: Pod;
  readonly ip: string;
  readonly ready: boolean;
  /** The service's ports as the pod has them. */
  readonly ports: readonly Port[];
}

/**
 * The pods behind a service: with an address, not ended, in the order of their addresses. Whether they count as ready
 * follows their condition, or the service when it publishes all.
 * Source: kubernetes pkg/controller/endpoint/endpoints_controller.go, syncService; pkg/controller/util/endpoint.
 */
export function servedPods(service: Service, pods: readonly Pod[]): ServedPod[] {
  const publishAll = service.spec["publishNotReadyAddresses"] === true;
  return pods
    .flatMap((pod) => {
      const ip = pod.status?.podIP;
      if (ip === undefined || ip === "" || isPodTerminal(pod)) return [];
      const ready = publishAll || (isPodReady(pod) && pod.metadata.deletionTimestamp === undefined);
      return [{ pod, ip, ready, ports: portsOn(service, pod) }];
    })
    .sort((a, b) => (a.ip < b.ip ? -1 : Number(a.ip > b.ip)));
}

/** Source: kubernetes pkg/api/v1/pod/util.go, FindPort: a number, the name of a container's port, or the service's own. */
function portsOn(service: Service, pod: Pod): Port[] {
  return (service.spec.ports ?? []).flatMap((port) => {
    const protocol = port.protocol ?? "TCP";
    const target = port.targetPort === undefined || port.targetPort === 0 || port.targetPort === "" ? port.port : port.targetPort;
    const number = typeof target === "number" ? target : containerPort(pod, target, protocol);
    return number === undefined ? [] : [{ ...(port.name !== undefined && { name: port.name }), port: number, protocol }];
  });
}

function containerPort(pod: Pod, name: string, protocol: string): number | undefined {
  const named = (port: ContainerPort): boolean => port.name === name && (port.protocol ?? "TCP") === protocol;
  return pod.spec.containers.flatMap((container) => container.ports ?? []).find(named)?.containerPort;
}

/**
 * The subsets of an Endpoints object: pods with the same ports together, ready ones apart from the others.
 * Source: kubernetes pkg/api/v1/endpoints/util.go, RepackSubsets.
 */
export function subsetsOf(service: Service, pods: readonly Pod[]): Subset[] {
  const subsets: Subset[] = [];
  const hasPorts = (service.spec.ports ?? []).length > 0;
  for (const served of servedPods(service, pods)) {
    // Headless services may have no ports; others leave pods out that have none of theirs.
    if (hasPorts && served.ports.length === 0) continue;
    const subset = subsets.find((each) => equalJson(each.ports ?? [], served.ports)) ?? newSubset(subsets, served);
    const list = served.ready ? (subset.addresses ??= []) : (subset.notReadyAddresses ??= []);
    list.push(addressOf(served));
  }
  // The order of fields on the wire.
  return subsets.map(({ addresses, notReadyAddresses, ports }) => ({
    ...(addresses && { addresses }),
    ...(notReadyAddresses && { notReadyAddresses }),
    ...(ports && { ports }),
  }));
}

function newSubset(subsets: Subset[], { ports }: ServedPod): Subset {
  const subset: Subset = ports.length > 0 ? { ports: [...ports] } : {};
  subsets.push(subset);
  return subset;
}

function addressOf({ pod, ip }: ServedPod): Address {
  const { name, namespace, uid } = pod.metadata;
  return {
    ip,
    ...(pod.spec.nodeName !== undefined && { nodeName: pod.spec.nodeName }),
    targetRef: { kind: "Pod", ...(namespace !== undefined && { namespace }), name, ...(uid !== undefined && { uid }) },
  };
}
