// A user's program with snapshots, machines and maintenance windows, with today's SDK for JavaScript. Its settings are those of `lido env`.
import { ContainerServiceClient } from "@azure/arm-containerservice";
import { ResourceManagementClient } from "@azure/arm-resources";
import { ClientSecretCredential } from "@azure/identity";
import { all, refusal, telling } from "./tell.mjs";

const { AZURE_TENANT_ID, AZURE_CLIENT_ID, AZURE_CLIENT_SECRET, AZURE_AUTHORITY_HOST, AZURE_SUBSCRIPTION_ID, LIDO_ENDPOINT } = process.env;
const [GROUP, CLUSTER, POOL] = ["machines", "c", "userpool"];
const VERSION = "1.33.2";
const pool = { count: 1, vmSize: "Standard_D2s_v3", osType: "Linux", type: "VirtualMachineScaleSets", orchestratorVersion: VERSION };

const credential = new ClientSecretCredential(AZURE_TENANT_ID, AZURE_CLIENT_ID, AZURE_CLIENT_SECRET, {
  authorityHost: AZURE_AUTHORITY_HOST,
  disableInstanceDiscovery: true,
});
const { resourceGroups } = new ResourceManagementClient(credential, AZURE_SUBSCRIPTION_ID, { endpoint: LIDO_ENDPOINT });
const client = new ContainerServiceClient(credential, AZURE_SUBSCRIPTION_ID, { endpoint: LIDO_ENDPOINT });
const { managedClusters, agentPools, machines, snapshots, maintenanceConfigurations } = client;

async function takeSnapshot(tell) {
  const { id } = await agentPools.get(GROUP, CLUSTER, POOL);
  const snapshot = await snapshots.createOrUpdate(GROUP, "snap", { location: "eastus", creationData: { sourceResourceId: id } });
  tell("snapshot", snapshot);
  tell("tagged snapshot", (await snapshots.updateTags(GROUP, "snap", { tags: { a: "b" } })).tags);
  tell(
    "snapshots",
    (await all(snapshots.list())).map(({ name }) => name),
  );
  const made = { ...pool, mode: "User", creationData: { sourceResourceId: snapshot.id } };
  tell("pool of it", (await agentPools.beginCreateOrUpdateAndWait(GROUP, CLUSTER, "copy", made)).creationData);
  await snapshots.delete(GROUP, "snap");
  tell("no snapshot", await refusal(snapshots.get(GROUP, "snap")));
}

async function windows(tell) {
  const timeInWeek = [{ day: "Monday", hourSlots: [1, 2] }];
  await maintenanceConfigurations.createOrUpdate(GROUP, CLUSTER, "default", { timeInWeek });
  tell(
    "windows",
    (await all(maintenanceConfigurations.listByManagedCluster(GROUP, CLUSTER))).map(({ name, timeInWeek }) => [name, timeInWeek]),
  );
  await maintenanceConfigurations.delete(GROUP, CLUSTER, "default");
  tell("no window", await refusal(maintenanceConfigurations.get(GROUP, CLUSTER, "default")));
}

await telling(async (tell) => {
  await resourceGroups.createOrUpdate(GROUP, { location: "eastus" });
  const cluster = { location: "eastus", dnsPrefix: "machines", kubernetesVersion: VERSION, identity: { type: "SystemAssigned" } };
  await managedClusters.beginCreateOrUpdateAndWait(GROUP, CLUSTER, {
    ...cluster,
    agentPoolProfiles: [{ ...pool, name: "system", mode: "System" }],
  });
  await agentPools.beginCreateOrUpdateAndWait(GROUP, CLUSTER, POOL, { ...pool, mode: "User", count: 3 });
  const names = (await all(machines.list(GROUP, CLUSTER, POOL))).map(({ name }) => name);
  tell("machines", names);
  tell("machine", await machines.get(GROUP, CLUSTER, POOL, names[0]));
  await agentPools.beginDeleteMachinesAndWait(GROUP, CLUSTER, POOL, { machineNames: [names[1]] });
  tell(
    "machines left",
    (await all(machines.list(GROUP, CLUSTER, POOL))).map(({ name }) => name),
  );
  // The SDK reads no body of its result, but minds the status.
  await agentPools.beginUpgradeNodeImageVersionAndWait(GROUP, CLUSTER, POOL);
  tell("upgraded image", (await agentPools.get(GROUP, CLUSTER, POOL)).provisioningState);
  await takeSnapshot(tell);
  await windows(tell);
});
