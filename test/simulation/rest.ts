import { resources } from "#api/kubernetes/resources";
import { areTooNear, hangsOnOthers, holdsResources, isLive, isReady, overfull, selects, untolerated } from "./fit.ts";
import { API_VERSION } from "./intents.ts";
import { type ClusterRecord, isAsleep, isStopped, type KubeRecords, nameOf, type PoolRecord } from "./ledger.ts";
import { clusterKeyOf, type Table } from "./table.ts";
import type { World } from "./world.ts";

/** How long work may take until nothing is under way. Milliseconds. */
const REST_LIMIT_MS = 12 * 3_600_000;
/** Pods end by their grace periods, and those that cannot be placed are tried again. Milliseconds. */
const CALM_MS = 330_000;

/** Looks after which pools that scale by themselves should have come to rest. */
const MAX_LOOKS = 60;
/** How long the repairs of some nodes may take, one after the other. */
const REPAIR_LIMIT_MS = 3_600_000;

/** What goes on for longer than this does not change by itself. Milliseconds. */
const OLD_MS = 200_000;

/** Moves time on until nothing is under way, and holds everything against what was acknowledged. */
export async function rest(table: Table): Promise<void> {
  const { world, intents } = table;
  for (let looks = 0; !(await isAtRest(world)); looks++) {
    if (world.isDead) await restart(table);
    if (looks === MAX_LOOKS) return world.watchman.report("ends", "pools grow and shrink without end");
  }
  if (world.watchman.breaches.length > 0) return;
  for (const told of await intents.differences()) world.watchman.report("acknowledged", told);
  for (const [key, cluster] of world.ledger.clusters) {
    for (const [poolKey, pool] of world.ledger.poolsOf(key)) {
      if (pool.properties.provisioningState !== "Succeeded") continue;
      checkBounds(world, poolKey, pool);
      for (const told of world.watchman.differences(cluster, pool)) world.watchman.report("succeeded", `at rest, ${poolKey}: ${told}`);
    }
    checkPower(table, cluster);
    // Nobody tends to the nodes and pods of a cluster that is stopped.
    if (isStopped(cluster)) continue;
    for (const { computerName } of [...world.ledger.instances.values()].filter(isAsleep)) {
      const node = world.ledger.kube(cluster.uid).nodes.get(computerName);
      if (node !== undefined && isReady(node)) world.watchman.report("asleep", `${cluster.name}: ${computerName} is Ready`);
    }
    checkPods(world, cluster);
    checkDeployments(table, cluster);
  }
  await checkLeftOver(world);
}

/** Starts the service again; what its last life left unanswered is as the store has it. */
export async function restart({ world, intents }: Table): Promise<void> {
  while (world.isDead) await world.start();
  intents.resolve();
}

async function isAtRest(world: World): Promise<boolean> {
  await world.removeFaults();
  if (world.isDead) return false;
  const { clusters, pools, operations, instances } = world.ledger;
  const isIdle = (): boolean =>
    [...clusters.values(), ...pools.values()].every(({ work }) => work === undefined) &&
    [...operations.values()].every(({ status }) => status !== "InProgress");
  try {
    await world.clock.advanceUntil(() => world.isDead || isIdle(), REST_LIMIT_MS);
  } catch {
    const under = [...operations.values()].filter(({ status }) => status === "InProgress");
    const works = [...clusters, ...pools].filter(([, { work }]) => work !== undefined);
    world.watchman.report("ends", JSON.stringify([under.map(({ kind, resourceId }) => [kind, resourceId]), works]));
    return true;
  }
  // Nodes whose kubelet was lost are repaired, where somebody sees it.
  const isWell = (): boolean => [...instances.values()].every(({ state, ailment }) => state !== "Running" || ailment === undefined);
  await world.clock.advanceUntil(() => world.isDead || isWell(), REPAIR_LIMIT_MS).catch(() => undefined);
  const scaled = (): string => JSON.stringify([...pools.values()].map(({ scaled }) => scaled));
  const before = scaled();
  await world.clock.advance(CALM_MS);
  // What the autoscaler has just done is still settling.
  return !world.isDead && isIdle() && scaled() === before;
}

function checkBounds(world: World, key: string, { properties }: PoolRecord): void {
  const { enableAutoScaling, powerState, count, minCount = 0, maxCount = 0 } = properties;
  if (enableAutoScaling !== true || powerState?.code === "Stopped") return;
  if (count < minCount || count > maxCount) world.watchman.report("bounds", `${key} has ${count} nodes of ${minCount} to ${maxCount}`);
}

