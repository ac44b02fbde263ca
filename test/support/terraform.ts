import { copyFileSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect } from "vitest";
import { find, type Outcome, run } from "./clients.ts";
import type { Lido } from "./lido.ts";

const terraform = find("terraform");
/** Where `npm run azurerm` leaves what it builds. */
const CACHE = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "lido", "azurerm", "5.2.0");
const provider = process.env["LIDO_TEST_AZURERM"] ?? join(CACHE, "terraform-provider-azurerm");

/** What this machine lacks of Terraform. */
export const missingTerraform: readonly string[] = [
  terraform === undefined ? "terraform" : "",
  existsSync(provider) ? "" : "the azurerm provider (npm run azurerm)",
].filter((name) => name !== "");

/** A title that names what is missing. */
export function terraformTitle(title: string): string {
  return missingTerraform.length === 0 ? title : `${title}: ${missingTerraform.join(" and ")} missing on this machine`;
}

/** Terraform in a folder of its own, with the state of what it has made. */
export interface Terraform {
  call(...args: string[]): Promise<Outcome>;
  /** Applies, and expects that afterwards there is nothing to do. */
  apply(values: Readonly<Record<string, unknown>>, did: string): Promise<void>;
  close(): void;
}

/** @param configuration the file that is applied. */
export function openTerraform({ address }: Lido, configuration: string): Terraform {
  const folder = mkdtempSync(join(tmpdir(), "lido-terraform-"));
  copyFileSync(configuration, join(folder, "main.tf"));
  const overrides = `provider_installation {\n  dev_overrides { "hashicorp/azurerm" = "${dirname(provider)}" }\n  direct {}\n}\n`;
  writeFileSync(join(folder, "cli.tfrc"), overrides);
  const env = {
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
  const call = (...args: string[]): Promise<Outcome> => run(terraform ?? "", [...args, "-no-color"], { env, cwd: folder });
  return {
    call,
    async apply(values, did) {
      const variables = Object.entries(values).map(
        ([name, value]) => `-var=${name}=${typeof value === "string" ? value : JSON.stringify(value)}`,
      );
      const applied = await call("apply", "-auto-approve", ...variables);
      expect(applied.stderr).toBe("");
      expect(applied.stdout).toContain(`Resources: ${did}.`);
      const plan = await call("plan", "-detailed-exitcode", ...variables);
      expect(plan.stdout).toContain("No changes. Your infrastructure matches the configuration.");
      expect(plan.code).toBe(0);
    },
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}
