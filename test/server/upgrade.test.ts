import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Event, Node } from "#api/kubernetes/core";
import { resources } from "#api/kubernetes/resources";
import type { KubeClient } from "#kube/client";
import { CLUSTER, clusterBody, GROUP, kubeClient, poolPath } from "../support/aks.ts";
import { type BudgetWatch, guard } from "../support/budgets.ts";
import { type Lido, startLido, waitUntil } from "../support/lido.ts";

const VERSION = "2025-10-01";
const TIMEOUT_MS = 60_000;
/** Of the large one: half a minute, and more beside other work. */
const LONG_MS = 240_000;
const SIZES = [
  // A batch of three nodes holds about fifteen pods of each workload, of which four may be missing at a time.
  { nodes: 12, maxSurge: "25%", surge: 3, guarded: { apps: 3, replicas: 60, leeway: 4 }, timeoutMs: TIMEOUT_MS },
  { nodes: 100, maxSurge: "10%", surge: 10, guarded: { apps: 30, replicas: 100, leeway: 12 }, timeoutMs: LONG_MS },
] as const;

let lido: Lido;
let client: KubeClient;
let watch: BudgetWatch | undefined;

beforeEach(async () => {
  lido = await startLido("--memory", "--speed", "instant");
  await lido.arm("PUT", GROUP, { location: "eastus" }, "2021-04-01");
  await lido.finish(await lido.arm("PUT", CLUSTER, clusterBody("1.33"), VERSION));
  client = await kubeClient(lido);
}, TIMEOUT_MS);
afterEach(async () => {
  watch?.stop();
  await lido.kill("SIGTERM");
});

async function put(properties: object): Promise<string> {
  const begun = await lido.arm("PUT", poolPath("many"), { properties: { vmSize: "Standard_DS2_v2", ...properties } }, VERSION);
  expect(begun.status).toBeLessThan(300);
  return (await lido.finish(begun, LONG_MS)).status;
}

async function nodes(): Promise<readonly { readonly name: string; readonly version: string | undefined; readonly cordoned: boolean }[]> {
  const { items } = await client.list(resources.nodes, { labelSelector: "agentpool=many" });
  return items.map(({ metadata, spec, status }) => ({
    name: metadata.name,
    version: status?.nodeInfo?.["kubeletVersion"],
    cordoned: spec.unschedulable === true,
  }));
}

/** How many nodes the pool has had at once, as its watchers see it. */
function countNodes(): { most(): number; stop(): void } {
  const names = new Set<string>();
  let most = 0;
  const watching = client.watch<Node>(
    resources.nodes,
    { labelSelector: "agentpool=many" },
    {
      event({ type, object: { metadata } }) {
        if (type === "DELETED") names.delete(metadata.name);
        else names.add(metadata.name);
        most = Math.max(most, names.size);
      },
      end: () => (most = Number.NaN),
    },
  );
  return { most: () => most, stop: () => watching.stop() };
}

describe("an upgrade under load", () => {
  it.each(SIZES)(
    "of $nodes nodes breaks no disruption budget, keeps the names of the nodes and leaves no surge node",
    async ({ nodes: count, maxSurge, surge, guarded, timeoutMs }) => {
      expect(await put({ count, orchestratorVersion: "1.32", upgradeSettings: { maxSurge } })).toBe("Succeeded");
      const before = await nodes();
      expect(before).toHaveLength(count);
      watch = await guard(client, "many", guarded, timeoutMs);
      const seen = countNodes();
      expect(await put({ orchestratorVersion: "1.33" })).toBe("Succeeded");
      expect(seen.most()).toBe(count + surge);
      seen.stop();
      expect(watch.breaches).toEqual([]);
      // Every pod was on a node of the old version once; the watch tells a little after the operation has ended.
      const { moved } = watch;
      await waitUntil("every pod has moved", () => moved() >= guarded.apps * guarded.replicas, timeoutMs);
      const after = await nodes();
      expect(after.map(({ name }) => name)).toEqual(before.map(({ name }) => name));
      expect(after.every(({ version, cordoned }) => version?.startsWith("v1.33.") === true && !cordoned)).toBe(true);
      const told = async (): Promise<readonly Event[]> =>
        (await client.list(resources.events, { namespace: "default" })).items.filter(({ source }) => source?.component === "upgrader");
      const upgraded = async (): Promise<ReadonlySet<string | undefined>> => {
        const last = (await told()).filter(({ message }) => message?.startsWith("Successfully upgraded node: ") === true);
        return new Set(last.map(({ involvedObject }) => involvedObject.name));
      };
      // Events are written beside the work.
      await waitUntil("every node is told of", async () => (await upgraded()).size === count, timeoutMs);
      expect(await upgraded()).toEqual(new Set(before.map(({ name }) => name)));
      expect(new Set((await told()).map(({ reason }) => reason))).toEqual(new Set(["Surge", "Drain", "Upgrade"]));
    },
    LONG_MS,
  );
});
