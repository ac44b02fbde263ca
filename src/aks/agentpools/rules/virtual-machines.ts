import { isKnown, string } from "#api/containerservice/field";
import { isArm, sizesIn, type VmSize, vmSize } from "#compute";
import { compareVersions } from "../../catalog/index.ts";
import { refusals } from "../../errors.ts";
import { tooSmallFor } from "../../nodes/index.ts";
import { autoscaledGroups, hasSameGroups, leastNodes, sizeGroups } from "../virtual-machines.ts";
import type { Candidate, Rule } from "./candidate.ts";
import { profileRefusals } from "./profile-errors.ts";
import { familyLetter } from "./snapshot.ts";
import { virtualMachinesRefusals } from "./virtual-machines-errors.ts";

/** Since then a pool may be of this type. Source: Azure/azure-rest-api-specs, AgentPoolType and VirtualMachinesProfile. */
const KNOWN = { name: "type", type: string, since: "2025-04-01", preview: "2023-11-02-preview" } as const;
/** Source: MicrosoftDocs/azure-aks-docs articles/aks/virtual-machines-node-pools.md, for these and the rules below. */
const MOST_SIZES = 5;
const KUBERNETES_SINCE = "1.27.0";
/** Names of sizes that a refusal lists at most. */
const LISTED_SIZES = 200;

const isOffered: Rule = ({ stored, apiVersion }) =>
  stored === undefined && !isKnown(KNOWN, apiVersion) ? refusals.invalidParameter("agentPoolProfile.type") : undefined;

const version: Rule = ({ wanted }) =>
  compareVersions(wanted.orchestratorVersion, KUBERNETES_SINCE) < 0 ? virtualMachinesRefusals.version(KUBERNETES_SINCE) : undefined;

/** What scale sets have, and these pools do not. */
const notForMachines: Rule = ({ sent, wanted }) => {
  if (wanted.osType === "Windows") return virtualMachinesRefusals.notSupported("osType", "Windows node pools are not supported");
  if ((wanted.availabilityZones ?? []).length > 0) {
    return virtualMachinesRefusals.notSupported("availabilityZones", "availability zones are not supported");
  }
  if (wanted.creationData !== undefined) return virtualMachinesRefusals.notSupported("creationData", "snapshots are not supported");
  if (wanted.enableAutoScaling === true) return virtualMachinesRefusals.notSupported("enableAutoScaling", "use a scale profile");
  if (sent.count !== undefined) return virtualMachinesRefusals.notSupported("count", "use a scale profile");
  return sent.vmSize === undefined ? undefined : virtualMachinesRefusals.notSupported("vmSize", "use a scale profile");
};

/** Each size once, known, and with a number of machines or bounds of it; five of both kinds together. */
const profiles: Rule = (candidate) => {
  const { manual = [], autoscale = [] } = candidate.wanted.virtualMachinesProfile?.scale ?? {};
  const sent = manual.length + autoscale.length;
  if (sent === 0) return virtualMachinesRefusals.noProfile();
  if (sent > MOST_SIZES) return virtualMachinesRefusals.tooManyProfiles(MOST_SIZES, sent);
  return manualProfiles(candidate) ?? autoscaleProfiles(candidate) ?? onceEach(candidate);
};

const manualProfiles: Rule = (candidate) => {
  const { wanted, generation } = candidate;
  for (const [index, { size, count }] of (wanted.virtualMachinesProfile?.scale?.manual ?? []).entries()) {
    const at = `${virtualMachinesRefusals.path}[${index}]`;
    const refusal = sizeRefusal(candidate, size, at);
    if (refusal !== undefined) return refusal;
    if (count === undefined) return refusals.missing(`${at}.count`);
    if (count < 0 || count > generation.maxNodesPerAgentPool) return refusals.invalidParameter(`${at}.count`);
  }
  return undefined;
};

/**
 * Bounds as those of a scale set; no GPUs; a system pool keeps a node.
 * Unverified: code and texts; that a system pool's minimum is asked of all its sizes together.
 */
const autoscaleProfiles: Rule = (candidate) => {
  const { wanted, generation } = candidate;
  for (const [index, { size, minCount, maxCount }] of (wanted.virtualMachinesProfile?.scale?.autoscale ?? []).entries()) {
    const at = `${virtualMachinesRefusals.autoscalePath}[${index}]`;
    const refusal = sizeRefusal(candidate, size, at);
    if (refusal !== undefined) return refusal;
    if (minCount === undefined) return refusals.missing(`${at}.minCount`);
    if (maxCount === undefined) return refusals.missing(`${at}.maxCount`);
    if (maxCount < 1 || maxCount > generation.maxNodesPerAgentPool) return refusals.invalidParameter(`${at}.maxCount`);
    if (minCount < 0 || minCount > maxCount) return refusals.invalidParameter(`${at}.minCount`);
    if ((vmSize(size ?? "")?.gpus ?? 0) > 0) return virtualMachinesRefusals.autoscaledGpu(`${at}.size`);
  }
  const least = generation.minNodes[wanted.mode === "System" ? "System" : "User"];
  const isTooFew = autoscaledGroups(wanted).length > 0 && leastNodes(wanted) < least;
  return isTooFew ? refusals.invalidParameter(`${virtualMachinesRefusals.autoscalePath}[0].minCount`) : undefined;
};

