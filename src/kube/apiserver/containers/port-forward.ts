import type { Pod } from "#api/kubernetes/core";
import type { Core } from "../core.ts";
import type { Answer } from "../request.ts";
import { badRequest, notFound } from "../status.ts";
import { entryKey } from "../storage/storage.ts";
import type { ResourceCall } from "../verbs/single.ts";
import { requireNode } from "./target.ts";

const MAX_PORT = 65_535;
/** Ports of one call at most. */
const MAX_PORTS = 100;

/**
 * Forwards ports of a pod, at which nothing listens.
 * Differs from AKS: no process runs, so every connection ends with an error that says so.
 * @throws {StatusError} NotFound for the pod or its node; BadRequest for a pod without a node and for what is no port.
 * Source: pkg/registry/core/pod/strategy.go, PortForwardLocation; kubelet pkg/cri/streaming/portforward.
 */
export function podPortForward(core: Core, { resource, info, request }: ResourceCall): Answer {
  const pod = resource.cache.get(entryKey(info.namespace, info.name))?.object as Pod | undefined;
  if (pod === undefined) throw notFound(resource.of, info.name);
  if (!pod.spec.nodeName) throw badRequest(`pod ${info.name} does not have a host assigned`);
  requireNode(core, pod);
  const named = `${pod.metadata.namespace ?? ""}/${pod.metadata.name}`;
  const refusal = (port: number): string =>
    `error forwarding port ${port} to pod ${pod.metadata.uid ?? ""}, uid : pod "${named}" is simulated: no process runs in it, so nothing listens on port ${port}`;
  return { kind: "session", session: { kind: "forward", ports: portsOf(request.ports ?? []), refusal } };
}

/** Source: kubelet pkg/cri/streaming/portforward/websocket.go, NewV4Options. */
function portsOf(values: readonly string[]): number[] {
  const texts = values.flatMap((value) => value.split(","));
  if (texts.length > MAX_PORTS) throw badRequest(`at most ${MAX_PORTS} ports can be forwarded at once`);
  return texts.map((text) => {
    const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
    if (Number.isNaN(port) || port > MAX_PORT) throw badRequest(`unable to parse ${JSON.stringify(text)} as a port`);
    if (port < 1) throw badRequest(`port ${JSON.stringify(text)} must be > 0`);
    return port;
  });
}
