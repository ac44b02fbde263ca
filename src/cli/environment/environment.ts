import { join } from "node:path";
import type { ServerAddress } from "#api/server";
import { writeAzureConfig } from "./azure-config.ts";
import { writeBundle, writeExtraAuthorities } from "./authorities.ts";

/** Hosts that no proxy must stand in front of. */
const LOCAL_HOSTS = ["localhost", "127.0.0.1", "::1"];
const PROXIES = ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"];

/**
 * The variables under which az, Terraform, the SDKs, kubectl and curl of a process talk to the server. Writes the files
 * that they name below the server's folder; nothing of the user's own is read again or changed.
 * Source: azure-cli core/_environment.py and core/extension/__init__.py; azure-identity and @azure/identity, environment
 * variables; hashicorp/terraform-provider-azurerm internal/provider/provider.go; requests, Go crypto/x509, Node.js and curl on authorities.
 * @param environment of the process so far: its authorities stay trusted, its proxies are told to leave the server alone.
 */
export function environmentOf(address: ServerAddress, environment: NodeJS.ProcessEnv = process.env): Record<string, string> {
  const configuration = writeAzureConfig(address);
  const bundle = writeBundle(address, environment);
  return {
    AZURE_CONFIG_DIR: configuration,
    AZURE_EXTENSION_DIR: join(configuration, "cliextensions"),
    REQUESTS_CA_BUNDLE: bundle,
    CURL_CA_BUNDLE: bundle,
    SSL_CERT_FILE: bundle,
    NODE_EXTRA_CA_CERTS: writeExtraAuthorities(address, environment),
    KUBECONFIG: join(address.dataDir, "kubeconfig"),
    // A tenant of this name is the one that every identity library takes without asking Microsoft about the host.
    AZURE_TENANT_ID: "adfs",
    AZURE_SUBSCRIPTION_ID: address.subscriptionId,
    AZURE_CLIENT_ID: address.clientId,
    AZURE_CLIENT_SECRET: address.clientSecret,
    AZURE_AUTHORITY_HOST: address.endpoint,
    ARM_METADATA_HOSTNAME: new URL(address.endpoint).host,
    ARM_TENANT_ID: address.tenantId,
    ARM_SUBSCRIPTION_ID: address.subscriptionId,
    ARM_CLIENT_ID: address.clientId,
    ARM_CLIENT_SECRET: address.clientSecret,
    ...noProxy(environment),
    LIDO_ENDPOINT: address.endpoint,
    LIDO_DATA_DIR: address.dataDir,
  };
}

/** Whether requests to this machine go through a proxy, by the variables that clients read. */
export function isProxied(environment: NodeJS.ProcessEnv): boolean {
  return PROXIES.some((name) => (environment[name] ?? "") !== "") && missingHosts(environment).length > 0;
}

function noProxy(environment: NodeJS.ProcessEnv): Record<string, string> {
  if (!isProxied(environment)) return {};
  const value = [...exempted(environment), ...missingHosts(environment)].join(",");
  return { NO_PROXY: value, no_proxy: value };
}

function missingHosts(environment: NodeJS.ProcessEnv): readonly string[] {
  const given = exempted(environment);
  return given.includes("*") ? [] : LOCAL_HOSTS.filter((host) => !given.includes(host));
}

function exempted(environment: NodeJS.ProcessEnv): readonly string[] {
  const text = environment["no_proxy"] ?? environment["NO_PROXY"] ?? "";
  return text
    .split(",")
    .map((host) => host.trim())
    .filter((host) => host !== "");
}
