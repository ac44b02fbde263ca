import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { HorizontalPodAutoscaler, MetricSpec } from "#api/kubernetes/autoscaling";
import type { Pod } from "#api/kubernetes/core";
import { METRICS_API_SERVICE } from "#api/kubernetes/apiregistration";
import { resources } from "#api/kubernetes/resources";
import { findCondition, formatTime } from "#kube/apimachinery";
import { startCluster, type TestCluster } from "../testing/cluster.ts";

const CPU: MetricSpec = { type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 50 } } };

describe("the horizontal pod autoscaler", () => {
  let cluster: TestCluster;
  let stopKubelet: () => void;
  beforeEach(async () => {
    cluster = await startCluster("1.33.0");
    await cluster.addNode("n1");
    cluster.runPods(["n1"]);
    stopKubelet = reportContainers(cluster);
  });
  afterEach(async () => {
    stopKubelet();
    await cluster.stop();
  });

  async function serveMetrics(): Promise<void> {
    const spec = { group: "metrics.k8s.io", version: "v1beta1", groupPriorityMinimum: 100, versionPriority: 100 };
    await cluster.client.create(resources.apiServices, { metadata: { name: METRICS_API_SERVICE }, spec });
  }
  async function deploy(annotations: Record<string, string>, replicas = 1): Promise<void> {
    const labels = { app: "web" };
    const containers = [{ name: "web", image: "nginx", resources: { requests: { cpu: "200m" } } }];
    await cluster.client.create(resources.deployments, {
      metadata: { name: "web", namespace: "default" },
      spec: { replicas, selector: { matchLabels: labels }, template: { metadata: { labels, annotations }, spec: { containers } } },
    });
    await cluster.until(async () => (await running()).length === replicas);
  }
  const running = async (): Promise<readonly Pod[]> =>
    (await cluster.list(resources.pods, "default")).filter(({ status }) => status?.phase === "Running");
  async function autoscale(spec: Partial<HorizontalPodAutoscaler["spec"]> = {}): Promise<void> {
    const scaleTargetRef = { apiVersion: "apps/v1", kind: "Deployment", name: "web" };
    await cluster.client.create(resources.horizontalPodAutoscalers, {
      metadata: { name: "web", namespace: "default" },
      spec: { scaleTargetRef, minReplicas: 1, maxReplicas: 10, metrics: [CPU], ...spec },
    });
  }
  const autoscaler = async (): Promise<HorizontalPodAutoscaler> =>
    cluster.client.get(resources.horizontalPodAutoscalers, { name: "web", namespace: "default" });
  const condition = async (type: string): Promise<unknown> => findCondition((await autoscaler()).status?.conditions, type);
  /** In steps of the autoscaler's period, with the node alive; to look at once would take too many. */
  async function minutesUntil(condition: () => Promise<boolean>): Promise<void> {
    for (let period = 0; period < 240; period++) {
      if (await condition()) return;
      await cluster.heartbeat("n1");
      await cluster.pass(15_000);
    }
    throw new Error("the condition did not hold within an hour");
  }
  const replicas = async (): Promise<number | undefined> => (await cluster.find(resources.deployments, "web", "default"))?.spec.replicas;

  it("scales up by what pods use, and down again when they stop", async () => {
    await serveMetrics();
    await cluster.client.create(resources.configMaps, { metadata: { name: "load", namespace: "default" }, data: { cpu: "200m" } });
    await deploy({ "lido.dev/cpu": "configmap/load/cpu" });
    await autoscale();
    await minutesUntil(async () => (await replicas()) === 2);
    expect(await cluster.events("web")).toContain(
      "SuccessfulRescale: New size: 2; reason: cpu resource utilization (percentage of request) above target",
    );
    expect((await autoscaler()).status).toMatchObject({ currentReplicas: 1, desiredReplicas: 2, lastScaleTime: expect.any(String) });
    expect(await condition("AbleToScale")).toMatchObject({
      reason: "SucceededRescale",
      message: "the HPA controller was able to update the target scale to 2",
    });
    await minutesUntil(async () => (await replicas()) === 10);
    await minutesUntil(async () => findCondition((await autoscaler()).status?.conditions, "ScalingLimited")?.reason === "TooManyReplicas");
    await cluster.client.patch(
      resources.configMaps,
      { name: "load", namespace: "default" },
      { type: "merge", body: { data: { cpu: "20m" } } },
    );
    const idleMs = cluster.clock.now();
    await minutesUntil(async () => (await replicas()) !== 10);
    expect(await replicas()).toBe(2);
    expect(cluster.clock.now() - idleMs).toBeGreaterThan(285_000);
    expect(await cluster.events("web")).toContain("SuccessfulRescale: New size: 2; reason: All metrics below target");
  });

  it("says what keeps it from scaling", async () => {
    await deploy({});
    await autoscale();
    await cluster.until(async () => (await condition("ScalingActive")) !== undefined);
    const why =
      "failed to get cpu utilization: unable to get metrics for resource cpu: unable to fetch metrics from resource metrics API: the server could not find the requested resource (get pods.metrics.k8s.io)";
    expect(await condition("ScalingActive")).toMatchObject({
      status: "False",
      reason: "FailedGetResourceMetric",
      message: `the HPA was unable to compute the replica count: ${why}`,
    });
    expect(await cluster.events("web")).toEqual(
      expect.arrayContaining([
        `FailedGetResourceMetric: ${why}`,
        `FailedComputeMetricsReplicas: invalid metrics (1 invalid out of 1), first error is: failed to get cpu resource metric value: ${why}`,
      ]),
    );
    expect(await replicas()).toBe(1);
    await serveMetrics();
    await cluster.until(async () => ((await condition("ScalingActive")) as { status?: string })?.status === "True");
    expect(await condition("ScalingActive")).toMatchObject({ reason: "ValidMetricFound" });
  });

  it("keeps to its bounds without any metric", async () => {
    await deploy({}, 3);
    await autoscale({ minReplicas: 1, maxReplicas: 2 });
    await cluster.until(async () => (await replicas()) === 2);
    expect(await cluster.events("web")).toContain(
      "SuccessfulRescale: New size: 2; reason: Current number of replicas above Spec.MaxReplicas",
    );
  });

  it.each<{ name: string; ref: HorizontalPodAutoscaler["spec"]["scaleTargetRef"]; message: string }>([
    { name: "is not there", ref: { apiVersion: "apps/v1", kind: "Deployment", name: "no" }, message: 'deployments.apps "no" not found' },
    { name: "is of no kind", ref: { apiVersion: "x/v1", kind: "Thing", name: "a" }, message: 'no matches for kind "Thing" in group "x"' },
  ])("tells of a target that $name", async ({ ref, message }) => {
    await autoscale({ scaleTargetRef: ref });
    await cluster.until(async () => (await condition("AbleToScale")) !== undefined);
    expect(await condition("AbleToScale")).toMatchObject({
      status: "False",
      reason: "FailedGetScale",
      message: `the HPA controller was unable to get the target's current scale: ${message}`,
    });
  });

  it.each<{ metric: MetricSpec; reason: string }>([
    {
      metric: { type: "Pods", pods: { metric: { name: "hits" }, target: { type: "AverageValue", averageValue: "1" } } },
      reason: "FailedGetPodsMetric",
    },
    {
      metric: { type: "External", external: { metric: { name: "queue" }, target: { type: "AverageValue", averageValue: "1" } } },
      reason: "FailedGetExternalMetric",
    },
    {
      metric: {
        type: "ContainerResource",
        containerResource: { name: "cpu", container: "other", target: { type: "Utilization", averageUtilization: 5 } },
      },
      reason: "FailedGetContainerResourceMetric",
    },
  ])("fails on metrics that nobody has: $reason", async ({ metric, reason }) => {
    await serveMetrics();
    await deploy({});
    await cluster.pass(30_000);
    await autoscale({ metrics: [metric] });
    await cluster.until(async () => (await condition("ScalingActive")) !== undefined);
    expect(await condition("ScalingActive")).toMatchObject({ status: "False", reason });
    expect(await replicas()).toBe(1);
  });

  it("refuses to share its pods with another", async () => {
    await serveMetrics();
    await deploy({});
    const scaleTargetRef = { apiVersion: "apps/v1", kind: "Deployment", name: "web" };
    const metadata = { name: "other", namespace: "default" };
    await cluster.client.create(resources.horizontalPodAutoscalers, { metadata, spec: { scaleTargetRef, maxReplicas: 3 } });
    await autoscale();
    await minutesUntil(async () => ((await condition("ScalingActive")) as { reason?: string } | undefined)?.reason === "AmbiguousSelector");
    expect(await condition("ScalingActive")).toMatchObject({
      message: "pods by selector app=web are controlled by multiple HPAs: [default/other default/web]",
    });
    await cluster.client.delete(resources.horizontalPodAutoscalers, metadata);
    await minutesUntil(async () => ((await condition("ScalingActive")) as { status?: string } | undefined)?.status === "True");
  });

  it("leaves alone what is scaled to nothing", async () => {
    await deploy({}, 1);
    const name = { name: "web", namespace: "default" };
    await cluster.client.patch(resources.deployments, name, { type: "merge", body: { spec: { replicas: 0 } } });
    await autoscale();
    await cluster.until(async () => (await condition("ScalingActive")) !== undefined);
    expect(await condition("ScalingActive")).toMatchObject({ reason: "ScalingDisabled" });
  });
});

/** Says of running pods that their containers run. */
function reportContainers({ client, clock }: TestCluster): () => void {
  const report = async ({ metadata, spec, status }: Pod): Promise<void> => {
    if (status?.phase !== "Running" || status.containerStatuses !== undefined) return;
    const startedAt = formatTime(clock.now());
    const containerStatuses = spec.containers.map(({ name, image = "" }) => ({
      name,
      image,
      imageID: "",
      ready: true,
      restartCount: 0,
      state: { running: { startedAt } },
    }));
    const { name, namespace = "" } = metadata;
    const body = { status: { containerStatuses, startTime: startedAt } };
    await client.patch(resources.pods, { name, namespace }, { type: "merge", body }, { subresource: "status" }).catch(() => undefined);
  };
  const watch = client.watch(resources.pods, {}, { event: ({ object }) => void report(object), end: () => undefined });
  return () => watch.stop();
}
