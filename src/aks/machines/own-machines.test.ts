import { describe, expect, it } from "vitest";
import type { Pod } from "#api/kubernetes/core";
import { resources } from "#api/kubernetes/resources";
import { API, CLUSTER, Machines, POOL, SIZE, spec } from "../testing/own-machines.ts";
import { SUBSCRIPTION } from "../testing/world.ts";

describe("a machine of a pool of mode Machines", () => {
  it("is made with a virtual machine and a node of its own, in the words of the definition", async () => {
    const machines = await Machines.open();
    const made = await machines.put("machine1", spec({ kubernetes: { nodeTaints: ["Key1=Value1:NoSchedule"] } }));
    expect([made.status, made.body.properties.provisioningState]).toEqual([201, "Creating"]);
    await machines.scene.succeed(made);
    const { body } = await machines.get("MACHINE1");
    const nodeName = expect.stringMatching(/^aks-mpool-machine1-\d{8}-vm$/);
    expect(body).toMatchObject({
      id: `/subscriptions/${SUBSCRIPTION}/resourceGroups/myResourceGroup/providers/Microsoft.ContainerService/managedClusters/c/agentPools/mpool/machines/machine1`,
      name: "machine1",
      type: "Microsoft.ContainerService/managedClusters/agentPools/machines",
      zones: ["1"],
      properties: {
        network: { ipAddresses: [{ family: "IPv4" }] },
        resourceId: expect.stringMatching(/\/virtualMachines\/aks-mpool-machine1-\d{8}-vm$/),
        hardware: { vmSize: SIZE },
        operatingSystem: { osType: "Linux", osSKU: "Ubuntu", enableFIPS: false },
        kubernetes: {
          currentOrchestratorVersion: "1.34.2",
          nodeLabels: { key1: "val1" },
          nodeTaints: ["Key1=Value1:NoSchedule"],
          nodeName,
        },
        mode: "User",
        priority: "Regular",
        provisioningState: "Succeeded",
        tags: { name1: "val1" },
        status: { driftAction: "Synced", vmState: "Running" },
      },
    });
    const [node] = machines.scene.nodes("mpool");
    expect(node).toMatchObject({
      metadata: { name: nodeName, labels: { key1: "val1", agentpool: "mpool", "node.kubernetes.io/instance-type": SIZE } },
      spec: { taints: [{ key: "Key1", value: "Value1", effect: "NoSchedule" }] },
    });
    await machines.stop();
  });

  it("is made beside others, each of its own size and version, while pool and cluster stay as they are", async () => {
    const machines = await Machines.open();
    const big = await machines.put("big", spec({ vmSize: "Standard_D8s_v3", kubernetes: { orchestratorVersion: "1.33.5" } }));
    const small = await machines.put("small");
    expect((await machines.scene.look(POOL)).provisioningState).toBe("Succeeded");
    await machines.scene.succeed(big);
    await machines.scene.succeed(small);
    expect(await machines.names()).toEqual(["big", "small"]);
    expect((await machines.get("big")).body.properties).toMatchObject({
      hardware: { vmSize: "Standard_D8s_v3" },
      kubernetes: { currentOrchestratorVersion: "1.33.5" },
    });
    expect(machines.nodes()).toEqual(["big", "small"]);
    await machines.stop();
  });

  it("changes labels and tags in place, and its eTag with them", async () => {
    const machines = await Machines.open();
    await machines.make("m");
    const [before] = machines.scene.nodes("mpool");
    const { body } = await machines.get("m");
    const changed = await machines.put("m", spec({ kubernetes: { nodeLabels: { key2: "val2" } }, properties: { tags: { b: "c" } } }));
    expect([changed.status, changed.body.properties.provisioningState]).toEqual([200, "Updating"]);
    await machines.scene.succeed(changed);
    const [after] = machines.scene.nodes("mpool");
    expect(after?.metadata.labels).toMatchObject({ key2: "val2" });
    expect(after?.metadata.labels).not.toHaveProperty("key1");
    expect(after?.metadata.uid).toBe(before?.metadata.uid);
    const now = (await machines.get("m")).body.properties;
    expect(now.tags).toEqual({ b: "c" });
    expect(now.eTag).not.toBe(body.properties.eTag);
    const late = await machines.put("m", spec(), { "if-match": body.properties.eTag });
    expect(late.status).toBe(412);
    await machines.stop();
  });

  it("is upgraded by itself: emptied, made anew under its name, and no other beside it", async () => {
    const machines = await Machines.open();
    const old = spec({ kubernetes: { orchestratorVersion: "1.33.5" } });
    await machines.scene.succeed(await machines.put("a", old));
    await machines.scene.succeed(await machines.put("b", old));
    const changed = await machines.put("a", spec());
    expect(changed.body.properties.provisioningState).toBe("Upgrading");
    expect((await machines.put("a", spec())).body).toMatchObject({
      code: "OperationNotAllowed",
      message: expect.stringContaining("Another machine operation (a - Upgrading) is in progress"),
    });
    await machines.scene.succeed(changed);
    const versions = machines.scene.nodes("mpool").map(({ status }) => status?.nodeInfo?.["kubeletVersion"]);
    expect(new Set(versions)).toEqual(new Set(["v1.33.5", "v1.34.2"]));
    expect(machines.virtualMachines()).toEqual(["0 Running", "0 Running"]);
    await machines.stop();
  });

  it("fails with the reason of Azure Compute where there is no quota, and can be deleted", async () => {
    const machines = await Machines.open();
    await machines.scene.world.compute.setLimit({ subscriptionId: SUBSCRIPTION, location: "eastus", name: "standardDSv3Family" }, 1);
    const made = await machines.put("m");
    expect(made.status).toBe(201);
    expect(await machines.scene.world.ended(made)).toMatchObject({ status: "Failed", error: { code: "QuotaExceeded" } });
    expect((await machines.get("m")).body.properties).toMatchObject({
      provisioningState: "Failed",
      status: { provisioningError: { code: "QuotaExceeded" } },
    });
    await machines.scene.succeed(machines.remove("m"));
    expect(await machines.names()).toEqual([]);
    await machines.stop();
  });

  it("goes on being made after a restart", async () => {
    const machines = await Machines.open();
    const made = await machines.put("m");
    await machines.scene.world.restart();
    await machines.scene.succeed(made);
    expect(machines.nodes()).toEqual(["m"]);
    await machines.stop();
  });
});

