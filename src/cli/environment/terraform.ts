import type { ServerAddress } from "#api/server";

/**
 * A provider block for Terraform's azurerm.
 * Source: hashicorp/terraform-provider-azurerm website/docs/index.html.markdown, `metadata_host`.
 */
export function terraformBlock({ endpoint, ca, ...address }: ServerAddress): string {
  return `# Terraform trusts what the system trusts: SSL_CERT_FILE on Linux ("lido env" sets it; the authority is
# ${comment(ca)}), elsewhere the system's own store ("lido trust").
provider "azurerm" {
  features {}

  metadata_host   = ${quote(new URL(endpoint).host)}
  tenant_id       = ${quote(address.tenantId)}
  subscription_id = ${quote(address.subscriptionId)}
  client_id       = ${quote(address.clientId)}
  client_secret   = ${quote(address.clientSecret)}
}
`;
}

/** HCL's quoted strings: backslashes, quotes, and the two ways to begin a template. Source: HCL native syntax specification. */
function quote(text: string): string {
  return JSON.stringify(text).replaceAll(/[$%](?=\{)/g, "$&$&");
}

function comment(text: string): string {
  return text.replaceAll(/[\r\n]/g, " ");
}
