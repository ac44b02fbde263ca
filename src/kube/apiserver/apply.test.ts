import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { KubeObject } from "#api/kubernetes/meta";
import type { Status } from "#api/kubernetes/status";
import { type KeyedCertificate, systemClock, VirtualClock } from "#lib";
import { startCluster, type TestCluster } from "./testing/cluster.ts";
import { authorityOf, clientOf, listen, type TestAnswer, type TestListener } from "./testing/tls.ts";

/*
 * Who manages which field, and what applying makes of an object: through the API, as clients do it.
 * Source: kubernetes website docs/reference/using-api/server-side-apply; apimachinery pkg/util/managedfields.
 */

let admin: KeyedCertificate;
let cluster: TestCluster;
let listener: TestListener;
const clock = new VirtualClock(systemClock.now());

beforeAll(async () => {
  const authority = await authorityOf("cluster");
  admin = await clientOf(authority, "admin", ["system:masters"]);
  cluster = await startCluster({ clock, credentials: { caCertificatePem: authority.certPem, tokens: () => undefined } });
  listener = await listen(cluster.api);
});
afterAll(async () => {
  await listener.close();
  await cluster.api.stop();
});

let names = 0;
const fresh = (): string => `app-${++names}`;

interface By {
  readonly manager?: string;
  readonly force?: boolean;
  readonly query?: string;
  readonly agent?: string;
}

interface Sent extends By {
  readonly method: string;
  readonly type: string;
}

function send(path: string, body: unknown, { method, type, manager, force, query = "", agent }: Sent): Promise<TestAnswer> {
  const search = [manager === undefined ? "" : `fieldManager=${manager}`, force === undefined ? "" : `force=${force}`, query].filter(
    (each) => each !== "",
  );
  const headers = { "content-type": type, ...(agent !== undefined && { "user-agent": agent }) };
  return listener.send({ client: admin, method, path: `${path}?${search.join("&")}`, headers, body: JSON.stringify(body) });
}

const apply = (path: string, body: unknown, by: By): Promise<TestAnswer> =>
  send(path, body, { method: "PATCH", type: "application/apply-patch+yaml", ...by });
const merge = (path: string, body: unknown, by: By): Promise<TestAnswer> =>
  send(path, body, { method: "PATCH", type: "application/merge-patch+json", ...by });
const post = (path: string, body: unknown, by: By = {}): Promise<TestAnswer> =>
  send(path, body, { method: "POST", type: "application/json", ...by });

const configMaps = (name = ""): string => `/api/v1/namespaces/default/configmaps${name === "" ? "" : `/${name}`}`;
const deployments = (name = ""): string => `/apis/apps/v1/namespaces/default/deployments${name === "" ? "" : `/${name}`}`;
const configMap = (name: string, data?: Record<string, string>): object => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name },
  ...(data && { data }),
});

interface Container {
  readonly name: string;
  readonly image?: string;
  readonly ports?: readonly object[];
}

function deployment(name: string, more: { replicas?: number; containers?: readonly Container[] } = {}): object {
  const { replicas, containers = [{ name: "web", image: "nginx:1" }] } = more;
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, labels: { app: name } },
    spec: {
      ...(replicas !== undefined && { replicas }),
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec: { containers } },
    },
  };
}

interface Entry {
  readonly manager: string;
  readonly operation: string;
  readonly subresource?: string;
  readonly fieldsV1: object;
}

async function read<T = KubeObject>(path: string): Promise<T> {
  return (await listener.send({ client: admin, path })).json<T>();
}

async function managersOf(path: string): Promise<Record<string, object>> {
  const entries = ((await read(path)).metadata.managedFields ?? []) as Entry[];
  return Object.fromEntries(
    entries.map(({ manager, operation, subresource, fieldsV1 }) => [
      `${manager} ${operation}${subresource === undefined ? "" : ` ${subresource}`}`,
      fieldsV1,
    ]),
  );
}

const dataOf = async (name: string): Promise<unknown> => (await read<{ data?: object }>(configMaps(name))).data;