describe("deleteMachines of a pool of mode Machines", () => {
  it("ends with the last machine, and leaves the others alone", async () => {
    const machines = await Machines.open();
    await machines.make("a", "b", "c");
    const answer = await machines.remove("a", "c");
    expect(answer.status).toBe(202);
    expect((await machines.get("a")).body.properties.provisioningState).toBe("Deleting");
    await machines.scene.succeed(answer);
    expect([await machines.names(), machines.nodes(), machines.virtualMachines()]).toEqual([["b"], ["b"], ["0 Running"]]);
    await machines.stop();
  });

  it("preempts what makes a machine, and runs beside another deletion", async () => {
    const machines = await Machines.open();
    await machines.make("a");
    const made = await machines.put("b");
    const [first, second] = [await machines.remove("b"), await machines.remove("a")];
    expect(await machines.scene.world.ended(made)).toMatchObject({ status: "Failed" });
    await machines.scene.succeed(first);
    await machines.scene.succeed(second);
    expect([await machines.names(), machines.nodes(), machines.virtualMachines()]).toEqual([[], [], []]);
    await machines.stop();
  });

  it("goes on after a restart", async () => {
    const machines = await Machines.open();
    await machines.make("a", "b");
    const answer = await machines.remove("a", "b");
    await machines.scene.world.restart();
    await machines.scene.succeed(answer);
    expect(await machines.names()).toEqual([]);
    await machines.stop();
  });

  it("names the machines that there are when it is asked for another", async () => {
    const machines = await Machines.open();
    await machines.make("a");
    expect(await machines.remove("none")).toMatchObject({
      status: 400,
      body: {
        code: "InvalidParameter",
        message:
          "Cannot find any valid machines to delete. Please check your input machine names. The valid machines to delete in agent pool 'mpool' are: a.",
      },
    });
    await machines.stop();
  });
});

