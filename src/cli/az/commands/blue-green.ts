import { number, optional, text } from "../command.ts";
import type { AzArgs, AzOption } from "../grammar.ts";

/** An api-version that has it, and all that the other options ask for. Source: MicrosoftDocs/azure-aks-docs articles/aks/blue-green-node-pool-upgrade.md. */
export const BLUE_GREEN = "2026-07-02-preview";

/** How all nodes of a pool are replaced at once. Sources: the same page; aks-preview agentpool_decorator.py, get_drain_timeout_bg and others. */
export const BLUE_GREEN_OPTIONS: readonly AzOption[] = [
  text("--upgrade-strategy"),
  text("--drain-batch-size"),
  number("--drain-timeout-bg"),
  number("--batch-soak-duration"),
  number("--final-soak-duration"),
];

/** Members of a pool that the options ask for. */
export function blueGreenMembers(args: AzArgs): Readonly<Record<string, unknown>> {
  const settings = optional({
    drainBatchSize: args.text("drain-batch-size"),
    drainTimeoutInMinutes: args.number("drain-timeout-bg"),
    batchSoakDurationInMinutes: args.number("batch-soak-duration"),
    finalSoakDurationInMinutes: args.number("final-soak-duration"),
  });
  return optional({
    upgradeStrategy: args.text("upgrade-strategy"),
    upgradeSettingsBlueGreen: Object.keys(settings).length === 0 ? undefined : settings,
  });
}