describe("applying", () => {
  it("creates with 201, changes with 200, and keeps still when nothing changes", async () => {
    const name = fresh();
    const first = await apply(configMaps(name), configMap(name, { a: "1" }), { manager: "one" });
    expect(first.code).toBe(201);
    expect((await apply(configMaps(name), configMap(name, { a: "2" }), { manager: "one" })).code).toBe(200);
    const before = await read(configMaps(name));
    await clock.advance(60_000);
    expect((await apply(configMaps(name), configMap(name, { a: "2" }), { manager: "one" })).code).toBe(200);
    expect(await read(configMaps(name))).toEqual(before);
  });

  it("notes what was set, to the key of a list", async () => {
    const name = fresh();
    const containers = [{ name: "web", image: "nginx:1", ports: [{ containerPort: 80 }] }];
    await apply(deployments(name), deployment(name, { replicas: 3, containers }), { manager: "one" });
    expect(await managersOf(deployments(name))).toEqual({
      "one Apply": {
        "f:metadata": { "f:labels": { "f:app": {} } },
        "f:spec": {
          "f:replicas": {},
          "f:selector": {},
          "f:template": {
            "f:metadata": { "f:labels": { "f:app": {} } },
            "f:spec": {
              "f:containers": {
                'k:{"name":"web"}': {
                  ".": {},
                  "f:image": {},
                  "f:name": {},
                  "f:ports": { 'k:{"containerPort":80,"protocol":"TCP"}': { ".": {}, "f:containerPort": {} } },
                },
              },
            },
          },
        },
      },
    });
  });

  it("removes what its applier no longer sets, and leaves what others set", async () => {
    const name = fresh();
    await apply(configMaps(name), configMap(name, { a: "1", b: "1" }), { manager: "one" });
    await apply(configMaps(name), configMap(name, { c: "1" }), { manager: "two" });
    await apply(configMaps(name), configMap(name, { a: "1" }), { manager: "one" });
    expect(await dataOf(name)).toEqual({ a: "1", c: "1" });
  });

  it("keeps what two appliers set until both have let it go", async () => {
    const name = fresh();
    await apply(configMaps(name), configMap(name, { a: "1" }), { manager: "one" });
    await apply(configMaps(name), configMap(name, { a: "1" }), { manager: "two" });
    await apply(configMaps(name), configMap(name), { manager: "one" });
    expect(await dataOf(name)).toEqual({ a: "1" });
    await apply(configMaps(name), configMap(name), { manager: "two" });
    expect(await dataOf(name)).toBeUndefined();
  });

  it("joins lists of objects by their keys", async () => {
    const name = fresh();
    await apply(deployments(name), deployment(name), { manager: "one" });
    const sidecar = { ...deployment(name, { containers: [{ name: "log", image: "fluent:1" }] }) };
    await apply(deployments(name), sidecar, { manager: "two" });
    const { spec } = await read<{ spec: { template: { spec: { containers: Container[] } } } }>(deployments(name));
    expect(spec.template.spec.containers.map((each) => `${each.name} ${each.image}`)).toEqual(["web nginx:1", "log fluent:1"]);
    await apply(deployments(name), deployment(name, { containers: [{ name: "web", image: "nginx:2" }] }), { manager: "one" });
    const after = await read<typeof deployment & { spec: typeof spec }>(deployments(name));
    expect(after.spec.template.spec.containers.map((each) => `${each.name} ${each.image}`)).toEqual(["web nginx:2", "log fluent:1"]);
  });

  it("is refused by conflicts, in Kubernetes' words, and forced over them", async () => {
    const name = fresh();
    await apply(deployments(name), deployment(name, { replicas: 1 }), { manager: "one" });
    const refusal = await apply(deployments(name), deployment(name, { replicas: 2 }), { manager: "two" });
    expect(refusal.code).toBe(409);
    expect(refusal.json<Status>()).toMatchObject({
      reason: "Conflict",
      message: 'Apply failed with 1 conflict: conflict with "one": .spec.replicas',
      details: { causes: [{ reason: "FieldManagerConflict", message: 'conflict with "one"', field: ".spec.replicas" }] },
    });
    expect((await apply(deployments(name), deployment(name, { replicas: 2 }), { manager: "two", force: true })).code).toBe(200);
    expect(await managersOf(deployments(name))).toMatchObject({ "two Apply": { "f:spec": { "f:replicas": {} } } });
    expect(JSON.stringify((await managersOf(deployments(name)))["one Apply"])).not.toContain("f:replicas");
  });

  it("names conflicts in the fields of an object before those below them", async () => {
    const name = fresh();
    const metadata = { name, labels: { app: name } };
    const body = (terminationGracePeriodSeconds: number, image: string): object => {
      const template = {
        metadata: { labels: metadata.labels },
        spec: { terminationGracePeriodSeconds, containers: [{ name: "web", image }] },
      };
      return { apiVersion: "apps/v1", kind: "Deployment", metadata, spec: { selector: { matchLabels: { app: name } }, template } };
    };
    await apply(deployments(name), body(1, "nginx:1"), { manager: "one" });
    const { message } = (await apply(deployments(name), body(2, "nginx:2"), { manager: "two" })).json<Status>();
    const prefix = "- .spec.template.spec";
    expect(message).toBe(
      `Apply failed with 2 conflicts: conflicts with "one":\n${prefix}.terminationGracePeriodSeconds\n${prefix}.containers[name="web"].image`,
    );
  });

  it("names every manager it is in conflict with, updaters with their version", async () => {
    const name = fresh();
    await apply(configMaps(name), configMap(name, { a: "1", b: "1" }), { manager: "one" });
    await merge(configMaps(name), { data: { b: "2" } }, { agent: "kubectl/v1.33.0 (linux/amd64)" });
    const { message } = (await apply(configMaps(name), configMap(name, { a: "3", b: "3" }), { manager: "two" })).json<Status>();
    expect(message).toBe(`Apply failed with 2 conflicts: conflicts with "kubectl" using v1:\n- .data.b\nconflicts with "one":\n- .data.a`);
  });

  it("takes over from kubectl's own way of applying", async () => {
    const name = fresh();
    const sent = configMap(name, { a: "1" });
    const noted = { "kubectl.kubernetes.io/last-applied-configuration": `${JSON.stringify(sent)}\n` };
    const body = { ...sent, metadata: { name, annotations: noted } };
    await post(configMaps(), body, { manager: "kubectl-client-side-apply" });
    expect((await apply(configMaps(name), configMap(name, { a: "2" }), { manager: "other" })).code).toBe(409);
    expect((await apply(configMaps(name), configMap(name, { a: "2" }), { manager: "kubectl" })).code).toBe(200);
    const { metadata } = await read(configMaps(name));
    expect(metadata.annotations?.["kubectl.kubernetes.io/last-applied-configuration"]).toContain('"a":"2"');
  });

  it.each<[string, (name: string) => object, By, readonly [number, string]]>([
    [
      "by nobody",
      (name) => configMap(name),
      {},
      [422, 'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch'],
    ],
    [
      "a field that is none",
      (name) => ({ ...configMap(name), datum: {} }),
      { manager: "one" },
      [400, ".datum: field not declared in schema"],
    ],
    [
      "a value of another type",
      (name) => ({ ...configMap(name), data: { a: 1 } }),
      { manager: "one" },
      [400, "; /v1, Kind=ConfigMap): .data.a: expected string, got &value.valueUnstructured{Value:1}"],
    ],
    [
      "an object for a text",
      (name) => ({ ...configMap(name), data: { a: { c: [1], b: "x" } } }),
      { manager: "one" },
      [400, '.data.a: expected string, got &value.valueUnstructured{Value:map[string]interface {}{"b":"x", "c":[]interface {}{1}}}'],
    ],
    [
      "a list for a map",
      (name) => ({ ...configMap(name), data: ["x", { b: null, a: 1 }] }),
      { manager: "one" },
      [400, ".data: expected map, got &{[x map[a:1 b:<nil>]]}"],
    ],
    [
      "another version",
      (name) => ({ ...configMap(name), apiVersion: "v2" }),
      { manager: "one" },
      [400, "invalid object type: /v2, Kind=ConfigMap"],
    ],
    [
      "another kind",
      (name) => ({ ...configMap(name), kind: "Secret" }),
      { manager: "one" },
      [400, "invalid object type: /v1, Kind=Secret"],
    ],
    [
      "managers",
      (name) => ({ ...configMap(name), metadata: { name, managedFields: [] } }),
      { manager: "one" },
      [400, "metadata.managedFields must be nil"],
    ],
    ["another name", () => configMap("else"), { manager: "one" }, [400, "does not match the name on the URL"]],
  ])("refuses %s", async (_, body, by, [code, message]) => {
    const name = fresh();
    const refusal = await apply(configMaps(name), body(name), by);
    expect([refusal.code, refusal.json<Status>().message]).toEqual([code, expect.stringContaining(message)]);
    expect((await listener.send({ client: admin, path: configMaps(name) })).code).toBe(404);
  });

  it("refuses the same key twice", async () => {
    const name = fresh();
    const refusal = await apply(deployments(name), deployment(name, { containers: [{ name: "web" }, { name: "web" }] }), {
      manager: "one",
    });
    expect(refusal.json<Status>().message).toContain('.spec.template.spec.containers: duplicate entries for key [name="web"]');
  });

  it("may be forced only where something is applied", async () => {
    const refusal = await merge(configMaps("any"), {}, { force: true });
    expect([refusal.code, refusal.json<Status>().message]).toEqual([
      422,
      expect.stringContaining("force: Forbidden: may not be specified for non-apply patch"),
    ]);
  });

  it("changes nothing in a dry run", async () => {
    const name = fresh();
    const answer = await apply(configMaps(name), configMap(name, { a: "1" }), { manager: "one", query: "dryRun=All" });
    expect([answer.code, answer.json<{ data: object }>().data]).toEqual([201, { a: "1" }]);
    expect((await listener.send({ client: admin, path: configMaps(name) })).code).toBe(404);
  });
});

