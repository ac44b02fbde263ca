/**
 * What a pod goes through on its node, as data: each stage waits and then does one thing. A container's stages depend on
 * whether its image is on the machine; the rest is the same for every pod.
 *
 * ```
 *   seen ─1 s─▶ sandbox ─▶ ( Pulling ─pull─▶ Pulled ─3 s─▶ Created ─▶ Started )* ─▶ Running ─readiness─▶ Ready
 *                           ( Pulled: already present ─▶ Created ─▶ Started )*
 * ```
 *
 * Source: the events of a pod in the AKS article on multiple node pools (2019): Scheduled, 1 s, Pulling, 4 s, Pulled, 3 s,
 * Created and Started.
 */

/** What a stage does when its wait is over. */
export type StageAction =
  | "makeSandbox"
  | "beginPull"
  | "endPull"
  | "findImage"
  | "createContainer"
  | "startContainer"
  | "completeInitContainer"
  | "becomeReady";

/** How long a stage waits: milliseconds on a real machine, the pull of the container's image, or what readiness takes. */
export type StageWait = number | "pull" | "readiness";

export interface Stage {
  readonly wait: StageWait;
  readonly action: StageAction;
}

/** From the pod being seen to its containers' turn. */
export const SANDBOX_STAGES: readonly Stage[] = [{ wait: 1_000, action: "makeSandbox" }];

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

/** What an init container adds: the next one waits for its end. */
export const INIT_STAGES: readonly Stage[] = [{ wait: 1_000, action: "completeInitContainer" }];

/** After the last container has started. */
export const READY_STAGES: readonly Stage[] = [{ wait: "readiness", action: "becomeReady" }];

/** What containers take to stop after SIGTERM; they never need their whole grace period. */
export const STOP_MS = 1_000;

/** Waits before a container that ended is started again. Source: pkg/kubelet/kubelet.go, backOffPeriod and MaxContainerBackOff. */
export const FIRST_RESTART_BACKOFF_MS = 10_000;
export const MAX_RESTART_BACKOFF_MS = 300_000;
