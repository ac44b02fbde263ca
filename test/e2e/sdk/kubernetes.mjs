// A user's program with Kubernetes' client for JavaScript: informers, patches and a drain by hand. KUBECONFIG says where.
import {
  AppsV1Api,
  CoreV1Api,
  CustomObjectsApi,
  KubeConfig,
  makeInformer,
  PatchStrategy,
  PolicyV1Api,
  setHeaderOptions,
  Watch,
} from "@kubernetes/client-node";
import { setTimeout as sleep } from "node:timers/promises";
import { telling } from "./tell.mjs";

const config = new KubeConfig();
config.loadFromDefault();
const [core, apps, policy, custom] = [CoreV1Api, AppsV1Api, PolicyV1Api, CustomObjectsApi].map((api) => config.makeApiClient(api));
const namespace = "default";
const labels = { app: "js" };

async function until(what, holds) {
  for (let look = 0; look < 600; look++) {
    if (await holds()) return;
    await sleep(50);
  }
  throw new Error(`not in time: ${what}`);
}

async function refusal(promise) {
  try {
    await promise;
    return "no refusal";
  } catch (error) {
    const { code, reason, message } = JSON.parse(error.body);
    return { code, reason, message };
  }
}

async function nodes(tell) {
  const listed = await core.listNode({ labelSelector: "agentpool=second" });
  tell(
    "nodes",
    listed.items.map(({ metadata }) => metadata.labels.agentpool),
  );
}

/** Pods as an informer sees them, and how often it was told of what. */
async function observedPods() {
  const seen = { add: 0, update: 0, delete: 0 };
  const informer = makeInformer(config, `/api/v1/namespaces/${namespace}/pods`, () => core.listNamespacedPod({ namespace }));
  for (const event of Object.keys(seen)) informer.on(event, () => seen[event]++);
  await informer.start();
  return { informer, seen };
}

async function deploy(tell, informer) {
  await apps.createNamespacedDeployment({
    namespace,
    body: {
      metadata: { name: "js" },
      spec: {
        replicas: 2,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [{ name: "c", image: "nginx" }] } },
      },
    },
  });
  await until("two pods run", () => informer.list().filter(({ status }) => status.phase === "Running").length === 2);
  tell(
    "informer's pods",
    informer.list().map(({ metadata }) => metadata.labels.app),
  );
}

async function scale(tell, informer) {
  const options = setHeaderOptions("Content-Type", PatchStrategy.StrategicMergePatch);
  const patched = await apps.patchNamespacedDeployment({ name: "js", namespace, body: { spec: { replicas: 3 } } }, options);
  tell("replicas", patched.spec.replicas);
  const read = await apps.readNamespacedDeploymentScale({ name: "js", namespace });
  tell("scale", read.spec.replicas);
  await until("three pods run", () => informer.list().filter(({ status }) => status.phase === "Running").length === 3);
}

async function evict(tell, informer) {
  const [pod] = informer.list();
  await policy.createNamespacedPodDisruptionBudget({
    namespace,
    body: { metadata: { name: "js" }, spec: { minAvailable: 3, selector: { matchLabels: labels } } },
  });
  await until("the budget is known", async () => {
    const budget = await policy.readNamespacedPodDisruptionBudget({ name: "js", namespace });
    return budget.status?.expectedPods === 3;
  });
  const eviction = { metadata: { name: pod.metadata.name, namespace } };
  tell("eviction", await refusal(core.createNamespacedPodEviction({ name: pod.metadata.name, namespace, body: eviction })));
  tell("missing", await refusal(core.readNode({ name: "nope" })));
}

async function watchNodes(tell) {
  const changes = [];
  const watch = new Watch(config);
  const request = await watch.watch(
    "/api/v1/nodes",
    { labelSelector: "agentpool=second" },
    (type) => changes.push(type),
    () => undefined,
  );
  await until("the watch shows what is there", () => changes.length === 2);
  request.abort();
  tell("watched", changes);
}

async function end(tell, { informer, seen }) {
  const metrics = await custom.listClusterCustomObject({ group: "apps", version: "v1", plural: "deployments" });
  tell(
    "as custom objects",
    metrics.items.some(({ metadata }) => metadata.name === "js"),
  );

  await apps.deleteNamespacedDeployment({ name: "js", namespace });
  await until("the informer has forgotten the pods", () => informer.list().length === 0);
  tell("events", { added: seen.add >= 3, updated: seen.update > 0, deleted: seen.delete });
  await informer.stop();
}

await telling(async (tell) => {
  await nodes(tell);
  const observed = await observedPods();
  await deploy(tell, observed.informer);
  await scale(tell, observed.informer);
  await evict(tell, observed.informer);
  await watchNodes(tell);
  await end(tell, observed);
});
process.exit(0);
