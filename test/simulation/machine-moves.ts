import { chance, clusterKeyOf, type Move, pick, recordOf, type Table, told } from "./table.ts";

const API_VERSION = "2026-04-01";
/** Pools of virtual machines are of today. */
const CLUSTER = "new";
/** The pool whose machines are of several sizes. */
const POOL = "machines";
const PATH = `managedClusters/${CLUSTER}/agentPools/${POOL}`;
const SIZES = ["Standard_D2s_v3", "Standard_D4s_v3", "Standard_D8s_v3"] as const;
const VERSIONS = ["1.33.12", "1.33.13", "1.34.8", "1.34.9", "1.35.6"] as const;

/** Makes the pool, or gives it other sizes, other numbers, another version or other labels. */
const putMachines: Move = async ({ random, world, intents }) => {
  const stored = world.ledger.pools.get(`${clusterKeyOf(CLUSTER)}/${POOL}`)?.properties;
  const sizes = SIZES.filter(() => chance(random, 0.5));
  const manual = (sizes.length === 0 ? [SIZES[0]] : sizes).map((size) => ({ size, count: random.int(4) }));
  const change = stored === undefined ? "sizes" : pick(random, ["sizes", "sizes", "version", "labels", "mode"] as const);
  const properties = {
    type: "VirtualMachines",
    mode: "User",
    ...(change === "sizes" && { virtualMachinesProfile: { scale: { manual } } }),
    ...(change === "version" && { orchestratorVersion: pick(random, VERSIONS) }),
    ...(change === "labels" && { nodeLabels: chance(random, 0.5) ? { tier: "vm" } : {} }),
    ...(change === "mode" && {
      scaleDownMode: pick(random, ["Deallocate", "Delete"]),
      upgradeSettings: { maxSurge: pick(random, ["1", "50%"]) },
    }),
  };
  const answer = await world.call("PUT", PATH, API_VERSION, { properties });
  intents.pool(CLUSTER, POOL, "PUT", answer);
  return told(`PUT ${CLUSTER}/${POOL} ${JSON.stringify(properties)}`, answer);
};

const powerMachines: Move = async ({ random, world, intents }) => {
  const stopped = world.ledger.pools.get(`${clusterKeyOf(CLUSTER)}/${POOL}`)?.properties.powerState?.code === "Stopped";
  const code = chance(random, 0.9) === stopped ? "Running" : "Stopped";
  const answer = await world.call("PUT", PATH, API_VERSION, { properties: { type: "VirtualMachines", powerState: { code } } });
  intents.pool(CLUSTER, POOL, "PUT", answer);
  return told(`${code === "Stopped" ? "stop" : "start"} ${CLUSTER}/${POOL}`, answer);
};

const abortMachines: Move = async ({ world, intents }) => {
  const answer = await world.call("POST", `${PATH}/abort`, API_VERSION);
  intents.poolAction(CLUSTER, POOL, answer);
  return told(`abort ${CLUSTER}/${POOL}`, answer);
};

/** Some of its machines by their names, each from its own size. */
const deleteMachines: Move = async (table: Table) => {
  const { random, world, intents } = table;
  const cluster = recordOf(table, CLUSTER);
  const record = world.ledger.pools.get(`${clusterKeyOf(CLUSTER)}/${POOL}`);
  const all = cluster === undefined || record === undefined ? [] : world.ledger.instancesOf(cluster, record);
  const machineNames = all.map(({ computerName }) => computerName).filter(() => chance(random, 0.4));
  const answer = await world.call("POST", `${PATH}/deleteMachines`, API_VERSION, { machineNames });
  intents.poolAction(CLUSTER, POOL, answer);
  return told(`delete ${machineNames.join(" ")}`, answer);
};

const deletePool: Move = async ({ world, intents }) => {
  const answer = await world.call("DELETE", PATH, API_VERSION);
  intents.pool(CLUSTER, POOL, "DELETE", answer);
  return told(`DELETE ${CLUSTER}/${POOL}`, answer);
};

/** What is done to a pool of several sizes, by how often. */
export const machineMoves: readonly (readonly [number, Move])[] = [
  [7, putMachines],
  [1, powerMachines],
  [2, abortMachines],
  [2, deleteMachines],
  [1, deletePool],
];