describe("machines in what their pool and cluster do", () => {
  it("go with their pool, which waits for them", async () => {
    const machines = await Machines.open();
    await machines.make("a", "b");
    await machines.scene.succeed(machines.scene.call("DELETE", POOL, undefined, API));
    expect([machines.nodes(), machines.virtualMachines()]).toEqual([[], []]);
    expect((await machines.scene.call("GET", POOL, undefined, API)).status).toBe(404);
    await machines.stop();
  });

  it("are emptied before they go with their pool, as far as budgets allow, and not when single", async () => {
    const machines = await Machines.open();
    await machines.make("a", "b");
    const pod = async (name: string, machine: string): Promise<void> => {
      const node = machines.scene.nodes("mpool").find(({ metadata }) => metadata.name.includes(`-${machine}-`));
      const metadata = { name, namespace: "default" };
      const spec = { containers: [{ name: "main", image: "nginx" }], nodeName: node?.metadata.name ?? "" };
      await machines.scene.kubernetes().create<Pod>(resources.pods, { metadata, spec });
    };
    await pod("kept", "a");
    await pod("evicted", "b");
    machines.scene.kubernetes().protectedPods.add("kept");
    await machines.scene.succeed(machines.remove("a"));
    await machines.scene.succeed(machines.scene.call("DELETE", POOL, undefined, API));
    expect(machines.scene.podNames()).toEqual(["kept"]);
    await machines.stop();
  });

  it("go with their cluster", async () => {
    const machines = await Machines.open();
    await machines.make("a");
    await machines.scene.succeed(machines.scene.call("DELETE", CLUSTER, undefined, API));
    expect(machines.virtualMachines()).toEqual([]);
    await machines.stop();
  });

  it("stop and start with their cluster", async () => {
    const machines = await Machines.open();
    await machines.make("a", "b");
    await machines.scene.succeed(machines.scene.call("POST", `${CLUSTER}/stop`, undefined, API));
    expect(machines.virtualMachines()).toEqual([]);
    await machines.scene.succeed(machines.scene.call("POST", `${CLUSTER}/start`, undefined, API));
    expect(machines.nodes()).toEqual(["a", "b"]);
    expect((await machines.get("a")).body.properties).toMatchObject({ provisioningState: "Succeeded", status: { vmState: "Running" } });
    await machines.stop();
  });

  it("boot anew with new certificates", async () => {
    const machines = await Machines.open();
    await machines.make("a");
    const [before] = machines.scene.nodes("mpool");
    await machines.scene.succeed(machines.scene.call("POST", `${CLUSTER}/rotateClusterCertificates`, undefined, API));
    const [after] = machines.scene.nodes("mpool");
    expect(after?.metadata.name).toBe(before?.metadata.name);
    expect(after).not.toEqual(before);
    await machines.stop();
  });

  it("keep their versions when the cluster is upgraded", async () => {
    const machines = await Machines.open();
    await machines.scene.succeed(await machines.put("a", spec({ kubernetes: { orchestratorVersion: "1.33.5" } })));
    const { body } = await machines.scene.call("GET", CLUSTER, undefined, API);
    const tagged = { ...body, tags: { a: "b" } };
    await machines.scene.succeed(machines.scene.call("PUT", CLUSTER, tagged, API));
    expect((await machines.get("a")).body.properties.kubernetes.currentOrchestratorVersion).toBe("1.33.5");
    expect(machines.nodes()).toEqual(["a"]);
    await machines.stop();
  });
});

