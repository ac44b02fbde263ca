import { describe, expect, it } from "vitest";
import { VirtualClock } from "#lib";
import type { AzContext } from "../client.ts";
import { AzError, GLOBAL_OPTIONS, parseOptions } from "../grammar.ts";
import { activityCommands, computeCommands } from "./compute.ts";

/** A context that answers by path, and what was asked of it. */
function contextOf(answers: (path: string) => unknown): { context: AzContext; asked: string[] } {
  const asked: string[] = [];
  const context: AzContext = {
    subscriptionId: "s",
    clock: new VirtualClock(Date.UTC(2019, 4, 17, 12)),
    terminal: { canAsk: false, ask: async () => "", progress: () => undefined, clearProgress: () => undefined, say: () => undefined },
    async call(_method, path) {
      asked.push(decodeURIComponent(path));
      return { status: 200, headers: {}, text: "", body: answers(path) };
    },
    wait: async () => undefined,
  };
  return { context, asked };
}

async function run(line: string, context: AzContext): Promise<unknown> {
  const command = [...computeCommands, ...activityCommands].find(({ words }) => line.startsWith(words));
  if (command === undefined) throw new Error(`no command ${line}`);
  const rest = line.slice(command.words.length).trim();
  return await command.run(context, parseOptions(rest === "" ? [] : rest.split(" "), [...command.options, ...GLOBAL_OPTIONS]));
}

const sku = (name: string, location: string, zones: readonly string[] = []) => ({
  resourceType: "virtualMachines",
  name,
  locations: [location],
  locationInfo: [{ zones }],
});

describe("az vm list-skus", () => {
  it("follows the pages of the list, and filters by size and zone", async () => {
    const { context, asked } = contextOf((path) =>
      path.includes("skiptoken")
        ? { value: [sku("Standard_DS2_v2", "westus"), sku("Standard_D2s_v3", "westus")] }
        : {
            value: [sku("Standard_DS2_v2", "eastus", ["2", "1"])],
            nextLink: "https://localhost:1/subscriptions/s/providers/Microsoft.Compute/skus?api-version=2019-04-01&%24skiptoken=1",
          },
    );
    expect(await run("vm list-skus --size ds2", context)).toHaveLength(2);
    expect(await run("vm list-skus --size ds2 --zone", context)).toHaveLength(1);
    expect(asked[1]).toBe("/providers/Microsoft.Compute/skus?$skiptoken=1");
  });
});

describe("az monitor activity-log list", () => {
  it.each([
    ["", "eventTimestamp ge 2019-05-17T06:00:00.000Z and eventTimestamp le 2019-05-17T12:00:00.000Z"],
    ["--offset 1d2h", "eventTimestamp ge 2019-05-16T10:00:00.000Z and eventTimestamp le 2019-05-17T12:00:00.000Z"],
    [
      "--start-time 2019-05-01T00:00:00Z --offset 1h -g rg --status Failed",
      "eventTimestamp ge 2019-05-01T00:00:00.000Z and eventTimestamp le 2019-05-01T01:00:00.000Z and resourceGroupName eq 'rg' and status eq 'Failed'",
    ],
  ])("asks with %j as az does", async (options, filter) => {
    const { context, asked } = contextOf(() => ({ value: [] }));
    await run(`monitor activity-log list ${options}`, context);
    expect(asked).toEqual([`/providers/Microsoft.Insights/eventtypes/management/values?$filter=${filter}`]);
  });

  it("prints no more events than are wanted, and refuses what is no offset", async () => {
    const { context } = contextOf(() => ({ value: [{ id: "a" }, { id: "b" }, { id: "c" }] }));
    expect(await run("monitor activity-log list --max-events 2", context)).toEqual([{ id: "a" }, { id: "b" }]);
    await expect(run("monitor activity-log list --offset soon", context)).rejects.toBeInstanceOf(AzError);
  });
});
