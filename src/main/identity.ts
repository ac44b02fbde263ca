import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Clock, Random } from "#lib";
import { createCertificateAuthority, issueCertificate } from "#lib";
import type { DataDirectory } from "./data-directory.ts";

/** Who this installation is: fixed ids, so that scripts and templates can name them, and a secret of its own. */
export interface Installation {
  readonly tenantId: string;
  readonly subscriptionId: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/**
 * The default subscription. Its first six digits are part of az's default DNS prefix, and the prefix decides the digits
 * in node names: with these the article's cluster has the article's nodes, `aks-nodepool1-28993262-vmss000000`.
 */
const SUBSCRIPTION_ID = "19da3500-0000-4000-8000-000000000000";
const FILE = "installation.json";
const SECRET_LENGTH = 40;
const SECRET_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

const IDS = {
  tenantId: "11111111-1111-1111-1111-111111111111",
  subscriptionId: SUBSCRIPTION_ID,
  clientId: "22222222-2222-2222-2222-222222222222",
};

/** The installation of a data directory, made on first use. */
export function loadInstallation(directory: DataDirectory, random: Random): Installation {
  const stored = directory.read(FILE);
  if (stored !== undefined) return JSON.parse(stored) as Installation;
  const installation: Installation = { ...IDS, clientSecret: random.text(SECRET_LENGTH, SECRET_ALPHABET) };
  directory.write(FILE, JSON.stringify(installation, undefined, 2));
  return installation;
}

/** The installation that a data directory has, or will have at its first start but for the secret. */
export function readInstallation(folder: string): Installation {
  const path = join(folder, FILE);
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as Installation) : { ...IDS, clientSecret: "" };
}

export interface ServerCertificate {
  readonly certPem: string;
  readonly keyPem: string;
}

export const CA_FILE = "ca.pem";
const CA_KEY_FILE = "ca.key.pem";
const SERVER_CERT_FILE = "server.pem";
const SERVER_KEY_FILE = "server.key.pem";
const CA_DAYS = 3650;
const SERVER_DAYS = 825;
/** A server certificate is renewed when it has less than this left. */
const RENEW_BEFORE_MS = 30 * 86_400_000;
const VALIDITY_FILE = "server.expires";

/** The certificate that the listener shows, from the directory's own authority; made on first use and renewed before it ends. */
export async function loadServerCertificate(
  directory: DataDirectory,
  host: string,
  { clock }: { clock: Clock },
): Promise<ServerCertificate> {
  const certPem = directory.read(SERVER_CERT_FILE);
  const keyPem = directory.read(SERVER_KEY_FILE);
  const expires = directory.read(VALIDITY_FILE)?.split(" ");
  const isCurrent = Number(expires?.[0]) - clock.now() > RENEW_BEFORE_MS && expires?.[1] === host;
  if (certPem !== undefined && keyPem !== undefined && isCurrent) return { certPem, keyPem };
  return await renew(directory, host, clock);
}

async function renew(directory: DataDirectory, host: string, clock: Clock): Promise<ServerCertificate> {
  const storedCa = directory.read(CA_FILE);
  const storedKey = directory.read(CA_KEY_FILE);
  const authority =
    storedCa !== undefined && storedKey !== undefined
      ? { certPem: storedCa, keyPem: storedKey }
      : await createCertificateAuthority({ commonName: "Lido local authority", clock, validDays: CA_DAYS });
  const server = await issueCertificate(authority, {
    commonName: "localhost",
    dnsNames: ["localhost", ...(isAddress(host) ? [] : [host])],
    ipAddresses: ["127.0.0.1", "::1", ...(isAddress(host) && !["127.0.0.1", "::1", "0.0.0.0", "::"].includes(host) ? [host] : [])],
    usage: "server",
    clock,
    validDays: SERVER_DAYS,
  });
  directory.write(CA_FILE, authority.certPem);
  directory.write(CA_KEY_FILE, authority.keyPem);
  directory.write(SERVER_CERT_FILE, server.certPem);
  directory.write(SERVER_KEY_FILE, server.keyPem);
  directory.write(VALIDITY_FILE, `${clock.now() + SERVER_DAYS * 86_400_000} ${host}`);
  return server;
}

function isAddress(host: string): boolean {
  return /^[\d.]+$/.test(host) || host.includes(":");
}
