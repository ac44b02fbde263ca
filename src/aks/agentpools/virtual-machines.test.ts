import { describe, expect, it } from "vitest";
import { CLUSTER, POOL, Scene } from "../testing/scene.ts";
import { type Answer, SUBSCRIPTION } from "../testing/world.ts";

const API = "2026-04-01";
const D2 = "Standard_D2s_v3";
const D4 = "Standard_D4s_v3";

type Manual = readonly { readonly size: string; readonly count: number }[];

/** A pool `two` of virtual machines in a cluster of today. */
class Machines {
  readonly scene: Scene;

  private constructor(scene: Scene) {
    this.scene = scene;
  }

  static async open(manual: Manual, members: object = {}): Promise<Machines> {
    const machines = new Machines(await Scene.open());
    const first = { name: "one", count: 1, vmSize: "Standard_DS2_v2", mode: "System" };
    const properties = { dnsPrefix: "c-dns", kubernetesVersion: "1.33.5", agentPoolProfiles: [first] };
    await machines.scene.succeed(machines.scene.call("PUT", CLUSTER, { location: "eastus", properties }, API));
    await machines.succeed(manual, members);
    return machines;
  }

  put(manual: Manual, members: object = {}): Promise<Answer> {
    const properties = { type: "VirtualMachines", virtualMachinesProfile: { scale: { manual } }, ...members };
    return this.scene.call("PUT", POOL, { properties }, API);
  }

  async succeed(manual: Manual, members: object = {}): Promise<void> {
    await this.scene.succeed(this.put(manual, members));
  }

  async shown(): Promise<Record<string, unknown>> {
    return (await this.scene.call("GET", POOL, undefined, API)).body.properties;
  }

  /** `vms0 Standard_D2s_v3 2`: end of the name, size and cores of each node. */
  nodes(): readonly string[] {
    return this.scene.nodes().map(({ metadata: { name, labels = {} } }) => {
      const [size, cores] = [labels["node.kubernetes.io/instance-type"], labels["kubernetes.azure.com/sku-cpu"]];
      return `${name.replace(/^aks-two-\d{8}-/, "")} ${size} ${cores}`;
    });
  }
}

const groups = (...counts: readonly (readonly [string, number])[]): Manual => counts.map(([size, count]) => ({ size, count }));

