// A user's program with today's SDK for JavaScript. Its settings are those of `lido env`.
import { ContainerServiceClient } from "@azure/arm-containerservice";
import { ResourceManagementClient } from "@azure/arm-resources";
import { ClientSecretCredential } from "@azure/identity";
import { all, refusal, telling } from "./tell.mjs";

const { AZURE_TENANT_ID, AZURE_CLIENT_ID, AZURE_CLIENT_SECRET, AZURE_AUTHORITY_HOST, AZURE_SUBSCRIPTION_ID, LIDO_ENDPOINT } = process.env;
const GROUP = "sdk";
const CLUSTER = "newest";
const POOL = "userpool";
const VERSION = "1.33.2";
const NEWER = "1.33.3";

const credential = new ClientSecretCredential(AZURE_TENANT_ID, AZURE_CLIENT_ID, AZURE_CLIENT_SECRET, {
  authorityHost: AZURE_AUTHORITY_HOST,
  disableInstanceDiscovery: true,
});
const { resourceGroups, resources, providers } = new ResourceManagementClient(credential, AZURE_SUBSCRIPTION_ID, {
  endpoint: LIDO_ENDPOINT,
});
const { managedClusters, agentPools } = new ContainerServiceClient(credential, AZURE_SUBSCRIPTION_ID, { endpoint: LIDO_ENDPOINT });

const systemPool = {
  name: "system",
  count: 1,
  vmSize: "Standard_D2s_v3",
  mode: "System",
  osType: "Linux",
  type: "VirtualMachineScaleSets",
};

async function create(tell) {
  tell("group", await resourceGroups.createOrUpdate(GROUP, { location: "eastus", tags: { made: "by the SDK" } }));
  tell("provider", (await providers.get("Microsoft.ContainerService")).registrationState);
  const cluster = {
    location: "eastus",
    dnsPrefix: "newest",
    kubernetesVersion: VERSION,
    identity: { type: "SystemAssigned" },
    agentPoolProfiles: [systemPool],
  };
  tell("cluster", await managedClusters.beginCreateOrUpdateAndWait(GROUP, CLUSTER, cluster));
  const pool = {
    count: 2,
    vmSize: "Standard_D2s_v3",
    mode: "User",
    orchestratorVersion: VERSION,
    nodeLabels: { tier: "web" },
    nodeTaints: ["sku=gpu:NoSchedule"],
    tags: { a: "b" },
  };
  const poller = agentPools.createOrUpdate(GROUP, CLUSTER, POOL, pool);
  const states = new Set();
  poller.onProgress(({ status }) => states.add(status));
  tell("pool", await poller);
  tell("pool's states", [...states]);
}

async function change(tell) {
  const { properties: _, ...pool } = await agentPools.get(GROUP, CLUSTER, POOL);
  const wanted = { ...pool, count: 3, nodeLabels: { tier: "api" }, nodeTaints: ["gone=soon:NoExecute"], tags: { c: "d" } };
  tell("changed", await agentPools.beginCreateOrUpdateAndWait(GROUP, CLUSTER, POOL, wanted));
  tell("tagged", await managedClusters.beginUpdateTagsAndWait(GROUP, CLUSTER, { tags: { team: "lido" } }));
  const cluster = await managedClusters.get(GROUP, CLUSTER);
  const profiles = cluster.agentPoolProfiles.map((profile) => ({ ...profile, orchestratorVersion: NEWER }));
  const upgraded = { ...cluster, kubernetesVersion: NEWER, agentPoolProfiles: profiles };
  tell("upgraded", await managedClusters.beginCreateOrUpdateAndWait(GROUP, CLUSTER, upgraded));
  tell("upgraded pool", await agentPools.get(GROUP, CLUSTER, POOL));
}

async function read(tell) {
  const pages = agentPools.list(GROUP, CLUSTER).byPage();
  tell(
    "pages of pools",
    (await all(pages)).map((page) => page.map(({ name }) => name)),
  );
  tell(
    "clusters",
    (await all(managedClusters.list())).map(({ name }) => name),
  );
  tell(
    "clusters of the group",
    (await all(managedClusters.listByResourceGroup(GROUP))).map(({ name }) => name),
  );
  tell(
    "resources",
    (await all(resources.listByResourceGroup(GROUP))).map(({ type, name }) => [type, name]),
  );
  tell("profile", await agentPools.getUpgradeProfile(GROUP, CLUSTER, POOL));
  // AKS answers null for a list that the SDK takes for granted. Source: Azure/azure-rest-api-specs#45310.
  tell("cluster's profile", await refusal(managedClusters.getUpgradeProfile(GROUP, CLUSTER)));
  tell("available", (await agentPools.getAvailableAgentPoolVersions(GROUP, CLUSTER)).agentPoolVersions);
  tell(
    "versions",
    (await managedClusters.listKubernetesVersions("eastus")).values.map(({ version }) => version),
  );
  const { kubeconfigs } = await managedClusters.listClusterUserCredentials(GROUP, CLUSTER);
  tell("kubeconfig", Buffer.from(kubeconfigs[0].value).toString());
}

async function refuse(tell) {
  tell("no such pool", await refusal(agentPools.get(GROUP, CLUSTER, "absent")));
  tell("no such group", await refusal(agentPools.get("absent", CLUSTER, POOL)));
  tell("the last system pool", await refusal(agentPools.beginDeleteAndWait(GROUP, CLUSTER, systemPool.name)));
  tell("a bad name", await refusal(agentPools.beginCreateOrUpdateAndWait(GROUP, CLUSTER, "Bad-Name", { count: 1 })));
  const wrong = new ClientSecretCredential(AZURE_TENANT_ID, AZURE_CLIENT_ID, "wrong", {
    authorityHost: AZURE_AUTHORITY_HOST,
    disableInstanceDiscovery: true,
  });
  tell("a wrong secret", await refusal(wrong.getToken(`${LIDO_ENDPOINT}/.default`)));
}

await telling(async (tell) => {
  await create(tell);
  await change(tell);
  await read(tell);
  await refuse(tell);
  await agentPools.beginDeleteAndWait(GROUP, CLUSTER, POOL);
  tell(
    "pools after",
    (await all(agentPools.list(GROUP, CLUSTER))).map(({ name }) => name),
  );
  await managedClusters.beginDeleteAndWait(GROUP, CLUSTER);
  tell("clusters after", await all(managedClusters.list()));
  await resourceGroups.beginDeleteAndWait(GROUP);
  tell("group after", (await resourceGroups.checkExistence(GROUP)).body);
});
