import type { Endpoints } from "#api/kubernetes/core";
import { resources } from "#api/kubernetes/resources";
import { afterEach, describe, expect, it } from "vitest";
import { ENDPOINT_SLICES, type EndpointSlice } from "../endpoints/slices.ts";
import { startCluster, type TestCluster } from "../testing/cluster.ts";
import { isMirrored, planMirror } from "./mirror.ts";

const metadata = { name: "db", namespace: "default", uid: "u" };
const ports = [{ port: 80, protocol: "TCP" }];

describe("planMirror", () => {
  it("makes a slice of each subset and family, with what the Endpoints say of themselves", () => {
    const annotations = { note: "x", "kubectl.kubernetes.io/last-applied-configuration": "{}" };
    const subsets = [{ addresses: [{ ip: "10.1.2.3", hostname: "a" }, { ip: "fd00::1" }], notReadyAddresses: [{ ip: "10.1.2.4" }], ports }];
    const { create } = planMirror({ metadata: { ...metadata, labels: { app: "db" }, annotations }, subsets }, []);
    expect(create.map(({ addressType, endpoints }) => [addressType, endpoints])).toEqual([
      [
        "IPv4",
        [
          { addresses: ["10.1.2.3"], conditions: { ready: true }, hostname: "a" },
          { addresses: ["10.1.2.4"], conditions: { ready: false } },
        ],
      ],
      ["IPv6", [{ addresses: ["fd00::1"], conditions: { ready: true } }]],
    ]);
    expect(create[0]?.metadata).toMatchObject({
      generateName: "db-",
      annotations: { note: "x" },
      labels: {
        app: "db",
        "kubernetes.io/service-name": "db",
        "endpointslice.kubernetes.io/managed-by": "endpointslicemirroring-controller.k8s.io",
      },
      ownerReferences: [{ kind: "Endpoints", name: "db", controller: true }],
    });
    expect(create[0]?.metadata.annotations).toEqual({ note: "x" });
  });

  it.each([
    { labels: { "endpointslice.kubernetes.io/skip-mirror": "true" } },
    { annotations: { "control-plane.alpha.kubernetes.io/leader": "{}" } },
  ])("is not for $labels $annotations", (more) => expect(isMirrored({ metadata: { ...metadata, ...more } })).toBe(false));
});

describe("Endpoints of a service without a selector", () => {
  let cluster: TestCluster;
  afterEach(() => cluster.stop());

  it("are followed by a slice, which goes with them", async () => {
    cluster = await startCluster("1.30.0");
    const at = { name: "db", namespace: "default" };
    const mirrored = async (): Promise<EndpointSlice[]> =>
      (await cluster.list(ENDPOINT_SLICES, "default")).filter(({ metadata: { name } }) => name.startsWith("db-"));
    const shows = (...ips: string[]): Promise<void> =>
      cluster.until(
        async () =>
          JSON.stringify((await mirrored()).map(({ endpoints }) => endpoints?.map((each) => each.addresses[0]))) === JSON.stringify([ips]),
      );
    await cluster.client.create(resources.services, { metadata: at, spec: { ports: [{ port: 80 }] } });
    const endpoints: Endpoints = { metadata: at, subsets: [{ addresses: [{ ip: "10.1.2.3" }], ports }] };
    await cluster.client.create(resources.endpoints, endpoints);
    await shows("10.1.2.3");
    const subsets = [{ addresses: [{ ip: "10.2.3.4" }], ports }];
    await cluster.client.patch(resources.endpoints, at, { type: "merge", body: { subsets } });
    await shows("10.2.3.4");
    await cluster.client.delete(resources.endpoints, at);
    await cluster.until(async () => (await mirrored()).length === 0);
  });
});
