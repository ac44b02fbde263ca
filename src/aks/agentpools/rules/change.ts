import type { AgentPoolProperties } from "#api/containerservice/model";
import { compareVersions, parseVersion } from "../../catalog/index.ts";
import { refusals } from "../../errors.ts";
import { versionSkew } from "../../generations/index.ts";
import { imageRule } from "../rollback/rules.ts";
import { extraNodes, MAX_SCALE_SET_MACHINES } from "../upgrade/batch.ts";
import { blueGreenRule } from "../upgrade/blue-green/rules.ts";
import { isRollback } from "../upgrade/blue-green/state.ts";
import { upgradeRefusals } from "../upgrade/errors.ts";
import type { Candidate, Rule } from "./candidate.ts";

/**
 * Members that keep the value they were created with. Sources: Azure/azure-rest-api-specs, "x-ms-mutability"; contract of the CLI;
 * azure-aks-docs articles/aks/gpu-multi-instance.md and nat-gateway.md. Settings of kubelet and kernel have a refusal of their own.
 */
const IMMUTABLE = [
  "vmSize",
  "osType",
  "maxPods",
  "osDiskSizeGB",
  "osDiskType",
  "kubeletDiskType",
  "type",
  "vnetSubnetID",
  "podSubnetID",
  "availabilityZones",
  "enableNodePublicIP",
  "nodePublicIPPrefixID",
  "scaleSetPriority",
  "scaleSetEvictionPolicy",
  "spotMaxPrice",
  "proximityPlacementGroupID",
  "capacityReservationGroupID",
  "hostGroupID",
  "enableEncryptionAtHost",
  "enableUltraSSD",
  "gpuInstanceProfile",
  "workloadRuntime",
  "messageOfTheDay",
  "windowsProfile",
  "gpuProfile",
  "podIPAllocationMode",
] as const;

/** Members whose words are compared without letter case. */
const CASELESS: ReadonlySet<string> = new Set(["vmSize", "vnetSubnetID", "podSubnetID"]);

const immutables: Rule = ({ wanted, stored }) => {
  if (stored === undefined) return undefined;
  const kept = wanted.type === "VirtualMachines" ? IMMUTABLE.filter((member) => member !== "vmSize") : IMMUTABLE;
  const changed = kept.find((member) => wanted[member] !== undefined && !isSame(member, wanted, stored));
  return changed === undefined ? undefined : refusals.propertyChange(`properties.${changed}`);
};

function isSame(member: string, wanted: AgentPoolProperties, stored: AgentPoolProperties): boolean {
  const [next, previous] = [wanted[member], stored[member]];
  if (CASELESS.has(member) && typeof next === "string" && typeof previous === "string")
    return next.toLowerCase() === previous.toLowerCase();
  return JSON.stringify(next) === JSON.stringify(previous) || (isNothing(next) && isNothing(previous));
}

/** What stands for a member that was never set. */
function isNothing(value: unknown): boolean {
  if (typeof value === "object" && value !== null) return Object.values(value).every(isNothing);
  return value === undefined || value === false || value === "";
}

/** A pool's way from one version to another. Source: azure-docs articles/aks/upgrade-cluster.md; nebari#524 for the refusal. */
const upgradePath: Rule = ({ wanted, stored, returning, blueGreen }) => {
  if (stored === undefined || returning !== undefined || stored.orchestratorVersion === wanted.orchestratorVersion) return undefined;
  if (blueGreen !== undefined && isRollback(blueGreen, wanted)) return undefined;
  const [from, to] = [stored.orchestratorVersion, wanted.orchestratorVersion];
  const skips = parseVersion(to).minor > parseVersion(from).minor + 1;
  return compareVersions(to, from) < 0 || skips ? refusals.poolUpgradePath(from, to) : undefined;
};

/** How far a pool may be from its control plane. Source: generations, which also knows the preview's rule for patches. */
const skew: Rule = ({ wanted, stored, cluster, generation }) => {
  const pool = wanted.orchestratorVersion;
  if (stored?.orchestratorVersion === pool) return undefined;
  return skewRefusal(pool, cluster.version, generation);
};