function checkPower({ world, intents }: Table, cluster: ClusterRecord): void {
  const { name, uid, properties, controlPlane } = cluster;
  const wanted = intents.powers.get(name);
  const power = properties.powerState?.code ?? "Running";
  if (wanted !== undefined && properties.provisioningState === "Succeeded" && wanted !== power)
    world.watchman.report("power", `${name} is ${power} instead of ${wanted}`);
  if (world.answers(uid) !== (controlPlane !== undefined && power === "Running"))
    world.watchman.report("stopped", `${name} is ${power}, and somebody ${world.answers(uid) ? "answers" : "does not answer"} for it`);
  if (power === "Running" || properties.provisioningState !== "Succeeded") return;
  const prefix = `/${properties.nodeResourceGroup}/`.toLowerCase();
  for (const [key, instance] of world.ledger.instances)
    if (key.includes(prefix) && !isAsleep(instance)) world.watchman.report("stopped", `${name} is Stopped with ${key} ${instance.state}`);
}

function checkPods(world: World, { uid, name }: ClusterRecord): void {
  const records = world.ledger.kube(uid);
  // A pod that is evicted again and again is always young; only what stays as it is breaks a promise.
  const isOld = (time: string | undefined): boolean => world.clock.now() - Date.parse(time ?? "") > OLD_MS;
  for (const pod of records.pods.values()) {
    if (!isOld(pod.metadata.creationTimestamp)) continue;
    const node = records.nodes.get(pod.spec.nodeName ?? "");
    if (node === undefined) {
      const taker = isLive(pod) && !pod.spec.nodeName ? takerOf(pod, records) : undefined;
      if (taker !== undefined) world.watchman.report("placed", `${name}: ${nameOf(pod)} waits while ${taker} would take it`);
      if (pod.spec.nodeName)
        world.watchman.report("leftOver", `${name}: ${nameOf(pod)} is on the node ${pod.spec.nodeName}, which is gone`);
      continue;
    }
    const taint = untolerated(pod, node.spec.taints, ["NoExecute"]);
    if (taint !== undefined && holdsResources(pod))
      world.watchman.report("taints", `${name}: ${nameOf(pod)} stays on ${node.metadata.name} with ${taint.key}:NoExecute`);
    // What runs on a machine that is kept and does not run cannot end.
    if (isReady(node) && pod.metadata.deletionTimestamp !== undefined && isOld(pod.metadata.deletionTimestamp))
      world.watchman.report("leftOver", `${name}: ${nameOf(pod)} is being deleted for ever`);
    if (isLive(pod) && isReady(node) && pod.status?.phase !== "Running")
      world.watchman.report("placed", `${name}: ${nameOf(pod)} on ${node.metadata.name} is ${pod.status?.phase}`);
  }
}

/** A node that would take the pod, as far as that hangs on the node alone. */
function takerOf(pod: Parameters<typeof selects>[0], { nodes, pods }: KubeRecords): string | undefined {
  if (hangsOnOthers(pod)) return undefined;
  for (const node of nodes.values()) {
    const there = [...pods.values()].filter((other) => other.spec.nodeName === node.metadata.name && holdsResources(other));
    if (there.some((other) => areTooNear(pod, other, node))) continue;
    const fits = !node.spec.unschedulable && isReady(node) && selects(pod, node) && untolerated(pod, node.spec.taints) === undefined;
    if (fits && overfull(node, [...there, pod]).length === 0) return node.metadata.name;
  }
  return undefined;
}

function checkDeployments({ world, intents }: Table, { uid, name }: ClusterRecord): void {
  const { deployments, pods } = world.ledger.kube(uid);
  for (const [key, replicas] of intents.deployments) {
    const [cluster, app = ""] = key.split("/");
    if (cluster !== name) continue;
    const stored = deployments.get(`default/${app}`)?.spec.replicas;
    if (stored !== replicas) world.watchman.report("acknowledged", `deployment ${key} has ${stored} replicas instead of ${replicas}`);
    const live = [...pods.values()].filter(
      (pod) => pod.metadata.namespace === "default" && pod.metadata.labels?.["app"] === app && isLive(pod),
    );
    // A rollout that waits for pods that cannot run keeps some of the old ones beside the new.
    if (live.length < replicas * 0.75 - 1 || live.length > replicas * 1.25 + 1)
      world.watchman.report("replicas", `${key} has ${live.length} pods instead of ${replicas}`);
  }
}

