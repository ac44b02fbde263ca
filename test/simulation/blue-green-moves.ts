import { chance, clusterKeyOf, type Move, pick, POOLS, recordOf, told } from "./table.ts";

const API_VERSION = "2026-07-02-preview";
/** Blue-green upgrades are of today. */
const CLUSTER = "new";

/** Has a pool's nodes replaced all at once from now on, or one after another again; often at once, by those of the cluster's version. */
const chooseStrategy: Move = async (table) => {
  const { random, world, intents } = table;
  const pool = pick(random, POOLS);
  const version = recordOf(table, CLUSTER)?.version;
  const properties = {
    ...(version !== undefined && chance(random, 0.6) && { orchestratorVersion: version }),
    upgradeStrategy: chance(random, 0.8) ? "BlueGreen" : "Rolling",
    upgradeSettingsBlueGreen: {
      drainBatchSize: pick(random, ["1", "2", "10%", "50%", "100%"]),
      drainTimeoutInMinutes: pick(random, [1, 5, 30]),
      batchSoakDurationInMinutes: pick(random, [0, 1, 5]),
      finalSoakDurationInMinutes: pick(random, [0, 2, 30]),
    },
  };
  const answer = await world.call("PUT", pathOf(pool), API_VERSION, { properties });
  intents.pool(CLUSTER, pool, "PUT", answer);
  return told(`upgrade ${pool} ${JSON.stringify(properties)}`, answer);
};

/** Takes an unfinished upgrade back to the version and the image of before, or goes on with it. */
const rollBack: Move = async ({ random, world, intents }) => {
  const unfinished = POOLS.filter((pool) => world.ledger.pools.get(`${clusterKeyOf(CLUSTER)}/${pool}`)?.blueGreen !== undefined);
  if (unfinished.length === 0) return "nothing to roll back";
  const pool = pick(random, unfinished);
  const record = world.ledger.pools.get(`${clusterKeyOf(CLUSTER)}/${pool}`);
  const { version, nodeImage } = record?.blueGreen?.from ?? {};
  const back = { orchestratorVersion: version, nodeImageVersion: nodeImage };
  const properties = chance(random, 0.8) ? back : { orchestratorVersion: record?.properties.orchestratorVersion };
  if (chance(random, 0.6)) {
    const answer = await world.call("POST", `${pathOf(pool)}/abort`, API_VERSION);
    intents.poolAction(CLUSTER, pool, answer);
    await world.clock.advance(pick(random, [100, 6_000, 60_000]));
  }
  const answer = await world.call("PUT", pathOf(pool), API_VERSION, { properties });
  intents.pool(CLUSTER, pool, "PUT", answer);
  return told(`abort ${pool} and go to ${JSON.stringify(properties)}`, answer);
};

const complete: Move = async ({ random, world, intents }) => {
  const pool = pick(random, POOLS);
  const answer = await world.call("POST", `${pathOf(pool)}/completeUpgrade`, API_VERSION);
  if (answer.status === "lost") intents.poolAction(CLUSTER, pool, answer);
  return told(`complete the upgrade of ${pool}`, answer);
};

function pathOf(pool: string): string {
  return `managedClusters/${CLUSTER}/agentPools/${pool}`;
}

/** What is done to pools whose nodes are replaced all at once, by how often it is done. */
export const blueGreenMoves: readonly (readonly [number, Move])[] = [
  [5, chooseStrategy],
  [5, rollBack],
  [2, complete],
];
