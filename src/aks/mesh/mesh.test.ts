import { describe, expect, it } from "vitest";
import { timeOf } from "#api/containerservice/times";
import { CLUSTER, Scene } from "../testing/scene.ts";
import type { Answer } from "../testing/world.ts";
import { defaultRevision, isCompatible, meshUpgrades, revisionsOn } from "./revisions.ts";

const API = "2026-04-01";
const [OLDER = "", NEWER = ""] = revisionsOn(timeOf(API)).slice(-2);

// Source: MicrosoftDocs/azure-aks-docs articles/aks/istio-support-policy.md and istio-upgrade.md.
describe("revisions of the mesh", () => {
  it.each([
    ["2023-05-01", ["asm-1-17"], "asm-1-17"],
    ["2024-07-03", ["asm-1-20", "asm-1-21", "asm-1-22"], "asm-1-21"],
    ["2024-10-21", ["asm-1-22", "asm-1-23"], "asm-1-22"],
    ["2025-10-01", ["asm-1-25", "asm-1-26", "asm-1-27"], "asm-1-26"],
    ["2026-08-07", ["asm-1-29", "asm-1-30"], "asm-1-29"],
  ])("on %s", (day, revisions, byDefault) => {
    expect([revisionsOn(day), defaultRevision(day)]).toEqual([revisions, byDefault]);
  });

  const on = (version: string, hasLongTermSupport = false): Parameters<typeof meshUpgrades>[2] => ({ version, hasLongTermSupport });

  it.each<readonly [string, string, Parameters<typeof meshUpgrades>[2] | undefined, readonly string[]]>([
    ["asm-1-20", "2024-07-03", undefined, ["asm-1-21"]],
    ["asm-1-22", "2024-07-03", undefined, []],
    ["asm-1-25", "2025-10-01", undefined, ["asm-1-26", "asm-1-27"]],
    ["asm-1-25", "2025-10-01", on("1.34.1"), ["asm-1-26", "asm-1-27"]],
    ["asm-1-25", "2025-10-01", on("1.28.5"), []],
    ["asm-1-25", "2025-10-01", on("1.28.5", true), ["asm-1-26"]],
    ["asm-1-24", "2025-10-01", undefined, ["asm-1-25", "asm-1-26"]],
    ["asm-1-23", "2025-10-01", undefined, ["asm-1-25"]],
    ["asm-1-19", "2024-10-21", undefined, ["asm-1-22"]],
  ])("%s on %s of %j goes to %j", (revision, day, cluster, upgrades) => {
    expect(meshUpgrades(revision, day, cluster)).toEqual(upgrades);
  });

  it("run on the releases that they say", () => {
    const fits = ["1.28.0", "1.29.0", "1.33.9", "1.34.0"].map((version) =>
      isCompatible("asm-1-25", { version, hasLongTermSupport: false }),
    );
    expect(fits).toEqual([false, true, true, false]);
  });
});

class Mesh {
  readonly scene: Scene;

  constructor(scene: Scene) {
    this.scene = scene;
  }

  static async open(profile?: object): Promise<Mesh> {
    const scene = await Scene.open();
    await scene.create();
    const mesh = new Mesh(scene);
    if (profile !== undefined) await scene.succeed(mesh.put(profile));
    return mesh;
  }

  put(serviceMeshProfile: unknown): Promise<Answer> {
    return this.scene.call("PUT", CLUSTER, { location: "eastus", properties: { serviceMeshProfile } }, API);
  }

  revisions(...revisions: readonly string[]): Promise<Answer> {
    return this.put({ mode: "Istio", istio: { revisions } });
  }

  async profile(): Promise<unknown> {
    return (await this.scene.call("GET", CLUSTER, undefined, API)).body.properties.serviceMeshProfile;
  }

  async upgrades(): Promise<unknown> {
    const { body } = await this.scene.call("GET", `${CLUSTER}/meshUpgradeProfiles`, undefined, API);
    return body.value[0]?.properties;
  }
}

