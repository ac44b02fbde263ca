import { afterEach, beforeEach, expect, it } from "vitest";
import type { Pod } from "#api/kubernetes/core";
import type { ResourceQuota } from "#api/kubernetes/limits";
import { resources } from "#api/kubernetes/resources";
import { startCluster, type TestCluster } from "../testing/cluster.ts";
import { kindsOf, statusOf } from "./usage.ts";

it("knows what a quota counts", () => {
  const hard = {
    pods: "1",
    "limits.cpu": "1",
    "services.nodeports": "1",
    "gold.storageclass.storage.k8s.io/requests.storage": "1Gi",
    "count/deployments.apps": "1",
    secrets: "1",
  };
  expect([...kindsOf({ metadata: { name: "q" }, spec: { hard } })]).toEqual([
    "/pods",
    "/services",
    "/persistentvolumeclaims",
    "apps/deployments",
    "/secrets",
  ]);
});

it("adds up what runs, and counts ended pods as objects only", () => {
  const pod = (cpu: string, phase: "Running" | "Succeeded"): Pod => ({
    metadata: { name: "a", namespace: "default" },
    spec: { containers: [{ name: "c", resources: { requests: { cpu }, limits: { memory: "512Mi" } } }] },
    status: { phase },
  });
  const quota: ResourceQuota = {
    metadata: { name: "q" },
    spec: { hard: { "requests.cpu": "4", "limits.memory": "4Gi", pods: "9", "count/pods": "9" } },
  };
  const counted = [
    { of: { group: "", resource: "pods" }, objects: [pod("1500m", "Running"), pod("500m", "Running"), pod("1", "Succeeded")] },
  ];
  expect(statusOf(quota, counted, 0).used).toEqual({ "requests.cpu": "2", "limits.memory": "1Gi", pods: "2", "count/pods": "3" });
});

let cluster: TestCluster;
beforeEach(async () => {
  cluster = await startCluster("1.33.0");
});
afterEach(() => cluster.stop());

it("follows what is there when a quota is made, and what goes", async () => {
  const spec = { containers: [{ name: "web", image: "nginx" }] };
  const pod = (name: string): Promise<Pod> => cluster.client.create(resources.pods, { metadata: { name, namespace: "default" }, spec });
  await pod("before");
  await cluster.client.create(resources.resourceQuotas, { metadata: { name: "q", namespace: "default" }, spec: { hard: { pods: "2" } } });
  const used = async (): Promise<string | undefined> =>
    (await cluster.client.get(resources.resourceQuotas, { name: "q", namespace: "default" })).status?.used?.["pods"];
  await cluster.until(async () => (await used()) === "1");
  await pod("after");
  expect(await used()).toBe("2");
  await expect(pod("more")).rejects.toThrow(
    'pods "more" is forbidden: exceeded quota: q, requested: pods=1, used: pods=2, limited: pods=2',
  );
  await cluster.client.delete(resources.pods, { name: "before", namespace: "default" });
  await cluster.until(async () => (await used()) === "1");
  await pod("more");
});
