import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { rootCertificates } from "node:tls";
import type { ServerAddress } from "#api/server";

const BUNDLE_FILE = "ca-bundle.pem";
const EXTRA_FILE = "ca-extra.pem";

/** Where systems keep the authorities that they trust. Source: Go's crypto/x509, root_linux.go and root_bsd.go; OpenSSL of macOS. */
const SYSTEM_BUNDLES = [
  "/etc/ssl/certs/ca-certificates.crt",
  "/etc/pki/tls/certs/ca-bundle.crt",
  "/etc/ssl/ca-bundle.pem",
  "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
  "/etc/ssl/cert.pem",
];

/**
 * Writes a file with the server's authority and all that the process trusts already, since clients that are given a file
 * trust nothing else. Returns its path.
 */
export function writeBundle(address: ServerAddress, environment: NodeJS.ProcessEnv): string {
  const path = join(address.dataDir, BUNDLE_FILE);
  const named = ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"].map((name) => environment[name]);
  const system = SYSTEM_BUNDLES.find((file) => existsSync(file));
  const texts = [address.ca, ...ownFiles(named, address), ...(system === undefined ? [] : [system])].map(readText);
  if (system === undefined) texts.push(rootCertificates.join("\n"));
  writeFileSync(path, distinct(texts), { mode: 0o600 });
  return path;
}

/** Writes a file for NODE_EXTRA_CA_CERTS, which adds to what Node.js trusts. Returns its path: the authority's own when that is all. */
export function writeExtraAuthorities(address: ServerAddress, environment: NodeJS.ProcessEnv): string {
  const [given] = ownFiles([environment["NODE_EXTRA_CA_CERTS"]], address);
  if (given === undefined) return address.ca;
  const path = join(address.dataDir, EXTRA_FILE);
  writeFileSync(path, distinct([readText(address.ca), readText(given)]), { mode: 0o600 });
  return path;
}

/** Every certificate of PEM texts. */
export function certificatesIn(text: string): readonly string[] {
  return text.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? [];
}

/** Of the files that variables name, those that exist and that this program has not written itself for some server. */
function ownFiles(named: readonly (string | undefined)[], address: ServerAddress): readonly string[] {
  const written = new Set([address.ca, join(address.dataDir, BUNDLE_FILE)].map((path) => resolve(path)));
  return named.filter((path): path is string => path !== undefined && path !== "" && !written.has(resolve(path)) && isReadableFile(path));
}

function isReadableFile(path: string): boolean {
  try {
    return readFileSync(path).length > 0;
  } catch {
    return false;
  }
}

function readText(path: string): string {
  return readFileSync(path, "utf8");
}

function distinct(texts: readonly string[]): string {
  const certificates = new Set(texts.flatMap((text) => certificatesIn(text).map((each) => each.replaceAll("\r", ""))));
  return `${[...certificates].join("\n")}\n`;
}
