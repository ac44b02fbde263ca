import { generateKeyPairSync } from "node:crypto";
import { expect, it } from "vitest";
import type { KubeObject } from "#api/kubernetes/meta";
import { StatusError } from "#api/kubernetes/status";
import { type Logger, seededRandom, silentLogger } from "#lib";
import { startCluster, type TestCluster } from "./testing/cluster.ts";
import { type FuzzCall, fuzzCall } from "./testing/fuzz.ts";

const SEED = Number(process.env["LIDO_FUZZ_SEED"] ?? 1);
const CALLS = Number(process.env["LIDO_FUZZ_CALLS"] ?? 20_000);
/** After so many calls what is known of the objects is forgotten: updates begin from right ones again. */
const ROUND = 500;
const KEY = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ type: "pkcs8", format: "pem" }).toString();
const LIMIT_MS = 300_000;

/** What a call came to: its object, or the code that refused it. Whatever else is thrown is a defect. */
async function outcome(cluster: TestCluster, { method, path, body, query, contentType }: FuzzCall): Promise<KubeObject | number> {
  try {
    return await cluster.call(method, path, body, { ...(query && { query }), ...(contentType !== undefined && { contentType }) });
  } catch (error) {
    if (error instanceof StatusError) return error.status.code;
    throw error;
  }
}

/** Where an object that was answered is. */
function placeOf({ path }: FuzzCall, { metadata }: KubeObject): string {
  const [collection = ""] = /^\/apis?\/.*?\/(?:namespaces\/default\/)?[a-z]+(?=\/|$)/.exec(path) ?? [];
  return `${collection}/${metadata.name}`;
}

function isEnded({ metadata }: KubeObject): boolean {
  return metadata.deletionTimestamp !== undefined && (metadata.finalizers ?? []).length === 0;
}

it(`${CALLS} spoiled calls meet no defect, and what is accepted can be read back`, { timeout: LIMIT_MS }, async () => {
  let defect: unknown;
  const log: Logger = { ...silentLogger, error: (_text, fields) => void (defect = fields?.["error"]), with: () => log };
  const cluster = await startCluster({ version: "1.33.0", log, signingKeys: { issuer: "https://fuzz", keys: async () => [KEY] } });
  const random = seededRandom(SEED);
  const known = new Map<string, unknown>();
  let accepted = 0;
  for (let index = 0; index < CALLS; index++) {
    const call = fuzzCall(random, (path) => known.get(path));
    const told = `seed ${SEED}, call ${index}: ${JSON.stringify(call).slice(0, 2000)}`;
    const result = await outcome(cluster, call).catch((error: unknown) => {
      throw new Error(told, { cause: error });
    });
    if (typeof result === "number") {
      if (result >= 500) throw new Error(`${result} for ${told}`, { cause: defect });
      continue;
    }
    if (call.method === "GET" || call.method === "DELETE" || call.query?.["dryRun"] !== undefined || result.kind === "Status") continue;
    if (call.path.endsWith("/token") || call.path.endsWith("/scale") || call.path.endsWith("/binding") || call.path.endsWith("/eviction"))
      continue;
    // What has no identity is an answer, not an object; an update that takes the last finalizer away ends what was being deleted.
    if (result.metadata?.uid === undefined || isEnded(result)) continue;
    accepted++;
    const place = placeOf(call, result);
    const stored = await cluster.call("GET", place).catch((error: unknown) => {
      throw new Error(`cannot be read at ${place}: ${told}`, { cause: error });
    });
    // Definitions of kinds get their status at once.
    if (stored.metadata.resourceVersion === result.metadata.resourceVersion)
      expect(JSON.parse(JSON.stringify(stored)), told).toEqual(JSON.parse(JSON.stringify(result)));
    else expect(stored.metadata.uid, told).toBe(result.metadata.uid);
    known.set(place, stored);
    if (index % ROUND === 0) known.clear();
  }
  expect(accepted).toBeGreaterThan(CALLS / 100);
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
});
