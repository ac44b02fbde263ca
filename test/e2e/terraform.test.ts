import { copyFileSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { find, type Outcome, run } from "../support/clients.ts";
import { type Lido, startLido } from "../support/lido.ts";

const terraform = find("terraform");
/** Where `npm run azurerm` leaves what it builds. */
const CACHE = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "lido", "azurerm", "5.2.0");
const provider = process.env["LIDO_TEST_AZURERM"] ?? join(CACHE, "terraform-provider-azurerm");
const missing = [terraform === undefined ? "terraform" : "", existsSync(provider) ? "" : "the azurerm provider (npm run azurerm)"].filter(
  (name) => name !== "",
);

/** Exit code of `terraform plan -detailed-exitcode` when there is something to do. */
const PLAN_HAS_CHANGES = 2;
const POOLS = "/resourceGroups/terraform/providers/Microsoft.ContainerService/managedClusters/cluster/agentPools";

describe.skipIf(missing.length > 0)(
  `unmodified Terraform with azurerm${missing.length === 0 ? "" : `: ${missing.join(" and ")} missing on this machine`}`,
  () => {
    let lido: Lido;
    let folder: string;
    let env: NodeJS.ProcessEnv;
    beforeAll(async () => {
      lido = await startLido("--memory", "--speed", "fast");
      folder = mkdtempSync(join(tmpdir(), "lido-terraform-"));
      copyFileSync(join(import.meta.dirname, "terraform", "main.tf"), join(folder, "main.tf"));
      const overrides = `provider_installation {\n  dev_overrides { "hashicorp/azurerm" = "${dirname(provider)}" }\n  direct {}\n}\n`;
      writeFileSync(join(folder, "cli.tfrc"), overrides);
      const { address } = lido;
      env = {
        ...process.env,
        HOME: folder,
        TF_CLI_CONFIG_FILE: join(folder, "cli.tfrc"),
        CHECKPOINT_DISABLE: "1",
        SSL_CERT_FILE: address.ca,
        ARM_METADATA_HOSTNAME: new URL(address.endpoint).host,
        ARM_CLIENT_ID: address.clientId,
        ARM_CLIENT_SECRET: address.clientSecret,
        ARM_TENANT_ID: address.tenantId,
        ARM_SUBSCRIPTION_ID: address.subscriptionId,
      };
    });
    afterAll(async () => {
      await lido.kill("SIGKILL");
      rmSync(folder, { recursive: true, force: true });
    });

    const call = (...args: string[]): Promise<Outcome> => run(terraform ?? "", [...args, "-no-color"], { env, cwd: folder });
    const variables = (values: Record<string, unknown>): string[] =>
      Object.entries(values).map(([name, value]) => `-var=${name}=${typeof value === "string" ? value : JSON.stringify(value)}`);
    /** Applies, and expects that afterwards there is nothing to do. */
    async function apply(values: Record<string, unknown>, did: string): Promise<void> {
      const applied = await call("apply", "-auto-approve", ...variables(values));
      expect(applied.stderr).toBe("");
      expect(applied.stdout).toContain(`Resources: ${did}.`);
      const plan = await call("plan", "-detailed-exitcode", ...variables(values));
      expect(plan.stdout).toContain("No changes. Your infrastructure matches the configuration.");
      expect(plan.code).toBe(0);
    }
    const pool = async (name: string): Promise<Record<string, unknown>> =>
      (await lido.arm("GET", `${POOLS}/${name}`, undefined, "2025-10-01")).body.properties as Record<string, unknown>;

    it("makes a group and a cluster with two pools, and then has nothing to do", async () => {
      expect((await call("plan", "-detailed-exitcode")).code).toBe(PLAN_HAS_CHANGES);
      await apply({}, "3 added, 0 changed, 0 destroyed");
      expect(await pool("second")).toMatchObject({ count: 2, nodeLabels: { tier: "web" }, nodeTaints: ["sku=gpu:NoSchedule"] });
      expect((await call("output", "-raw", "host")).stdout).toContain(lido.address.endpoint);
    });

    it("changes count, labels and taints in place", async () => {
      const changed = { count_second: 3, labels: { tier: "api", zone: "a" }, taints: ["gone=soon:NoExecute"] };
      await apply(changed, "0 added, 1 changed, 0 destroyed");
      expect(await pool("second")).toMatchObject({ count: 3, nodeLabels: changed.labels, nodeTaints: changed.taints });
      const bare = { count_default: 2, count_second: 1, labels: {}, taints: [] };
      await apply(bare, "0 added, 2 changed, 0 destroyed");
      const { nodeLabels = {}, nodeTaints = [] } = await pool("second");
      expect([nodeLabels, nodeTaints]).toEqual([{}, []]);
    });

    it("upgrades control plane and pools", async () => {
      const values = { count_default: 2, count_second: 1, labels: {}, taints: [], kubernetes_version: "1.33.3" };
      await apply(values, "0 added, 2 changed, 0 destroyed");
      for (const name of ["default", "second"]) expect(await pool(name)).toMatchObject({ currentOrchestratorVersion: "1.33.3" });
    });

    it("destroys what it has made", async () => {
      const { stdout, code } = await call("destroy", "-auto-approve");
      expect(stdout).toContain("Destroy complete! Resources: 3 destroyed.");
      expect(code).toBe(0);
      expect((await lido.arm("GET", "/resourcegroups", undefined, "2023-07-01")).body.value).toEqual([]);
    });
  },
);
