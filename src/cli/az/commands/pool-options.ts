import { readFileSync } from "node:fs";
import { flag, keyValues, number, text, words, optional } from "../command.ts";
import { type AzArgs, AzError, type AzOption } from "../grammar.ts";
import { CONTAINER_SERVICE, CURRENT } from "./api-versions.ts";
import { BLUE_GREEN, BLUE_GREEN_OPTIONS, blueGreenMembers } from "./blue-green.ts";

/** How a pool is upgraded. Source: azure-cli acs _params.py, 2.91. */
export const UPGRADE_OPTIONS: readonly AzOption[] = [
  text("--max-surge"),
  text("--max-unavailable"),
  number("--drain-timeout"),
  number("--node-soak-duration"),
  text("--undrainable-node-behavior"),
  ...BLUE_GREEN_OPTIONS,
];

/** What a new pool may have beside the most usual. Source: the same. */
export const RARER_OPTIONS: readonly AzOption[] = [
  { names: ["--vm-set-type"], kind: "text" },
  text("--node-osdisk-type"),
  text("--scale-down-mode"),
  text("--spot-max-price"),
  text("--pod-subnet-id"),
  text("--node-public-ip-prefix-id"),
  text("--ppg"),
  text("--crg-id"),
  text("--host-group-id"),
  text("--gpu-instance-profile"),
  text("--workload-runtime"),
  text("--kubelet-config"),
  text("--linux-os-config"),
  text("--message-of-the-day"),
  flag("--enable-encryption-at-host"),
  flag("--enable-ultra-ssd"),
  flag("--enable-fips-image"),
  flag("--enable-vtpm"),
  flag("--enable-secure-boot"),
  words("--node-public-ip-tags"),
];

/** Options for members that only {@link CURRENT} has. */
const NEWER = [
  "max-unavailable",
  "drain-timeout",
  "node-soak-duration",
  "undrainable-node-behavior",
  "crg-id",
  "message-of-the-day",
  "enable-vtpm",
  "enable-secure-boot",
  "node-public-ip-tags",
];

/** The api-version that has every member which is asked for. */
export function versionFor(args: AzArgs): string {
  if (Object.keys(blueGreenMembers(args)).length > 0) return BLUE_GREEN;
  const isNewer = NEWER.some((name) => args.flag(name));
  return isNewer ? CURRENT : CONTAINER_SERVICE;
}

/** Members of `upgradeSettings` that are asked for. A drain timeout of 0 says nothing, as in az. */
export function upgradeSettings(args: AzArgs): Readonly<Record<string, unknown>> {
  const drainMinutes = args.number("drain-timeout");
  return optional({
    maxSurge: shareOf("--max-surge", args.text("max-surge")),
    maxUnavailable: shareOf("--max-unavailable", args.text("max-unavailable")),
    drainTimeoutInMinutes: drainMinutes === 0 ? undefined : drainMinutes,
    nodeSoakDurationInMinutes: args.number("node-soak-duration"),
    undrainableNodeBehavior: args.text("undrainable-node-behavior"),
  });
}

/** The snapshot that is asked for. @throws {AzError} for what is no id. Source: azure-cli acs _validators.py, validate_snapshot_id. */
export function snapshotOf(args: AzArgs): string | undefined {
  const id = args.text("snapshot-id");
  if (id !== undefined && !/^\/subscriptions\/[^/]+\/resourcegroups\/[^/]+\/providers\/[^/]+\/[^/]+\/[^/]+/i.test(id))
    throw new AzError("--snapshot-id is not a valid Azure resource ID.");
  return id;
}

/** A whole number or percent. Source: azure-cli acs _validators.py, validate_max_surge. */
function shareOf(option: string, value: string | undefined): string | undefined {
  if (value === undefined || /^\d+%*$/.test(value)) return value;
  throw new AzError(/^-\d+%*$/.test(value) ? `${option} must be positive` : `${option} should be an int or percentage`);
}

/** Members of a new pool that {@link RARER_OPTIONS} ask for. @throws {AzError} for files that cannot be read and numbers that are none. */
export function rarerMembers(args: AzArgs): Readonly<Record<string, unknown>> {
  const given = (name: string): true | undefined => (args.flag(name) ? true : undefined);
  const trusted = optional({ enableVTPM: given("enable-vtpm"), enableSecureBoot: given("enable-secure-boot") });
  const ipTags = Object.entries(keyValues(args.words("node-public-ip-tags")) ?? {}).map(([ipTagType, tag]) => ({ ipTagType, tag }));
  return optional({
    type: args.text("vm-set-type"),
    osDiskType: args.text("node-osdisk-type"),
    scaleDownMode: args.text("scale-down-mode"),
    spotMaxPrice: priceOf(args.text("spot-max-price"), args.text("priority")),
    podSubnetID: args.text("pod-subnet-id"),
    nodePublicIPPrefixID: args.text("node-public-ip-prefix-id"),
    proximityPlacementGroupID: args.text("ppg"),
    capacityReservationGroupID: args.text("crg-id"),
    hostGroupID: args.text("host-group-id"),
    gpuInstanceProfile: args.text("gpu-instance-profile"),
    workloadRuntime: args.text("workload-runtime"),
    kubeletConfig: configOf(args.text("kubelet-config"), "kubelet configuration"),
    linuxOSConfig: configOf(args.text("linux-os-config"), "Linux OS configuration"),
    messageOfTheDay: messageOf(args.text("message-of-the-day")),
    enableEncryptionAtHost: given("enable-encryption-at-host"),
    enableUltraSSD: given("enable-ultra-ssd"),
    enableFIPS: given("enable-fips-image"),
    securityProfile: Object.keys(trusted).length === 0 ? undefined : trusted,
    networkProfile: ipTags.length === 0 ? undefined : { nodePublicIPTags: ipTags },
  });
}

/** Source: azure-cli acs _validators.py, validate_spot_max_price; argparse's words for what is no number. */
function priceOf(price: string | undefined, priority: string | undefined): number | undefined {
  if (price === undefined) return undefined;
  const value = Number(price);
  if (price.trim() === "" || Number.isNaN(value)) throw new AzError(`argument --spot-max-price: invalid float value: '${price}'`, 2);
  if (priority !== "Spot") throw new AzError("--spot_max_price can only be set when --priority is Spot");
  if (!/^-?\d+(?:\.\d{1,5})?$/.test(price)) throw new AzError("--spot_max_price can only include up to 5 decimal places");
  if (value <= 0 && value !== -1)
    throw new AzError(
      "--spot_max_price can only be any decimal value greater than zero, or -1 which indicates default price to be up-to on-demand",
    );
  return value;
}

/** Source: azure-cli acs agentpool_decorator.py, get_kubelet_config and get_linux_os_config. */
function configOf(path: string | undefined, what: string): object | undefined {
  if (path === undefined) return undefined;
  let config: unknown;
  try {
    config = JSON.parse(read(path, "accessable"));
  } catch (error) {
    if (error instanceof AzError) throw error;
  }
  if (typeof config === "object" && config !== null && !Array.isArray(config)) return config;
  throw new AzError(`Error reading ${what} from ${path}. Please see https://aka.ms/CustomNodeConfig for correct format.`);
}

/** Source: azure-cli acs agentpool_decorator.py, get_message_of_the_day. */
function messageOf(path: string | undefined): string | undefined {
  return path === undefined ? undefined : Buffer.from(read(path, "accessible")).toString("base64");
}

/** @param reachable as az spells it here and there. */
function read(path: string, reachable: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    throw new AzError(`${path} is not valid file, or not ${reachable}.`);
  }
}
