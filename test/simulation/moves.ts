import { actionMoves } from "./action-moves.ts";
import { blueGreenMoves } from "./blue-green-moves.ts";
import { faultMoves } from "./fault-moves.ts";
import { type KubeMove, kubeMoves } from "./kube-moves.ts";
import { machineMoves } from "./machine-moves.ts";
import { chance, type ClusterName, clusterKeyOf, clusterName, type Move, pick, POOLS, recordOf, type Table, told } from "./table.ts";

export const VERSIONS = {
  old: ["1.12.6", "1.12.7", "1.12.8", "1.13.5"],
  new: ["1.33.12", "1.33.13", "1.34.8", "1.34.9", "1.35.6"],
} as const;
const API_VERSIONS = {
  old: ["2019-02-01", "2019-04-01", "2020-03-01"],
  new: ["2020-09-01", "2022-07-01", "2024-02-01", "2025-01-01"],
} as const;
const SIZES = ["Standard_DS2_v2", "Standard_D4s_v3", "Standard_NC6"] as const;
const MAX_COUNT = 6;

async function putCluster(table: Table, name: ClusterName, apiVersion: string, properties: Record<string, unknown>): Promise<string> {
  const body = { location: "eastus", properties: { dnsPrefix: name, ...properties } };
  const answer = await table.world.call("PUT", `managedClusters/${name}`, apiVersion, body);
  table.intents.cluster(name, "PUT", answer);
  return told(`PUT ${name} at ${apiVersion} ${JSON.stringify(properties)}`, answer);
}

/** Makes the cluster; again when it is there, which merges. */
const createCluster: Move = (table) => {
  const { random } = table;
  const name = clusterName(table);
  const apiVersion = name === "old" ? "2019-04-01" : pick(random, API_VERSIONS.new);
  const existing = recordOf(table, name);
  const profile = {
    name: POOLS[0],
    count: 1 + random.int(3),
    vmSize: SIZES[0],
    osType: "Linux",
    type: "VirtualMachineScaleSets",
    ...(name === "new" && { mode: "System" }),
  };
  return putCluster(table, name, apiVersion, {
    kubernetesVersion: existing?.version ?? VERSIONS[name][random.int(2)],
    agentPoolProfiles: [profile],
  });
};

const upgradeCluster: Move = (table) => {
  const { random } = table;
  const name = clusterName(table);
  const record = recordOf(table, name);
  if (record === undefined) return Promise.resolve("nothing to upgrade");
  const kubernetesVersion = pick(random, VERSIONS[name]);
  // The control plane alone, or all of its pools after it.
  const pools = table.world.ledger.poolsOf(clusterKeyOf(name)).map(([, { name, properties }]) => ({
    name,
    ...(properties.type !== "VirtualMachines" && { count: properties.count, vmSize: properties.vmSize }),
    type: properties.type ?? "VirtualMachineScaleSets",
    mode: properties.mode,
    orchestratorVersion: properties.orchestratorVersion,
  }));
  return putCluster(table, name, pick(random, API_VERSIONS[name]), {
    kubernetesVersion,
    ...(chance(random, 0.5) && { agentPoolProfiles: pools }),
  });
};

/** Other settings of the autoscaler, some of which may not be. */
const setProfile: Move = async (table) => {
  const { random } = table;
  const version = recordOf(table, "new")?.version;
  if (version === undefined) return "nothing to set";
  const autoScalerProfile = {
    expander: pick(random, ["random", "priority", "least-waste", "most-pods", "price"]),
    "balance-similar-node-groups": pick(random, ["true", "false"]),
    "scale-down-unneeded-time": pick(random, ["1m", "10m"]),
    "scale-down-delay-after-add": pick(random, ["0m", "10m", "0s"]),
    "scale-down-utilization-threshold": pick(random, ["0.5", "1"]),
  };
  return putCluster(table, "new", "2024-02-01", { kubernetesVersion: version, autoScalerProfile });
};

const deleteCluster: Move = async (table) => {
  const name = clusterName(table);
  if (!chance(table.random, 0.3)) return "keeps the cluster";
  const answer = await table.world.call("DELETE", `managedClusters/${name}`, "2019-04-01");
  table.intents.cluster(name, "DELETE", answer);
  return told(`DELETE ${name}`, answer);
};

