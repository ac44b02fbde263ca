import { afterEach, expect, it } from "vitest";
import type { KubeObject, ResourceType } from "#api/kubernetes/meta";
import { resources } from "#api/kubernetes/resources";
import { ServedKinds } from "./served-kinds.ts";
import { startCluster, type TestCluster } from "./testing/cluster.ts";

let cluster: TestCluster | undefined;
afterEach(() => cluster?.stop());

const capacities: ResourceType = {
  group: "storage.k8s.io",
  version: "v1",
  resource: "csistoragecapacities",
  kind: "CSIStorageCapacity",
  namespaced: true,
};
const owner = { apiVersion: "v1", kind: "ConfigMap", name: "owner" };

const capacity = (name: string, namespace: string, uid?: string): KubeObject =>
  ({
    metadata: { name, namespace, ...(uid !== undefined && { ownerReferences: [{ ...owner, uid }] }) },
    storageClassName: "fast",
  }) as KubeObject;

it("kinds that an upgrade brings are counted, collected and emptied at once", async () => {
  const started = await startCluster("1.23.0");
  cluster = started;
  const { client } = started;
  const { metadata } = await client.create(resources.configMaps, { metadata: { name: "owner", namespace: "default" } });
  await client.create(resources.namespaces, { metadata: { name: "one" } });
  started.upgrade("1.24.0");

  const hard = { "count/csistoragecapacities.storage.k8s.io": "5" };
  await client.create(resources.resourceQuotas, { metadata: { name: "q", namespace: "default" }, spec: { hard } });
  await client.create(capacities, capacity("owned", "default", metadata.uid));
  await client.create(capacities, capacity("free", "default"));
  await client.create(capacities, capacity("there", "one"));
  const used = async (): Promise<string | undefined> =>
    (await client.get(resources.resourceQuotas, { name: "q", namespace: "default" })).status?.used?.[Object.keys(hard)[0] ?? ""];
  await started.until(async () => (await used()) === "2");

  await client.delete(resources.configMaps, { name: "owner", namespace: "default" }, { propagationPolicy: "Background" });
  await started.until(async () => (await started.find(capacities, "owned", "default")) === undefined);
  await started.until(async () => (await used()) === "1");

  await client.delete(resources.namespaces, { name: "one" }, {});
  await started.until(async () => (await started.find(resources.namespaces, "one")) === undefined);
  expect((await started.list(capacities)).map(({ metadata: { name } }) => name)).toEqual(["free"]);
});

it("kinds that come and go are told once, to those who still listen", () => {
  const type = (resource: string): ResourceType => ({ group: "", version: "v1", resource, kind: resource, namespaced: true });
  const served = new ServedKinds([type("a"), type("b")]);
  const told: string[] = [];
  const stop = served.subscribe(({ added, removed }) => {
    told.push(`+${added.map(({ resource }) => resource).join()} -${removed.map(({ resource }) => resource).join()}`);
  });
  served.set([type("b"), type("a")]);
  served.set([type("b"), type("c")]);
  expect(served.all.map(({ resource }) => resource)).toEqual(["b", "c"]);
  stop();
  served.set([]);
  expect(told).toEqual(["+c -a"]);
});
