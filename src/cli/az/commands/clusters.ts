import type { AzContext } from "../client.ts";
import {
  type AzCommand,
  confirm,
  flag,
  flattened,
  keyValues,
  NO_WAIT,
  number,
  required,
  RESOURCE_GROUP,
  text,
  words,
  YES,
  optional,
} from "../command.ts";
import type { AzArgs } from "../grammar.ts";
import { AzError } from "../grammar.ts";
import { defaultKubeconfig, mergeKubeconfig } from "../kubeconfig.ts";
import { sshPublicKey } from "../ssh-keys.ts";
import { CONTAINER_SERVICE } from "./api-versions.ts";
import { channelsOf, channelVersion } from "./channels.ts";
import { upgradeNodeImages } from "./node-images.ts";
import { ENABLE_SCHEDULER, schedulerWish } from "./scheduler.ts";
import { machinesWish, rescaled, VIRTUAL_MACHINES } from "./virtual-machines.ts";

const ORCHESTRATORS = "2019-04-01";
const NAME = required("--name", "-n");
/** az's own defaults for a new pool. Source: azure-cli acs _params.py. */
export const DEFAULT_COUNT = 3;
export const DEFAULT_SIZE = "Standard_DS2_v2";

export interface Cluster {
  readonly location: string;
  readonly properties: {
    readonly kubernetesVersion: string;
    readonly agentPoolProfiles: readonly Record<string, unknown>[];
    readonly [member: string]: unknown;
  };
  readonly [member: string]: unknown;
}

/** Path of the cluster that the options name. */
export function clusterPath(args: AzArgs, option = "name"): string {
  return `/resourceGroups/${args.required("resource-group")}/providers/Microsoft.ContainerService/managedClusters/${args.required(option)}`;
}

/** PUTs, waits unless told not to, and resolves with the resource as it is then. */
export async function putAndShow(
  context: AzContext,
  args: AzArgs,
  { path, body, apiVersion = CONTAINER_SERVICE }: { readonly path: string; readonly body: unknown; readonly apiVersion?: string },
): Promise<unknown> {
  const answer = await context.call("PUT", path, apiVersion, body);
  if (args.flag("no-wait")) return undefined;
  await context.wait(answer);
  return flattened((await context.call("GET", path, apiVersion)).body);
}

