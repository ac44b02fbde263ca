import type { Pod, Taint, Toleration } from "#api/kubernetes/core";
import type { KubeObject } from "#api/kubernetes/meta";
import type { StatefulSet } from "#api/kubernetes/workloads";
import { resources } from "#api/kubernetes/resources";
import { isStatus } from "#api/kubernetes/status";
import type { Random } from "#lib";
import type { Intents } from "./intents.ts";
import { nameOf } from "./ledger.ts";
import type { Answer, World } from "./world.ts";

/** A cluster that somebody works in with kubectl. */
export interface KubeTable {
  readonly world: World;
  readonly random: Random;
  readonly intents: Intents;
  readonly name: string;
  readonly uid: string;
}

export type KubeMove = (table: KubeTable) => Promise<string>;

const NAMESPACE = "default";
const WORKLOADS = ["web", "db", "batch", "gpu"] as const;
const TAINT_KEY = "by-hand";

function pick<T>(random: Random, from: readonly T[]): T {
  return from[random.int(from.length)] as T;
}

const told = (what: string, { status }: Answer): string => `${what} -> ${status}`;

/** What keeps the pods of an app apart, or spreads them: mostly nothing. */
function placement(random: Random, app: string): Partial<Pod["spec"]> {
  const labelSelector = { matchLabels: { app } };
  const topologyKey = pick(random, ["kubernetes.io/hostname", "topology.kubernetes.io/zone"]);
  const draw = random.next();
  if (draw < 0.15)
    return { affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ labelSelector, topologyKey }] } } };
  if (draw > 0.3) return {};
  const whenUnsatisfiable = pick(random, ["DoNotSchedule", "ScheduleAnyway"] as const);
  return { topologySpreadConstraints: [{ maxSkew: 1 + random.int(2), topologyKey, whenUnsatisfiable, labelSelector }] };
}

function template(random: Random, app: string): { metadata: { labels: Record<string, string> }; spec: Pod["spec"] } {
  const tolerations: Toleration[] = [];
  if (random.next() < 0.4) tolerations.push({ key: "pool", operator: "Exists" });
  if (random.next() < 0.3) tolerations.push({ key: TAINT_KEY, operator: "Equal", value: "yes", effect: "NoSchedule" });
  if (random.next() < 0.2) tolerations.push({ key: TAINT_KEY, operator: "Exists", effect: "NoExecute", tolerationSeconds: 10 });
  const nodeSelector = pick<Record<string, string> | undefined>(random, [
    undefined,
    undefined,
    undefined,
    { agentpool: "second" },
    { tier: "web" },
  ]);
  const requests = { cpu: pick(random, ["50m", "300m", "1", "1700m"]), memory: pick(random, ["64Mi", "1Gi", "3Gi"]) };
  return {
    metadata: { labels: { app } },
    spec: {
      containers: [{ name: "main", image: pick(random, ["nginx:1.15", "busybox:1.31"]), resources: { requests } }],
      tolerations,
      ...(nodeSelector !== undefined && { nodeSelector }),
      terminationGracePeriodSeconds: pick(random, [0, 1, 30]),
      ...placement(random, app),
    },
  };
}

/** Applies a deployment: new, or with another template and number. */
const applyDeployment: KubeMove = async ({ world, random, intents, name, uid }) => {
  const app = pick(random, WORKLOADS);
  const replicas = random.int(9);
  const spec = { replicas, selector: { matchLabels: { app } }, template: template(random, app) };
  const object = { metadata: { name: app, namespace: NAMESPACE }, spec };
  const answer = await world.kube(uid, `apply ${app}`, async (client) => {
    try {
      await client.create(resources.deployments, object);
    } catch (error) {
      if (!isStatus(error, "AlreadyExists")) throw error;
      await client.patch(resources.deployments, object.metadata, { type: "merge", body: { spec } });
    }
  });
  if (answer.status === 200) intents.deployment(name, app, replicas);
  else if (answer.status === "lost") intents.deployments.delete(`${name}/${app}`);
  return told(`apply ${app} x${replicas} ${JSON.stringify(spec.template.spec)}`, answer);
};

const scaleDeployment: KubeMove = async ({ world, random, intents, name, uid }) => {
  const app = pick(random, WORKLOADS);
  const replicas = random.int(12);
  const answer = await world.kube(uid, `scale ${app}`, (client) =>
    client.patch(resources.deployments, { name: app, namespace: NAMESPACE }, { type: "merge", body: { spec: { replicas } } }),
  );
  if (answer.status === 200) intents.deployment(name, app, replicas);
  else if (answer.status === "lost") intents.deployments.delete(`${name}/${app}`);
  return told(`scale ${app} to ${replicas}`, answer);
};

const deleteDeployment: KubeMove = async ({ world, random, intents, name, uid }) => {
  const app = pick(random, WORKLOADS);
  const answer = await world.kube(uid, `delete ${app}`, (client) =>
    client.delete(resources.deployments, { name: app, namespace: NAMESPACE }),
  );
  if (answer.status === 200 || answer.status === "lost") intents.deployments.delete(`${name}/${app}`);
  return told(`delete deployment ${app}`, answer);
};

