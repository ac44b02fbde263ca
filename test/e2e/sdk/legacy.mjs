// A program of 2019, with the SDK of that year. Its settings are those of `lido env`.
import ContainerServiceClient from "azure-arm-containerservice";
import msRestAzure from "ms-rest-azure";
import { refusal, telling } from "./tell.mjs";

const { AZURE_TENANT_ID, AZURE_CLIENT_ID, AZURE_CLIENT_SECRET, AZURE_SUBSCRIPTION_ID, LIDO_ENDPOINT } = process.env;
const [GROUP, CLUSTER, POOL] = ["rg", "legacy", "mynodepool"];

const environment = msRestAzure.AzureEnvironment.add({
  name: "Lido",
  portalUrl: LIDO_ENDPOINT,
  managementEndpointUrl: LIDO_ENDPOINT,
  resourceManagerEndpointUrl: `${LIDO_ENDPOINT}/`,
  activeDirectoryEndpointUrl: `${LIDO_ENDPOINT}/`,
  activeDirectoryResourceId: `${LIDO_ENDPOINT}/`,
  activeDirectoryGraphResourceId: `${LIDO_ENDPOINT}/`,
  validateAuthority: false,
});
const pool = { count: 1, vmSize: "Standard_DS2_v2", osType: "Linux", type: "VirtualMachineScaleSets" };

await telling(async (tell) => {
  const credentials = await msRestAzure.loginWithServicePrincipalSecret(AZURE_CLIENT_ID, AZURE_CLIENT_SECRET, AZURE_TENANT_ID, {
    environment,
  });
  const client = new ContainerServiceClient(credentials, AZURE_SUBSCRIPTION_ID, LIDO_ENDPOINT);
  client.longRunningOperationRetryTimeout = 1;
  const { managedClusters, agentPools } = client;
  const cluster = {
    location: "eastus",
    kubernetesVersion: "1.12.6",
    dnsPrefix: "legacy",
    servicePrincipalProfile: { clientId: AZURE_CLIENT_ID, secret: AZURE_CLIENT_SECRET },
    agentPoolProfiles: [{ ...pool, name: "nodepool1" }],
  };
  tell("cluster", await managedClusters.createOrUpdate(GROUP, CLUSTER, cluster));
  tell("pool", await agentPools.createOrUpdate(GROUP, CLUSTER, POOL, { ...pool, agentPoolType: pool.type, count: 3 }));
  tell("scaled", await agentPools.createOrUpdate(GROUP, CLUSTER, POOL, { ...pool, agentPoolType: pool.type, count: 5 }));
  tell("upgraded control plane", await managedClusters.createOrUpdate(GROUP, CLUSTER, { ...cluster, kubernetesVersion: "1.12.7" }));
  const upgraded = { ...pool, agentPoolType: pool.type, count: 5, orchestratorVersion: "1.12.7" };
  tell("upgraded", await agentPools.createOrUpdate(GROUP, CLUSTER, POOL, upgraded));
  tell(
    "pools",
    (await agentPools.list(GROUP, CLUSTER)).map(({ name, count, provisioningState }) => [name, count, provisioningState]),
  );
  tell(
    "orchestrators",
    (await client.containerServices.listOrchestrators("eastus", { resourceType: "managedClusters" })).orchestrators.length,
  );
  tell(
    "credentials",
    (await managedClusters.listClusterUserCredentials(GROUP, CLUSTER)).kubeconfigs.map(({ name }) => name),
  );
  tell("no such pool", await refusal(agentPools.get(GROUP, CLUSTER, "absent")));
  tell("the first pool", await refusal(agentPools.deleteMethod(GROUP, CLUSTER, "nodepool1")));
  await agentPools.deleteMethod(GROUP, CLUSTER, POOL);
  tell(
    "pools after",
    (await agentPools.list(GROUP, CLUSTER)).map(({ name }) => name),
  );
  await managedClusters.deleteMethod(GROUP, CLUSTER);
  tell("clusters after", await managedClusters.list());
});
