import { describe, expect, it } from "vitest";
import { API, CLUSTER, Machines, POOL, SIZE, spec } from "../testing/own-machines.ts";
import type { Answer } from "../testing/world.ts";

interface Entry {
  readonly machineName: string;
  readonly zones?: readonly string[];
  readonly tags?: Readonly<Record<string, string>>;
}

const batch = (...batchMachines: readonly object[]): Readonly<Record<string, string>> => ({
  batchputmachine: JSON.stringify({ batchMachines }),
});
const entries = (count: number): readonly Entry[] => Array.from({ length: count }, (_, index) => ({ machineName: `m${index}` }));
const ends = async (machines: Machines, ...names: readonly string[]): Promise<void> => {
  for (const name of names) {
    const found = async (): Promise<string> => (await machines.get(name)).body.properties.provisioningState;
    for (let turns = 0; (await found()) === "Creating" && turns < 100; turns++) await machines.scene.world.clock.advance(10_000);
    expect(await found()).toBe("Succeeded");
  }
};

// Source: Azure/karpenter-provider-azure designs/0010-aks-machines-batch-creation.md.
describe("machines of one request", () => {
  it("are made alike, but for their zones and tags, which the body has no say in", async () => {
    const machines = await Machines.open();
    const made = await machines.put(
      "machine1",
      spec({ zones: ["3"] }),
      batch(
        { machineName: "machine1", zones: ["1"], tags: { nodeclaim: "nodeclaim1" } },
        { machineName: "machine2", zones: ["2"], tags: { nodeclaim: "nodeclaim2" } },
        { machineName: "machine3", zones: ["3"], tags: { nodeclaim: "nodeclaim3" } },
      ),
    );
    expect([made.status, made.body.name, made.body.zones]).toEqual([200, "machine1", ["1"]]);
    await machines.scene.succeed(made);
    await ends(machines, "machine1", "machine2", "machine3");
    for (const number of [1, 2, 3])
      expect((await machines.get(`machine${number}`)).body).toMatchObject({
        zones: [`${number}`],
        properties: { tags: { nodeclaim: `nodeclaim${number}` }, hardware: { vmSize: SIZE }, kubernetes: { nodeLabels: { key1: "val1" } } },
      });
    expect(machines.nodes()).toEqual(["machine1", "machine2", "machine3"]);
    await machines.stop();
  });

  it("are the machine of the path with the body's zone and tags, and those beside it, each once", async () => {
    const machines = await Machines.open();
    const { status } = await machines.put("a", spec(), batch({ name: "b" }, { machineName: "B", zones: ["2"] }, { machineName: "c" }));
    expect([status, await machines.names()]).toEqual([200, ["a", "b", "c"]]);
    expect((await machines.get("a")).body).toMatchObject({ zones: ["1"], properties: { tags: { name1: "val1" } } });
    const { body } = await machines.get("b");
    expect([body.zones, body.properties.tags]).toEqual([undefined, undefined]);
    await machines.stop();
  });

  it("go on being made after a restart", async () => {
    const machines = await Machines.open();
    await machines.put("m0", spec(), batch(...entries(3)));
    await machines.scene.world.restart();
    await ends(machines, "m0", "m1", "m2");
    await machines.stop();
  });

  it("fail one by one, in the words of the batch, and the others are made", async () => {
    const machines = await Machines.open();
    await machines.make("old");
    const bad = "b".repeat(35);
    const answer = await machines.put("a", spec(), batch({ machineName: "old" }, { machineName: bad }, { machineName: "c", zones: ["9"] }));
    expect(answer).toMatchObject({
      status: 400,
      body: {
        code: "BatchMachineClientError",
        message: `the following machines failed with ClientError: old, ${bad}, c`,
        subcode: "",
        details: [
          { code: "OperationNotAllowed", message: expect.stringContaining("already exists"), target: "old" },
          { code: "InvalidParameter", message: expect.stringContaining("machineName"), target: bad },
          { code: "InvalidParameter", message: expect.stringContaining("availabilityZones"), target: "c" },
        ],
      },
    });
    await ends(machines, "a");
    expect(await machines.names()).toEqual(["a", "old"]);
    await machines.stop();
  });

  it("fail from the first on that the cluster has no room for", async () => {
    const machines = await Machines.open({
      networkProfile: { networkPlugin: "azure", networkPluginMode: "overlay", podCidr: "10.244.0.0/21" },
    });
    const { status, body } = await machines.put("m0", spec(), batch(...entries(7)));
    const failed = body.details.map(({ code, target }: { readonly code: string; readonly target: string }) => `${target} ${code}`);
    expect([status, failed]).toEqual([400, ["m5 InsufficientSubnetSize", "m6 InsufficientSubnetSize"]]);
    expect(await machines.names()).toEqual(["m0", "m1", "m2", "m3", "m4"]);
    await machines.stop();
  });

  it.each<{ readonly what: string; readonly act: (machines: Machines) => Promise<Answer>; readonly status: number; readonly code: string }>(
    [
      {
        what: "a size that nobody offers, as one machine is",
        act: (machines) => machines.put("m0", spec({ vmSize: "Standard_None" }), batch(...entries(2))),
        status: 400,
        code: "VMSizeNotSupported",
      },
      { what: "too many", act: (machines) => machines.put("m0", spec(), batch(...entries(51))), status: 400, code: "InvalidParameter" },
      {
        what: "a pool of another mode",
        act: ({ scene }) =>
          scene.world.call("PUT", `${CLUSTER}/agentPools/two/machines/m0`, {
            apiVersion: API,
            body: spec(),
            headers: batch(...entries(2)),
          }),
        status: 400,
        code: "OperationNotAllowed",
      },
      {
        what: "a pool that goes",
        act: async (machines) => {
          await machines.make("old");
          await machines.scene.call("DELETE", POOL, undefined, API);
          return machines.put("m0", spec(), batch(...entries(2)));
        },
        status: 409,
        code: "OperationNotAllowed",
      },
      { what: "no JSON", act: (machines) => machines.put("m0", spec(), { batchputmachine: "{" }), status: 400, code: "InvalidParameter" },
      { what: "no list", act: (machines) => machines.put("m0", spec(), { batchputmachine: "{}" }), status: 400, code: "InvalidParameter" },
      ...[1, {}, { machineName: 1 }, { machineName: "m", zones: "1" }, { machineName: "m", tags: { a: 1 } }].map((entry) => ({
        what: `the entry ${JSON.stringify(entry)}`,
        act: (machines: Machines) => machines.put("m0", spec(), batch(entry as object)),
        status: 400,
        code: "InvalidParameter",
      })),
    ],
  )("are refused with $what", async ({ act, status, code }) => {
    const machines = await Machines.open();
    expect(await act(machines)).toMatchObject({ status, body: { code } });
    expect(machines.virtualMachines().length).toBeLessThanOrEqual(1);
    await machines.stop();
  });
});
