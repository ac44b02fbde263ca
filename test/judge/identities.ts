import { generateKeyPairSync } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createCertificateAuthority, issueCertificate, systemClock, type KeyedCertificate } from "#lib";

/** Who may call the API server; each has a kubeconfig of that name in the folder. */
const CALLERS = [
  { name: "admin", commonName: "admin", organizations: ["system:masters"] },
  { name: "scheduler", commonName: "system:kube-scheduler" },
  { name: "controllers", commonName: "system:kube-controller-manager" },
];
const VALID_DAYS = 30;
const RSA_BITS = 2048;

/**
 * Writes the certificates and keys of a control plane at 127.0.0.1: `ca`, `server`, each `.crt` and `.key`, `accounts.key` and
 * `accounts.pub` that sign service accounts' tokens, and a kubeconfig of each caller.
 */
export async function writeIdentities(folder: string, server: string): Promise<void> {
  const clock = systemClock;
  const authority = await createCertificateAuthority({ commonName: "kubernetes", clock, validDays: VALID_DAYS });
  const issued = { clock, validDays: VALID_DAYS };
  const dnsNames = ["localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc"];
  const serving = await issueCertificate(authority, {
    ...issued,
    commonName: "kube-apiserver",
    usage: "server",
    dnsNames,
    ipAddresses: ["127.0.0.1"],
  });
  writePair(folder, "ca", authority);
  writePair(folder, "server", serving);
  for (const { name, ...subject } of CALLERS) {
    const caller = await issueCertificate(authority, { ...issued, ...subject, usage: "client" });
    writeFileSync(join(folder, name), kubeconfig(server, authority.certPem, caller), { mode: 0o600 });
  }
  writeAccountKeys(folder);
}

function writePair(folder: string, name: string, { certPem, keyPem }: KeyedCertificate): void {
  writeFileSync(join(folder, `${name}.crt`), certPem);
  writeFileSync(join(folder, `${name}.key`), keyPem, { mode: 0o600 });
}

function writeAccountKeys(folder: string): void {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: RSA_BITS });
  writeFileSync(join(folder, "accounts.key"), privateKey.export({ type: "pkcs8", format: "pem" }), { mode: 0o600 });
  writeFileSync(join(folder, "accounts.pub"), publicKey.export({ type: "spki", format: "pem" }));
}

/** JSON, which is YAML too. */
function kubeconfig(server: string, caPem: string, { certPem, keyPem }: KeyedCertificate): string {
  const base64 = (text: string): string => Buffer.from(text).toString("base64");
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "judge", cluster: { server, "certificate-authority-data": base64(caPem) } }],
    users: [{ name: "caller", user: { "client-certificate-data": base64(certPem), "client-key-data": base64(keyPem) } }],
    contexts: [{ name: "judge", context: { cluster: "judge", user: "caller" } }],
    "current-context": "judge",
  });
}
