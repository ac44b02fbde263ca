import { expect, it } from "vitest";
import type { Node } from "#api/kubernetes/core";
import { resources } from "#api/kubernetes/resources";
import { builtInKinds, createApiServer } from "#kube/apiserver";
import { createKubeClient } from "#kube/client";
import { seededRandom, silentLogger, VirtualClock } from "#lib";
import { openMemoryStore } from "#store";
import { createCloudControllers } from "./cloud.ts";

const node = (name: string, podCIDR?: string): Node => ({
  metadata: { name, labels: name === "foreign" ? {} : { own: "yes" } },
  spec: podCIDR === undefined ? {} : { podCIDR, podCIDRs: [podCIDR] },
});

it("gives blocks of addresses to its own nodes that nobody else gives any, and none that is taken", async () => {
  const clock = new VirtualClock();
  const shared = { clock, log: silentLogger };
  const server = createApiServer({
    ...shared,
    random: seededRandom(1),
    store: openMemoryStore(),
    keyPrefix: "/kubernetes/test/",
    kinds: builtInKinds,
    version: "1.35.4",
    serviceCidr: "10.0.0.0/16",
    credentials: { caCertificatePem: "none", tokens: () => undefined },
  });
  await server.start();
  const client = createKubeClient(server.transport({ name: "test", groups: ["system:masters"] }));
  await client.create(resources.nodes, node("foreign", "10.244.0.0/24"));
  await client.create(resources.nodes, node("patient"));
  const isOwn = ({ metadata }: Node): boolean => metadata.labels?.["own"] === "yes";
  const controllers = createCloudControllers({ ...shared, client, version: () => "1.35.4", podCidr: "10.244.0.0/16", isOwn });
  await controllers.start();
  const blockOf = async (name: string): Promise<string | undefined> => (await client.get(resources.nodes, { name })).spec.podCIDR;

  await clock.advance(1500);
  expect(await blockOf("patient")).toBeUndefined();
  // Somebody else is quicker.
  await client.create(resources.nodes, node("served"));
  await client.patch(resources.nodes, { name: "served" }, { type: "merge", body: { spec: { podCIDR: "10.244.1.0/24" } } });
  await clock.advance(1000);
  expect(await blockOf("patient")).toBe("10.244.2.0/24");
  await client.create(resources.nodes, { ...node("foreign"), metadata: { name: "bare" } });
  await clock.advance(10_000);
  expect([await blockOf("served"), await blockOf("bare")]).toEqual(["10.244.1.0/24", undefined]);
  await controllers.stop();
  await server.stop();
});
