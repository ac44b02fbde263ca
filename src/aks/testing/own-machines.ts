import { expect } from "vitest";
import { Scene } from "./scene.ts";
import type { Answer } from "./world.ts";

export const API = "2025-10-02-preview";
export const CLUSTER = "managedClusters/c";
export const POOL = `${CLUSTER}/agentPools/mpool`;
export const SIZE = "Standard_D2s_v3";

interface Members {
  readonly vmSize?: string;
  readonly kubernetes?: object;
  readonly properties?: object;
  readonly zones?: readonly string[];
}

/** The body of a machine: the definition's example, and what differs. */
export const spec = ({ vmSize = SIZE, kubernetes = {}, properties = {}, zones = ["1"] }: Members = {}): object => ({
  zones,
  properties: {
    hardware: { vmSize },
    operatingSystem: { osType: "Linux", osSKU: "Ubuntu", enableFIPS: false },
    kubernetes: { orchestratorVersion: "1.34.2", maxPods: 110, nodeLabels: { key1: "val1" }, ...kubernetes },
    tags: { name1: "val1" },
    ...properties,
  },
});

/** A cluster with a pool `mpool` of mode Machines, and short ways to say what tests of its machines say. */
export class Machines {
  readonly scene: Scene;

  constructor(scene: Scene) {
    this.scene = scene;
  }

  static async open(cluster: object = {}): Promise<Machines> {
    const scene = await Scene.open();
    await scene.create({}, cluster);
    const made = await scene.call("PUT", POOL, { properties: { mode: "Machines" } }, API);
    expect(made).toMatchObject({ status: 201, body: { properties: { mode: "Machines", type: "VirtualMachines" } } });
    await scene.succeed(made);
    return new Machines(scene);
  }

  put(name: string, body: object = spec(), headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return this.scene.world.call("PUT", `${POOL}/machines/${name}`, { apiVersion: API, body, headers });
  }

  async make(...names: readonly string[]): Promise<void> {
    const made = await Promise.all(names.map((name) => this.put(name)));
    for (const answer of made) await this.scene.succeed(answer);
  }

  async get(name: string): Promise<Answer> {
    return this.scene.call("GET", `${POOL}/machines/${name}`, undefined, API);
  }

  async names(): Promise<readonly string[]> {
    const { body } = await this.scene.call("GET", `${POOL}/machines`, undefined, API);
    return body.value.map(({ name }: { readonly name: string }) => name);
  }

  remove(...machineNames: readonly string[]): Promise<Answer> {
    return this.scene.call("POST", `${POOL}/deleteMachines`, { machineNames }, API);
  }

  /** What is between the pool and the digits in the names of its nodes. */
  nodes(): readonly string[] {
    const names = this.scene.nodes("mpool").map(({ metadata }) => metadata.name);
    return names.map((name) => /^aks-mpool-(.+)-\d{8}-vm$/.exec(name)?.[1] ?? name).sort();
  }

  virtualMachines(): readonly string[] {
    return this.scene.machines("mpool");
  }

  stop(): Promise<void> {
    return this.scene.world.stop();
  }
}
