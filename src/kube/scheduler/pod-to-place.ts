import type { Pod } from "#api/kubernetes/core";
import { claimNamesOf, type Labels, podRequests, podScoringRequests } from "#kube/apimachinery";
import { type PodTerms, podTermsOf } from "./affinity-terms.ts";
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
  /** As it was seen last. */
  pod: Pod;
  /** `namespace/name`. */
  readonly key: string;
  readonly namespace: string;
  readonly uid: string;
  readonly labels: Labels;
  /** Somebody has deleted the pod and it has not ended yet. */
  readonly isTerminating: boolean;
  readonly priority: number;
  readonly amounts: PodAmounts;
  readonly hostPorts: readonly HostPort[];
  readonly terms: PodTerms;
  /** Keys of the claims that its volumes are of, `namespace/name`. */
  readonly claims: readonly string[];
}

/** Works out what a pod takes and wants. */
export function podToPlace(pod: Pod): PodToPlace {
  const { name, namespace = "default", uid = "", labels, deletionTimestamp } = pod.metadata;
  return {
    pod,
    key: `${namespace}/${name}`,
    namespace,
    uid,
    labels,
    isTerminating: deletionTimestamp !== undefined,
    priority: pod.spec.priority ?? 0,
    amounts: podAmounts(pod),
    hostPorts: hostPortsOf(pod.spec),
    terms: podTermsOf(pod),
    claims: claimKeysOf(pod, namespace),
  };
}

function claimKeysOf(pod: Pod, namespace: string): readonly string[] {
  const names = claimNamesOf(pod);
  return names.length === 0 ? NO_CLAIMS : names.map((name) => `${namespace}/${name}`);
}

const NO_CLAIMS: readonly string[] = [];

/** Of most pods, and shared by them. */
const NOTHING: PodAmounts["extended"] = [];

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
    extended: extended.length === 0 ? NOTHING : extended,
    scoringCpu: scoring.get("cpu") ?? 0,
    scoringMemory: scoring.get("memory") ?? 0,
  };
}
