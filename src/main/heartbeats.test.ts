import { beforeEach, describe, expect, it } from "vitest";
import type { NodeBootstrap, SpokenHeartbeats } from "#api/kubelet";
import { resources } from "#api/kubernetes/resources";
import { builtInKinds, createApiServer } from "#kube/apiserver";
import { createKubeClient, type KubeClient } from "#kube/client";
import { createControllers } from "#kube/controllers";
import { createKubelets, type Kubelets } from "#kube/kubelet";
import { seededRandom, silentLogger, VirtualClock } from "#lib";
import { openMemoryStore } from "#store";
import { createHeartbeats } from "./heartbeats.ts";

const NODE = "aks-nodepool1-28993262-vmss000000";
const MINUTE_MS = 60_000;

describe("heartbeats by word of mouth", () => {
  let clock: VirtualClock;
  let client: KubeClient;
  let kubelets: Kubelets;
  let heartbeats: SpokenHeartbeats;
  let movesToMs: number;

  beforeEach(async () => {
    clock = new VirtualClock();
    movesToMs = 0;
    heartbeats = createHeartbeats(() => movesToMs);
    const shared = { clock, random: seededRandom(1), log: silentLogger };
    const apiServer = createApiServer({
      ...shared,
      store: openMemoryStore(),
      keyPrefix: "/kubernetes/test/",
      kinds: builtInKinds,
      version: "1.34.8",
      serviceCidr: "10.0.0.0/16",
      credentials: { caCertificatePem: "", tokens: () => undefined },
    });
    await apiServer.start();
    client = createKubeClient(apiServer.transport({ name: "test", groups: ["system:masters"] }));
    kubelets = createKubelets({ ...shared, client, pace: (ms) => ms, heartbeats });
    await createControllers({ ...shared, client, heartbeats, version: () => "1.34.8", podCidr: "10.244.0.0/16", rootCaPem: "" }).start();
    kubelets.start(BOOTSTRAP);
    await clock.advance(MINUTE_MS);
  });

  const ready = async (): Promise<string | undefined> =>
    (await client.get(resources.nodes, { name: NODE })).status?.conditions?.find(({ type }) => type === "Ready")?.status;
  const renewals = async (during: () => Promise<void>): Promise<readonly string[]> => {
    const seen = new Set<string>();
    const watch = client.watch(
      resources.leases,
      { namespace: "kube-node-lease" },
      { event: ({ object }) => void seen.add(object.spec.renewTime ?? ""), end: () => undefined },
    );
    await during();
    watch.stop();
    return [...seen];
  };

  it("take the place of leases while time is moved on, but for the last", async () => {
    const ordinary = await renewals(() => clock.advance(10 * MINUTE_MS));
    expect(ordinary.length).toBeGreaterThanOrEqual(60);
    movesToMs = clock.now() + 10 * MINUTE_MS;
    const moved = await renewals(() => clock.advance(10 * MINUTE_MS));
    expect(moved.length).toBeLessThanOrEqual(3);
    expect(movesToMs - Date.parse(moved.at(-1) ?? "")).toBeLessThanOrEqual(10_000);
    expect(await ready()).toBe("True");
  });

  it("end with the machine: the node is silent when its last one is as old as its grace", async () => {
    movesToMs = clock.now() + 60 * MINUTE_MS;
    await clock.advance(10 * MINUTE_MS + 5000);
    kubelets.stop(NODE);
    await clock.advance(30_000);
    expect(await ready()).toBe("True");
    await clock.advance(30_000);
    expect(await ready()).toBe("Unknown");
  });

  it("are not remembered without bounds", () => {
    for (let node = 0; node < 20_000; node++) heartbeats.note(`n${node}`, node);
    expect([heartbeats.last("n0"), heartbeats.last("n9999"), heartbeats.last("n19999")]).toEqual([undefined, undefined, 19_999]);
  });
});

const BOOTSTRAP: NodeBootstrap = {
  clusterId: "c",
  nodeName: NODE,
  providerId: "azure:///vm/0",
  kubeletVersion: "v1.34.8",
  osImage: "Ubuntu 22.04.5 LTS",
  kernelVersion: "5.15.0-1",
  containerRuntimeVersion: "containerd://1.7.15-1",
  operatingSystem: "linux",
  architecture: "amd64",
  internalIp: "10.240.0.4",
  labels: { "kubernetes.io/hostname": NODE },
  taints: [],
  capacity: { cpu: "2", memory: "7Gi", pods: "110" },
  allocatable: { cpu: "2", memory: "5Gi", pods: "110" },
  gpus: 0,
};
