import type { Instance } from "#compute";
import { chance, clusterKeyOf, clusterName, type Move, pick, POOLS, recordOf, type Table, told } from "./table.ts";

const API_VERSION = "2024-02-01";
/** The name of an image that nobody upgrades to. */
const OLD_IMAGE = "AKSUbuntu-2004gen2containerd-202301.01.0";

const poolPath = (cluster: string, pool: string): string => `managedClusters/${cluster}/agentPools/${pool}`;

/** Stops a pool that runs, or starts one that is stopped; sometimes one that does not exist, or is as it is asked to be. */
const powerPool: Move = async (table) => {
  const { random, world, intents } = table;
  const name = clusterName(table);
  const pool = pick(random, POOLS);
  const stopped = world.ledger.pools.get(`${clusterKeyOf(name)}/${pool}`)?.properties.powerState?.code === "Stopped";
  const code = chance(random, 0.9) === stopped ? "Running" : "Stopped";
  const answer = await world.call("PUT", poolPath(name, pool), API_VERSION, { properties: { powerState: { code } } });
  intents.pool(name, pool, "PUT", answer);
  return told(`${code === "Stopped" ? "stop" : "start"} ${name}/${pool}`, answer);
};

const powerCluster: Move = async (table) => {
  const { random, world, intents } = table;
  const name = clusterName(table);
  const stopped = recordOf(table, name)?.properties.powerState?.code === "Stopped";
  const starts = chance(random, 0.9) === stopped;
  const answer = await world.call("POST", `managedClusters/${name}/${starts ? "start" : "stop"}`, API_VERSION);
  intents.clusterAction(name, answer, starts ? "Running" : "Stopped");
  return told(`${starts ? "start" : "stop"} ${name}`, answer);
};

const abort: Move = async (table) => {
  const { random, world, intents } = table;
  const name = clusterName(table);
  const apiVersion = pick(random, ["2022-07-02-preview", API_VERSION]);
  if (chance(random, 0.4)) {
    const answer = await world.call("POST", `managedClusters/${name}/abort`, apiVersion);
    intents.clusterAction(name, answer, undefined);
    return told(`abort ${name}`, answer);
  }
  const pool = pick(random, POOLS);
  const answer = await world.call("POST", `${poolPath(name, pool)}/abort`, apiVersion);
  intents.poolAction(name, pool, answer);
  return told(`abort ${name}/${pool}`, answer);
};

const upgradeImage: Move = async (table) => {
  const { random, world, intents } = table;
  const name = clusterName(table);
  const pool = pick(random, POOLS);
  const answer = await world.call("POST", `${poolPath(name, pool)}/upgradeNodeImageVersion`, API_VERSION);
  if (answer.status === "lost") intents.poolAction(name, pool, answer);
  return told(`upgrade the image of ${name}/${pool}`, answer);
};

/** Makes a pool at rest as an earlier release of the program left it: of an older image. */
const age: Move = async (table) => {
  const { random, world } = table;
  const name = clusterName(table);
  const pool = pick(random, POOLS);
  const cluster = recordOf(table, name);
  const record = world.ledger.pools.get(`${clusterKeyOf(name)}/${pool}`);
  if (cluster === undefined || record === undefined || record.work !== undefined || cluster.work !== undefined) return "nothing to age";
  const { nodeImageVersion } = record.properties;
  if (nodeImageVersion === undefined || world.isDead) return "nothing to age";
  const aged = (value: unknown): Buffer => Buffer.from(JSON.stringify(value).replaceAll(`"${nodeImageVersion}"`, `"${OLD_IMAGE}"`));
  const machines = new Set<Instance>(world.ledger.instancesOf(cluster, record));
  const ops = [...world.ledger.instances]
    .filter(([, instance]) => machines.has(instance))
    .map(([id, instance]) => ({ kind: "put" as const, key: `/compute/instances/${id}`, value: aged(instance) }));
  await world.store.transact([], [{ kind: "put", key: `/aks/agent-pools/${clusterKeyOf(name)}/${pool}`, value: aged(record) }, ...ops]);
  return `${name}/${pool} is of an old image`;
};

/** Lets AKS replace old node images by itself: at any time, or never. */
const planImages: Move = async (table) => {
  const { random, world } = table;
  const name = clusterName(table);
  const opens = chance(random, 0.7);
  const notAllowedDates = opens ? [] : [{ start: "2019-01-01", end: "2029-01-01" }];
  const maintenanceWindow = { schedule: { daily: { intervalDays: 1 } }, durationHours: 24, startTime: "00:00", notAllowedDates };
  const path = `managedClusters/${name}/maintenanceConfigurations/aksManagedNodeOSUpgradeSchedule`;
  const answer = await world.call("PUT", path, API_VERSION, { properties: { maintenanceWindow } });
  return told(`images of ${name} are replaced ${opens ? "at any time" : "never"}`, answer);
};

/** Some machines of a pool by their names, or of none. */
const deleteMachines: Move = async (table) => {
  const { random, world, intents } = table;
  const name = clusterName(table);
  const pool = pick(random, POOLS);
  const machineNames = namesIn(table, name, pool).filter(() => chance(random, 0.5));
  if (chance(random, 0.1)) machineNames.push("aks-none-00000000-vmss000000");
  const answer = await world.call("POST", `${poolPath(name, pool)}/deleteMachines`, API_VERSION, { machineNames });
  intents.poolAction(name, pool, answer);
  return told(`delete ${machineNames.join(" ")}`, answer);
};

function namesIn(table: Table, name: string, pool: string): string[] {
  const cluster = recordOf(table, name);
  const record = table.world.ledger.pools.get(`${clusterKeyOf(name)}/${pool}`);
  if (cluster === undefined || record === undefined) return [];
  return table.world.ledger.instancesOf(cluster, record).map(({ computerName }) => computerName);
}

const rotate: Move = async (table) => {
  const { world, intents } = table;
  const name = clusterName(table);
  const answer = await world.call("POST", `managedClusters/${name}/rotateClusterCertificates`, API_VERSION);
  if (answer.status === "lost") intents.clusterAction(name, answer, undefined);
  return told(`rotate the certificates of ${name}`, answer);
};

/** Gives a pool to the autoscaler, with other bounds, or takes it back. */
const autoscale: Move = async ({ random, world, intents }) => {
  const name = chance(random, 0.9) ? "new" : "old";
  const pool = pick(random, POOLS);
  const minCount = (pool === "first" ? 1 : 0) + random.int(2);
  const bounds = { enableAutoScaling: true, minCount, maxCount: minCount + 1 + random.int(4) };
  const properties = chance(random, 0.75) ? bounds : { enableAutoScaling: false };
  const answer = await world.call("PUT", poolPath(name, pool), API_VERSION, { properties });
  intents.pool(name, pool, "PUT", answer);
  return told(`autoscale ${name}/${pool} ${JSON.stringify(properties)}`, answer);
};

/** Actions on clusters and pools, by how often they are made. */
export const actionMoves: readonly (readonly [number, Move])[] = [
  [6, powerPool],
  [4, powerCluster],
  [6, abort],
  [3, upgradeImage],
  [4, age],
  [3, planImages],
  [3, deleteMachines],
  [1, rotate],
  [5, autoscale],
];
