import { afterEach, describe, expect, it } from "vitest";
import type { Service } from "#api/kubernetes/core";
import { resources } from "#api/kubernetes/resources";
import { startCluster, type TestCluster } from "../testing/cluster.ts";
import { addressFor, wantsLoadBalancer } from "./addresses.ts";

const INTERNAL = { "service.beta.kubernetes.io/azure-load-balancer-internal": "true" };

function serviceOf(
  name: string,
  { annotations, ...spec }: Partial<Service["spec"]> & { annotations?: Record<string, string> } = {},
): Service {
  return {
    metadata: { name, namespace: "default", ...(annotations && { annotations }) },
    spec: { type: "LoadBalancer", selector: { app: name }, ports: [{ port: 80, protocol: "TCP" }], ...spec },
  };
}

describe("addressFor", () => {
  const taken = new Set(["203.0.113.1", "10.240.255.254"]);
  it.each([
    ["the first that is free", serviceOf("a"), "203.0.113.2"],
    ["one inside", serviceOf("a", { annotations: INTERNAL }), "10.240.255.253"],
    ["the one it asks for", serviceOf("a", { loadBalancerIP: "10.240.0.25" }), "10.240.0.25"],
    [
      "the one its annotation asks for",
      serviceOf("a", { annotations: { "service.beta.kubernetes.io/azure-load-balancer-ipv4": "10.240.0.26" } }),
      "10.240.0.26",
    ],
    ["the one it has", { ...serviceOf("a"), status: { loadBalancer: { ingress: [{ ip: "192.0.2.9" }] } } }, "192.0.2.9"],
    [
      "another than it has when it moves inside",
      { ...serviceOf("a", { annotations: INTERNAL }), status: { loadBalancer: { ingress: [{ ip: "192.0.2.9" }] } } },
      "10.240.255.253",
    ],
  ])("is %s", (_, service, address) => {
    expect(addressFor(service, "10.240.0.4", taken)).toBe(address);
  });

  it("is none when all are taken", () => {
    const all = new Set(
      ["203.0.113", "198.51.100", "192.0.2"].flatMap((range) => Array.from({ length: 254 }, (_, index) => `${range}.${index + 1}`)),
    );
    expect(addressFor(serviceOf("a"), "10.240.0.4", all)).toBeUndefined();
  });

  it("is nobody's whose load balancer is of another class", () => {
    expect(wantsLoadBalancer(serviceOf("a", { loadBalancerClass: "example.com/own" }))).toBe(false);
  });
});

describe("services of type LoadBalancer", () => {
  let cluster: TestCluster;
  afterEach(() => cluster.stop());
  const read = (name: string): Promise<Service | undefined> => cluster.find(resources.services, name, "default");
  const addressed = async (name: string): Promise<boolean> => (await read(name))?.status?.loadBalancer?.ingress !== undefined;

  it("have addresses of their own, also after a restart", async () => {
    cluster = await startCluster("1.35.6");
    await cluster.addNode("n1");
    for (const name of ["a", "b"]) await cluster.client.create(resources.services, serviceOf(name));
    await cluster.until(async () => (await addressed("a")) && (await addressed("b")));
    await cluster.restartControllers();
    await cluster.client.create(resources.services, serviceOf("c"));
    await cluster.until(() => addressed("c"));
    const ips = await Promise.all(["a", "b", "c"].map(async (name) => (await read(name))?.status?.loadBalancer?.ingress));
    expect(ips.flat().map((ingress) => ingress?.ip)).toEqual(["203.0.113.1", "203.0.113.2", "203.0.113.3"]);
    expect(ips[0]).toEqual([{ ip: "203.0.113.1", ipMode: "VIP" }]);
    expect(await cluster.events("a")).toEqual([
      "EnsuringLoadBalancer: Ensuring load balancer",
      "EnsuredLoadBalancer: Ensured load balancer",
    ]);
  });

  it("give them back when they go or become another type", async () => {
    cluster = await startCluster("1.35.6");
    await cluster.addNode("n1");
    for (const name of ["a", "b"]) await cluster.client.create(resources.services, serviceOf(name));
    await cluster.until(async () => (await addressed("a")) && (await addressed("b")));
    await cluster.client.delete(resources.services, { name: "a", namespace: "default" });
    await cluster.until(async () => (await read("a")) === undefined);
    const b = await cluster.client.get(resources.services, { name: "b", namespace: "default" });
    await cluster.client.update(resources.services, { ...b, spec: { ...b.spec, type: "ClusterIP" } });
    await cluster.until(async () => !(await addressed("b")) && (await read("b"))?.metadata.finalizers === undefined);
    await cluster.client.create(resources.services, serviceOf("c"));
    await cluster.until(() => addressed("c"));
    expect((await read("c"))?.status?.loadBalancer?.ingress?.[0]?.ip).toBe("203.0.113.1");
  });

  it("have no finalizer before 1.16, and no mode", async () => {
    cluster = await startCluster("1.12.6");
    await cluster.client.create(resources.services, serviceOf("a"));
    await cluster.until(() => addressed("a"));
    const service = await read("a");
    expect(service?.metadata.finalizers).toBeUndefined();
    expect(service?.status?.loadBalancer?.ingress).toEqual([{ ip: "203.0.113.1" }]);
    expect(await cluster.events("a")).toContain("UnAvailableLoadBalancer: There are no available nodes for LoadBalancer");
  });
});
