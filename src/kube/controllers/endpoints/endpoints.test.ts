import type { Pod, Service } from "#api/kubernetes/core";
import { describe, expect, it } from "vitest";
import { subsetsOf } from "./addresses.ts";
import { type EndpointSlice, MAX_ENDPOINTS_PER_SLICE, planSlices } from "./slices.ts";

function service(spec: Partial<Service["spec"]> = {}): Service {
  return {
    metadata: { name: "web", namespace: "default", uid: "svc", labels: { app: "web" } },
    spec: { selector: { app: "web" }, ports: [{ name: "http", port: 80, targetPort: "web" }], ...spec },
  };
}

interface Sketch {
  readonly ip?: string | undefined;
  readonly ready?: boolean;
  readonly phase?: "Running" | "Succeeded";
  readonly leaving?: boolean;
  readonly port?: number;
}

function pod(name: string, sketch: Sketch = {}): Pod {
  const { ip = `10.0.0.${name.slice(1)}`, ready = true, phase = "Running", leaving = false, port = 8080 } = sketch;
  return {
    metadata: { name, namespace: "default", uid: name, ...(leaving && { deletionTimestamp: "2024-01-01T00:00:00Z" }) },
    spec: { nodeName: "n1", containers: [{ name: "c", ports: [{ name: "web", containerPort: port }] }] },
    status: {
      phase,
      ...("ip" in sketch && sketch.ip === undefined ? {} : { podIP: ip }),
      conditions: [{ type: "Ready", status: ready ? "True" : "False" }],
    },
  };
}

describe("subsetsOf", () => {
  const ips = (of: Service, pods: Pod[]): unknown[] =>
    subsetsOf(of, pods).map((subset) => [
      subset.addresses?.map(({ ip }) => ip) ?? [],
      subset.notReadyAddresses?.map(({ ip }) => ip) ?? [],
      subset.ports?.map(({ port }) => port) ?? [],
    ]);

  it.each<{ name: string; of?: Service; pods: Pod[]; want: unknown[] }>([
    {
      name: "ready and other pods apart, by address",
      pods: [pod("p2"), pod("p1"), pod("p3", { ready: false })],
      want: [[["10.0.0.1", "10.0.0.2"], ["10.0.0.3"], [8080]]],
    },
    {
      name: "pods without an address or that have ended are left out",
      pods: [pod("p1", { ip: undefined }), pod("p2", { phase: "Succeeded" })],
      want: [],
    },
    { name: "a pod that is being deleted is not ready", pods: [pod("p1", { leaving: true })], want: [[[], ["10.0.0.1"], [8080]]] },
    {
      name: "a service that publishes all takes them for ready",
      of: service({ publishNotReadyAddresses: true }),
      pods: [pod("p1", { ready: false })],
      want: [[["10.0.0.1"], [], [8080]]],
    },
    {
      name: "pods with other ports go into another subset",
      pods: [pod("p1"), pod("p2", { port: 9090 })],
      want: [
        [["10.0.0.1"], [], [8080]],
        [["10.0.0.2"], [], [9090]],
      ],
    },
    {
      name: "a port that no container names leaves the pod out",
      of: service({ ports: [{ port: 80, targetPort: "nope" }] }),
      pods: [pod("p1")],
      want: [],
    },
    {
      name: "without a target the service's own port",
      of: service({ ports: [{ port: 80 }] }),
      pods: [pod("p1")],
      want: [[["10.0.0.1"], [], [80]]],
    },
    {
      name: "a headless service may have no ports",
      of: service({ clusterIP: "None", ports: [] }),
      pods: [pod("p1")],
      want: [[["10.0.0.1"], [], []]],
    },
  ])("$name", ({ of = service(), pods, want }) => expect(ips(of, pods)).toEqual(want));
});

describe("planSlices", () => {
  const plan = (pods: Pod[], slices: EndpointSlice[] = []): ReturnType<typeof planSlices> =>
    planSlices({
      service: service(),
      pods,
      slices,
      node: () => ({ metadata: { name: "n1", labels: { "topology.kubernetes.io/zone": "eastus-1" } }, spec: {} }),
    });
  const stored = (slices: readonly EndpointSlice[]): EndpointSlice[] =>
    slices.map((slice, index) => ({ ...slice, metadata: { ...slice.metadata, name: `web-${index}` } }));

  it("keeps one empty slice for a service without pods", () => {
    expect(plan([]).create).toMatchObject([
      {
        endpoints: [],
        ports: [],
        addressType: "IPv4",
        metadata: { generateName: "web-", labels: { app: "web", "kubernetes.io/service-name": "web" } },
      },
    ]);
  });

  it("tells node, zone and conditions", () => {
    expect(plan([pod("p1", { leaving: true })]).create[0]?.endpoints).toEqual([
      {
        addresses: ["10.0.0.1"],
        conditions: { ready: false, serving: true, terminating: true },
        nodeName: "n1",
        zone: "eastus-1",
        targetRef: { kind: "Pod", namespace: "default", name: "p1", uid: "p1" },
      },
    ]);
  });

  it("fills slices up to their limit", () => {
    const many = Array.from({ length: 250 }, (_, index) => pod(`p${index}`));
    expect(plan(many).create.map(({ endpoints }) => endpoints?.length)).toEqual([MAX_ENDPOINTS_PER_SLICE, MAX_ENDPOINTS_PER_SLICE, 50]);
  });

  it("writes nothing when nothing changed, and only what changed otherwise", () => {
    const slices = stored(plan([pod("p1"), pod("p2")]).create);
    expect(plan([pod("p2"), pod("p1")], slices)).toEqual({ create: [], update: [], delete: [] });
    const fewer = plan([pod("p1")], slices);
    expect(fewer.update.map(({ metadata, endpoints }) => [metadata.name, endpoints?.length])).toEqual([["web-0", 1]]);
    expect([...fewer.create, ...fewer.delete]).toEqual([]);
  });

  it("deletes slices that are too many", () => {
    const slices = stored(plan(Array.from({ length: 150 }, (_, index) => pod(`p${index}`))).create);
    const fewer = plan([pod("p1")], slices);
    expect([fewer.create.length, fewer.update.length, fewer.delete.length]).toEqual([0, 1, 1]);
  });
});
