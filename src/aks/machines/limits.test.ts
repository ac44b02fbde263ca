import { describe, expect, it } from "vitest";
import type { Answer } from "../testing/world.ts";
import { API, CLUSTER, Machines } from "../testing/own-machines.ts";
import { SUBSCRIPTION } from "../testing/world.ts";

/** Room for four nodes: the cluster has three before the first machine. */
const FOUR = {
  networkProfile: { networkPlugin: "azure", networkPluginMode: "overlay", podCidr: "10.244.0.0/22" },
};
const OTHER = `${CLUSTER}/agentPools/two`;

const scale = (machines: Machines, count: number): Promise<Answer> =>
  machines.scene.call("PUT", OTHER, { properties: { count, vmSize: "Standard_DS2_v2" } }, API);

describe("machines in the limits of their cluster", () => {
  it("need a block of the range for pods each, beside the nodes of pools", async () => {
    const machines = await Machines.open(FOUR);
    await machines.make("a");
    const refused = await machines.put("b");
    expect(refused).toMatchObject({ status: 400, body: { code: "InsufficientSubnetSize" } });
    expect(refused.body.message).toContain("Pre-allocated IPs 1280 exceeds IPs available 1024");
    await machines.scene.succeed(await machines.put("a"));
    await machines.stop();
  });

  it("leave pools what is left", async () => {
    const machines = await Machines.open(FOUR);
    await machines.make("a");
    expect(await scale(machines, 3)).toMatchObject({ status: 400, body: { code: "InsufficientSubnetSize" } });
    await machines.scene.succeed(machines.remove("a"));
    await machines.scene.succeed(scale(machines, 3));
    await machines.stop();
  });

  it("take of the quota that pools are held to", async () => {
    const machines = await Machines.open();
    const { compute } = machines.scene.world;
    await compute.setLimit({ subscriptionId: SUBSCRIPTION, location: "eastus", name: "standardDSv2Family" }, 10);
    const { body } = await machines.scene.call("GET", OTHER, undefined, "2025-10-01");
    const put = (count: number): Promise<Answer> =>
      machines.scene.call("PUT", OTHER, { properties: { ...body.properties, count } }, "2025-10-01");
    await machines.scene.succeed(
      await machines.put("a", {
        properties: { hardware: { vmSize: "Standard_DS2_v2" }, kubernetes: { orchestratorVersion: "1.34.2" } },
      }),
    );
    expect(await put(4)).toMatchObject({ status: 400, body: { code: "ErrCode_InsufficientVCPUQuota" } });
    await machines.scene.succeed(put(3));
    await machines.stop();
  });
});
