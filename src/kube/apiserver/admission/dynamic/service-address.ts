import type { Service } from "#api/kubernetes/core";
import type { KubeObject } from "#api/kubernetes/meta";
import type { ResourceTable } from "../../resources.ts";
import { joinHostPort } from "./go-errors.ts";

export interface Address {
  readonly host: string;
  readonly port: number;
}

export interface ServicePort {
  readonly namespace: string;
  readonly name: string;
  readonly port: number;
}

interface EndpointSlice extends KubeObject {
  readonly ports?: readonly { readonly name?: string; readonly port?: number }[];
  readonly endpoints?: readonly {
    readonly addresses?: readonly string[];
    readonly conditions?: { readonly ready?: boolean };
    readonly targetRef?: { readonly kind?: string };
  }[];
}

/**
 * Where a service leads: to the name that it stands for, or to an endpoint that somebody wrote.
 * Differs from AKS: nothing listens in pods; a webhook behind them cannot be connected to, and its failure policy holds.
 * @param warn takes what helps, beside the error.
 * @throws {Error} in the words of Kubernetes. Source: apiserver pkg/util/proxy/proxy.go, ResolveCluster.
 */
export function serviceAddress(resources: ResourceTable, { namespace, name, port }: ServicePort, warn?: (text: string) => void): Address {
  const service = resources.preferred("", "services")?.cache.get(`${namespace}/${name}`)?.object as Service | undefined;
  if (service === undefined) throw new Error(`service ${JSON.stringify(name)} not found`);
  const { type = "ClusterIP", clusterIP = "", externalName, ports = [] } = service.spec;
  if (type === "ExternalName" && typeof externalName === "string") return { host: externalName, port };
  if (type === "ClusterIP" && clusterIP === "None") throw new Error('cannot route to service with ClusterIP "None"');
  const served = ports.find((each) => each.port === port);
  if (served === undefined) throw new Error(`no service port ${port} found for service ${JSON.stringify(name)}`);
  const found = endpointOf(resources, { namespace, name }, served.name ?? "");
  if (found !== undefined) return found;
  warn?.(
    `nothing listens behind service ${namespace}/${name}, whose pods are simulated: a webhook that runs on this machine is reached by clientConfig.url, or by a service of type ExternalName`,
  );
  throw new Error(`dial tcp ${joinHostPort(clusterIP, port)}: connect: connection refused`);
}

/** An endpoint that is no simulated pod. */
function endpointOf(resources: ResourceTable, { namespace, name }: Omit<ServicePort, "port">, portName: string): Address | undefined {
  for (const { object } of resources.preferred("discovery.k8s.io", "endpointslices")?.cache.list({ namespace }) ?? []) {
    const slice = object as EndpointSlice;
    const port = slice.ports?.find((each) => (each.name ?? "") === portName)?.port;
    if (slice.metadata.labels?.["kubernetes.io/service-name"] !== name || port === undefined) continue;
    const endpoint = slice.endpoints?.find(({ conditions, targetRef }) => conditions?.ready !== false && targetRef?.kind !== "Pod");
    const [host] = endpoint?.addresses ?? [];
    if (host !== undefined) return { host, port };
  }
  return undefined;
}
