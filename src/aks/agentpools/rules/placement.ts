import { vmSize, zonesOf } from "#compute";
import { compareVersions } from "../../catalog/index.ts";
import { refusals } from "../../errors.ts";
import { spotKey } from "../../nodes/index.ts";
import { allWithNodes, type Candidate, type Rule } from "./candidate.ts";
import { placementRefusals } from "./errors.ts";
import { podSubnetRules } from "./pod-subnet.ts";
import { profileRefusals } from "./profile-errors.ts";
import { quotaRules } from "./quota.ts";
import { subnetRules } from "./subnets.ts";

const LABEL_VALUE = /^(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/;
const LABEL_NAME = /^[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const LABEL_PREFIX = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;
const MAX_PREFIX = 253;
const EFFECTS: ReadonlySet<string> = new Set(["NoSchedule", "PreferNoSchedule", "NoExecute"]);
const OWN_PREFIX = "kubernetes.azure.com/";
const ALLOWED_PREFIXES = ["kubelet.kubernetes.io", "node.kubernetes.io"];

function isLabelKey(key: string): boolean {
  const slash = key.indexOf("/");
  const prefix = key.slice(0, Math.max(slash, 0));
  const prefixFits = slash === -1 || (prefix.length <= MAX_PREFIX && LABEL_PREFIX.test(prefix));
  return prefixFits && LABEL_NAME.test(key.slice(slash + 1));
}

/** Source: azure-docs articles/aks/use-labels.md; kubernetes apimachinery util/validation for the syntax. */
const labels: Rule = ({ wanted, stored }) => {
  for (const [key, value] of Object.entries(wanted.nodeLabels ?? {})) {
    if (stored?.nodeLabels?.[key] === value) continue;
    if (!isLabelKey(key) || !LABEL_VALUE.test(value)) return refusals.invalidParameter("agentPoolProfile.nodeLabels");
    if (key.startsWith(OWN_PREFIX) && key !== spotKey) return refusals.reservedLabel(key);
    if (isForeignKubernetesKey(key, wanted.orchestratorVersion)) return refusals.kubernetesLabel(`${key}=${value}`);
  }
  return undefined;
};

function isForeignKubernetesKey(key: string, version: string): boolean {
  const prefix = key.includes("/") ? key.slice(0, key.indexOf("/")) : "";
  const kubernetes = /(?:^|\.)(?:kubernetes\.io|k8s\.io)$/.test(prefix);
  const allowed = ALLOWED_PREFIXES.some((domain) => prefix === domain || prefix.endsWith(`.${domain}`));
  return kubernetes && !allowed && compareVersions(version, "1.16.0") >= 0;
}

/** `key=value:Effect` or `key:Effect`. Source: azure-docs articles/aks/use-node-taints.md. */
const taints: Rule = ({ wanted }) => {
  for (const taint of wanted.nodeTaints ?? []) {
    const colon = taint.lastIndexOf(":");
    const [key = "", value = "", ...more] = taint.slice(0, Math.max(colon, 0)).split("=");
    const fits = isLabelKey(key) && LABEL_VALUE.test(value) && more.length === 0 && EFFECTS.has(taint.slice(colon + 1));
    if (!fits) return refusals.invalidParameter("agentPoolProfile.nodeTaints");
  }
  return undefined;
};

/** Source: azure-docs articles/aks/use-system-pools.md, and the recorded refusal of a taint. */
const systemPool: Rule = ({ name, wanted, generation }) => {
  if (!generation.modes || wanted.mode !== "System") return undefined;
  if (wanted.osType !== "Linux") return profileRefusals.systemPoolSystem();
  if (wanted.scaleSetPriority === "Spot") return profileRefusals.systemPoolPriority();
  const size = vmSize(wanted.vmSize);
  if (size !== undefined && (size.vCPUs < 2 || size.memoryMB < 4096)) return profileRefusals.systemPoolSize(name);
  const restricted = (wanted.nodeTaints ?? []).some(
    (taint) => !taint.startsWith("CriticalAddonsOnly") && !taint.endsWith(":PreferNoSchedule"),
  );
  return restricted ? refusals.systemPoolTaint() : undefined;
};

/** The cluster keeps a system pool. Source: azure-docs articles/aks/use-system-pools.md. */
const lastSystemPool: Rule = ({ wanted, stored, generation, others }) => {
  if (!generation.modes || stored?.mode !== "System" || wanted.mode === "System") return undefined;
  return others.some(({ properties }) => properties.mode === "System") ? undefined : refusals.lastSystemPool();
};

/** Source: azure-docs articles/aks/spot-node-pool.md. */
const spot: Rule = ({ wanted }) => {
  const { scaleSetPriority, spotMaxPrice } = wanted;
  if (scaleSetPriority !== "Spot" || spotMaxPrice === undefined) return undefined;
  const fits = spotMaxPrice === -1 || (spotMaxPrice > 0 && Number(spotMaxPrice.toFixed(5)) === spotMaxPrice);
  return fits ? undefined : refusals.invalidParameter("agentPoolProfile.spotMaxPrice");
};

/** Source: Azure/AKS#1101, #2839. */
const windows: Rule = ({ wanted, cluster }) => {
  if (wanted.osType !== "Windows") return undefined;
  if (cluster.properties.networkProfile["networkPlugin"] !== "azure") return refusals.windowsNeedsAzureCni();
  return cluster.properties.windowsProfile === undefined ? refusals.windowsProfileMissing() : undefined;
};

/** How many pools and nodes a cluster may have. Source: generations. */
const totals: Rule = (candidate) => {
  const { wanted, stored, generation, others } = candidate;
  if (stored === undefined && others.length + 1 > generation.maxAgentPools) return refusals.tooManyPools(generation.maxAgentPools);
  const nodes = allWithNodes(candidate).reduce((sum, { count }) => sum + count, 0);
  // A pool that shrinks is never in the way.
  const grows = wanted.count > (stored?.count ?? 0);
  return grows && nodes > generation.maxNodesPerCluster ? refusals.tooManyNodes(generation.maxNodesPerCluster, nodes) : undefined;
};

/** The zones in which the region has machines of the pool's size. Source: Azure support docs, AvailabilityZoneNotSupported. */
const zones: Rule = ({ wanted, stored, cluster }) => {
  const { availabilityZones = [], vmSize: name } = wanted;
  const size = vmSize(name);
  if (stored !== undefined || size === undefined || availabilityZones.length === 0) return undefined;
  const supported = zonesOf(size, cluster.location);
  const missing = availabilityZones.filter((zone) => !supported.includes(zone));
  return missing.length > 0 ? placementRefusals.zonesNotSupported(cluster, missing, supported) : undefined;
};

/** Rules about a pool's place in its cluster. */
export const placementRules: readonly Rule[] = [
  labels,
  taints,
  spot,
  windows,
  systemPool,
  lastSystemPool,
  totals,
  zones,
  ...podSubnetRules,
  ...subnetRules,
  ...quotaRules,
];

/** Whether the cluster may have pools beside its first. Sources: the article; MicrosoftDocs/azure-docs#24942. */
export const multiplePools: Rule = ({ cluster, others, stored, wanted, generation }: Candidate) => {
  const pools = others.map(({ properties }) => properties);
  if ([wanted, ...(stored === undefined ? [] : [stored]), ...pools].some(({ type }) => type === "AvailabilitySet"))
    return refusals.poolsNeedScaleSets();
  return generation.requiredFeatures.length > 0 && !cluster.multiplePools ? refusals.poolsNeedFeatures() : undefined;
};
