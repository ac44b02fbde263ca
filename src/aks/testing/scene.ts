import { expect } from "vitest";
import type { Node, Pod } from "#api/kubernetes/core";
import { resources } from "#api/kubernetes/resources";
import type { Method } from "#arm";
import type { FakeKubernetes } from "./kubernetes.ts";
import { type Answer, SUBSCRIPTION, World } from "./world.ts";

export const CLUSTER = "managedClusters/c";
export const FIRST = `${CLUSTER}/agentPools/one`;
export const POOL = `${CLUSTER}/agentPools/two`;

/** A world with short ways to say what most tests of today's rules say. */
export class Scene {
  readonly world: World;

  private constructor(world: World) {
    this.world = world;
  }

  /** @param startMs first moment of the clock. */
  static async open(startMs?: number): Promise<Scene> {
    return new Scene(await World.open(undefined, undefined, startMs));
  }

  call(method: Method, path: string, body?: object, apiVersion = "2024-10-01"): Promise<Answer> {
    return this.world.call(method, path, { apiVersion, ...(body !== undefined && { body }) });
  }

  /** Waits for the operation of an answer and expects that it succeeds. */
  async succeed(answer: Promise<Answer> | Answer): Promise<void> {
    const settled = await answer;
    expect(settled.status).toBeLessThan(300);
    expect(await this.world.ended(settled)).toMatchObject({ status: "Succeeded" });
  }

  /** A cluster with a system pool `one` of one node, and a user pool `two` of two nodes. */
  async create(two: object = {}, cluster: object = {}): Promise<void> {
    const first = { name: "one", count: 1, vmSize: "Standard_DS2_v2", type: "VirtualMachineScaleSets", mode: "System" };
    const properties = { dnsPrefix: "c-dns", kubernetesVersion: "1.34.2", agentPoolProfiles: [first], ...cluster };
    await this.succeed(this.call("PUT", CLUSTER, { location: "eastus", properties }));
    await this.succeed(this.call("PUT", POOL, { properties: { count: 2, vmSize: "Standard_DS2_v2", ...two } }));
  }

  /** GETs, changes and PUTs, as az does. */
  async change(path: string, properties: object): Promise<Answer> {
    const { body } = await this.call("GET", path);
    return this.call("PUT", path, { ...body, properties: { ...body.properties, ...properties } });
  }

  async look(path = POOL): Promise<{ count: number; provisioningState: string; powerState: { code: string } }> {
    const { count, provisioningState, powerState } = (await this.call("GET", path)).body.properties;
    return { count, provisioningState, powerState };
  }

  kubernetes(): FakeKubernetes {
    const [cluster] = this.world.controlPlanes.clusters.values();
    if (cluster === undefined) throw new Error("no cluster runs");
    return cluster;
  }

  nodes(pool = "two"): readonly Node[] {
    return this.kubernetes()
      .all<Node>(resources.nodes)
      .filter(({ metadata }) => metadata.labels?.["agentpool"] === pool);
  }

  /** Last letters of the nodes' names: `["0", "1"]`. */
  nodeNames(pool = "two"): readonly string[] {
    return this.nodes(pool)
      .map(({ metadata }) => metadata.name.slice(-1))
      .sort();
  }

  /** `["0 Running"]`. */
  machines(pool = "two"): readonly string[] {
    const sets = this.world.compute.scaleSets({ subscriptionId: SUBSCRIPTION }).filter(({ name }) => name.includes(`-${pool}-`));
    return sets.flatMap((set) => this.world.compute.instances(set)).map(({ id, state }) => `${id} ${state}`);
  }

  /** Puts a pod on the node of pool `two` whose name ends so. */
  async putPod(name: string, node: string): Promise<void> {
    const nodeName = this.nodes()
      .map(({ metadata }) => metadata.name)
      .find((each) => each.endsWith(node));
    await this.kubernetes().create<Pod>(resources.pods, {
      metadata: { name, namespace: "default" },
      spec: { containers: [{ name: "main", image: "nginx" }], ...(nodeName !== undefined && { nodeName }) },
    });
  }

  podNames(): readonly string[] {
    return this.kubernetes()
      .all<Pod>(resources.pods)
      .map(({ metadata }) => metadata.name);
  }
}
