import type { Pod } from "#api/kubernetes/core";
import { podRequests, podScoringRequests } from "#kube/apimachinery";
import { type HostPort, hostPortsOf } from "./host-ports.ts";

/** What a pod takes from a node. Cpu in thousandths, memory and storage in bytes, the rest in pieces. */
export interface PodAmounts {
  readonly cpu: number;
  readonly memory: number;
  readonly ephemeralStorage: number;
  /** Other resources that are asked for, without zeros. */
  readonly extended: readonly (readonly [resource: string, amount: number])[];
  /** Cpu and memory as they count in scores, where containers without requests count as something. */
  readonly scoringCpu: number;
  readonly scoringMemory: number;
}

/** A pod with what the scheduler needs of it worked out once. */
export interface PodToPlace {
  readonly pod: Pod;
  /** `namespace/name`. */
  readonly key: string;
  readonly uid: string;
  readonly priority: number;
  readonly amounts: PodAmounts;
  readonly hostPorts: readonly HostPort[];
}

/** Works out what a pod takes and wants. */
export function podToPlace(pod: Pod): PodToPlace {
  const { name, namespace = "default", uid = "" } = pod.metadata;
  return {
    pod,
    key: `${namespace}/${name}`,
    uid,
    priority: pod.spec.priority ?? 0,
    amounts: podAmounts(pod),
    hostPorts: hostPortsOf(pod.spec),
  };
}

function podAmounts({ spec }: Pod): PodAmounts {
  const requests = podRequests(spec);
  const scoring = podScoringRequests(spec);
  const extended: (readonly [string, number])[] = [];
  for (const [resource, amount] of requests) {
    if (resource !== "cpu" && resource !== "memory" && resource !== "ephemeral-storage" && amount > 0) extended.push([resource, amount]);
  }
  return {
    cpu: requests.get("cpu") ?? 0,
    memory: requests.get("memory") ?? 0,
    ephemeralStorage: requests.get("ephemeral-storage") ?? 0,
    extended,
    scoringCpu: scoring.get("cpu") ?? 0,
    scoringMemory: scoring.get("memory") ?? 0,
  };
}