function sizeRefusal({ cluster }: Candidate, size: string | undefined, at: string): Error | undefined {
  if (size === undefined) return refusals.missing(`${at}.size`);
  const offered = new Set(sizesIn(cluster.location).map(({ name }) => name));
  if (offered.has(vmSize(size)?.name ?? "")) return undefined;
  return refusals.sizeNotAllowed(size, cluster.location, [...offered].slice(0, LISTED_SIZES));
}

const onceEach: Rule = ({ wanted }) => {
  const names = (sizeGroups(wanted) ?? []).map(({ size }) => size);
  const twice = names.find((name, index) => names.indexOf(name) < index);
  return twice === undefined ? undefined : virtualMachinesRefusals.twice(twice);
};

/** Machines of one pool are of a kind. Unverified: what a family of virtual machines is to pools of several sizes; here the letter of the size's name. */
const alike: Rule = ({ wanted }) => {
  const [first, ...others] = sizesOf(wanted);
  if (first === undefined) return undefined;
  for (const other of others) {
    const pair = [first.name, other.name] as const;
    if (familyLetter(first.name) !== familyLetter(other.name)) return virtualMachinesRefusals.unlike(...pair, "virtual machine family");
    if (first.gpus > 0 !== other.gpus > 0) return virtualMachinesRefusals.unlike(...pair, "kind of GPU");
    if (isArm(first) !== isArm(other)) return virtualMachinesRefusals.unlike(...pair, "architecture");
  }
  return undefined;
};

/** What is asked of a pool's one size is asked of each. */
const everySize: Rule = ({ name, wanted, generation }) => {
  const sizes = sizesOf(wanted);
  const isSmall = sizes.some(({ vCPUs, memoryMB }) => vCPUs < 2 || memoryMB < 4096);
  if (generation.modes && wanted.mode === "System" && isSmall) {
    return profileRefusals.systemPoolSize(name);
  }
  if (wanted.osDiskType !== "Ephemeral") return undefined;
  for (const size of sizes) {
    const disks = tooSmallFor(size, wanted.osDiskSizeGB);
    if (disks !== undefined) return refusals.diskDoesNotFit(size.name, disks, wanted.osDiskSizeGB);
  }
  return undefined;
};

function sizesOf(pool: Candidate["wanted"]): readonly VmSize[] {
  return (sizeGroups(pool) ?? []).flatMap(({ size }) => vmSize(size) ?? []);
}

/** One thing at a time, as for scale sets. Sources: Azure/ACS#82; azure-docs articles/aks/start-stop-nodepools.md. */
const oneThing: Rule = ({ name, wanted, stored }) => {
  if (stored === undefined || hasSameGroups(stored, wanted)) return undefined;
  if (stored.orchestratorVersion !== wanted.orchestratorVersion) return refusals.upgradeAndScale();
  const isStopped = stored.powerState?.code === "Stopped" || wanted.powerState?.code === "Stopped";
  return isStopped ? refusals.poolPower(name, "A Stopped agent pool cannot be scaled. Start it first.") : undefined;
};

/** These machines join a subnet as their cluster alone: the service's own identity does not do it for them. */
const ownNetwork: Rule = ({ wanted, cluster }) =>
  wanted.vnetSubnetID !== undefined && cluster.identity?.type === "SystemAssigned" ? virtualMachinesRefusals.systemIdentity() : undefined;

const machineRules: readonly Rule[] = [isOffered, version, notForMachines, profiles, alike, everySize, oneThing, ownNetwork];

/** Of a pool of mode Machines, whose machines each have a size of their own. */
const containerRules: readonly Rule[] = [isOffered, version, ownNetwork];

/** Rules about pools of virtual machines that are in no scale set; only they have a profile of sizes. */
export const virtualMachines: Rule = (candidate) => {
  const { wanted, sent } = candidate;
  if (wanted.type !== "VirtualMachines") {
    return sent.virtualMachinesProfile === undefined ? undefined : virtualMachinesRefusals.profileWithoutMachines();
  }
  for (const rule of wanted.mode === "Machines" ? containerRules : machineRules) {
    const refusal = rule(candidate);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
};
