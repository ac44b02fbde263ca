import type { AgentPoolProperties } from "#api/containerservice/model";
import { compareVersions, nodeRuntime } from "../catalog/index.ts";
import { generations, type GenerationName } from "../generations/index.ts";
import type { MachineFacts } from "./resources.ts";
import { spotKey } from "./taints.ts";
import { isTrusted } from "./trusted-launch.ts";

/** What the labels of a node tell. */
export interface LabelledNode {
  readonly generation: GenerationName;
  /** Region, as in `eastus`. */
  readonly location: string;
  readonly nodeResourceGroup: string;
  readonly poolName: string;
  readonly pool: AgentPoolProperties;
  readonly machine: MachineFacts;
  readonly nodeName: string;
  /** `1`; absent without zones. */
  readonly zone?: string | undefined;
  /** Full version that the node runs. */
  readonly kubernetesVersion: string;
}

type Labels = Record<string, string>;

/** Kubernetes refuses longer values; AKS cuts them. Source: Azure docs use-labels. */
const MAX_LABEL_LENGTH = 63;
/** First Kubernetes version with kubernetes.io/os and kubernetes.io/arch. Source: kubernetes CHANGELOG-1.14. */
const STABLE_OS_LABELS = "1.14.0";

/** The labels that a node registers with: the service's, then the pool's own. */
export function nodeLabels(node: LabelledNode): Readonly<Labels> {
  const service = node.generation === "2019-preview" ? previewLabels(node) : currentLabels(node);
  return { ...node.pool.nodeLabels, ...platformLabels(node), ...service };
}

/** What the kubelet and the cloud provider set. Source: kubernetes staging/src/k8s.io/api/core/v1/well_known_labels.go. */
function platformLabels(node: LabelledNode): Labels {
  const { machine, location, nodeName, kubernetesVersion, pool } = node;
  const architecture = machine.architecture ?? "amd64";
  const os = pool.osType === "Windows" ? "windows" : "linux";
  const zone = zoneLabel(node);
  const legacy = {
    "beta.kubernetes.io/arch": architecture,
    "beta.kubernetes.io/instance-type": machine.name,
    "beta.kubernetes.io/os": os,
    "failure-domain.beta.kubernetes.io/region": location,
    "failure-domain.beta.kubernetes.io/zone": zone,
    "kubernetes.io/hostname": nodeName.toLowerCase(),
  };
  if (compareVersions(kubernetesVersion, STABLE_OS_LABELS) < 0) return legacy;
  const stable = { ...legacy, "kubernetes.io/arch": architecture, "kubernetes.io/os": os };
  if (node.generation === "2019-preview") return stable;
  return {
    ...stable,
    "node.kubernetes.io/instance-type": machine.name,
    "topology.kubernetes.io/region": location,
    "topology.kubernetes.io/zone": zone,
    "topology.disk.csi.azure.com/zone": node.zone === undefined ? "" : zone,
  };
}

/** Source: Azure/aks-engine pkg/api/types.go, GetAgentKubernetesLabels, and public listings of nodes of 2019. */
function previewLabels(node: LabelledNode): Labels {
  const role = generations[node.generation].nodeRole ?? "agent";
  return {
    ...legacyPoolLabels(node),
    "kubernetes.azure.com/cluster": cut(node.nodeResourceGroup),
    "kubernetes.azure.com/role": role,
    "kubernetes.io/role": role,
    [`node-role.kubernetes.io/${role}`]: "",
  };
}

/** Source: Azure docs use-labels. */
function currentLabels(node: LabelledNode): Labels {
  const { pool, poolName, machine } = node;
  const { osType, osSKU, enableFIPS } = pool;
  const { effectiveOsSku } = nodeRuntime({ kubernetesVersion: node.kubernetesVersion, osType, osSKU, hasFips: enableFIPS === true });
  const isSpot = pool.scaleSetPriority === "Spot";
  return {
    ...legacyPoolLabels(node),
    "kubernetes.azure.com/agentpool": poolName,
    "kubernetes.azure.com/cluster": cut(node.nodeResourceGroup),
    "kubernetes.azure.com/mode": pool.mode.toLowerCase(),
    ...(pool.nodeImageVersion === undefined ? {} : { "kubernetes.azure.com/node-image-version": pool.nodeImageVersion }),
    "kubernetes.azure.com/nodepool-type": pool.type,
    "kubernetes.azure.com/os-sku": pool.osSKU ?? effectiveOsSku,
    "kubernetes.azure.com/os-sku-effective": effectiveOsSku,
    "kubernetes.azure.com/os-sku-requested": pool.osSKU ?? effectiveOsSku,
    "kubernetes.azure.com/priority": isSpot ? "spot" : "regular",
    "kubernetes.azure.com/role": "agent",
    ...(isSpot ? { [spotKey]: "spot" } : {}),
    "kubernetes.azure.com/sku-cpu": String(machine.vCPUs),
    // Unverified: MiB, as nodes are seen to have it; the docs say GB.
    "kubernetes.azure.com/sku-memory": String(machine.memoryMB),
    "kubernetes.azure.com/storageprofile": storageProfile(pool),
    "kubernetes.azure.com/storagetier": storageTier(machine),
    ...(pool.enableFIPS === true ? { "kubernetes.azure.com/fips_enabled": "true" } : {}),
    ...(isTrusted(pool) ? { "kubernetes.azure.com/security-type": "TrustedLaunch" } : {}),
    ...nameLabels(pool),
    ...(hasGpu(machine) ? { "kubernetes.azure.com/accelerator": "nvidia" } : {}),
  };
}

/** Names of what the pool lies in, cut to what a label holds. Source: Azure docs use-labels, of pools with a subnet or a group of their own. */
function nameLabels({ vnetSubnetID, proximityPlacementGroupID }: AgentPoolProperties): Labels {
  const [, network = "", subnet = ""] = /\/virtualNetworks\/([^/]+)\/subnets\/([^/]+)$/i.exec(vnetSubnetID ?? "") ?? [];
  const group = proximityPlacementGroupID?.split("/").at(-1) ?? "";
  return {
    ...(network === "" ? {} : { "kubernetes.azure.com/network-name": cut(network), "kubernetes.azure.com/network-subnet": cut(subnet) }),
    ...(group === "" ? {} : { "kubernetes.azure.com/ppg": cut(group) }),
  };
}

function legacyPoolLabels({ pool, poolName, machine }: LabelledNode): Labels {
  return {
    ...(hasGpu(machine) ? { accelerator: "nvidia" } : {}),
    agentpool: poolName,
    storageprofile: storageProfile(pool),
    storagetier: storageTier(machine),
  };
}

/** `eastus-1`; `0` without zones. Source: Azure docs use-labels. */
function zoneLabel({ location, zone }: LabelledNode): string {
  return zone === undefined ? "0" : `${location}-${zone}`;
}

function storageProfile(pool: AgentPoolProperties): string {
  return pool.osDiskType === "Ephemeral" ? "ephemeral" : "managed";
}

/** Sizes that take premium disks get one. Source: Azure/aks-engine pkg/api/common/helper.go, GetStorageAccountType. */
function storageTier(machine: MachineFacts): string {
  return machine.premiumIO === true ? "Premium_LRS" : "Standard_LRS";
}

function hasGpu(machine: MachineFacts): boolean {
  return (machine.gpus ?? 0) > 0;
}

function cut(value: string): string {
  return value.slice(0, MAX_LABEL_LENGTH).replace(/[^A-Za-z0-9]+$/, "");
}
