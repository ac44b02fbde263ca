import { afterEach, expect, it } from "vitest";
import { resources } from "#api/kubernetes/resources";
import { startCluster, type TestCluster } from "../testing/cluster.ts";

let cluster: TestCluster;
afterEach(() => cluster.stop());

const RC = { name: "web", namespace: "default" };

it("replication controllers keep their pods, scale, adopt, and leave replica sets alone", async () => {
  cluster = await startCluster("1.30.0");
  cluster.runPods(["n1"]);
  await cluster.addNode("n1");
  const labels = { app: "web" };
  const orphan = { metadata: { name: "orphan", namespace: "default", labels }, spec: { containers: [{ name: "web", image: "nginx" }] } };
  await cluster.client.create(resources.pods, orphan);
  await cluster.client.create(resources.replicationControllers, {
    metadata: RC,
    spec: { replicas: 3, template: { metadata: { labels }, spec: { containers: [{ name: "web", image: "nginx" }] } } },
  });
  const status = async () => (await cluster.find(resources.replicationControllers, "web", "default"))?.status;
  await cluster.until(async () => (await status())?.availableReplicas === 3);
  expect(await status()).toEqual({
    replicas: 3,
    fullyLabeledReplicas: 3,
    readyReplicas: 3,
    availableReplicas: 3,
    observedGeneration: 1,
  });
  const pods = await cluster.list(resources.pods, "default");
  expect(pods.map(({ metadata }) => metadata.ownerReferences?.[0])).toEqual(
    Array.from({ length: 3 }, () =>
      expect.objectContaining({ apiVersion: "v1", kind: "ReplicationController", name: "web", controller: true }),
    ),
  );
  expect(pods.map(({ metadata }) => metadata.name)).toContain("orphan");
  expect((await cluster.events("web")).filter((text) => text.startsWith("SuccessfulCreate: Created pod: web-"))).toHaveLength(2);
  await cluster.client.patch(resources.replicationControllers, RC, { type: "merge", body: { spec: { replicas: 1 } } });
  await cluster.until(async () => (await cluster.list(resources.pods, "default")).length === 1);
  await cluster.until(async () => (await status())?.replicas === 1);
  await cluster.client.delete(resources.replicationControllers, RC, { propagationPolicy: "Background" });
  await cluster.until(async () => (await cluster.list(resources.pods, "default")).length === 0);
});
