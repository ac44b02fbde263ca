import { text, optional } from "../command.ts";
import type { AzArgs } from "../grammar.ts";
import { CONTAINER_SERVICE, CURRENT } from "./api-versions.ts";

/** How a cluster upgrades by itself. Source: azure-cli acs _params.py, 2.91. */
export const CHANNEL_OPTIONS = [text("--auto-upgrade-channel"), text("--node-os-upgrade-channel")];

/** What the options say of `autoUpgradeProfile`, over what there is; undefined when they say nothing. */
export function channelsOf(args: AzArgs, present?: object | null): object | undefined {
  const asked = optional({ upgradeChannel: args.text("auto-upgrade-channel"), nodeOSUpgradeChannel: args.text("node-os-upgrade-channel") });
  return Object.keys(asked).length === 0 ? undefined : { ...present, ...asked };
}

/** The api-version that has what is asked for. */
export function channelVersion(args: AzArgs): string {
  return args.text("node-os-upgrade-channel") === undefined ? CONTAINER_SERVICE : CURRENT;
}
