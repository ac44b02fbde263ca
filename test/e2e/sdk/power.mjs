// A user's program that stops, starts and aborts, with today's SDK for JavaScript. Its settings are those of `lido env`.
import { ContainerServiceClient } from "@azure/arm-containerservice";
import { ResourceManagementClient } from "@azure/arm-resources";
import { ClientSecretCredential } from "@azure/identity";
import { refusal, telling } from "./tell.mjs";

const { AZURE_TENANT_ID, AZURE_CLIENT_ID, AZURE_CLIENT_SECRET, AZURE_AUTHORITY_HOST, AZURE_SUBSCRIPTION_ID, LIDO_ENDPOINT } = process.env;
const [GROUP, CLUSTER, POOL] = ["power", "c", "userpool"];
const pool = { count: 1, vmSize: "Standard_D2s_v3", osType: "Linux", type: "VirtualMachineScaleSets" };

const credential = new ClientSecretCredential(AZURE_TENANT_ID, AZURE_CLIENT_ID, AZURE_CLIENT_SECRET, {
  authorityHost: AZURE_AUTHORITY_HOST,
  disableInstanceDiscovery: true,
});
const { resourceGroups } = new ResourceManagementClient(credential, AZURE_SUBSCRIPTION_ID, { endpoint: LIDO_ENDPOINT });
const { managedClusters, agentPools } = new ContainerServiceClient(credential, AZURE_SUBSCRIPTION_ID, { endpoint: LIDO_ENDPOINT });

const shown = ({ provisioningState, powerState, count }) => ({ state: provisioningState, power: powerState?.code, count });

await telling(async (tell) => {
  await resourceGroups.createOrUpdate(GROUP, { location: "eastus" });
  const cluster = { location: "eastus", dnsPrefix: "power", identity: { type: "SystemAssigned" } };
  const agentPoolProfiles = [{ ...pool, name: "system", mode: "System" }];
  await managedClusters.beginCreateOrUpdateAndWait(GROUP, CLUSTER, { ...cluster, agentPoolProfiles });
  await agentPools.beginCreateOrUpdateAndWait(GROUP, CLUSTER, POOL, { ...pool, mode: "User" });

  await managedClusters.beginStopAndWait(GROUP, CLUSTER);
  tell("stopped", shown(await managedClusters.get(GROUP, CLUSTER)));
  tell("while stopped", await refusal(agentPools.beginCreateOrUpdateAndWait(GROUP, CLUSTER, "other", { ...pool, mode: "User" })));
  await managedClusters.beginStartAndWait(GROUP, CLUSTER);
  tell("started", shown(await managedClusters.get(GROUP, CLUSTER)));

  const { properties: _, ...read } = await agentPools.get(GROUP, CLUSTER, POOL);
  await agentPools.beginCreateOrUpdateAndWait(GROUP, CLUSTER, POOL, { ...read, powerState: { code: "Stopped" } });
  tell("stopped pool", shown(await agentPools.get(GROUP, CLUSTER, POOL)));
  await agentPools.beginCreateOrUpdateAndWait(GROUP, CLUSTER, POOL, { ...read, powerState: { code: "Running" } });
  tell("started pool", shown(await agentPools.get(GROUP, CLUSTER, POOL)));

  const long = agentPools.createOrUpdate(GROUP, CLUSTER, POOL, { ...read, count: 30 });
  await long.submitted();
  await agentPools.beginAbortLatestOperationAndWait(GROUP, CLUSTER, POOL);
  tell("aborted operation", await refusal(long.pollUntilDone()));
  tell("aborted pool", (await agentPools.get(GROUP, CLUSTER, POOL)).provisioningState);
});
