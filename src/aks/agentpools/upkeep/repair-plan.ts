/** What is done to a node that stays unhealthy, in this order. */
export type RepairAction = "reboot" | "reimage" | "redeploy";

/** The repair of one node, as the pool's document holds it. */
export interface Repair {
  /** Actions so far, the one under way among them. */
  readonly actions: number;
  /** The machine's boot that the last action ends. */
  readonly boot: number;
  /** The last action is over, whether the node is well or not. */
  readonly ended?: true;
}

/** A machine of a pool at rest, and its node. */
export interface Patient {
  readonly name: string;
  readonly id: number;
  readonly boot: number;
  readonly runs: boolean;
  readonly ready: boolean;
  /** Since when the node has been as it is and the machine has run, milliseconds since the epoch. */
  readonly sinceMs: number;
  /** Not to be repaired: it was never healthy, or somebody wants it gone. */
  readonly exempt: boolean;
  readonly repair?: Repair;
}

export type RepairStep =
  | { readonly kind: "forget"; readonly names: readonly string[] }
  | { readonly kind: "end"; readonly patient: Patient; readonly action: RepairAction }
  | { readonly kind: "act"; readonly patient: Patient; readonly action: RepairAction }
  | { readonly kind: "begin"; readonly patient: Patient; readonly action: RepairAction }
  | { readonly kind: "wait"; readonly untilMs?: number };

/** Rounds of all actions. Source: azure-docs articles/aks/node-auto-repair.md: up to three times. */
const ROUNDS = 3;
/** Only Linux nodes are redeployed. Source: the same page. */
const ACTIONS = { Linux: ["reboot", "reimage", "redeploy"], Windows: ["reboot", "reimage"] } as const;

/**
 * What to do next about unhealthy nodes. One node is repaired at a time.
 * Source: azure-docs articles/aks/node-auto-repair.md; in its version of 2023, "each node is repaired individually".
 */
export function planRepair(
  patients: readonly Patient[],
  { osType, nowMs, periodMs }: { readonly osType: keyof typeof ACTIONS; readonly nowMs: number; readonly periodMs: number },
): RepairStep {
  const actions = ACTIONS[osType];
  const actionOf = (count: number): RepairAction => actions[count % actions.length] ?? "reboot";
  const well = patients.filter(({ ready, runs, repair }) => ready && runs && repair?.ended === true).map(({ name }) => name);
  if (well.length > 0) return { kind: "forget", names: well };
  const underway = patients.find(({ repair }) => repair !== undefined && repair.ended !== true);
  if (underway?.repair !== undefined) {
    const action = actionOf(underway.repair.actions - 1);
    if (!underway.runs) return { kind: "wait" };
    return { kind: underway.boot === underway.repair.boot ? "act" : "end", patient: underway, action };
  }
  const sick = patients.filter(
    ({ ready, runs, exempt, repair }) => runs && !ready && !exempt && (repair?.actions ?? 0) < ROUNDS * actions.length,
  );
  const first = sick.reduce<Patient | undefined>(
    (least, each) => (least === undefined || each.sinceMs < least.sinceMs ? each : least),
    undefined,
  );
  if (first === undefined) return { kind: "wait" };
  const dueMs = first.sinceMs + periodMs;
  if (nowMs < dueMs) return { kind: "wait", untilMs: dueMs };
  return { kind: "begin", patient: first, action: actionOf(first.repair?.actions ?? 0) };
}
