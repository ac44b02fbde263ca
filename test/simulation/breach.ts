/** What must never break, as the service promises it. */
export const promises = {
  acknowledged: "An acknowledged write is in the store",
  ends: "An operation always ends in bounded time",
  oneOperation: "One mutating operation per pool at a time",
  succeeded: "A pool's Succeeded means: as many Ready nodes as count, each with the pool's version, labels, taints and size",
  bounds: "A pool of the autoscaler has no fewer nodes than its minimum and no more than its maximum",
  stopped: "A stopped cluster runs no machine, and nobody answers for it",
  asleep: "A machine that is kept and does not run is a node that is not Ready",
  power: "A cluster runs, or is stopped, as it was last asked to",
  images: "A pool's Succeeded means: every machine of it booted from the pool's image, with the cluster's certificates",
  leftOver: "No instance is left over, and nothing of what was deleted",
  taints: "No pod runs on a node whose NoSchedule or NoExecute taint it does not tolerate",
  budgets: "No eviction breaks a PodDisruptionBudget",
  allocatable: "No node is over its allocatable",
  placed: "A pod is placed where it asks to be, and does not wait while a node would take it",
  ids: "Node names and scale-set instance ids are never reused within a pool",
  works: "Work fails only for a reason that the caller can see",
  replicas: "A deployment has the pods that it asks for",
  noDefect: "Bad input never gives a 500, and nothing logs a defect",
  noWait: "No handler waits for work",
} as const;

/** A promise that was broken, and by what. */
export class Breach extends Error {
  constructor(promise: keyof typeof promises, told: string) {
    super(`broken: "${promises[promise]}"\n  ${told}`);
  }
}