async function checkLeftOver(world: World): Promise<void> {
  const { clusters, pools, scaleSets, instances } = world.ledger;
  const uids = new Set([...clusters.values()].map(({ uid }) => uid));
  const known = [...pools].map(([key, { name, suffix, properties }]) => {
    const group = clusters.get(key.slice(0, key.lastIndexOf("/")))?.properties.nodeResourceGroup ?? "?";
    return `/${group}/aks-${name}-${suffix}-${properties.type === "VirtualMachines" ? "vms" : "vmss"}`.toLowerCase();
  });
  for (const key of scaleSets.keys())
    if (!known.some((suffix) => key.endsWith(suffix))) world.watchman.report("leftOver", `scale set ${key}`);
  for (const key of instances.keys())
    if (!known.some((name) => key.includes(`${name}/`))) world.watchman.report("leftOver", `instance ${key}`);
  const groups = await world.store.range({ prefix: "/arm/groups/" });
  const managed = [...clusters.values()].map(({ properties }) => properties.nodeResourceGroup.toLowerCase());
  for (const { key } of groups.pairs) {
    const group = key.slice(key.lastIndexOf("/") + 1);
    if (group !== "rg" && !managed.includes(group)) world.watchman.report("leftOver", `group ${group}`);
  }
  for (const prefix of ["/kubernetes/", "/control-planes/"]) {
    for (const { key } of (await world.store.range({ prefix })).pairs) {
      const uid = key.slice(prefix.length).split("/")[0] ?? "";
      if (!uids.has(uid)) return world.watchman.report("leftOver", key);
    }
  }
}

/** Starts the cluster when it is stopped or its last start or stop was not finished; else asks for it anew when it failed. */
async function healCluster({ world, intents }: Table, name: string): Promise<void> {
  const record = (): ClusterRecord | undefined => world.ledger.clusters.get(clusterKeyOf(name));
  const cluster = record();
  if (cluster === undefined || (cluster.properties.provisioningState === "Succeeded" && !isStopped(cluster))) return;
  if (cluster.controlPlane === undefined) {
    const properties = { kubernetesVersion: cluster.version, dnsPrefix: name };
    const answer = await world.call("PUT", `managedClusters/${name}`, API_VERSION, { location: "eastus", properties });
    intents.cluster(name, "PUT", answer);
    if (answer.status !== 200) world.watchman.report("works", `a cluster cannot be asked for anew: ${JSON.stringify(answer)}`);
  } else {
    const answer = await world.call("POST", `managedClusters/${name}/start`, API_VERSION);
    intents.clusterAction(name, answer, "Running");
    if (answer.status !== 202) world.watchman.report("works", `a cluster cannot be started: ${JSON.stringify(answer)}`);
  }
  await world.clock.advanceUntil(() => record()?.work === undefined, REST_LIMIT_MS).catch(() => undefined);
}

/** Asks for the pool anew; what AKS does to it by itself comes to its end first. */
async function healPool({ world, intents }: Table, name: string, pool: PoolRecord): Promise<void> {
  const isIdle = (): boolean => world.ledger.pools.get(`${clusterKeyOf(name)}/${pool.name}`)?.work === undefined;
  const { count, vmSize, orchestratorVersion, mode, type = "VirtualMachineScaleSets" } = pool.properties;
  const size = type === "VirtualMachines" ? {} : { count, vmSize };
  const properties = { ...size, orchestratorVersion, mode, osType: "Linux", type };
  const ask = () => world.call("PUT", `managedClusters/${name}/agentPools/${pool.name}`, API_VERSION, { properties });
  let answer = await ask();
  if (answer.status === 409) {
    await world.clock.advanceUntil(isIdle).catch(() => undefined);
    answer = await ask();
  }
  intents.pool(name, pool.name, "PUT", answer);
  if (answer.status !== 200) world.watchman.report("works", `a failed pool cannot be asked for anew: ${JSON.stringify(answer)}`);
  await world.clock.advanceUntil(isIdle).catch(() => undefined);
}

/** Takes away what may keep work from succeeding, asks for every failed pool anew, and expects all to succeed. */
export async function heal(table: Table): Promise<void> {
  const { world } = table;
  // A death that is still to come is none of what is looked at here.
  world.crash(0, "before");
  await restart(table);
  for (const { uid } of world.ledger.clusters.values()) {
    for (const { metadata } of world.ledger.kube(uid).budgets.values()) {
      const name = { name: metadata.name, namespace: metadata.namespace ?? "" };
      await world.kube(uid, "delete budget", (client) => client.delete(resources.podDisruptionBudgets, name));
    }
  }
  for (const name of ["old", "new"]) {
    await healCluster(table, name);
    for (const [, pool] of world.ledger.poolsOf(clusterKeyOf(name))) {
      if (pool.properties.provisioningState !== "Succeeded") await healPool(table, name, pool);
    }
  }
  await rest(table);
  for (const [key, pool] of world.ledger.pools) {
    const { properties, failure } = pool;
    const cluster = world.ledger.clusters.get(key.slice(0, key.lastIndexOf("/")));
    if (properties.provisioningState === "Succeeded" || cluster === undefined) continue;
    if (failure?.code === "NodesNotReady" && world.watchman.hasIncurable(cluster, pool)) continue;
    world.watchman.report("works", `${key} stays ${properties.provisioningState}: ${JSON.stringify(failure)}`);
  }
}
