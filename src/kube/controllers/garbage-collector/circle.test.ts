import type { OwnerReference } from "#api/kubernetes/meta";
import { resources } from "#api/kubernetes/resources";
import { afterEach, describe, expect, it } from "vitest";
import { startCluster, type TestCluster } from "../testing/cluster.ts";

describe("objects that own each other in a circle", () => {
  let cluster: TestCluster;
  afterEach(() => cluster.stop());

  it("all go when one is deleted in the foreground", async () => {
    cluster = await startCluster("1.30.0");
    const names = ["a", "b", "c"];
    const at = (name: string): { name: string; namespace: string } => ({ name, namespace: "default" });
    const made = await Promise.all(names.map((name) => cluster.client.create(resources.configMaps, { metadata: at(name) })));
    for (const [index, name] of names.entries()) {
      const { metadata } = made[(index + 2) % 3] ?? { metadata: at(name) };
      const owner: OwnerReference = {
        apiVersion: "v1",
        kind: "ConfigMap",
        name: metadata.name,
        uid: "uid" in metadata ? (metadata.uid ?? "") : "",
      };
      const body = { metadata: { ownerReferences: [{ ...owner, controller: true, blockOwnerDeletion: true }] } };
      await cluster.client.patch(resources.configMaps, at(name), { type: "merge", body });
    }
    await cluster.client.delete(resources.configMaps, at("a"), { propagationPolicy: "Foreground" });
    const left = async (): Promise<string[]> =>
      (await cluster.list(resources.configMaps, "default")).map(({ metadata }) => metadata.name).filter((name) => names.includes(name));
    await cluster.until(async () => (await left()).length === 0);
    expect(await left()).toEqual([]);
  });
});
