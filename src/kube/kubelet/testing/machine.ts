import type { ContainerStatus, Event, Pod, PodSpec } from "#api/kubernetes/core";
import { resources } from "#api/kubernetes/resources";
import { isStatus } from "#api/kubernetes/status";
import { findCondition } from "#kube/apimachinery";
import { paceOf, seededRandom, silentLogger, type Speed } from "#lib";
import type { PodSubnet } from "#api/kubelet";
import type { PodAddressSource } from "../pods/subnet-addresses.ts";
import { createKubelets, type Kubelets } from "../kubelets.ts";
import { startTestCluster, type TestCluster } from "./cluster.ts";
import { makeBootstrap } from "./objects.ts";

/** A cluster with one machine whose kubelet is up. */
export interface TestMachine extends TestCluster {
  readonly nodeName: string;
  run(name: string, spec: PodSpec, annotations?: Record<string, string>): Promise<void>;
  pod(name: string): Promise<Pod>;
  annotate(name: string, annotations: Record<string, string | null>): Promise<void>;
  container(name: string): Promise<ContainerStatus | undefined>;
  isReady(name: string): Promise<boolean>;
  isGone(name: string): Promise<boolean>;
  /** `Reason: message`, repetitions as `×n` behind it, in order of their first time. */
  events(name: string): Promise<string[]>;
  until(condition: () => Promise<boolean>): Promise<void>;
  /** This program starts anew. */
  restart(): Promise<void>;
}

const NODE = "aks-nodepool1-28993262-vmss000000";

/** Where the pods of a machine have addresses from, when it is not their node's podCIDR. */
interface TestSubnet {
  readonly podSubnet: PodSubnet;
  readonly source: PodAddressSource;
}

/** Starts a machine of this kubelet version, whose node has a network. */
export async function startTestMachine(version: string, speed: Speed = "realtime", subnet?: TestSubnet): Promise<TestMachine> {
  const cluster = await startTestCluster(version);
  const { client, clock } = cluster;
  const bootstrap = makeBootstrap(NODE, {
    kubeletVersion: `v${version}`,
    containerRuntimeVersion: "containerd://1.7.15-1",
    ...(subnet && { podSubnet: subnet.podSubnet }),
  });
  let kubelets = newKubelets(cluster, speed, subnet?.source);
  kubelets.start(bootstrap);
  const until = (condition: () => Promise<boolean>): Promise<void> => clock.advanceUntil(condition, 3_600_000);
  const node = async (): Promise<boolean> => (await client.list(resources.nodes)).items.length === 1;
  await until(node);
  await client.patch(resources.nodes, { name: NODE }, { type: "merge", body: { spec: { podCIDR: "10.244.1.0/24" } } });
  await clock.advance(15_000);
  const pod = (name: string): Promise<Pod> => client.get(resources.pods, { name, namespace: "default" });
  return {
    ...cluster,
    nodeName: NODE,
    until,
    pod,
    async run(name, spec, annotations = {}) {
      await client.create(resources.pods, { metadata: { name, namespace: "default", annotations }, spec: { nodeName: NODE, ...spec } });
    },
    async annotate(name, annotations) {
      await client.patch(resources.pods, { name, namespace: "default" }, { type: "merge", body: { metadata: { annotations } } });
    },
    container: async (name) => (await pod(name)).status?.containerStatuses?.[0],
    isReady: async (name) => findCondition((await pod(name)).status?.conditions, "Ready")?.status === "True",
    async isGone(name) {
      try {
        await pod(name);
        return false;
      } catch (error) {
        return isStatus(error, "NotFound");
      }
    },
    async events(name) {
      const { items } = await client.list(resources.events);
      const order = ({ metadata }: Event): string => metadata.name.split(".").at(-1) ?? "";
      const inOrder = items.filter(({ involvedObject }) => involvedObject.name === name).sort((a, b) => order(a).localeCompare(order(b)));
      return inOrder.map(({ reason, message, count = 1 }) => `${reason}: ${message}${count > 1 ? ` ×${count}` : ""}`);
    },
    async restart() {
      await kubelets.close();
      kubelets = newKubelets(cluster, speed, subnet?.source);
      kubelets.start(bootstrap);
    },
    async stop() {
      await kubelets.close();
      await cluster.stop();
    },
  };
}

function newKubelets({ client, clock }: TestCluster, speed: Speed, podAddresses?: PodAddressSource): Kubelets {
  return createKubelets({ client, clock, pace: paceOf(speed), random: seededRandom(1), log: silentLogger, podAddresses });
}