/** `az aks …` less its pools. Source: azure-cli acs module, 2.45; `--enable-vmss` from aks-preview of May 2019. */
export const clusterCommands: readonly AzCommand[] = [
  {
    words: "aks create",
    summary: "Create a new managed Kubernetes cluster.",
    options: [
      RESOURCE_GROUP,
      NAME,
      text("--location", "-l"),
      number("--node-count", "-c"),
      text("--node-vm-size", "-s"),
      number("--node-osdisk-size"),
      text("--nodepool-name"),
      text("--kubernetes-version", "-k"),
      text("--dns-name-prefix", "-p"),
      text("--ssh-key-value"),
      text("--admin-username", "-u"),
      flag("--generate-ssh-keys"),
      flag("--no-ssh-key", "-x"),
      flag("--enable-vmss"),
      text("--vm-set-type"),
      text("--vm-sizes"),
      flag("--enable-cluster-autoscaler"),
      number("--min-count"),
      number("--max-count"),
      number("--max-pods", "-m"),
      text("--network-plugin"),
      text("--load-balancer-sku"),
      text("--enable-addons", "-a"),
      text("--service-principal"),
      text("--client-secret"),
      words("--tags"),
      words("--zones", "-z"),
      words("--nodepool-labels"),
      text("--auto-upgrade-channel"),
      text("--node-os-upgrade-channel"),
      ENABLE_SCHEDULER,
      NO_WAIT,
    ],
    run: createCluster,
    table: (cluster) => [clusterRow(cluster)],
  },
  {
    words: "aks show",
    summary: "Show the details of a managed Kubernetes cluster.",
    options: [RESOURCE_GROUP, NAME],
    run: async ({ call }, args) => flattened((await call("GET", clusterPath(args), CONTAINER_SERVICE)).body),
    table: (cluster) => [clusterRow(cluster)],
  },
  {
    words: "aks list",
    summary: "List managed Kubernetes clusters.",
    options: [text("--resource-group", "-g")],
    async run({ call }, args) {
      const group = args.text("resource-group");
      const scope = group === undefined ? "" : `/resourceGroups/${group}`;
      const answer = await call("GET", `${scope}/providers/Microsoft.ContainerService/managedClusters`, CONTAINER_SERVICE);
      return (answer.body as { value: unknown[] }).value.map((cluster) => flattened(cluster));
    },
    table: (clusters) => (clusters as unknown[]).map(clusterRow),
  },
  {
    words: "aks get-credentials",
    summary: "Get access credentials for a managed Kubernetes cluster.",
    options: [RESOURCE_GROUP, NAME, flag("--admin", "-a"), text("--file", "-f"), flag("--overwrite-existing"), text("--context")],
    run: getCredentials,
  },
  {
    words: "aks get-versions",
    summary: "Get the versions available for creating a managed Kubernetes cluster.",
    options: [required("--location", "-l")],
    run: async ({ call }, args) =>
      flattened(
        (
          await call(
            "GET",
            `/providers/Microsoft.ContainerService/locations/${args.required("location")}/orchestrators?resource-type=managedClusters`,
            ORCHESTRATORS,
          )
        ).body,
      ),
    table: versionRows,
  },
  {
    words: "aks get-upgrades",
    summary: "Get the upgrade versions available for a managed Kubernetes cluster.",
    options: [RESOURCE_GROUP, NAME],
    run: async ({ call }, args) => flattened((await call("GET", `${clusterPath(args)}/upgradeProfiles/default`, CONTAINER_SERVICE)).body),
    table: (profile) => {
      const { name, resourceGroup, controlPlaneProfile } = profile as Record<string, unknown> & {
        controlPlaneProfile: { kubernetesVersion: string; upgrades?: Upgrade[] };
      };
      return [
        {
          Name: name,
          ResourceGroup: resourceGroup,
          MasterVersion: controlPlaneProfile.kubernetesVersion,
          Upgrades: upgradeText(controlPlaneProfile.upgrades),
        },
      ];
    },
  },
  {
    words: "aks upgrade",
    summary: "Upgrade a managed Kubernetes cluster to a newer version.",
    options: [
      RESOURCE_GROUP,
      NAME,
      text("--kubernetes-version", "-k"),
      flag("--control-plane-only"),
      flag("--node-image-only"),
      YES,
      NO_WAIT,
    ],
    run: upgradeCluster,
  },
  {
    words: "aks scale",
    summary: "Scale the node pool in a managed Kubernetes cluster.",
    options: [RESOURCE_GROUP, NAME, { names: ["--node-count", "-c"], kind: "number", isRequired: true }, text("--nodepool-name"), NO_WAIT],
    run: scaleCluster,
  },
  {
    words: "aks delete",
    summary: "Delete a managed Kubernetes cluster.",
    options: [RESOURCE_GROUP, NAME, YES, NO_WAIT],
    async run(context, args) {
      await confirm(context, args);
      const answer = await context.call("DELETE", clusterPath(args), CONTAINER_SERVICE);
      if (!args.flag("no-wait")) await context.wait(answer);
    },
  },
];

async function createCluster(context: AzContext, args: AzArgs): Promise<unknown> {
  const machines = machinesWish(args, { size: DEFAULT_SIZE, count: DEFAULT_COUNT });
  const scheduler = schedulerWish(args, true);
  const group = args.required("resource-group");
  const location =
    args.text("location") ?? ((await context.call("GET", `/resourcegroups/${group}`, "2021-04-01")).body as { location: string }).location;
  const secret = args.text("client-secret");
  const servicePrincipal = args.text("service-principal");
  const addons = args.text("enable-addons")?.split(",");
  const body = {
    location,
    ...(servicePrincipal === undefined ? { identity: { type: "SystemAssigned" } } : {}),
    ...optional({ tags: keyValues(args.words("tags")) }),
    properties: {
      kubernetesVersion: args.text("kubernetes-version") ?? "",
      dnsPrefix: args.text("dns-name-prefix") ?? dnsPrefix(args.required("name"), group, context.subscriptionId),
      agentPoolProfiles: [optional({ ...firstPool(args), ...machines.members })],
      ...(args.flag("no-ssh-key") ? {} : { linuxProfile: await linuxProfile(args) }),
      ...(servicePrincipal === undefined ? {} : { servicePrincipalProfile: { clientId: servicePrincipal, ...optional({ secret }) } }),
      addonProfiles: Object.fromEntries((addons ?? []).map((addon) => [ADDON_NAMES[addon] ?? addon, { enabled: true }])),
      enableRBAC: true,
      networkProfile: {
        networkPlugin: args.text("network-plugin") ?? "kubenet",
        loadBalancerSku: args.text("load-balancer-sku") ?? "standard",
      },
      ...optional({ autoUpgradeProfile: channelsOf(args), schedulerProfile: scheduler?.schedulerProfile }),
    },
  };
  return await putAndShow(context, args, {
    path: clusterPath(args),
    body,
    apiVersion: scheduler?.apiVersion ?? machines.apiVersion ?? channelVersion(args),
  });
}

