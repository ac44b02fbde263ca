import { join } from "node:path";
import type { ServerAddress } from "#api/server";
import { writeAzureConfig } from "./azure-config.ts";

/** The variables under which az, kubectl and the SDKs of a shell talk to the server; the user's own settings stay as they are. */
export function environmentOf(address: ServerAddress): Record<string, string> {
  return {
    AZURE_CONFIG_DIR: writeAzureConfig(address),
    REQUESTS_CA_BUNDLE: address.ca,
    NODE_EXTRA_CA_CERTS: address.ca,
    KUBECONFIG: join(address.dataDir, "kubeconfig"),
    AZURE_TENANT_ID: address.tenantId,
    AZURE_SUBSCRIPTION_ID: address.subscriptionId,
    AZURE_CLIENT_ID: address.clientId,
    AZURE_CLIENT_SECRET: address.clientSecret,
    AZURE_AUTHORITY_HOST: address.endpoint,
    LIDO_ENDPOINT: address.endpoint,
    LIDO_DATA_DIR: address.dataDir,
  };
}

/**
 * The lines of `lido env` for a POSIX shell.
 * @param script path of the program when it runs from a checkout: then `lido` becomes a shell function.
 */
export function shellLines(address: ServerAddress, script: string | undefined): string {
  const lines = Object.entries(environmentOf(address)).map(([name, value]) => `export ${name}=${quote(value)}`);
  if (script !== undefined) lines.push(`lido() { node ${quote(script)} "$@"; }`);
  return `${lines.join("\n")}\n`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
