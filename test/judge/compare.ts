import { join } from "node:path";
import { parse } from "yaml";
import { waitUntil } from "../support/lido.ts";
import { type Allowed, isAllowed } from "./allowed.ts";
import { documentsOf, type Request, type Server } from "./calls.ts";
import { type Difference, differences } from "./differ.ts";

const TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io";
const AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

interface Resource {
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

interface ObjectHead {
  readonly apiVersion: string;
  readonly kind: string;
}

/** Makes every call to both; what differs and may not, as a line each, in the order of the calls. */
export async function compare(
  [judge, lido]: readonly [Server, Server],
  folder: string,
  allowed: readonly Allowed[],
): Promise<readonly string[]> {
  const lines: string[] = [];
  const versions = await groupVersions(judge);
  await untilAccounts([judge, lido]);
  for (const call of [...discovery(versions), ...(await creations(judge, versions, folder))]) {
    const [theirs, ours] = await Promise.all([judge.call(call.request), lido.call(call.request)]);
    const found = differences(theirs, ours).filter(({ path }) => !isAllowed(allowed, { call: call.name, path }));
    lines.push(...found.map((difference) => lineOf(call.name, difference)));
  }
  return lines;
}

interface Call {
  readonly name: string;
  readonly request: Request;
}

const get = (path: string, accept?: string): Call => ({
  name: `${path}${accept === undefined ? "" : " aggregated"}`,
  request: { method: "GET", path, ...(accept === undefined ? {} : { accept }) },
});

function discovery(versions: readonly string[]): readonly Call[] {
  const documents = versions.map((version) => get(pathOf(version)));
  return [get("/api"), get("/apis"), get("/api", AGGREGATED), get("/apis", AGGREGATED), ...documents, ...KEPT.map((path) => get(path))];
}

/** What every cluster has, and what it says of it. */
const KEPT = [
  "/api/v1/componentstatuses",
  "/apis/networking.k8s.io/v1/servicecidrs",
  "/apis/networking.k8s.io/v1/ipaddresses",
  "/apis/flowcontrol.apiserver.k8s.io/v1/flowschemas",
  "/apis/flowcontrol.apiserver.k8s.io/v1/prioritylevelconfigurations",
];

/** Each document of objects.yaml and refused.yaml, created in a dry run, read as an object and as a table. */
async function creations(judge: Server, versions: readonly string[], folder: string): Promise<readonly Call[]> {
  const resources = new Map<string, string>();
  for (const version of versions) {
    const { body } = await judge.call(get(pathOf(version)).request);
    for (const { name, kind, namespaced } of (body as { resources: readonly Resource[] }).resources) {
      if (!name.includes("/")) resources.set(`${version} ${kind}`, `${pathOf(version)}${namespaced ? "/namespaces/default" : ""}/${name}`);
    }
  }
  return ["objects.yaml", "refused.yaml"].flatMap((file) =>
    documentsOf(join(folder, file)).flatMap((body, index) => {
      const { apiVersion, kind } = parse(body) as ObjectHead;
      const path = resources.get(`${apiVersion} ${kind}`);
      if (path === undefined) throw new Error(`${file}: nothing is served for ${apiVersion} ${kind}`);
      const request = { method: "POST", path: `${path}?dryRun=All`, body };
      const name = `${file} ${index} ${kind}`;
      const table = { name: `${name} table`, request: { ...request, accept: TABLE } };
      return file === "objects.yaml" ? [{ name, request }, table] : [{ name, request }];
    }),
  );
}

/** Pods can be made as soon as a controller has made the account that they run as. */
async function untilAccounts(servers: readonly Server[]): Promise<void> {
  const { request } = get("/api/v1/namespaces/default/serviceaccounts/default");
  for (const server of servers) {
    await waitUntil("there is a service account", async () => (await server.call(request)).status === 200);
  }
}

async function groupVersions(judge: Server): Promise<readonly string[]> {
  const { body } = await judge.call(get("/apis").request);
  const { groups } = body as { groups: readonly { versions: readonly { groupVersion: string }[] }[] };
  return ["v1", ...groups.flatMap(({ versions }) => versions.map(({ groupVersion }) => groupVersion))];
}

const pathOf = (version: string): string => (version === "v1" ? "/api/v1" : `/apis/${version}`);

function lineOf(name: string, { path, judge, lido }: Difference): string {
  const text = (value: unknown): string => JSON.stringify(value) ?? "nothing";
  return `${name}: ${path}: ${text(judge)} → ${text(lido)}`;
}