/** Names on the wire. Source: azure-cli acs _consts.py, ADDONS. */
const ADDON_NAMES: Readonly<Record<string, string>> = {
  http_application_routing: "httpApplicationRouting",
  monitoring: "omsagent",
  "virtual-node": "aciConnectorLinux",
  "azure-policy": "azurepolicy",
  "kube-dashboard": "kubeDashboard",
};

function firstPool(args: AzArgs): Record<string, unknown> {
  return {
    name: args.text("nodepool-name") ?? "nodepool1",
    count: args.number("node-count") ?? DEFAULT_COUNT,
    vmSize: args.text("node-vm-size") ?? DEFAULT_SIZE,
    osDiskSizeGB: args.number("node-osdisk-size") ?? 0,
    osType: "Linux",
    type: "VirtualMachineScaleSets",
    mode: "System",
    orchestratorVersion: args.text("kubernetes-version") ?? "",
    enableAutoScaling: args.flag("enable-cluster-autoscaler"),
    ...optional({
      minCount: args.number("min-count"),
      maxCount: args.number("max-count"),
      maxPods: args.number("max-pods"),
      availabilityZones: args.words("zones"),
      nodeLabels: keyValues(args.words("nodepool-labels")),
    }),
  };
}

async function linuxProfile(args: AzArgs): Promise<unknown> {
  const keyData = await sshPublicKey(args.text("ssh-key-value"), args.flag("generate-ssh-keys"));
  return { adminUsername: args.text("admin-username") ?? "azureuser", ssh: { publicKeys: [{ keyData }] } };
}

/** Source: azure-cli acs custom.py, _get_default_dns_prefix. */
function dnsPrefix(name: string, group: string, subscriptionId: string): string {
  const part = name.replaceAll(/[^A-Za-z0-9-]/g, "").slice(0, 10);
  const start = /^[A-Za-z]/.test(part) ? part : `a${part}`.slice(0, 10);
  return `${start}-${group.replaceAll(/[^A-Za-z0-9-]/g, "").slice(0, 16)}-${subscriptionId.slice(0, 6)}`;
}

async function getCredentials(context: AzContext, args: AzArgs): Promise<undefined> {
  const role = args.flag("admin") ? "listClusterAdminCredential" : "listClusterUserCredential";
  const answer = await context.call("POST", `${clusterPath(args)}/${role}`, CONTAINER_SERVICE);
  const [first] = (answer.body as { kubeconfigs: { value: string }[] }).kubeconfigs;
  if (first === undefined) throw new AzError("No Kubernetes credentials found.");
  const config = Buffer.from(first.value, "base64").toString();
  const file = args.text("file") ?? defaultKubeconfig();
  if (file === "-") process.stdout.write(config);
  else
    await mergeKubeconfig(file, config, {
      overwrites: args.flag("overwrite-existing"),
      context: args.text("context"),
      terminal: context.terminal,
    });
  return undefined;
}

