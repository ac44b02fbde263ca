import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import type { KubeObject } from "#api/kubernetes/meta";
import { startCluster, type TestCluster } from "../testing/cluster.ts";
import { startWebhookServer, type WebhookAnswer, type WebhookServer } from "../testing/webhook-server.ts";

const GROUP = "example.com";
const DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
const MERGE = { contentType: "application/merge-patch+json" };

interface Endpoint extends KubeObject {
  spec: { host?: string; port?: string; hostPort?: string; size?: number; note?: string };
}

interface Review {
  readonly uid: string;
  readonly desiredAPIVersion: string;
  readonly objects: readonly Endpoint[];
}

let server: WebhookServer;
let url: string;
let caBundle: string;
let cluster: TestCluster;
let asked: (Review & { readonly apiVersion: string })[] = [];
/** What a conversion adds to the spec. */
let added: object = {};
/** How the webhook fails; undefined when it converts, `hang` when it says nothing. */
let failure: string | undefined;

/** Of v1 the address is in two fields, of v2 in one. */
function converted(object: Endpoint, apiVersion: string): Endpoint {
  const { host, port, hostPort, ...rest } = object.spec;
  const [ownHost, ownPort] = hostPort === undefined ? [host, port] : hostPort.split(":");
  const spec = apiVersion.endsWith("/v1") ? { host: ownHost, port: ownPort } : { hostPort: `${ownHost}:${ownPort}` };
  return { ...object, apiVersion, spec: { ...rest, ...spec, ...added } } as Endpoint;
}

/** The address is another, and there is a status. */
function mutation(uid: string, apiVersion: string): object {
  const operations = [
    { op: "replace", path: "/spec/hostPort", value: "mutated:1" },
    { op: "add", path: "/status", value: { size: 1 } },
  ];
  const patch = Buffer.from(JSON.stringify(operations)).toString("base64");
  return { kind: "AdmissionReview", apiVersion, response: { uid, allowed: true, patchType: "JSONPatch", patch } };
}

function answer(review: Review, apiVersion: string): WebhookAnswer {
  asked.push({ ...review, apiVersion });
  const { uid, objects, desiredAPIVersion } = review;
  const result = failure === undefined ? { status: "Success" } : { status: "Failure", message: failure };
  const convertedObjects = objects.map((object) => converted(object, desiredAPIVersion));
  if (failure === "hang") return undefined;
  return { text: JSON.stringify({ kind: "ConversionReview", apiVersion, response: { uid, result, convertedObjects } }) };
}

beforeAll(async () => {
  server = await startWebhookServer((path, text) => {
    const { request: review, apiVersion } = JSON.parse(text) as { request: Review; apiVersion: string };
    return path.startsWith("/mutate") ? { text: JSON.stringify(mutation(review.uid, apiVersion)) } : answer(review, apiVersion);
  });
  caBundle = server.caBundle;
  url = `${server.url}/convert`;
});
afterAll(() => server.close());
beforeEach(async () => {
  asked = [];
  failure = undefined;
  added = {};
  cluster = await startCluster({ version: "1.35.4" });
});

const schemaWith = (properties: object): object => ({
  openAPIV3Schema: {
    type: "object",
    properties: {
      spec: { type: "object", properties: { ...properties, size: { type: "integer" } } },
      status: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
    },
  },
});
const TEXT = { type: "string" };

function definition({ storage = "v1", conversion }: { storage?: string; conversion?: object } = {}): object {
  const of = (name: string, fields: object, more: object): object => ({
    name,
    served: true,
    storage: name === storage,
    schema: schemaWith(fields),
    subresources: { status: {}, scale: { specReplicasPath: ".spec.size", statusReplicasPath: ".status.size" } },
    ...more,
  });
  return {
    metadata: { name: `servers.${GROUP}` },
    spec: {
      group: GROUP,
      scope: "Namespaced",
      names: { plural: "servers", singular: "server", kind: "Server", listKind: "ServerList" },
      versions: [
        of("v1", { host: TEXT, port: TEXT }, {}),
        of("v2", { hostPort: TEXT }, { selectableFields: [{ jsonPath: ".spec.hostPort" }] }),
      ],
      conversion: conversion ?? { strategy: "Webhook", webhook: { clientConfig: { url, caBundle }, conversionReviewVersions: ["v1"] } },
    },
  };
}

