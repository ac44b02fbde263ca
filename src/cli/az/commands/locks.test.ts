import { describe, expect, it } from "vitest";
import { systemClock } from "#lib";
import type { AzContext } from "../client.ts";
import { parseOptions } from "../grammar.ts";
import { lockCommands, tagCommands } from "./locks.ts";

const SUBSCRIPTION = "00000000-0000-0000-0000-000000000001";
const CLUSTER = "/resourceGroups/g/providers/Microsoft.ContainerService/managedClusters/c";

/** Runs a command line and tells the calls that it makes. */
async function callsOf(line: string): Promise<readonly (readonly unknown[])[]> {
  const calls: (readonly unknown[])[] = [];
  const context: AzContext = {
    subscriptionId: SUBSCRIPTION,
    clock: systemClock,
    terminal: {
      canAsk: false,
      ask: async () => "",
      progress: () => undefined,
      clearProgress: () => undefined,
      say: () => undefined,
    },
    async call(method, path, _apiVersion, body) {
      calls.push(body === undefined ? [method, path] : [method, path, body]);
      return { status: 200, headers: {}, text: "", body: { id: "/x", properties: {}, value: [] } };
    },
    listSubscriptions: async () => [],
    wait: async () => undefined,
  };
  const argv = line.split(" ");
  const command = [...lockCommands, ...tagCommands].find(({ words }) => words === argv.slice(0, 2).join(" "));
  if (command === undefined) throw new Error(`no command: ${line}`);
  await command.run(context, parseOptions(argv.slice(2), command.options));
  return calls;
}

describe("az lock", () => {
  it.each([
    ["lock create -n l -t ReadOnly", [["PUT", "/providers/Microsoft.Authorization/locks/l", { properties: { level: "ReadOnly" } }]]],
    ["lock list", [["GET", "/providers/Microsoft.Authorization/locks"]]],
    ["lock list -g g", [["GET", "/resourceGroups/g/providers/Microsoft.Authorization/locks"]]],
    [
      "lock delete -n l -g g --resource-name c --resource-type Microsoft.ContainerService/managedClusters",
      [["DELETE", `${CLUSTER}/providers/Microsoft.Authorization/locks/l`]],
    ],
    [
      "lock show -n l -g g --resource-name c --namespace Microsoft.ContainerService --resource-type managedClusters",
      [["GET", `${CLUSTER}/providers/Microsoft.Authorization/locks/l`]],
    ],
    [
      `lock show -n l --resource /subscriptions/${SUBSCRIPTION}${CLUSTER}`,
      [["GET", `${CLUSTER}/providers/Microsoft.Authorization/locks/l`]],
    ],
    [
      `tag update --resource-id /subscriptions/${SUBSCRIPTION}${CLUSTER} --operation Merge --tags a=b c`,
      [["PATCH", `${CLUSTER}/providers/Microsoft.Resources/tags/default`, { operation: "Merge", properties: { tags: { a: "b", c: "" } } }]],
    ],
  ])("%s", async (line, calls) => {
    expect(await callsOf(line)).toEqual(calls);
  });

  it.each(["lock create -n l -t ReadOnly --resource-name c", "lock create -n l -t Open", "tag list --resource-id /subscriptions/other"])(
    "refuses %s",
    async (line) => {
      await expect(callsOf(line)).rejects.toMatchObject({ exitCode: 2 });
    },
  );
});