/** The refusal of a pool's version under a control plane's; undefined when they go together. */
export function skewRefusal(pool: string, controlPlane: string, generation: Candidate["generation"]): Error | undefined {
  const problem = versionSkew({ pool, controlPlane }, generation);
  if (problem === undefined) return undefined;
  const [minor, limit] = [parseVersion(pool).minor, parseVersion(controlPlane).minor];
  if (problem.kind === "too-old") {
    const reason =
      `Minor version of node pool cannot be more than ${problem.allowed} versions less than control plane's version. ` +
      `Minor version of node pool is ${minor} and control plane is ${limit}.`;
    return refusals.versionsIncompatible(pool, controlPlane, reason);
  }
  if (generation.name === "2019-preview") return refusals.poolVersionInvalid();
  const reason =
    problem.kind === "newer-minor"
      ? `Minor version of node pool version ${minor} is bigger than control plane version ${limit}.`
      : `Patch version of node pool version ${parseVersion(pool).patch} is bigger than control plane version ${parseVersion(controlPlane).patch}.`;
  return refusals.versionsIncompatible(pool, controlPlane, reason);
}

/** Source: Azure/ACS#82. */
const oneThing: Rule = ({ wanted, stored }) => {
  if (stored === undefined || stored.orchestratorVersion === wanted.orchestratorVersion) return undefined;
  return stored.count === wanted.count ? undefined : refusals.upgradeAndScale();
};

/**
 * What may stop, and when; a stopped pool is started before it is scaled.
 * Sources: azure-docs articles/aks/start-stop-nodepools.md; Azure/azure-rest-api-specs, agent pool powerState: "can only be
 * stopped if it is Running and provisioning state is Succeeded".
 */
const power: Rule = ({ name, wanted, stored }) => {
  if (wanted.powerState?.code !== "Stopped") return undefined;
  if (stored === undefined) return refusals.poolPower(name, "A new agent pool cannot be Stopped.");
  if (stored.powerState?.code === "Stopped") {
    return wanted.count === stored.count ? undefined : refusals.poolPower(name, "A Stopped agent pool cannot be scaled. Start it first.");
  }
  if (wanted.mode === "System") return refusals.poolPower(name, "System node pools cannot be stopped.");
  if (stored.orchestratorVersion === wanted.orchestratorVersion) return undefined;
  return refusals.poolPower(name, "An agent pool cannot be upgraded and stopped at the same time.");
};

/** The pool and its extra nodes fit one scale set. Source: azure-docs articles/aks/upgrade-aks-node-pools-rolling.md. */
const surgeFits: Rule = ({ wanted, stored, generation }) => {
  const { orchestratorVersion, nodeImageVersion } = wanted;
  const upgrades = stored?.orchestratorVersion !== orchestratorVersion || stored.nodeImageVersion !== nodeImageVersion;
  return stored !== undefined && upgrades ? surgeRefusal(wanted, generation.name) : undefined;
};

/** The refusal of an upgrade that would make more machines than one scale set holds. */
export function surgeRefusal(pool: AgentPoolProperties, generation: Candidate["generation"]["name"]): Error | undefined {
  const machines = pool.count + extraNodes(pool, generation);
  if (machines <= MAX_SCALE_SET_MACHINES) return undefined;
  const member = pool.upgradeStrategy === "BlueGreen" ? "upgradeStrategy" : "upgradeSettings.maxSurge";
  return upgradeRefusals.tooManyMachines({ count: pool.count, machines, limit: MAX_SCALE_SET_MACHINES }, member);
}

/** Source: Azure/AKS#1248. A pool that starts names the number that it starts with. */
const manualScale: Rule = ({ name, sent, wanted, stored }) => {
  if (stored === undefined || stored.enableAutoScaling === true || wanted.enableAutoScaling !== true) return undefined;
  if (sent.count === undefined || stored.powerState?.code === "Stopped") return undefined;
  return sent.count === stored.count ? undefined : refusals.scaleAndAutoscale(name);
};

/** Rules about what changes. */
export const changeRules: readonly Rule[] = [
  immutables,
  imageRule,
  power,
  blueGreenRule,
  oneThing,
  manualScale,
  upgradePath,
  skew,
  surgeFits,
];
