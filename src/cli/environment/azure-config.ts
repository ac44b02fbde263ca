import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ServerAddress } from "#api/server";

/** Name under which az knows this cloud. */
export const CLOUD_NAME = "Lido";

/**
 * Writes the four files that make an unmodified az talk to the server with no `az cloud register` and no `az login`, and
 * leaves what az has since made of them: its settings, and sign-ins to this server.
 * Returns the folder, for AZURE_CONFIG_DIR. Source: azure-cli 2.45 core/cloud.py, core/_profile.py, core/auth/persistence.py.
 */
export function writeAzureConfig(address: ServerAddress): string {
  const folder = join(address.dataDir, "azure");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const [name, text] of Object.entries(azureConfigFiles(address))) {
    const path = join(folder, name);
    if (!isKept(path, name, address)) writeFileSync(path, text, { mode: 0o600 });
  }
  return folder;
}

/** What a file must hold to be left alone; the cloud's addresses are always written again. */
function isKept(path: string, name: string, { subscriptionId, clientSecret }: ServerAddress): boolean {
  const needed: Readonly<Record<string, string>> = {
    config: ini("cloud", { name: CLOUD_NAME }).trim(),
    "azureProfile.json": `"${subscriptionId}"`,
    "service_principal_entries.json": `"${clientSecret}"`,
  };
  const text = needed[name];
  return text !== undefined && existsSync(path) && readFileSync(path, "utf8").includes(text);
}

/** The files' names and contents. */
export function azureConfigFiles(address: ServerAddress): Record<string, string> {
  const { endpoint, tenantId, subscriptionId, clientId, clientSecret } = address;
  return {
    "clouds.config": ini(CLOUD_NAME, {
      profile: "latest",
      endpoint_resource_manager: endpoint,
      endpoint_management: `${endpoint}/`,
      // An authority under `adfs` is the one that MSAL does not look up at Microsoft.
      endpoint_active_directory: `${endpoint}/adfs`,
      endpoint_active_directory_resource_id: `${endpoint}/`,
      endpoint_active_directory_graph_resource_id: `${endpoint}/`,
      endpoint_microsoft_graph_resource_id: `${endpoint}/`,
      endpoint_azmirror_storage_account_resource_id: endpoint,
    }),
    config: [
      ini("cloud", { name: CLOUD_NAME }),
      ini("core", { collect_telemetry: "false", error_recommendation: "off" }),
      ini("extension", { use_dynamic_install: "no" }),
      ini("auto-upgrade", { enable: "no" }),
    ].join("\n"),
    "azureProfile.json": JSON.stringify({
      installationId: clientId,
      subscriptions: [
        {
          id: subscriptionId,
          name: "Lido",
          state: "Enabled",
          user: { name: clientId, type: "servicePrincipal" },
          isDefault: true,
          tenantId,
          environmentName: CLOUD_NAME,
          homeTenantId: tenantId,
          managedByTenants: [],
        },
      ],
    }),
    "service_principal_entries.json": JSON.stringify([{ tenant: tenantId, client_id: clientId, client_secret: clientSecret }]),
  };
}

function ini(section: string, values: Readonly<Record<string, string>>): string {
  const lines = Object.entries(values).map(([key, value]) => `${key} = ${value}`);
  return `[${section}]\n${lines.join("\n")}\n`;
}