const at = (version: string, name = ""): string => `/apis/${GROUP}/${version}/namespaces/default/servers${name === "" ? "" : `/${name}`}`;
const of = (version: string, name: string, spec: object): object => ({
  apiVersion: `${GROUP}/${version}`,
  kind: "Server",
  metadata: { name },
  spec,
});

async function define(options: Parameters<typeof definition>[0] = {}): Promise<void> {
  await cluster.call("POST", DEFINITIONS, definition(options));
  await expect.poll(() => cluster.call("GET", at("v2")).catch(() => undefined)).toBeDefined();
  asked = [];
}

const shownAs = async (version: string, name: string): Promise<Endpoint["spec"]> =>
  (await cluster.call<Endpoint>("GET", at(version, name))).spec;

it("shows an object at the version that is asked for", async () => {
  await define();
  const made = await cluster.call<Endpoint>("POST", at("v1"), of("v1", "a", { host: "h", port: "1" }));
  expect(asked).toEqual([]);
  const seen = await cluster.call<Endpoint>("GET", at("v2", "a"));
  expect(seen).toEqual({ ...made, apiVersion: `${GROUP}/v2`, spec: { hostPort: "h:1" } });
  const { resourceVersion: _, ...metadata } = made.metadata;
  expect(asked).toMatchObject([{ apiVersion: "apiextensions.k8s.io/v1", desiredAPIVersion: `${GROUP}/v2`, objects: [{ metadata }] }]);
  expect(asked[0]?.objects[0]?.metadata.resourceVersion).toBeUndefined();
});

it("stores what is written at another version as the one that is stored", async () => {
  await define();
  const made = await cluster.call<Endpoint>("POST", at("v2"), of("v2", "a", { hostPort: "h:1", size: 2 }));
  expect(made).toMatchObject({ apiVersion: `${GROUP}/v2`, spec: { hostPort: "h:1", size: 2 } });
  expect(await shownAs("v1", "a")).toEqual({ host: "h", port: "1", size: 2 });
  const patched = await cluster.call<Endpoint>("PATCH", at("v2", "a"), { spec: { hostPort: "h:2" } }, MERGE);
  expect(patched).toMatchObject({ metadata: { generation: 2 }, spec: { hostPort: "h:2" } });
  await cluster.call("PUT", at("v2", "a"), { ...patched, spec: { hostPort: "i:3" } });
  expect(await shownAs("v1", "a")).toEqual({ host: "i", port: "3" });
  await cluster.call("PATCH", at("v2", "a/status"), { status: { size: 5 } }, MERGE);
  await cluster.call("PATCH", at("v2", "a/scale"), { spec: { replicas: 4 } }, MERGE);
  expect(await cluster.call("GET", at("v2", "a/scale"))).toMatchObject({ spec: { replicas: 4 }, status: { replicas: 5 } });
  expect(await cluster.call("GET", at("v1", "a"))).toMatchObject({ spec: { host: "i", port: "3", size: 4 }, status: { size: 5 } });
});

it("stores nothing anew when a write at another version changes nothing", async () => {
  await define();
  const made = await cluster.call<Endpoint>("POST", at("v2"), of("v2", "a", { hostPort: "h:1" }));
  const same = await cluster.call<Endpoint>("PATCH", at("v2", "a"), { spec: { hostPort: "h:1" } }, MERGE);
  expect(same.metadata.resourceVersion).toBe(made.metadata.resourceVersion);
});