describe("a pool of virtual machines", () => {
  it("has nodes of each size, and shows sizes and numbers in its profile alone", async () => {
    const pool = await Machines.open(groups([D2, 2], [D4, 1]));
    expect(pool.nodes()).toEqual([`vms0 ${D2} 2`, `vms1 ${D2} 2`, `vms2 ${D4} 4`]);
    expect(pool.scene.nodes()[0]?.metadata.labels?.["kubernetes.azure.com/nodepool-type"]).toBe("VirtualMachines");
    const shown = await pool.shown();
    expect([shown["count"], shown["vmSize"]]).toEqual([undefined, undefined]);
    expect(shown["virtualMachinesProfile"]).toEqual({ scale: { manual: groups([D2, 2], [D4, 1]) } });
    expect(shown["virtualMachineNodesStatus"]).toEqual(groups([D2, 2], [D4, 1]));
    await pool.scene.world.stop();
  });

  it("scales each size by itself: too many of one make up for none of another", async () => {
    const pool = await Machines.open(groups([D2, 2], [D4, 1]));
    await pool.succeed(groups([D2, 1], [D4, 2]));
    expect(pool.nodes()).toEqual([`vms0 ${D2} 2`, `vms2 ${D4} 4`, `vms3 ${D4} 4`]);
    await pool.succeed(groups([D4, 2]));
    expect(pool.nodes()).toEqual([`vms2 ${D4} 4`, `vms3 ${D4} 4`]);
    await pool.scene.world.stop();
  });

  it("changes its size: machines of the new one take the places of the old", async () => {
    const pool = await Machines.open(groups([D4, 2]));
    const changed = await pool.put(groups([D2, 2]));
    expect(changed.body.properties.provisioningState).toBe("Updating");
    expect(await pool.scene.world.ended(changed)).toMatchObject({ status: "Succeeded" });
    expect(pool.nodes()).toEqual([`vms2 ${D2} 2`, `vms3 ${D2} 2`]);
    await pool.scene.world.stop();
  });

  it("is upgraded with an extra machine, under the names that it has", async () => {
    const pool = await Machines.open(groups([D2, 1], [D4, 1]));
    await pool.scene.succeed(pool.scene.call("PUT", CLUSTER, { location: "eastus", properties: { kubernetesVersion: "1.34.1" } }, API));
    await pool.succeed(groups([D2, 1], [D4, 1]), { orchestratorVersion: "1.34.1" });
    expect(pool.nodes()).toEqual([`vms0 ${D2} 2`, `vms1 ${D4} 4`]);
    expect(pool.scene.nodes().map(({ status }) => status?.nodeInfo?.["kubeletVersion"])).toEqual(["v1.34.1", "v1.34.1"]);
    await pool.scene.world.stop();
  });

  it("goes on after a restart in the middle of its creation", async () => {
    const pool = await Machines.open(groups([D2, 1]));
    const answer = await pool.put(groups([D2, 1], [D4, 2]));
    await pool.scene.world.clock.advance(5_000);
    await pool.scene.world.restart();
    await pool.scene.world.ended(answer);
    expect(pool.nodes()).toEqual([`vms0 ${D2} 2`, `vms1 ${D4} 4`, `vms2 ${D4} 4`]);
    await pool.scene.world.stop();
  });

  it("loses the machines that are named, each from its own size", async () => {
    const pool = await Machines.open(groups([D2, 2], [D4, 2]));
    const [name = ""] = pool.scene.nodes().flatMap(({ metadata }) => (metadata.name.endsWith("vms2") ? [metadata.name] : []));
    const deletion = { machineNames: [name] };
    await pool.scene.succeed(pool.scene.call("POST", `${POOL}/deleteMachines`, deletion, API));
    expect(pool.nodes()).toEqual([`vms0 ${D2} 2`, `vms1 ${D2} 2`, `vms3 ${D4} 4`]);
    expect((await pool.shown())["virtualMachinesProfile"]).toEqual({ scale: { manual: groups([D2, 2], [D4, 1]) } });
    await pool.scene.world.stop();
  });

  it("stops and starts with the machines of its profile", async () => {
    const pool = await Machines.open(groups([D2, 1], [D4, 1]));
    await pool.scene.succeed(pool.scene.call("PUT", POOL, { properties: { powerState: { code: "Stopped" } } }, API));
    expect(pool.nodes()).toEqual([]);
    const refused = await pool.put(groups([D2, 2], [D4, 1]), { powerState: { code: "Stopped" } });
    expect([refused.status, refused.body.message]).toEqual([400, expect.stringContaining("cannot be scaled")]);
    await pool.scene.succeed(pool.scene.call("PUT", POOL, { properties: { powerState: { code: "Running" } } }, API));
    expect(pool.nodes().map((node) => node.slice(5))).toEqual([`${D2} 2`, `${D4} 4`]);
    await pool.scene.world.stop();
  });

  it("fails for the quota of the family that is short", async () => {
    const pool = await Machines.open(groups([D2, 1]));
    const eastus = { subscriptionId: SUBSCRIPTION, location: "eastus" };
    await pool.scene.world.compute.setLimit({ ...eastus, name: "standardDSv3Family" }, 4);
    const operation = await pool.scene.world.ended(await pool.put(groups([D2, 1], [D4, 1])));
    expect(operation).toMatchObject({ status: "Failed", error: { code: "QuotaExceeded" } });
    expect(JSON.stringify(operation)).toContain("Current Usage: 2, Additional Required: 4");
    await pool.scene.world.stop();
  });

  it("has machines whose ids name no scale set, and is deleted with all of them", async () => {
    const pool = await Machines.open(groups([D2, 1]));
    const [node] = pool.scene.nodes();
    expect(node?.spec.providerID).toMatch(
      /^azure:\/\/\/subscriptions\/[^/]+\/resourceGroups\/mc_[^/]+\/providers\/Microsoft\.Compute\/virtualMachines\/aks-two-\d{8}-vms0$/,
    );
    const { body } = await pool.scene.call("GET", `${POOL}/machines`, undefined, API);
    expect(body.value[0].properties.resourceId).toMatch(/providers\/Microsoft\.Compute\/virtualMachines\/aks-two-\d{8}-vms0$/);
    await pool.scene.succeed(pool.scene.call("DELETE", POOL, undefined, API));
    expect(pool.nodes()).toEqual([]);
    expect(pool.scene.machines()).toEqual([]);
    await pool.scene.world.stop();
  });
});
