import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Lido, startLido } from "../support/lido.ts";
import { missingTerraform, openTerraform, type Terraform, terraformTitle } from "../support/terraform.ts";

/** Exit code of `terraform plan -detailed-exitcode` when there is something to do. */
const PLAN_HAS_CHANGES = 2;
const POOLS = "/resourceGroups/terraform/providers/Microsoft.ContainerService/managedClusters/cluster/agentPools";

describe.skipIf(missingTerraform.length > 0)(terraformTitle("unmodified Terraform with azurerm"), () => {
  let lido: Lido;
  let terraform: Terraform;
  beforeAll(async () => {
    lido = await startLido("--memory", "--speed", "fast");
    terraform = openTerraform(lido, join(import.meta.dirname, "terraform", "main.tf"));
  });
  afterAll(async () => {
    await lido.kill("SIGKILL");
    terraform.close();
  });
  const pool = async (name: string): Promise<Record<string, unknown>> =>
    (await lido.arm("GET", `${POOLS}/${name}`, undefined, "2025-10-01")).body.properties as Record<string, unknown>;

  it("makes a group and a cluster with two pools, and then has nothing to do", async () => {
    expect((await terraform.call("plan", "-detailed-exitcode")).code).toBe(PLAN_HAS_CHANGES);
    await terraform.apply({}, "3 added, 0 changed, 0 destroyed");
    expect(await pool("second")).toMatchObject({ count: 2, nodeLabels: { tier: "web" }, nodeTaints: ["sku=gpu:NoSchedule"] });
    expect((await terraform.call("output", "-raw", "host")).stdout).toContain(lido.address.endpoint);
  });

  it("changes count, labels and taints in place", async () => {
    const changed = { count_second: 3, labels: { tier: "api", zone: "a" }, taints: ["gone=soon:NoExecute"] };
    await terraform.apply(changed, "0 added, 1 changed, 0 destroyed");
    expect(await pool("second")).toMatchObject({ count: 3, nodeLabels: changed.labels, nodeTaints: changed.taints });
    const bare = { count_default: 2, count_second: 1, labels: {}, taints: [] };
    await terraform.apply(bare, "0 added, 2 changed, 0 destroyed");
    const { nodeLabels = {}, nodeTaints = [] } = await pool("second");
    expect([nodeLabels, nodeTaints]).toEqual([{}, []]);
  });

  it("upgrades control plane and pools", async () => {
    const values = { count_default: 2, count_second: 1, labels: {}, taints: [], kubernetes_version: "1.33.3" };
    await terraform.apply(values, "0 added, 2 changed, 0 destroyed");
    for (const name of ["default", "second"]) expect(await pool(name)).toMatchObject({ currentOrchestratorVersion: "1.33.3" });
  });

  it("destroys what it has made", async () => {
    const { stdout, code } = await terraform.call("destroy", "-auto-approve");
    expect(stdout).toContain("Destroy complete! Resources: 3 destroyed.");
    expect(code).toBe(0);
    expect((await lido.arm("GET", "/resourcegroups", undefined, "2023-07-01")).body.value).toEqual([]);
  });
});
