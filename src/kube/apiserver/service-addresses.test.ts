import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { KubeObject } from "#api/kubernetes/meta";
import type { IpAddress, ServiceCidr } from "./registry/networking/service-addresses.ts";
import { namesOf, podOf, pods, startCluster, type TestCluster } from "./testing/cluster.ts";

const GROUP = "/apis/networking.k8s.io/v1";
const SERVICES = "/api/v1/namespaces/default/services";

let cluster: TestCluster;
beforeEach(async () => {
  cluster = await startCluster({ version: "1.35.4" });
});
afterEach(() => cluster.api.stop());

const service = (name: string, clusterIP?: string): object => ({
  metadata: { name },
  spec: { ports: [{ port: 80 }], ...(clusterIP !== undefined && { clusterIP }) },
});
const settle = (): Promise<void> => cluster.clock.advance(1);
const addresses = async (): Promise<string[]> => namesOf(await cluster.list(`${GROUP}/ipaddresses`));
const readyOf = async (name: string): Promise<unknown> => {
  const { status } = await cluster.call<ServiceCidr>("GET", `${GROUP}/servicecidrs/${name}`);
  return status?.conditions?.map(({ type, status: is, reason }) => [type, is, reason]);
};

describe("addresses of services", () => {
  it("are objects, as long as the services have them", async () => {
    await cluster.call("POST", SERVICES, service("web", "10.0.0.7"));
    await settle();
    const found = await cluster.call<IpAddress>("GET", `${GROUP}/ipaddresses/10.0.0.7`);
    expect(found.spec).toEqual({ parentRef: { resource: "services", namespace: "default", name: "web" } });
    await cluster.call("DELETE", `${GROUP}/ipaddresses/10.0.0.7`);
    await settle();
    expect(await addresses()).toEqual(["10.0.0.1", "10.0.0.7"]);
    await cluster.call("DELETE", `${SERVICES}/web`);
    await settle();
    expect(await addresses()).toEqual(["10.0.0.1"]);
  });

  it("are not given to two", async () => {
    const body = { metadata: { name: "10.0.0.7" }, spec: { parentRef: { group: "a.io", resource: "gateways", name: "g" } } };
    await cluster.call("POST", `${GROUP}/ipaddresses`, body);
    expect((await cluster.refusal("POST", SERVICES, service("web", "10.0.0.7"))).message).toContain("provided IP is already allocated");
  });

  it("are made for the services of an older release when it is upgraded", async () => {
    const older = await startCluster({ version: "1.32.1" });
    expect((await older.refusal("GET", `${GROUP}/ipaddresses`)).code).toBe(404);
    older.api.setVersion("1.33.0");
    await older.clock.advance(1);
    expect(namesOf(await older.list(`${GROUP}/ipaddresses`))).toEqual(["10.0.0.1"]);
    await older.api.stop();
  });
});

// Source: a control plane of 1.35.4, asked the same.
describe("a further range", () => {
  const range = { metadata: { name: "extra" }, spec: { cidrs: ["10.9.0.0/24"] } };

  it("gives services its addresses once it is ready, and goes when they have gone", async () => {
    const mismatch = "the provided network does not match the current range";
    expect((await cluster.refusal("POST", SERVICES, service("web", "10.9.0.5"))).message).toContain(mismatch);
    await cluster.call("POST", `${GROUP}/servicecidrs`, range);
    await settle();
    expect(await readyOf("extra")).toEqual([["Ready", "True", ""]]);
    await cluster.call("POST", SERVICES, service("web", "10.9.0.5"));
    await settle();
    await cluster.call("DELETE", `${GROUP}/servicecidrs/extra`);
    await settle();
    expect(await readyOf("extra")).toEqual([["Ready", "False", "Terminating"]]);
    expect((await cluster.refusal("POST", SERVICES, service("more", "10.9.0.6"))).message).toContain(mismatch);
    await cluster.call("DELETE", `${SERVICES}/web`);
    await settle();
    expect(namesOf(await cluster.list(`${GROUP}/servicecidrs`))).toEqual(["kubernetes"]);
  });

  it("takes a second family and no other change", async () => {
    const made = await cluster.call<ServiceCidr>("POST", `${GROUP}/servicecidrs`, range);
    await settle();
    const put = (cidrs: string[]) => ["PUT", `${GROUP}/servicecidrs/extra`, { metadata: { name: "extra" }, spec: { cidrs } }] as const;
    expect((await cluster.refusal(...put(["10.9.1.0/24"]))).message).toContain(
      'spec.cidrs[0]: Invalid value: "10.9.1.0/24": field is immutable',
    );
    expect((await cluster.call<KubeObject>(...put(["10.9.0.0/24", "2001:db8::/64"]))).metadata.uid).toBe(made.metadata.uid);
  });
});

it("a Binding in its own right binds the pod that it names", async () => {
  await cluster.call("POST", pods(), podOf("web"));
  const bind = (name?: string) =>
    ["POST", "/api/v1/namespaces/default/bindings", { metadata: { name }, target: { kind: "Node", name: "n1" } }] as const;
  expect((await cluster.refusal(...bind())).message).toBe("Name parameter required.");
  expect(await cluster.call(...bind("web"))).toMatchObject({ kind: "Status", status: "Success", code: 201 });
  expect(await cluster.call("GET", pods("web"))).toMatchObject({ spec: { nodeName: "n1" } });
  expect((await cluster.refusal(...bind("web"))).message).toContain('pod web is already assigned to node "n1"');
  expect((await cluster.refusal("GET", "/api/v1/namespaces/default/bindings")).code).toBe(405);
});

it("says how the parts of the control plane are", async () => {
  const list = await cluster.list("/api/v1/componentstatuses");
  expect(list.items.map(({ metadata }) => metadata.name)).toEqual(["controller-manager", "scheduler", "etcd-0"]);
  expect(await cluster.call("GET", "/api/v1/componentstatuses/etcd-0")).toMatchObject({
    conditions: [{ type: "Healthy", status: "True" }],
  });
  expect((await cluster.refusal("GET", "/api/v1/componentstatuses/nope")).message).toBe('componentstatus "nope" not found');
});