it("stores nothing for a dry run", async () => {
  await define();
  expect(await cluster.call("POST", at("v2"), of("v2", "a", { hostPort: "h:1" }), { query: { dryRun: "All" } })).toMatchObject({
    spec: { hostPort: "h:1" },
  });
  expect((await cluster.refusal("GET", at("v1", "a"))).code).toBe(404);
});

it("applies at another version", async () => {
  await define();
  const apply = { contentType: "application/apply-patch+yaml", query: { fieldManager: "one" } };
  await cluster.call("PATCH", at("v2", "a"), of("v2", "a", { hostPort: "h:1", size: 2 }), apply);
  await cluster.call("PATCH", at("v2", "a"), of("v2", "a", { hostPort: "h:2" }), apply);
  expect(await shownAs("v1", "a")).toEqual({ host: "h", port: "2" });
  await cluster.call("PATCH", at("v1", "a"), of("v1", "a", { host: "i" }), { ...apply, query: { fieldManager: "two" } });
  const { metadata } = await cluster.call<Endpoint>("GET", at("v1", "a"));
  // What `one` said of hostPort is not so any more.
  expect(
    (metadata.managedFields as { manager: string; fieldsV1: object }[]).map(({ manager, fieldsV1 }) => [manager, JSON.stringify(fieldsV1)]),
  ).toEqual([["two", '{"f:spec":{"f:host":{}}}']]);
});

it("lets a webhook change an object in another version than that of the call, but for its status", async () => {
  await define();
  const rule = { apiGroups: [GROUP], apiVersions: ["v2"], operations: ["CREATE"], resources: ["servers"] };
  const clientConfig = { url: url.replace("/convert", "/mutate"), caBundle };
  const webhook = { name: "a.example.com", admissionReviewVersions: ["v1"], sideEffects: "None", clientConfig, rules: [rule] };
  await cluster.call("POST", "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations", {
    metadata: { name: "w" },
    webhooks: [webhook],
  });
  const made = await cluster.call<Endpoint>("POST", at("v1"), of("v1", "a", { host: "h", port: "2" }));
  expect(made).toMatchObject({ apiVersion: `${GROUP}/v1`, spec: { host: "mutated", port: "1" } });
  expect(made).not.toHaveProperty("status");
});

it("fills the defaults of the version that is stored", async () => {
  const given = definition() as { spec: { versions: { schema: { openAPIV3Schema: { properties: { spec: { properties: object } } } } }[] } };
  const [first] = given.spec.versions;
  if (first !== undefined)
    Object.assign(first.schema.openAPIV3Schema.properties.spec.properties, { size: { type: "integer", default: 3 } });
  await cluster.call("POST", DEFINITIONS, given);
  await expect.poll(() => cluster.call("GET", at("v2")).catch(() => undefined)).toBeDefined();
  const made = await cluster.call<Endpoint>("POST", at("v2"), of("v2", "a", { hostPort: "h:1" }));
  expect(made.spec).toEqual({ hostPort: "h:1", size: 3 });
  expect(await shownAs("v1", "a")).toEqual({ host: "h", port: "1", size: 3 });
});

it("drops nulls that a conversion leaves", async () => {
  await define();
  added = { size: null };
  await cluster.call("POST", at("v2"), of("v2", "a", { hostPort: "h:1" }));
  expect(await shownAs("v1", "a")).toEqual({ host: "h", port: "1" });
  expect(await shownAs("v2", "a")).toEqual({ hostPort: "h:1" });
});

it("converts a list at once and by its selectors", async () => {
  await define();
  for (const name of ["a", "b", "c"]) await cluster.call("POST", at("v1"), of("v1", name, { host: name, port: "1" }));
  const { items } = await cluster.call<{ items: Endpoint[] }>("GET", at("v2"));
  expect(items.map(({ apiVersion, spec }) => `${apiVersion} ${spec.hostPort}`)).toEqual(
    ["a:1", "b:1", "c:1"].map((each) => `${GROUP}/v2 ${each}`),
  );
  expect(asked.map(({ objects }) => objects.length)).toEqual([3]);
  const selected = await cluster.list(at("v2"), { fieldSelector: "spec.hostPort=b:1" });
  expect(selected.items.map(({ metadata }) => metadata.name)).toEqual(["b"]);
  // What is known is not asked for again.
  expect(asked).toHaveLength(1);
});

