import type { KubeObject, ResourceType } from "#api/kubernetes/meta";
import { resources } from "#api/kubernetes/resources";
import { afterEach, expect, it } from "vitest";
import { definitionType } from "./custom-types.ts";
import { startCluster, type TestCluster } from "./testing/cluster.ts";

let cluster: TestCluster;
afterEach(() => cluster.stop());

const widgetType: ResourceType = { group: "example.com", version: "v1", resource: "widgets", kind: "Widget", namespaced: true };

async function define(): Promise<void> {
  const schema = { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } };
  const spec = {
    group: "example.com",
    scope: "Namespaced",
    names: { plural: "widgets", kind: "Widget" },
    versions: [{ name: "v1", served: true, storage: true, schema }],
  };
  await cluster.client.create(definitionType, { metadata: { name: "widgets.example.com" }, spec } as KubeObject);
  await cluster.until(async () => (await widgets()) !== undefined);
}

async function widgets(): Promise<readonly KubeObject[] | undefined> {
  try {
    return await cluster.list(widgetType, "one");
  } catch {
    return undefined;
  }
}

it("custom objects are collected with their owners, and go with their namespace", async () => {
  cluster = await startCluster("1.35.0");
  await cluster.client.create(resources.namespaces, { metadata: { name: "one" } });
  await define();
  const owner = await cluster.client.create(widgetType, { metadata: { name: "owner", namespace: "one" } });
  const reference = { apiVersion: "example.com/v1", kind: "Widget", name: "owner", uid: owner.metadata.uid ?? "" };
  await cluster.client.create(resources.configMaps, { metadata: { name: "owned", namespace: "one", ownerReferences: [reference] } });
  await cluster.client.create(widgetType, { metadata: { name: "stays", namespace: "one" } });
  await cluster.pass(1000);
  expect(await cluster.find(resources.configMaps, "owned", "one")).toBeDefined();

  await cluster.client.delete(widgetType, { name: "owner", namespace: "one" }, { propagationPolicy: "Background" });
  await cluster.until(async () => (await cluster.find(resources.configMaps, "owned", "one")) === undefined);
  expect((await widgets())?.map(({ metadata }) => metadata.name)).toEqual(["stays"]);

  await cluster.client.delete(resources.namespaces, { name: "one" }, {});
  await cluster.until(async () => (await cluster.find(resources.namespaces, "one")) === undefined);
  expect(await widgets()).toEqual([]);
  await cluster.client.delete(definitionType, { name: "widgets.example.com" }, {});
  await cluster.until(async () => (await widgets()) === undefined);
});
