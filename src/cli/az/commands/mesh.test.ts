import { describe, expect, it } from "vitest";
import { VirtualClock } from "#lib";
import { type Trial, tryOut } from "../testing/try-out.ts";
import { meshCommands } from "./mesh.ts";

const compatibleWith = [
  { name: "KubernetesOfficial", versions: ["1.30", "1.31"] },
  { name: "AKSLongTermSupport", versions: ["1.29", "1.30", "1.31"] },
];
const REVISIONS = [
  { revision: "asm-1-28", upgrades: ["asm-1-29"], compatibleWith },
  { revision: "asm-1-29", compatibleWith },
];

const run = (line: string, mesh?: object): Promise<Trial> =>
  tryOut(meshCommands, `aks mesh ${line}`, {
    clock: new VirtualClock(),
    answer(call) {
      if (call.endsWith("/meshRevisionProfiles")) return { value: [{ properties: { meshRevisions: REVISIONS } }] };
      if (call.endsWith("/meshUpgradeProfiles")) return { value: mesh === undefined ? [] : [{ properties: REVISIONS[0] }] };
      return { id: "/c", location: "eastus", properties: { kubernetesVersion: "1.30.1", ...(mesh && { serviceMeshProfile: mesh }) } };
    },
  });
const istio = (...revisions: readonly string[]): object => ({ mode: "Istio", istio: { revisions, components: {} } });
const named = "-g g -n c";

// Source: azure-cli acs custom.py, managed_cluster_decorator.py and _format.py, 2.91.
describe("az aks mesh", () => {
  it("get-revisions has a row for each kind of Kubernetes releases", async () => {
    const { table, result } = await run("get-revisions -l eastus");
    expect(result).toMatchObject({ meshRevisions: [{ upgrades: ["asm-1-29"] }, { upgrades: null }] });
    expect(table?.slice(1, 3)).toEqual([
      { Revision: "asm-1-28", Upgrades: "asm-1-29", CompatibleWith: "AKSLongTermSupport", CompatibleVersions: "1.29, 1.30, 1.31" },
      { Revision: "asm-1-29", Upgrades: "None available", CompatibleWith: "KubernetesOfficial", CompatibleVersions: "1.30, 1.31" },
    ]);
  });

  it("get-upgrades shows those of a cluster, and warns of one without a mesh", async () => {
    expect((await run(`get-upgrades ${named}`, istio("asm-1-28"))).result).toMatchObject({ revision: "asm-1-28", upgrades: ["asm-1-29"] });
    const { result, said } = await run(`get-upgrades ${named}`);
    expect([result, said]).toEqual([undefined, ["WARNING: No mesh upgrade profiles found for the cluster 'c' in the resource group 'g'."]]);
  });

  it.each<readonly [string, object | undefined, object]>([
    [`enable ${named}`, undefined, { mode: "Istio", istio: {} }],
    [`enable ${named} --revision asm-1-29`, { mode: "Disabled" }, { mode: "Istio", istio: { revisions: ["asm-1-29"] } }],
    [`disable ${named} --yes`, istio("asm-1-28"), { ...istio("asm-1-28"), mode: "Disabled" }],
    [`upgrade start ${named} --revision asm-1-29`, istio("asm-1-28"), istio("asm-1-28", "asm-1-29")],
    [`upgrade complete ${named} -y`, istio("asm-1-29", "asm-1-28"), istio("asm-1-29")],
    [`upgrade rollback ${named} -y`, istio("asm-1-9", "asm-1-10"), istio("asm-1-9")],
  ])("%s", async (line, before, after) => {
    const { made } = await run(line, before);
    const put = made.find(({ call }) => call.startsWith("PUT"));
    expect(put?.apiVersion).toBe("2026-06-01");
    expect(put?.body).toEqual({ id: "/c", location: "eastus", properties: { kubernetesVersion: "1.30.1", serviceMeshProfile: after } });
  });

  it("warns of a revision that is offered no more", async () => {
    expect((await run(`upgrade rollback ${named} -y`, istio("asm-1-27", "asm-1-28"))).said).toEqual([
      expect.stringContaining("WARNING: Istio mesh revision asm-1-27 currently in use in your cluster is no longer supported."),
    ]);
  });

  it.each<readonly [string, object | undefined, string]>([
    [`enable ${named}`, istio("asm-1-28"), "Istio has already been enabled for this cluster"],
    [`enable ${named} --revision 1.28`, undefined, "Revision 1.28 is not supported by the service mesh add-on."],
    [`disable ${named} -y`, undefined, "Istio has not been enabled for this cluster"],
    [`disable ${named}`, istio("asm-1-28"), "Unable to prompt for confirmation"],
    [`upgrade start ${named} --revision asm-1-29`, { mode: "Disabled" }, "Istio has not been enabled for this cluster"],
    [`upgrade complete ${named} -y`, istio("asm-1-28"), "Azure Service Mesh upgrade is not in progress."],
    [`upgrade rollback ${named}`, istio("asm-1-28", "asm-1-29"), "Unable to prompt for confirmation"],
  ])("%s of %j is refused", async (line, mesh, told) => {
    await expect(run(line, mesh)).rejects.toThrow(told);
  });
});
