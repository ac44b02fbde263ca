import { systemClock } from "#lib";
import type { Answer, Json, Lido } from "./lido.ts";

/** The api-versions that a release of azurerm speaks. */
export interface Release {
  readonly name: string;
  readonly groups: string;
  readonly aks: string;
}

/** Source: hashicorp/terraform-provider-azurerm, tags v3.117.0, v4.40.0, v4.81.0 and v5.2.0, their vendored go-azure-sdk. */
export const RELEASES: readonly Release[] = [
  { name: "3.117", groups: "2023-07-01", aks: "2023-09-02-preview" },
  { name: "4.40", groups: "2023-07-01", aks: "2025-02-01" },
  { name: "4.81 and 5.2", groups: "2023-07-01", aks: "2025-10-01" },
];

export const GROUP = "/resourceGroups/terraform";
export const CLUSTER = `${GROUP}/providers/Microsoft.ContainerService/managedClusters/cluster`;
export const POOL = `${CLUSTER}/agentPools/second`;

/** What azurerm 5.2 sends for a cluster, less the members that a release of its time does not know. */
export function clusterBody(version: string): Json {
  return {
    identity: { type: "SystemAssigned", userAssignedIdentities: null },
    location: "eastus",
    properties: {
      addonProfiles: { azurepolicy: { config: { version: "v2" }, enabled: false } },
      agentPoolProfiles: [{ name: "default", mode: "System", ...poolProperties(version), count: 1, nodeLabels: {}, tags: {} }],
      apiServerAccessProfile: { disableRunCommand: false, enablePrivateCluster: false, enablePrivateClusterPublicFQDN: false },
      autoUpgradeProfile: { nodeOSUpgradeChannel: "NodeImage", upgradeChannel: "none" },
      azureMonitorProfile: { metrics: { enabled: false } },
      disableLocalAccounts: false,
      dnsPrefix: "terraform",
      enableRBAC: true,
      kubernetesVersion: version,
      nodeResourceGroup: "",
      oidcIssuerProfile: { enabled: true },
      securityProfile: {},
      servicePrincipalProfile: { clientId: "msi" },
      supportPlan: "KubernetesOfficial",
    },
    sku: { name: "Base", tier: "Free" },
    tags: { env: "test" },
  };
}

/** What azurerm sends for a pool. */
export function poolProperties(version: string): Json {
  return {
    count: 2,
    enableAutoScaling: false,
    enableEncryptionAtHost: false,
    enableFIPS: false,
    enableNodePublicIP: false,
    enableUltraSSD: false,
    kubeletDiskType: "",
    nodeLabels: { tier: "web" },
    orchestratorVersion: version,
    osDiskType: "Managed",
    osType: "Linux",
    scaleDownMode: "Delete",
    tags: { env: "test" },
    type: "VirtualMachineScaleSets",
    upgradeSettings: { drainTimeoutInMinutes: 0, maxSurge: "10%", nodeSoakDurationInMinutes: 0 },
    vmSize: "Standard_D2s_v3",
  };
}

const SUCCESS = new Set(["succeeded", "completed"]);
const FAILURE = new Set(["failed", "canceled", "cancelled"]);
const PATIENCE_MS = 45_000;
const LOOK_MS = 10;

/**
 * Waits for the end of a long-running operation as go-azure-sdk does: at `Azure-AsyncOperation`, else `Location`; a status without
 * regard to letter case; 404 means that it goes on; only the path of the URL counts. The pauses that it makes are left out, but it
 * reads how long they are from an integer `Retry-After`. Source: hashicorp/go-azure-sdk:sdk/client/resourcemanager/poller_lro.go.
 * @throws {Error} for an answer that it would not understand.
 */
export async function awaitOperation(lido: Lido, begun: Answer): Promise<void> {
  if (begun.status !== 200 && begun.status !== 201) throw new Error(`azurerm takes no ${begun.status} to a PUT: ${begun.text}`);
  const url = begun.headers["azure-asyncoperation"] ?? begun.headers["location"];
  if (url === undefined) throw new Error("neither Azure-AsyncOperation nor Location");
  const { pathname, search } = new URL(url);
  const end = systemClock.now() + PATIENCE_MS;
  while (systemClock.now() < end) {
    const { status, body, headers, text } = await lido.raw("GET", pathname + search);
    const state = String(body?.status ?? body?.properties?.provisioningState ?? "").toLowerCase();
    if (FAILURE.has(state)) throw new Error(`the operation failed: ${text}`);
    if (SUCCESS.has(state)) return;
    if (status !== 404 && state === "") throw new Error(`a poll without status: ${text}`);
    if (!/^[1-9]\d*$/.test(headers["retry-after"] ?? "")) throw new Error(`a pending poll without Retry-After: ${text}`);
    await systemClock.sleep(LOOK_MS);
  }
  throw new Error("the operation does not end");
}

/** DELETE, then GET of the resource until it is gone, as azurerm does. */
export async function remove(lido: Lido, path: string, apiVersion: string): Promise<void> {
  const { status, text } = await lido.arm("DELETE", path, undefined, apiVersion);
  if (![200, 202, 204].includes(status)) throw new Error(`azurerm takes no ${status} to a DELETE: ${text}`);
  const end = systemClock.now() + PATIENCE_MS;
  while ((await lido.arm("GET", path, undefined, apiVersion)).status !== 404) {
    if (systemClock.now() > end) throw new Error(`${path} does not go`);
    await systemClock.sleep(LOOK_MS);
  }
}

/** Members of what was sent whose value is another one, or gone, in what is read: what a second plan would want to change. */
export function drift(sent: Json, read: Json, at = ""): readonly string[] {
  if (sent === null || sent === "") return [];
  if (Array.isArray(sent)) {
    const items = Array.isArray(read) ? read : [];
    const long = sent.length === items.length ? [] : [`${at}: ${sent.length} became ${items.length}`];
    return [...long, ...sent.flatMap((item: Json, index) => drift(item, items[index], `${at}[${index}]`))];
  }
  if (typeof sent === "object")
    return Object.entries(sent as Record<string, Json>).flatMap(([name, value]) => drift(value, read?.[name], `${at}.${name}`));
  // What is off, none or zero may also be absent: azurerm reads an absent member as its type's zero.
  if (read === undefined && (sent === false || sent === 0 || sent === "none")) return [];
  return JSON.stringify(sent) === JSON.stringify(read) ? [] : [`${at}: ${JSON.stringify(sent)} became ${JSON.stringify(read)}`];
}
