import type { PodSpec } from "#api/kubernetes/core";

/** A port of the node that a pod takes. */
export interface HostPort {
  /** `0.0.0.0` is every address of the node. */
  readonly ip: string;
  readonly protocol: string;
  readonly port: number;
}

const EVERY_IP = "0.0.0.0";
const NONE: readonly HostPort[] = [];

/** Ports of the node that the pod's containers and sidecars take. Source: pkg/scheduler/util/utils.go, GetHostPorts. */
export function hostPortsOf(spec: PodSpec): readonly HostPort[] {
  const sidecars = (spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === "Always");
  const ports = [...spec.containers, ...sidecars].flatMap((container) => container.ports ?? []);
  const taken = ports.flatMap(({ hostPort = 0, hostIP, protocol }) =>
    hostPort > 0 ? [{ ip: hostIP || EVERY_IP, protocol: protocol || "TCP", port: hostPort }] : [],
  );
  return taken.length === 0 ? NONE : taken;
}

/** The ports taken on one node. Source: pkg/scheduler/framework/types.go, HostPortInfo. */
export class HostPorts {
  /** Addresses by `TCP/80`, each with how many pods take it there. */
  readonly #taken = new Map<string, Map<string, number>>();

  take({ ip, protocol, port }: HostPort): void {
    const key = `${protocol}/${port}`;
    let counts = this.#taken.get(key);
    if (counts === undefined) this.#taken.set(key, (counts = new Map()));
    counts.set(ip, (counts.get(ip) ?? 0) + 1);
  }

  release({ ip, protocol, port }: HostPort): void {
    const key = `${protocol}/${port}`;
    const counts = this.#taken.get(key);
    const left = (counts?.get(ip) ?? 0) - 1;
    if (left > 0) counts?.set(ip, left);
    else counts?.delete(ip);
    if (counts?.size === 0) this.#taken.delete(key);
  }

  /** Whether some pod has the port, on the same address or on every one. */
  conflicts({ ip, protocol, port }: HostPort): boolean {
    const counts = this.#taken.get(`${protocol}/${port}`);
    if (counts === undefined) return false;
    return ip === EVERY_IP || counts.has(ip) || counts.has(EVERY_IP);
  }
}
