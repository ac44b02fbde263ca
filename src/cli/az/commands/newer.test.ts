import { describe, expect, it } from "vitest";
import { VirtualClock } from "#lib";
import { tryOut, type Trial } from "../testing/try-out.ts";
import { operationCommands } from "./operations.ts";
import { rollbackCommands } from "./rollback.ts";
import { trustedAccessCommands } from "./trusted-access.ts";

const clock = new VirtualClock();
const POOL = "managedClusters/c/agentPools/p";
const NAMED = "-g g --cluster-name c -n p";
const OLDER = { orchestratorVersion: "1.32.1", nodeImageVersion: "old", timestamp: "2026-01-01T00:00:00Z" };
const RECENT = { orchestratorVersion: "1.33.2", nodeImageVersion: "recent", timestamp: "2026-02-01T00:00:00Z" };

// Source: azure-cli acs custom.py and _format.py, 2.91.
describe("az aks nodepool rollback", () => {
  const present =
    (recentlyUsedVersions: unknown, autoUpgradeProfile?: object) =>
    (call: string): unknown =>
      ({
        "GET managedClusters/c": { properties: { autoUpgradeProfile } },
        [`GET ${POOL}`]: { id: "/p", name: "p", properties: { count: 2, orchestratorVersion: "1.34.0", nodeImageVersion: "new" } },
        [`GET ${POOL}/upgradeProfiles/default`]: { properties: { recentlyUsedVersions } },
        [`PUT ${POOL}`]: {},
      })[call];

  it("puts the pool back to what it had last", async () => {
    const { made, said } = await tryOut(rollbackCommands, `aks nodepool rollback ${NAMED}`, { clock, answer: present([OLDER, RECENT]) });
    expect(made.find(({ call }) => call.startsWith("PUT"))).toEqual({
      call: `PUT ${POOL}`,
      apiVersion: "2026-04-01",
      body: { properties: { count: 2, orchestratorVersion: "1.33.2", nodeImageVersion: "recent" } },
    });
    expect(said).toEqual([]);
  });

  it.each([
    [{ upgradeChannel: "patch" }, /Auto-upgrade is enabled on cluster 'c' \(upgradeChannel=patch\)/],
    [{ upgradeChannel: "none", nodeOSUpgradeChannel: "NodeImage" }, /nodeOSUpgradeChannel is enabled on cluster 'c'/],
    [{ nodeOSUpgradeChannel: "Unmanaged" }, /^$/],
  ])("warns of what upgrades by itself: %j", async (channels, warning) => {
    const { said } = await tryOut(rollbackCommands, `aks nodepool rollback ${NAMED}`, { clock, answer: present([RECENT], channels) });
    expect(said.join()).toMatch(warning);
  });

  it("has nothing to go back to before the first upgrade", async () => {
    const options = { clock, answer: present(undefined) };
    await expect(tryOut(rollbackCommands, `aks nodepool rollback ${NAMED}`, options)).rejects.toThrow("No rollback versions available.");
    expect((await tryOut(rollbackCommands, `aks nodepool get-rollback-versions ${NAMED}`, options)).result).toBeUndefined();
  });

  it("lists what there is", async () => {
    const { table } = await tryOut(rollbackCommands, `aks nodepool get-rollback-versions ${NAMED}`, { clock, answer: present([RECENT]) });
    expect(table).toEqual([{ KubernetesVersion: "1.33.2", NodeImageVersion: "recent", Timestamp: "2026-02-01T00:00:00Z" }]);
  });
});

// Source: Azure/azure-cli-extensions src/aks-preview.
describe("az aks operation", () => {
  const operation = { id: "/o", name: "o", status: "InProgress", startTime: "2026-01-01T00:00:00Z", percentComplete: 40 };
  it.each([
    ["show-latest -g g -n c", "managedClusters/c/operations/latest"],
    ["show -g g -n c --operation-id o", "managedClusters/c/operations/o"],
    ["show-latest -g g -n c --nodepool-name p", `${POOL}/operations/latest`],
  ])("%s", async (line, path) => {
    const { made, table } = await tryOut(operationCommands, `aks operation ${line}`, { clock, answer: () => operation });
    expect(made.map(({ call }) => call)).toEqual([`GET ${path}`]);
    expect(table).toEqual([
      { Name: "o", Status: "InProgress", StartTime: "2026-01-01T00:00:00Z", EndTime: undefined, PercentComplete: "40%" },
    ]);
  });
});

// Source: azure-cli acs custom.py, 2.91.
describe("az aks trustedaccess", () => {
  const path = "managedClusters/c/trustedAccessRoleBindings";
  const binding = { id: "/b", name: "b", properties: { roles: ["x/y/z"], sourceResourceId: "/source" } };
  const on = (line: string, bindings: readonly unknown[]): Promise<Trial> =>
    tryOut(trustedAccessCommands, `aks trustedaccess ${line} -g g --cluster-name c`, {
      clock,
      answer: (call) => (call === `GET ${path}` ? { value: bindings } : binding),
    });

  it("binds roles that are separated by commas", async () => {
    const { made, result } = await on("rolebinding create -n b --source-resource-id /source --roles x/y/z,x/y/w", []);
    expect(made.find(({ call }) => call.startsWith("PUT"))).toMatchObject({
      call: `PUT ${path}/b`,
      body: { properties: { sourceResourceId: "/source", roles: ["x/y/z", "x/y/w"] } },
    });
    expect(result).toMatchObject({ name: "b", roles: ["x/y/z"], systemData: null });
  });

  it("does not make one again, and keeps the source of one that it changes", async () => {
    const create = on("rolebinding create -n B --source-resource-id /other --roles r", [binding]);
    await expect(create).rejects.toThrow("TrustedAccess RoleBinding B already existed, please use");
    const { made } = await on("rolebinding update -n b --roles q", [binding]);
    expect(made.at(1)?.body).toEqual({ properties: { sourceResourceId: "/source", roles: ["q"] } });
  });

  it("asks before it removes one", async () => {
    await expect(on("rolebinding delete -n b", [binding])).rejects.toThrow("no tty");
    expect((await on("rolebinding delete -n b -y", [binding])).made.map(({ call }) => call)).toEqual([`DELETE ${path}/b`]);
  });
});
