import { isObject, type JsonObject } from "#api/containerservice/decode";
import { invalidParameter, refusal } from "../errors.ts";
import { known, NODE_OS_CHANNELS, UPGRADE_CHANNELS } from "./channels.ts";

const PROFILE = "properties.autoUpgradeProfile";

/**
 * The profile as it is kept. The channel `node-image` sets the other one to `NodeImage`, which then stays.
 * Source: Azure docs auto-upgrade-node-os-image, "known limitations". Unverified: text and code of the refusal, and that a profile that
 * asks for `node-image` and for something else than `NodeImage` is taken as the change that it is.
 * Differs from AKS: taking up or leaving `Unmanaged` reimages no nodes.
 * @param profile what is to be kept: the stored one with what was sent.
 * @throws {ProviderError} 400 for words that there are not, and for another node image channel while the channel is `node-image`.
 */
export function settledProfile(profile: unknown, stored: unknown): unknown {
  if (!isObject(profile)) return profile;
  checkWord(profile, "upgradeChannel", UPGRADE_CHANNELS);
  checkWord(profile, "nodeOSUpgradeChannel", NODE_OS_CHANNELS);
  if (!isNodeImage(profile)) return profile;
  const nodeOs = known(NODE_OS_CHANNELS, profile["nodeOSUpgradeChannel"]);
  if (isObject(stored) && isNodeImage(stored) && nodeOs !== undefined && nodeOs !== "NodeImage") {
    const message =
      `The nodeOSUpgradeChannel '${nodeOs}' is not allowed while the upgradeChannel is 'node-image': it can only be 'NodeImage'. ` +
      "Please see https://aka.ms/aks/auto-upgrade-node-os-image for more details.";
    throw refusal(400, "InvalidParameter", message, { target: `${PROFILE}.nodeOSUpgradeChannel` });
  }
  return { ...profile, nodeOSUpgradeChannel: "NodeImage" };
}

function checkWord(profile: JsonObject, member: string, words: readonly string[]): void {
  const value = profile[member];
  if (value !== undefined && value !== null && known(words, value) === undefined) throw invalidParameter(`${PROFILE}.${member}`);
}

function isNodeImage(profile: JsonObject): boolean {
  return known(UPGRADE_CHANNELS, profile["upgradeChannel"]) === "node-image";
}
