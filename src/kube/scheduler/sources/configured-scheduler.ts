import type { KubeClient } from "#kube/client";
import { createScheduler, type Scheduler, type SchedulerOptions } from "../scheduler.ts";
import { createConfigurationSources } from "./configuration-sources.ts";

export interface ConfiguredSchedulerOptions extends SchedulerOptions {
  /** Reads what people say of the scheduler and tells them what became of it: in kube-system, and in AKS's own kinds. */
  readonly administrator: KubeClient;
}

/** A scheduler for one cluster, with the configuration that people have put there. It may be started once. */
export function createConfiguredScheduler({ administrator, ...options }: ConfiguredSchedulerOptions): Scheduler {
  const { clock, log, version } = options;
  const scheduler = createScheduler(options);
  const sources = createConfigurationSources({
    client: administrator,
    clock,
    log,
    version,
    configure: (configuration) => scheduler.configure(configuration),
  });
  return {
    ...scheduler,
    async start() {
      await sources.start();
      await scheduler.start();
    },
    async stop() {
      await sources.stop();
      await scheduler.stop();
    },
  };
}