async function upgradeCluster(context: AzContext, args: AzArgs): Promise<unknown> {
  const version = args.text("kubernetes-version");
  await confirm(context, args, "Kubernetes may be unavailable during cluster upgrades.\n Are you sure you want to perform this operation?");
  const cluster = (await context.call("GET", clusterPath(args), CONTAINER_SERVICE)).body as Cluster;
  if (args.flag("node-image-only")) {
    await upgradeNodeImages(context, args, { path: clusterPath(args), pools: cluster.properties.agentPoolProfiles });
    return flattened((await context.call("GET", clusterPath(args), CONTAINER_SERVICE)).body);
  }
  const properties = { ...cluster.properties, kubernetesVersion: version ?? "" };
  const pools = cluster.properties.agentPoolProfiles.map((pool) =>
    args.flag("control-plane-only") ? pool : { ...pool, orchestratorVersion: version ?? "" },
  );
  return await putAndShow(context, args, {
    path: clusterPath(args),
    body: { ...cluster, properties: { ...properties, agentPoolProfiles: pools } },
  });
}

async function scaleCluster(context: AzContext, args: AzArgs): Promise<unknown> {
  const seen = (await context.call("GET", clusterPath(args), CONTAINER_SERVICE)).body as Cluster;
  const hasMachines = seen.properties.agentPoolProfiles.some(isOfMachines);
  const apiVersion = hasMachines ? VIRTUAL_MACHINES : CONTAINER_SERVICE;
  const cluster = hasMachines ? ((await context.call("GET", clusterPath(args), apiVersion)).body as Cluster) : seen;
  const pools = cluster.properties.agentPoolProfiles;
  const name = args.text("nodepool-name") ?? (pools.length === 1 ? (pools[0]?.["name"] as string) : undefined);
  if (name === undefined)
    throw new AzError(
      "There are more than one node pool in the cluster. Please specify nodepool name or use az aks nodepool command to scale node pool",
    );
  if (!pools.some((pool) => pool["name"] === name)) throw new AzError(`The nodepool "${name}" was not found.`);
  const count = args.number("node-count") ?? DEFAULT_COUNT;
  const scaled = (pool: Readonly<Record<string, unknown>>): unknown => (isOfMachines(pool) ? rescaled(pool, count) : { ...pool, count });
  const agentPoolProfiles = pools.map((pool) => (pool["name"] === name ? scaled(pool) : pool));
  return await putAndShow(context, args, {
    path: clusterPath(args),
    body: { ...cluster, properties: { ...cluster.properties, agentPoolProfiles } },
    apiVersion,
  });
}

function isOfMachines(pool: Readonly<Record<string, unknown>>): boolean {
  return pool["type"] === "VirtualMachines";
}

interface Upgrade {
  readonly kubernetesVersion?: string;
  readonly orchestratorVersion?: string;
  readonly isPreview?: boolean;
}

/** `1.12.7, 1.12.8`, previews marked. Source: azure-cli acs _format.py. */
export function upgradeText(upgrades: readonly Upgrade[] | null | undefined): string {
  if (upgrades === null || upgrades === undefined || upgrades.length === 0) return "None available";
  return [...upgrades].sort(byVersion).map(versionText).join(", ");
}

function versionText({ kubernetesVersion, orchestratorVersion, isPreview }: Upgrade): string {
  return `${kubernetesVersion ?? orchestratorVersion ?? ""}${isPreview ? "(preview)" : ""}`;
}

function byVersion(a: Upgrade, b: Upgrade): number {
  return versionText(a).localeCompare(versionText(b), "en", { numeric: true });
}

function versionRows(result: unknown): Record<string, unknown>[] {
  const { orchestrators } = result as { orchestrators: (Upgrade & { upgrades?: Upgrade[] })[] };
  return [...orchestrators]
    .sort((a, b) => byVersion(b, a))
    .map((orchestrator) => ({ KubernetesVersion: versionText(orchestrator), Upgrades: upgradeText(orchestrator.upgrades) }));
}

function clusterRow(cluster: unknown): Record<string, unknown> {
  const { name, location, resourceGroup, kubernetesVersion, currentKubernetesVersion, provisioningState, fqdn } = cluster as Record<
    string,
    unknown
  >;
  const version = currentKubernetesVersion === undefined ? {} : { CurrentKubernetesVersion: currentKubernetesVersion };
  return {
    Name: name,
    Location: location,
    ResourceGroup: resourceGroup,
    KubernetesVersion: kubernetesVersion,
    ...version,
    ProvisioningState: provisioningState,
    Fqdn: fqdn,
  };
}