describe("the mesh of a cluster", () => {
  it("has the newest revision but one, is upgraded beside it, rolled back, upgraded again and completed", async () => {
    const mesh = await Mesh.open({ mode: "Istio", istio: { components: { ingressGateways: [{ mode: "External", enabled: true }] } } });
    const istio = { components: { ingressGateways: [{ mode: "External", enabled: true }] } };
    expect(await mesh.profile()).toEqual({ mode: "Istio", istio: { ...istio, revisions: [OLDER] } });
    expect(await mesh.upgrades()).toMatchObject({ revision: OLDER, upgrades: [NEWER], compatibleWith: [{ name: "KubernetesOfficial" }] });
    for (const step of [[OLDER, NEWER], [OLDER], [OLDER, NEWER], [NEWER]]) {
      await mesh.scene.succeed(mesh.revisions(...step));
      expect(await mesh.profile()).toMatchObject({ istio: { revisions: step } });
    }
    expect(await mesh.upgrades()).not.toHaveProperty("upgrades");
    await mesh.scene.succeed(mesh.put({ mode: "Disabled" }));
    expect([await mesh.profile(), await mesh.upgrades()]).toEqual([{ mode: "Disabled" }, undefined]);
    await mesh.scene.world.stop();
  });

  it("stays when a request says nothing of it, or names no revisions", async () => {
    const mesh = await Mesh.open({ mode: "Istio" });
    const before = await mesh.profile();
    await mesh.scene.succeed(mesh.put(undefined));
    await mesh.scene.succeed(mesh.put({ mode: "Istio", istio: { revisions: null } }));
    expect(await mesh.profile()).toEqual(before);
    await mesh.scene.world.stop();
  });

  const RULES = "Requested change in revisions is not allowed. Reason: ";
  it.each([["asm-1-17"], ["asm-1-99"]])("is not new with %s", async (revision) => {
    const mesh = await Mesh.open();
    expect(await mesh.revisions(revision)).toMatchObject({
      status: 400,
      body: { code: "BadRequest", message: `${RULES}Revision ${revision} is not supported by the service mesh add-on.` },
    });
    await mesh.scene.world.stop();
  });

  it("is neither replaced at once, nor upgraded to what is older, nor upgraded twice", async () => {
    const mesh = await Mesh.open({ mode: "Istio" });
    const told = async (...revisions: readonly string[]): Promise<unknown> => (await mesh.revisions(...revisions)).body.message;
    expect(await told(NEWER)).toBe(
      `${RULES}Revision ${OLDER} cannot be replaced by ${NEWER} at once. Both run until the upgrade is completed or rolled back.`,
    );
    await mesh.scene.succeed(mesh.revisions(OLDER, NEWER));
    expect(await told(OLDER, NEWER, "asm-1-30")).toContain("A new mesh has one revision and an upgrade has two");
    await mesh.scene.succeed(mesh.revisions(NEWER));
    expect(await told(NEWER, OLDER)).toBe(`${RULES}Revision ${NEWER} cannot be upgraded to ${OLDER}. Available upgrades: [].`);
    await mesh.scene.world.stop();
  });

  it.each([
    ["a text", "serviceMeshProfile"],
    [{ mode: "Linkerd" }, "properties.serviceMeshProfile.mode"],
    [{ mode: "Istio", istio: [] }, "properties.serviceMeshProfile.istio"],
    [{ mode: "Istio", istio: { revisions: "asm-1-29" } }, "properties.serviceMeshProfile.istio.revisions"],
    [{ mode: "Istio", istio: { revisions: ["asm-1-28", "asm-1-28"] } }, "properties.serviceMeshProfile.istio.revisions"],
  ])("is not %j", async (profile, target) => {
    const mesh = await Mesh.open();
    const { status, body } = await mesh.put(profile);
    expect([status, body.target]).toEqual([400, expect.stringContaining(target)]);
    expect(await mesh.profile()).toBeUndefined();
    await mesh.scene.world.stop();
  });

  it("comes with a cluster that is new, or its cluster does not come", async () => {
    const scene = await Scene.open();
    const first = { name: "one", count: 1, vmSize: "Standard_DS2_v2", type: "VirtualMachineScaleSets", mode: "System" };
    const put = (revision: string): Promise<Answer> => {
      const serviceMeshProfile = { mode: "Istio", istio: { revisions: [revision] } };
      const properties = { dnsPrefix: "c-dns", kubernetesVersion: "1.30.14", agentPoolProfiles: [first], serviceMeshProfile };
      return scene.call("PUT", CLUSTER, { location: "eastus", properties }, API);
    };
    expect(await put("asm-1-29")).toMatchObject({
      status: 400,
      body: { message: `${RULES}Revision asm-1-29 is not compatible with cluster version 1.30.14.` },
    });
    const made = await put("asm-1-28");
    expect(made).toMatchObject({ status: 201, body: { properties: { serviceMeshProfile: { istio: { revisions: ["asm-1-28"] } } } } });
    await scene.world.stop();
  });
});