describe("managers of other writes", () => {
  it("are noted from the creation on, by name or by client", async () => {
    const name = fresh();
    await post(deployments(), deployment(name, { replicas: 1 }), { agent: "helm/v4.1" });
    const managers = await managersOf(deployments(name));
    expect(managers["helm Update"]).toMatchObject({
      "f:metadata": { "f:labels": { ".": {}, "f:app": {} } },
      "f:spec": {
        "f:replicas": {},
        "f:selector": {},
        "f:strategy": { "f:rollingUpdate": { ".": {}, "f:maxSurge": {}, "f:maxUnavailable": {} }, "f:type": {} },
        "f:template": { "f:spec": { "f:containers": { 'k:{"name":"web"}': { ".": {}, "f:image": {}, "f:resources": {} } } } },
      },
    });
    expect(managers["helm Update"]).not.toHaveProperty("f:spec.f:template.f:metadata.[.]");
  });

  it("take fields from each other", async () => {
    const name = fresh();
    await post(configMaps(), configMap(name, { a: "1", b: "1" }), { manager: "one" });
    await merge(configMaps(name), { data: { a: "2" } }, { manager: "two" });
    expect(await managersOf(configMaps(name))).toEqual({
      "one Update": { "f:data": { ".": {}, "f:b": {} } },
      "two Update": { "f:data": { "f:a": {} } },
    });
  });

  it("of a scale are named with it", async () => {
    const name = fresh();
    await post(deployments(), deployment(name, { replicas: 1 }), { manager: "one" });
    await merge(`${deployments(name)}/scale`, { spec: { replicas: 4 } }, { manager: "kubectl" });
    expect(await managersOf(deployments(name))).toMatchObject({ "kubectl Update scale": { "f:spec": { "f:replicas": {} } } });
  });

  it("are reset by an empty list, and not noted again by updates", async () => {
    const name = fresh();
    await post(configMaps(), configMap(name, { a: "1" }), { manager: "one" });
    await merge(configMaps(name), { metadata: { managedFields: [{}] } }, { manager: "two" });
    await merge(configMaps(name), { data: { a: "2" } }, { manager: "three" });
    expect(await managersOf(configMaps(name))).toEqual({});
    await apply(configMaps(name), configMap(name, { b: "1" }), { manager: "four" });
    expect(await managersOf(configMaps(name))).toMatchObject({
      "four Apply": { "f:data": { "f:b": {} } },
      "before-first-apply Update": { "f:data": { "f:a": {} } },
    });
  });

  it("are at most ten that update; the oldest become one", async () => {
    const name = fresh();
    await post(configMaps(), configMap(name, { z: "1" }), { manager: "m0" });
    for (let n = 1; n <= 12; n++) {
      await clock.advance(1000);
      await merge(configMaps(name), { data: { [`k${n}`]: "1" } }, { manager: `m${n}` });
    }
    const managers = await managersOf(configMaps(name));
    expect(Object.keys(managers)).toHaveLength(10);
    expect(managers["ancient-changes Update"]).toMatchObject({ "f:data": { "f:z": {}, "f:k1": {} } });
  });
});

