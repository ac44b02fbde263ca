import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { resources } from "#api/kubernetes/resources";
import type { KubeClient } from "#kube/client";
import { CLUSTER, clusterBody, GROUP, kubeClient, poolPath } from "../support/aks.ts";
import { type BudgetWatch, guard } from "../support/budgets.ts";
import { type Lido, startLido } from "../support/lido.ts";

const VERSION = "2025-10-01";
const NODES = 12;
const TIMEOUT_MS = 60_000;

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
  return (await lido.finish(begun)).status;
}

async function nodes(): Promise<readonly { readonly name: string; readonly version: string | undefined; readonly cordoned: boolean }[]> {
  const { items } = await client.list(resources.nodes, { labelSelector: "agentpool=many" });
  return items.map(({ metadata, spec, status }) => ({
    name: metadata.name,
    version: status?.nodeInfo?.["kubeletVersion"],
    cordoned: spec.unschedulable === true,
  }));
}

describe("an upgrade under load", () => {
  it(
    "breaks no disruption budget, keeps the names of the nodes and leaves no surge node",
    async () => {
      expect(await put({ count: NODES, orchestratorVersion: "1.32", upgradeSettings: { maxSurge: "25%" } })).toBe("Succeeded");
      const before = await nodes();
      // A batch of three nodes holds about fifteen pods of each workload, of which four may be missing at a time.
      watch = await guard(client, "many", { apps: 3, replicas: 60, leeway: 4 }, TIMEOUT_MS);
      expect(await put({ orchestratorVersion: "1.33" })).toBe("Succeeded");
      expect(watch.breaches).toEqual([]);
      expect(watch.moved()).toBeGreaterThanOrEqual(180);
      const after = await nodes();
      expect(after.map(({ name }) => name)).toEqual(before.map(({ name }) => name));
      expect(after.every(({ version, cordoned }) => version?.startsWith("v1.33.") === true && !cordoned)).toBe(true);
      const events = (await client.list(resources.events, { namespace: "default" })).items.filter(
        (event) => event.source?.component === "upgrader",
      );
      expect(new Set(events.map(({ reason }) => reason))).toEqual(new Set(["Surge", "Drain", "Upgrade"]));
      const upgraded = events.filter(({ message }) => message?.startsWith("Successfully upgraded node: ") === true);
      expect(new Set(upgraded.map(({ involvedObject }) => involvedObject.name))).toEqual(new Set(before.map(({ name }) => name)));
    },
    TIMEOUT_MS,
  );
});
