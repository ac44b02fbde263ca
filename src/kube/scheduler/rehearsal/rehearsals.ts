import type { Rehearsal } from "#api/kubernetes/rehearsal";
import type { SchedulerOptions } from "../scheduler.ts";
import { createInformedFacts } from "../informed-facts.ts";
import { AssumedVolumes } from "../volumes/assumed-volumes.ts";
import { createRehearsal } from "./rehearsal.ts";

/** Rehearsals for a cluster that another scheduler serves. */
export interface Rehearsals {
  /** Resolves when the cluster's namespaces, controllers, claims and volumes are known. */
  start(): Promise<void>;
  stop(): void;
  /** As a scheduler's of the version. */
  rehearse(): Rehearsal;
}

/** Follows what rehearsals need to know of the cluster; it places no pod. */
export function createRehearsals({
  client,
  clock,
  log,
  version,
}: Pick<SchedulerOptions, "client" | "clock" | "log" | "version">): Rehearsals {
  const facts = createInformedFacts({ client, clock, log, assumed: new AssumedVolumes(), onVolumesChanged: () => undefined });
  return {
    start: () => facts.start(),
    stop: () => facts.stop(),
    rehearse: () => createRehearsal({ version: version(), facts }),
  };
}