describe("what is refused", () => {
  it.each<{ readonly what: string; readonly name?: string; readonly body: object; readonly code: string; readonly text: string }>([
    {
      what: "an unknown size",
      body: spec({ vmSize: "Standard_None" }),
      code: "VMSizeNotSupported",
      text: "Virtual Machine size: 'Standard_None'",
    },
    {
      what: "a newer version than the control plane's",
      body: spec({ kubernetes: { orchestratorVersion: "1.35.0" } }),
      code: "",
      text: "1.35.0",
    },
    { what: "a long name", name: "a".repeat(35), body: spec(), code: "InvalidParameter", text: "machineName" },
    { what: "a name that no node can have", name: "a_b", body: spec(), code: "InvalidParameter", text: "machineName" },
    { what: "two zones", body: spec({ zones: ["1", "2"] }), code: "InvalidParameter", text: "machine.zones" },
    { what: "another mode", body: spec({ properties: { mode: "Gateway" } }), code: "", text: "" },
    { what: "a taint that is none", body: spec({ kubernetes: { nodeTaints: ["x"] } }), code: "InvalidParameter", text: "nodeTaints" },
    { what: "a member of another type", body: { properties: { hardware: 1 } }, code: "UnmarshalError", text: "properties.hardware" },
  ])("$what", async ({ name = "m", body, code, text }) => {
    const machines = await Machines.open();
    const answer = await machines.put(name, body);
    expect(answer.status).toBe(400);
    if (code !== "") expect(answer.body.code).toBe(code);
    expect(answer.body.message).toContain(text);
    expect(await machines.names()).toEqual([]);
    await machines.stop();
  });

  it.each([
    { what: "size", body: spec({ vmSize: "Standard_D4s_v3" }), target: "properties.hardware.vmSize" },
    { what: "zone", body: spec({ zones: ["2"] }), target: "zones" },
    { what: "priority", body: spec({ properties: { priority: "Spot" } }), target: "properties.priority" },
  ])("another $what", async ({ body, target }) => {
    const machines = await Machines.open();
    await machines.make("m");
    expect(await machines.put("m", body)).toMatchObject({ status: 400, body: { code: "OperationNotAllowed", target } });
    await machines.stop();
  });

  it("machines in other pools, and at other api-versions", async () => {
    const machines = await Machines.open();
    const { scene } = machines;
    expect(await scene.call("PUT", `${CLUSTER}/agentPools/two/machines/m`, spec(), API)).toMatchObject({
      status: 400,
      body: { code: "OperationNotAllowed" },
    });
    expect((await scene.call("PUT", `${POOL}/machines/m`, spec(), "2026-04-01")).status).toBe(405);
    expect((await machines.get("m")).status).toBe(404);
    await machines.stop();
  });

  it.each([
    { what: "a number", properties: { count: 2 }, code: "InvalidParameter" },
    { what: "sizes", properties: { virtualMachinesProfile: { scale: { manual: [{ size: SIZE, count: 1 }] } } }, code: "InvalidParameter" },
    { what: "another mode", properties: { mode: "User" }, code: "PropertyChangeNotAllowed" },
    { what: "another version", properties: { orchestratorVersion: "1.33.5" }, code: "OperationNotAllowed" },
    { what: "no power", properties: { powerState: { code: "Stopped" } }, code: "OperationNotAllowed" },
  ])("$what of their pool", async ({ properties, code }) => {
    const machines = await Machines.open();
    expect(await machines.scene.call("PUT", POOL, { properties }, API)).toMatchObject({ status: 400, body: { code } });
    await machines.stop();
  });

  it("an upgrade of their pool's image, in the service's words", async () => {
    const machines = await Machines.open();
    expect(await machines.scene.call("POST", `${POOL}/upgradeNodeImageVersion`, undefined, API)).toMatchObject({
      status: 400,
      body: {
        code: "OperationNotAllowed",
        message: "Upgrading node image version on machines agent pool is not allowed, please use machine API to handle machine life cycle",
      },
    });
    await machines.stop();
  });
});
