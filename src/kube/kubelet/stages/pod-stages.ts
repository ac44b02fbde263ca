/**
 * What a container goes through until it runs, as data: each stage waits and then does one thing. Which stages depends on whether its
 * image is on the machine; a pod's containers go through them one after the other. When one fails, the container waits for its next
 * attempt and the others go on.
 *
 * ```
 *   seen ─1 s─▶ volumes, address ─▶ ( Pulling ─pull─▶ Pulled ─3 s─▶ Created ─▶ Started )* ─▶ probes ─▶ Ready
 *                                   ( Pulled: already present ─▶ Created ─▶ Started )*
 * ```
 *
 * Source: the events of a pod in the AKS article on multiple node pools (2019): Scheduled, 1 s, Pulling, 4 s, Pulled, 3 s,
 * Created and Started.
 */

/** What a stage does when its wait is over. */
export type StageAction = "beginPull" | "endPull" | "findImage" | "createContainer" | "startContainer";

/** How long a stage waits: milliseconds on a real machine, or the pull of the container's image. */
export type StageWait = number | "pull";

export interface Stage {
  readonly wait: StageWait;
  readonly action: StageAction;
}

/** From the pod being seen to its containers' turn. */
export const SANDBOX_MS = 1_000;

/** A container whose image has to be pulled. */
export const PULL_STAGES: readonly Stage[] = [
  { wait: 0, action: "beginPull" },
  { wait: "pull", action: "endPull" },
  { wait: 2_800, action: "createContainer" },
  // Not at once: events of one millisecond have no order.
  { wait: 200, action: "startContainer" },
];

/** A container whose image is on the machine. */
export const PRESENT_STAGES: readonly Stage[] = [
  { wait: 0, action: "findImage" },
  { wait: 300, action: "createContainer" },
  { wait: 200, action: "startContainer" },
];

/** What containers take to stop after SIGTERM, when nothing is said. */
export const STOP_MS = 1_000;

/** From the end of a container, or a failed start, to the kubelet's next look at the pod. */
export const NEXT_LOOK_MS = 1_000;
/** From a failure that only somebody else can mend to the next look. Source: pkg/kubelet/kubelet.go, backOffPeriod. */
export const RETRY_MS = 10_000;
/** However fast time goes, what fails at once is not tried without end. */
export const MIN_RETRY_MS = 1_000;