/** A pool as somebody would write it: new, scaled, upgraded, or with other labels and taints. */
const putPool: Move = async (table) => {
  const { random, world } = table;
  const name = clusterName(table);
  const pool = pick(random, POOLS);
  const stored = world.ledger.pools.get(`${clusterKeyOf(name)}/${pool}`)?.properties;
  const change = pick(random, ["count", "count", "version", "labels", "mode"] as const);
  const min = name === "new" && stored?.mode === "User" ? 0 : 1;
  const properties = {
    count: stored === undefined || change === "count" ? min + random.int(MAX_COUNT) : stored.count,
    vmSize: stored?.vmSize ?? (pool === "first" ? SIZES[0] : pick(random, SIZES)),
    osType: "Linux",
    type: "VirtualMachineScaleSets",
    ...(stored !== undefined && change === "version" && { orchestratorVersion: pick(random, VERSIONS[name]) }),
    ...(name === "new" && {
      mode: pool === "first" ? "System" : "User",
      ...((stored === undefined || change === "labels") && {
        nodeLabels: { ...(chance(random, 0.5) && { tier: pick(random, ["web", "db"]) }), ...(chance(random, 0.3) && { team: "a" }) },
        ...(pool !== "first" && { nodeTaints: chance(random, 0.5) ? [`pool=${pool}:${pick(random, ["NoSchedule", "NoExecute"])}`] : [] }),
      }),
      ...(stored === undefined && chance(random, 0.3) && { availabilityZones: pick(random, [["1"], ["2"], ["1", "2", "3"]]) }),
      ...(change === "mode" && pool !== "first" && { scaleDownMode: pick(random, ["Deallocate", "Delete"]) }),
      ...(chance(random, 0.3) && { upgradeSettings: { maxSurge: pick(random, ["1", "2", "50%", "100%"]) } }),
    }),
  };
  const apiVersion = pick(random, API_VERSIONS[name]);
  const answer = await world.call("PUT", `managedClusters/${name}/agentPools/${pool}`, apiVersion, { properties });
  table.intents.pool(name, pool, "PUT", answer);
  return told(`PUT ${name}/${pool} at ${apiVersion} ${JSON.stringify(properties)}`, answer);
};

const deletePool: Move = async (table) => {
  const name = clusterName(table);
  const pool = pick(table.random, POOLS);
  const query = chance(table.random, 0.3) ? "?ignore-pod-disruption-budget=true" : "";
  const answer = await table.world.call("DELETE", `managedClusters/${name}/agentPools/${pool}${query}`, "2024-02-01");
  table.intents.pool(name, pool, "DELETE", answer);
  return told(`DELETE ${name}/${pool}${query}`, answer);
};

/** Several callers at the same moment. */
const burst: Move = async (table) => {
  const moves = Array.from({ length: 2 + table.random.int(3) }, () => pick(table.random, [putPool, putPool, deletePool, upgradeCluster]));
  return (await Promise.all(moves.map((move) => move(table)))).join(" | ");
};

const pause: Move = async ({ world, random }) => {
  const ms = pick(random, [1, 20, 100, 300, 700, 1_500, 5_000, 20_000, 45_000, 120_000, 400_000]);
  await world.clock.advance(ms);
  return `${ms} ms pass`;
};

const crash: Move = async ({ world, random }) => {
  const inTransactions = chance(random, 0.4) ? 0 : 1 + random.int(40);
  const ending = chance(random, 0.5) ? "before" : "after";
  world.crash(inTransactions, ending);
  return inTransactions === 0 ? "dies" : `is to die ${ending} transaction ${inTransactions}`;
};

function onCluster(move: KubeMove): Move {
  return async (table) => {
    const name = clusterName(table);
    const record = recordOf(table, name);
    if (record?.controlPlane === undefined) return "no cluster to work in";
    return `${name}: ${await move({ ...table, name, uid: record.uid })}`;
  };
}

/** Moves by how often they are made. */
const WEIGHTED: readonly (readonly [number, Move])[] = [
  [3, createCluster],
  [4, upgradeCluster],
  [1, deleteCluster],
  [2, setProfile],
  [16, putPool],
  [5, deletePool],
  [5, burst],
  ...actionMoves,
  ...blueGreenMoves,
  ...faultMoves,
  ...machineMoves,
  [24, pause],
  [6, crash],
  ...kubeMoves.map(([weight, move]) => [weight, onCluster(move)] as const),
];
const TOTAL = WEIGHTED.reduce((sum, [weight]) => sum + weight, 0);

/** Makes a random move. */
export function makeMove(table: Table): Promise<string> {
  let rest = table.random.int(TOTAL);
  for (const [weight, move] of WEIGHTED) {
    if (rest < weight) return move(table);
    rest -= weight;
  }
  return pause(table);
}

/** How a run begins: a cluster of each generation, or of one. */
export const opening: Readonly<Record<ClusterName, Move>> = {
  old: (table) =>
    putCluster(table, "old", "2019-04-01", {
      kubernetesVersion: "1.12.6",
      agentPoolProfiles: [{ name: POOLS[0], count: 2, vmSize: SIZES[0], osType: "Linux", type: "VirtualMachineScaleSets" }],
    }),
  new: (table) =>
    putCluster(table, "new", "2024-02-01", {
      kubernetesVersion: "1.33.12",
      agentPoolProfiles: [{ name: POOLS[0], count: 2, vmSize: SIZES[0], osType: "Linux", type: "VirtualMachineScaleSets", mode: "System" }],
    }),
};