describe("fields that a kind does not have", () => {
  const withFault = (name: string): object => ({
    ...deployment(name),
    spec: { ...(deployment(name) as { spec: object }).spec, replica: 3 },
  });

  it("are refused when the caller is strict", async () => {
    const name = fresh();
    const refusal = await post(deployments(), withFault(name), { query: "fieldValidation=Strict" });
    expect([refusal.code, refusal.json<Status>().message]).toEqual([
      400,
      'Deployment in version "v1" cannot be handled as a Deployment: strict decoding error: unknown field "spec.replica"',
    ]);
  });

  it.each([
    ["by default", "", ['299 - "unknown field \\"spec.replica\\""']],
    ["on request", "fieldValidation=Warn", ['299 - "unknown field \\"spec.replica\\""']],
    ["not at all", "fieldValidation=Ignore", []],
  ])("are dropped, and told of %s", async (_, query, warnings) => {
    const name = fresh();
    const answer = await post(deployments(), withFault(name), { query });
    expect(answer.code).toBe(201);
    expect(answer.json<{ spec: object }>().spec).not.toHaveProperty("replica");
    expect([answer.headers["warning"] ?? []].flat()).toEqual(warnings);
  });

  it("are refused in patches too", async () => {
    const name = fresh();
    await post(deployments(), deployment(name));
    const refusal = await merge(
      deployments(name),
      { spec: { replica: 1 } },
      {
        query: "fieldValidation=Strict",
      },
    );
    expect([refusal.code, refusal.json<Status>().message]).toEqual([
      422,
      expect.stringContaining('strict decoding error: unknown field "spec.replica"'),
    ]);
  });

  it("have no fourth way", async () => {
    const refusal = await post(deployments(), deployment(fresh()), { query: "fieldValidation=Perhaps" });
    expect(refusal.json<Status>().message).toContain('fieldValidation: Unsupported value: "Perhaps"');
  });
});