it("tells watchers in order, however long the webhook takes", async () => {
  await define();
  await cluster.call("POST", at("v1"), of("v1", "a", { host: "a", port: "1" }));
  const watch = cluster.watch(at("v2"), { resourceVersion: "0" });
  await expect.poll(() => watch.lines()).toEqual(["ADDED a"]);
  failure = "hang";
  await cluster.call("PATCH", at("v1", "a"), { spec: { port: "2" } }, MERGE);
  await expect.poll(() => asked.length).toBe(2);
  failure = undefined;
  await cluster.call("POST", at("v1"), of("v1", "b", { host: "b", port: "1" }));
  await cluster.call("DELETE", at("v1", "a"));
  expect(watch.lines()).toEqual(["ADDED a"]);
  await cluster.clock.advance(30_000);
  await expect
    .poll(async () => (await cluster.clock.advance(1000), watch.lines()))
    .toEqual(["ADDED a", "MODIFIED a", "ADDED b", "DELETED a"]);
  const specs = watch.events.map(({ object }) => (object as Endpoint).spec.hostPort);
  expect(specs).toEqual(["a:1", "a:2", "b:1", "a:2"]);
  watch.stop();
});

it("refuses in Kubernetes' words what the webhook cannot convert", async () => {
  await define();
  await cluster.call("POST", at("v1"), of("v1", "a", { host: "a", port: "1" }));
  failure = "it cannot be";
  const why = (version: string): string => `conversion webhook for ${GROUP}/${version}, Kind=Server failed: it cannot be`;
  const plain = { kind: "Status", apiVersion: "v1", metadata: {}, status: "Failure", code: 500 };
  expect(await cluster.refusal("GET", at("v2", "a"))).toEqual({ ...plain, message: why("v1") });
  expect(await cluster.refusal("DELETE", at("v2", "a"))).toEqual({ ...plain, message: why("v1") });
  expect(await cluster.refusal("POST", at("v2"), of("v2", "b", { hostPort: "b:1" }))).toEqual({ ...plain, message: why("v2") });
  expect(await cluster.refusal("GET", at("v2"))).toMatchObject({
    code: 429,
    reason: "TooManyRequests",
    message: `storage is (re)initializing: failed to list ${GROUP}/v2, Kind=Server: ${why("v1")}`,
    details: { retryAfterSeconds: 1 },
  });
  expect(await shownAs("v1", "a")).toEqual({ host: "a", port: "1" });
  expect((await cluster.list(at("v1"))).items).toHaveLength(1);
});

it("writes at the version that is stored without the webhook, whoever manages what", async () => {
  await define();
  const apply = { contentType: "application/apply-patch+yaml", query: { fieldManager: "two" } };
  await cluster.call("PATCH", at("v2", "a"), of("v2", "a", { hostPort: "h:1" }), apply);
  failure = "it cannot be";
  await cluster.call("PATCH", at("v1", "a"), { spec: { size: 4 } }, MERGE);
  expect(await shownAs("v1", "a")).toEqual({ host: "h", port: "1", size: 4 });
});

it("gives up after half a minute", async () => {
  await define();
  await cluster.call("POST", at("v1"), of("v1", "a", { host: "a", port: "1" }));
  failure = "hang";
  const refused = cluster.refusal("GET", at("v2", "a"));
  await expect.poll(() => asked.length).toBe(1);
  await cluster.clock.advance(30_000);
  expect((await refused).message).toBe(
    `conversion webhook for ${GROUP}/v1, Kind=Server failed: Post "${url}?timeout=30s": context deadline exceeded`,
  );
});

