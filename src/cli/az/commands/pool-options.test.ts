import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { VirtualClock } from "#lib";
import { tryOut } from "../testing/try-out.ts";
import { actionCommands } from "./actions.ts";
import { clusterCommands } from "./clusters.ts";
import { nodePoolCommands } from "./node-pools.ts";
import { updateCommands } from "./updates.ts";

const clock = new VirtualClock();
const NAMED = "-g g --cluster-name c -n p";
const POOL = { id: "/p", name: "p", properties: { count: 2, orchestratorVersion: "1.33.1", upgradeSettings: { maxSurge: "10%" } } };
const OLD = "2022-11-01";
const NEW = "2026-04-01";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "lido-az-"));
  writeFileSync(join(folder, "kubelet.json"), '{"cpuManagerPolicy":"static"}');
  writeFileSync(join(folder, "list.json"), "[]");
  writeFileSync(join(folder, "motd"), "Hello");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What is PUT, and by which api-version. */
async function put(line: string): Promise<{ readonly apiVersion: string; readonly properties: Record<string, unknown> }> {
  const answer = (call: string): unknown =>
    call.endsWith("/agentPools")
      ? { value: [] }
      : call.startsWith("GET snapshots")
        ? { properties: { kubernetesVersion: "1.33.5" } }
        : POOL;
  const commands = [...nodePoolCommands, ...updateCommands];
  const { made } = await tryOut(commands, line.replace("FOLDER", folder), { clock, answer });
  const { body, apiVersion = "" } = made.find(({ call }) => call.startsWith("PUT")) ?? {};
  return { apiVersion, properties: (body as { properties: Record<string, unknown> }).properties };
}

// Source: azure-cli acs _params.py, agentpool_decorator.py and _validators.py, 2.91.
describe("az aks nodepool add and its rarer options", () => {
  it.each([
    ["--node-osdisk-type Ephemeral --scale-down-mode Deallocate", OLD, { osDiskType: "Ephemeral", scaleDownMode: "Deallocate" }],
    ["--priority Spot --spot-max-price -1", OLD, { scaleSetPriority: "Spot", spotMaxPrice: -1 }],
    ["--ppg /ppg --host-group-id /h", OLD, { proximityPlacementGroupID: "/ppg", hostGroupID: "/h" }],
    ["--crg-id /crg", NEW, { capacityReservationGroupID: "/crg" }],
    ["--kubelet-config FOLDER/kubelet.json", OLD, { kubeletConfig: { cpuManagerPolicy: "static" } }],
    ["--message-of-the-day FOLDER/motd", NEW, { messageOfTheDay: "SGVsbG8=" }],
    ["--enable-ultra-ssd --enable-fips-image", OLD, { enableUltraSSD: true, enableFIPS: true }],
    ["--enable-vtpm", NEW, { securityProfile: { enableVTPM: true } }],
    [
      "--node-public-ip-tags RoutingPreference=Internet",
      NEW,
      { networkProfile: { nodePublicIPTags: [{ ipTagType: "RoutingPreference", tag: "Internet" }] } },
    ],
    ["--max-surge 33% --drain-timeout 0", NEW, { upgradeSettings: { maxSurge: "33%" } }],
    [
      "--max-unavailable 1 --node-soak-duration 0 --undrainable-node-behavior Cordon",
      NEW,
      { upgradeSettings: { maxUnavailable: "1", nodeSoakDurationInMinutes: 0, undrainableNodeBehavior: "Cordon" } },
    ],
  ])("%s", async (options, apiVersion, properties) => {
    expect(await put(`aks nodepool add ${NAMED} ${options}`)).toMatchObject({ apiVersion, properties });
  });

  it.each([
    ["--spot-max-price 0.5", "--spot_max_price can only be set when --priority is Spot"],
    ["--priority Spot --spot-max-price 0", "greater than zero"],
    ["--priority Spot --spot-max-price 0.123456", "up to 5 decimal places"],
    ["--priority Spot --spot-max-price much", "argument --spot-max-price: invalid float value: 'much'"],
    ["--snapshot-id /subscriptions/x/y", "--snapshot-id is not a valid Azure resource ID."],
    ["--max-surge lots", "--max-surge should be an int or percentage"],
    ["--max-unavailable=-1", "--max-unavailable must be positive"],
    ["--kubelet-config FOLDER/none.json", "is not valid file, or not accessable."],
    ["--linux-os-config FOLDER/list.json", "Error reading Linux OS configuration from"],
  ])("%s is refused", async (options, message) => {
    await expect(put(`aks nodepool add ${NAMED} ${options}`)).rejects.toThrow(message);
  });
});

describe("az aks nodepool upgrade and update", () => {
  it("keep the upgrade settings that are not named", async () => {
    const settings = { maxSurge: "10%", drainTimeoutInMinutes: 45 };
    for (const verb of ["upgrade -k 1.34.0", "update"])
      expect(await put(`aks nodepool ${verb} ${NAMED} --drain-timeout 45`)).toMatchObject({
        apiVersion: NEW,
        properties: { upgradeSettings: settings },
      });
  });

  it("take the version of a snapshot", async () => {
    const id = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerService/snapshots/n";
    expect((await put(`aks nodepool upgrade ${NAMED} --snapshot-id ${id}`)).properties).toMatchObject({
      orchestratorVersion: "1.33.5",
      creationData: { sourceResourceId: id },
    });
  });
});

describe("az aks and its channels", () => {
  const profile = { upgradeChannel: "patch" };
  const present = { id: "/c", location: "eastus", properties: { agentPoolProfiles: [{ name: "p" }], autoUpgradeProfile: profile } };
  const answer = (): unknown => present;

  it("are set at creation and changed one by one", async () => {
    const created = await tryOut(clusterCommands, "aks create -g g -n c -x --auto-upgrade-channel stable", { clock, answer });
    expect(created.made.find(({ call }) => call.startsWith("PUT"))).toMatchObject({
      apiVersion: OLD,
      body: { properties: { autoUpgradeProfile: { upgradeChannel: "stable" } } },
    });
    const updated = await tryOut(updateCommands, "aks update -g g -n c --node-os-upgrade-channel None", { clock, answer });
    expect(updated.made.find(({ call }) => call.startsWith("PUT"))).toMatchObject({
      apiVersion: NEW,
      body: { properties: { autoUpgradeProfile: { ...profile, nodeOSUpgradeChannel: "None" } } },
    });
  });
});

// Source: azure-cli acs custom.py, aks_update_credentials.
describe("az aks update-credentials", () => {
  const on = (options: string) => tryOut(actionCommands, `aks update-credentials -g g -n c ${options}`, { clock, answer: () => ({}) });

  it("resets the one or the other", async () => {
    const principal = await on("--reset-service-principal --service-principal i --client-secret s");
    expect(principal.made).toMatchObject([
      { call: "POST managedClusters/c/resetServicePrincipalProfile", body: { clientId: "i", secret: "s" } },
    ]);
    const aad = await on("--reset-aad --aad-client-app-id a --aad-server-app-id b --aad-server-app-secret s");
    expect(aad.made).toMatchObject([{ call: "POST managedClusters/c/resetAADProfile", body: { clientAppID: "a", serverAppID: "b" } }]);
  });

  it.each([
    "",
    "--reset-service-principal --reset-aad",
    "--reset-service-principal --client-secret s",
    "--reset-aad --aad-client-app-id a",
  ])("%j is refused", async (options) => {
    await expect(on(options)).rejects.toThrow(/^usage error: --reset-/);
  });
});
