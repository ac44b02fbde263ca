import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { parse } from "yaml";
import type { HttpTransportOptions } from "./http-transport.ts";

/** A kubeconfig that cannot be used, for a reason the user can mend; the message says how. */
export class KubeconfigError extends Error {}

/** Members of a cluster or user that mean something which is not done here, and why not. */
const UNUSABLE = {
  cluster: { "proxy-url": "proxies are not spoken to" },
  user: {
    exec: "programs that fetch credentials are not run; give a client certificate or a token",
    "auth-provider": "providers of credentials are not asked; give a client certificate or a token",
    username: "API servers take no passwords since Kubernetes 1.19; give a client certificate or a token",
    as: "impersonation is not done; give the credentials of the user that is meant",
  },
} as const;

/**
 * The way to the API server that the current context of a kubeconfig names, with a client certificate, a token or both.
 * Source: client-go tools/clientcmd/api/v1/types.go; paths in it are relative to its folder (tools/clientcmd/loader.go).
 * @throws {KubeconfigError} when the file cannot be read, lacks a part, or wants what is not done here.
 */
export function readKubeconfig(file: string): HttpTransportOptions {
  const fail = (message: string): never => {
    throw new KubeconfigError(`The kubeconfig ${file} cannot be used: ${message}.`);
  };
  const config = readConfig(file, fail);
  const current = text(config["current-context"]) ?? fail("it has no current-context");
  const context = named(config, "context", current, fail);
  const cluster = named(config, "cluster", text(context["cluster"]) ?? "", fail);
  const userName = text(context["user"]);
  const user = userName === undefined ? {} : named(config, "user", userName, fail);
  refuseUnusable("cluster", cluster, fail);
  refuseUnusable("user", user, fail);
  const server = cluster["server"];
  if (typeof server !== "string" || !isHttps(server)) return fail(`cluster.server is no https address: ${String(server)}`);
  const read = (path: string): string => readFile(resolve(dirname(file), path), fail);
  const pem = (from: Entry, member: string): string | undefined => pemOf(from, member, read);
  const [caPem, certPem, keyPem] = [pem(cluster, "certificate-authority"), pem(user, "client-certificate"), pem(user, "client-key")];
  if ((certPem === undefined) !== (keyPem === undefined)) return fail("a client certificate needs its key, and a key its certificate");
  const tokenFile = text(user["tokenFile"]);
  const token = text(user["token"]) ?? (tokenFile === undefined ? undefined : read(tokenFile).trim());
  if (certPem === undefined && token === undefined) return fail("its user has neither a client certificate nor a token");
  const serverName = text(cluster["tls-server-name"]);
  return {
    server: server.replace(/\/+$/, ""),
    ...(caPem !== undefined && { caPem }),
    ...(serverName !== undefined && { serverName }),
    ...(cluster["insecure-skip-tls-verify"] === true && { isInsecure: true }),
    ...(certPem !== undefined && { certPem }),
    ...(keyPem !== undefined && { keyPem }),
    ...(token !== undefined && { token }),
  };
}

type Entry = Readonly<Record<string, unknown>>;
type Fail = (message: string) => never;

function readConfig(file: string, fail: Fail): Entry {
  const content = readFile(file, fail);
  try {
    const config: unknown = parse(content);
    return isEntry(config) ? config : fail("it is no object");
  } catch (error) {
    if (error instanceof KubeconfigError) throw error;
    return fail(`it is no YAML: ${(error as Error).message.split("\n", 1)[0]?.replace(/[:.]$/, "")}`);
  }
}

function readFile(path: string, fail: Fail): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    return fail((error as NodeJS.ErrnoException).code === "ENOENT" ? `there is no file ${path}` : (error as Error).message);
  }
}

function named(config: Entry, kind: "cluster" | "context" | "user", name: string, fail: Fail): Entry {
  const list: unknown = config[`${kind}s`];
  const found: unknown = Array.isArray(list) ? list.find((each: unknown) => isEntry(each) && each["name"] === name) : undefined;
  const entry = isEntry(found) ? found[kind] : undefined;
  return isEntry(entry) ? entry : fail(`it has no ${kind} "${name}"`);
}

function refuseUnusable(kind: keyof typeof UNUSABLE, entry: Entry, fail: Fail): void {
  for (const [member, reason] of Object.entries(UNUSABLE[kind]))
    if (entry[member] !== undefined && entry[member] !== null) fail(`${kind}.${member}: ${reason}`);
}

/** Data goes before files. Source: client-go rest/config.go, LoadTLSFiles. */
function pemOf(from: Entry, member: string, read: (path: string) => string): string | undefined {
  const data = text(from[`${member}-data`]);
  if (data !== undefined) return Buffer.from(data, "base64").toString("utf8");
  const path = text(from[member]);
  return path === undefined ? undefined : read(path);
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function isHttps(server: string): boolean {
  return URL.canParse(server) && new URL(server).protocol === "https:";
}

function isEntry(value: unknown): value is Entry {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