it("converts what was stored when another version was", async () => {
  await define();
  await cluster.call("POST", at("v1"), of("v1", "a", { host: "h", port: "1" }));
  const { spec } = definition({ storage: "v2" }) as { spec: object };
  await cluster.call("PATCH", `${DEFINITIONS}/servers.${GROUP}`, { spec }, MERGE);
  await expect
    .poll(async () => (await cluster.call<{ status: object } & KubeObject>("GET", `${DEFINITIONS}/servers.${GROUP}`)).status)
    .toMatchObject({ storedVersions: ["v1", "v2"] });
  expect(await shownAs("v1", "a")).toEqual({ host: "h", port: "1" });
  expect(await shownAs("v2", "a")).toEqual({ hostPort: "h:1" });
  expect((await cluster.list(at("v2"))).items).toMatchObject([{ apiVersion: `${GROUP}/v2`, spec: { hostPort: "h:1" } }]);
  const before = await cluster.call<KubeObject>("GET", at("v1", "a"));
  // What is written is stored as the present version, be it the same.
  const after = await cluster.call<KubeObject>("PATCH", at("v1", "a"), { spec: { host: "h" } }, MERGE);
  expect(after.metadata.resourceVersion).not.toBe(before.metadata.resourceVersion);
  asked = [];
  expect(await shownAs("v2", "a")).toEqual({ hostPort: "h:1" });
  expect(asked).toEqual([]);
});

it("renames objects of other versions without a webhook, and drops what they do not have there", async () => {
  await define({ conversion: { strategy: "None" } });
  await cluster.call("POST", at("v2"), of("v2", "a", { hostPort: "h:1", size: 1 }));
  await cluster.call("POST", at("v1"), of("v1", "b", { host: "h", size: 2 }));
  expect(await shownAs("v2", "a")).toEqual({ size: 1 });
  expect(await cluster.call("GET", at("v2", "b"))).toMatchObject({ apiVersion: `${GROUP}/v2`, spec: { size: 2 } });
  expect(await shownAs("v2", "b")).toEqual({ size: 2 });
  const { spec } = definition({ storage: "v2", conversion: { strategy: "None" } }) as { spec: object };
  await cluster.call("PATCH", `${DEFINITIONS}/servers.${GROUP}`, { spec }, MERGE);
  await expect
    .poll(async () => (await cluster.list(at("v2"))).items.map(({ apiVersion }) => apiVersion))
    .toEqual([`${GROUP}/v2`, `${GROUP}/v2`]);
  expect((await cluster.list(at("v1"))).items).toMatchObject([{ spec: { size: 1 } }, { spec: { host: "h", size: 2 } }]);
});

it("is not established while its webhook's authority cannot be read", async () => {
  const conversion = { strategy: "Webhook", webhook: { clientConfig: { url, caBundle: "Cg==" }, conversionReviewVersions: ["v1"] } };
  await cluster.call("POST", DEFINITIONS, definition({ conversion }));
  const path = `${DEFINITIONS}/servers.${GROUP}`;
  const established = async (): Promise<unknown> => {
    const { status } = await cluster.call<KubeObject & { status: { conditions: { type: string }[] | null } }>("GET", path);
    return status.conditions?.find(({ type }) => type === "Established");
  };
  await expect
    .poll(established)
    .toMatchObject({ status: "False", reason: "InvalidCABundle", message: "The conversion webhook CABundle is invalid" });
  expect((await cluster.refusal("GET", at("v1"))).code).toBe(404);
  await cluster.call("PATCH", path, { spec: { conversion: { webhook: { clientConfig: { caBundle } } } } }, MERGE);
  await expect.poll(established).toMatchObject({ status: "True" });
  const bad = { spec: { conversion: { webhook: { clientConfig: { caBundle: "Cg==" } } } } };
  expect((await cluster.refusal("PATCH", path, bad, MERGE)).message).toContain(
    'spec.conversion.webhookClientConfig.caBundle: Invalid value: "Cg==": unable to load root certificates: unable to parse bytes as PEM block',
  );
});