/** Applies a stateful set each of whose pods has a disk of its own, or takes it away and leaves the disks. */
const applyStatefulSet: KubeMove = async ({ world, random, uid }) => {
  const replicas = random.int(4);
  const { metadata, spec: pod } = template(random, "disk");
  const claim = { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } };
  const object: StatefulSet = {
    metadata: { name: "disk", namespace: NAMESPACE },
    spec: {
      replicas,
      serviceName: "disk",
      podManagementPolicy: pick(random, ["Parallel", "OrderedReady"] as const),
      selector: { matchLabels: metadata.labels },
      template: { metadata, spec: pod },
      volumeClaimTemplates: [{ metadata: { name: "data" }, spec: claim }],
    },
  };
  const answer = await world.kube(uid, "apply disk", async (client) => {
    await client.delete(resources.statefulSets, object.metadata).catch((error: unknown) => {
      if (!isStatus(error, "NotFound")) throw error;
    });
    if (replicas > 0) await client.create(resources.statefulSets, object);
  });
  return told(`apply disk x${replicas} ${JSON.stringify(pod)}`, answer);
};

/** Writes what the expander `priority` goes by: pools in some order, or nonsense. */
const setPriorities: KubeMove = async ({ world, random, uid }) => {
  const metadata = { name: "cluster-autoscaler-priority-expander", namespace: "kube-system" };
  const priorities = pick(random, ["10: [.*]", "10: [second]\n20: [third]", "10: [(]", "none"]);
  const answer = await world.kube(uid, "priorities", async (client) => {
    try {
      await client.create(resources.configMaps, { metadata, data: { priorities } });
    } catch (error) {
      if (!isStatus(error, "AlreadyExists")) throw error;
      await client.patch(resources.configMaps, metadata, { type: "merge", body: { data: { priorities } } });
    }
  });
  return told(`priorities ${JSON.stringify(priorities)}`, answer);
};

const setBudget: KubeMove = async ({ world, random, uid }) => {
  const app = pick(random, WORKLOADS);
  const limit = random.next() < 0.5 ? { minAvailable: random.int(5) } : { maxUnavailable: random.int(3) };
  const object = { metadata: { name: app, namespace: NAMESPACE }, spec: { selector: { matchLabels: { app } }, ...limit } };
  const answer = await world.kube(uid, `budget ${app}`, async (client) => {
    if (random.next() < 0.4) return client.delete(resources.podDisruptionBudgets, object.metadata);
    return client.create(resources.podDisruptionBudgets, object);
  });
  return told(`budget of ${app} ${JSON.stringify(limit)}`, answer);
};

function someNode({ world, random, uid }: KubeTable): string | undefined {
  const nodes = [...world.ledger.kube(uid).nodes.keys()];
  return nodes.length === 0 ? undefined : pick(random, nodes);
}

const cordon: KubeMove = async (table) => {
  const name = someNode(table);
  if (name === undefined) return "no node to cordon";
  const unschedulable = table.random.next() < 0.4 ? true : null;
  const answer = await table.world.kube(table.uid, "cordon", (client) =>
    client.patch(resources.nodes, { name }, { type: "merge", body: { spec: { unschedulable } } }),
  );
  return told(`${unschedulable === true ? "cordon" : "uncordon"} ${name}`, answer);
};

/** As `kubectl taint` does: reads, changes, and writes only what it has read. */
const taint: KubeMove = async (table) => {
  const name = someNode(table);
  if (name === undefined) return "no node to taint";
  const effect = pick(table.random, ["NoSchedule", "NoExecute", undefined] as const);
  const answer = await table.world.kube(table.uid, "taint", async (client) => {
    const node = await client.get(resources.nodes, { name });
    const others = (node.spec.taints ?? []).filter(({ key }) => key !== TAINT_KEY);
    const taints: Taint[] = effect === undefined ? others : [...others, { key: TAINT_KEY, value: "yes", effect }];
    const { resourceVersion } = node.metadata;
    return client.patch(resources.nodes, { name }, { type: "merge", body: { metadata: { resourceVersion }, spec: { taints } } });
  });
  return told(`taint ${name} ${effect ?? "no more"}`, answer);
};

function somePod({ world, random, uid }: KubeTable): Pod | undefined {
  const pods = [...world.ledger.kube(uid).pods.values()];
  return pods.length === 0 ? undefined : pick(random, pods);
}

function named({ metadata: { name, namespace } }: KubeObject): { name: string; namespace?: string } {
  return { name, ...(namespace !== undefined && { namespace }) };
}

const deletePod: KubeMove = async (table) => {
  const pod = somePod(table);
  if (pod === undefined) return "no pod to delete";
  const force = table.random.next() < 0.3;
  const answer = await table.world.kube(table.uid, "delete pod", (client) =>
    client.delete(resources.pods, named(pod), force ? { gracePeriodSeconds: 0 } : {}),
  );
  return told(`delete pod ${nameOf(pod)}${force ? " by force" : ""}`, answer);
};

/** As `kubectl drain` does, one round of it. */
const drain: KubeMove = async (table) => {
  const node = someNode(table);
  if (node === undefined) return "no node to drain";
  const pods = [...table.world.ledger.kube(table.uid).pods.values()].filter(
    ({ spec, metadata }) => spec.nodeName === node && metadata.ownerReferences?.some(({ kind }) => kind === "DaemonSet") !== true,
  );
  await table.world.kube(table.uid, "cordon", (client) =>
    client.patch(resources.nodes, { name: node }, { type: "merge", body: { spec: { unschedulable: true } } }),
  );
  const answers = await Promise.all(pods.map((pod) => table.world.kube(table.uid, "evict", (client) => client.evict(named(pod)))));
  return `drain ${node}: ${answers.map(({ status }) => status).join(" ")}`;
};

export const kubeMoves: readonly (readonly [number, KubeMove])[] = [
  [8, applyDeployment],
  [4, scaleDeployment],
  [2, deleteDeployment],
  [2, applyStatefulSet],
  [1, setPriorities],
  [4, setBudget],
  [4, cordon],
  [5, taint],
  [4, deletePod],
  [3, drain],
];
