import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { KubeList, KubeObject } from "#api/kubernetes/meta";
import type { Status } from "#api/kubernetes/status";
import { openMemoryStore } from "#store";
import { namesOf, startCluster, type TestCluster } from "../testing/cluster.ts";
import { findByPath, parseJsonPath } from "./json-path.ts";
import { type JsonSchema, readSchema } from "./json-schema.ts";
import { schemaErrors } from "./validate.ts";
import { formatFieldErrors } from "#kube/apimachinery";

// Source: kubernetes client-go util/jsonpath/jsonpath_test.go and the column definitions of common charts.
describe("a path of a column", () => {
  const object = {
    metadata: { name: "a", annotations: { "example.com/owner": "me" } },
    spec: {
      items: [
        { name: "x", size: 1 },
        { name: "y", size: 2 },
      ],
      "odd name": "odd",
    },
    status: {
      conditions: [
        { type: "Ready", status: "True" },
        { type: "Synced", status: "False" },
      ],
    },
  };
  it.each([
    [".metadata.name", ["a"]],
    ["{.metadata.name}", ["a"]],
    [".metadata.annotations.example\\.com/owner", ["me"]],
    [".metadata.annotations['example.com/owner']", ["me"]],
    [".spec['odd name']", ["odd"]],
    [".spec.items[0].name", ["x"]],
    [".spec.items[-1].size", [2]],
    [".spec.items[*].name", ["x", "y"]],
    ['.status.conditions[?(@.type=="Ready")].status', ["True"]],
    [".status.conditions[?(@.type!='Ready')].status", ["False"]],
    [".spec.items[?(@.size==2)].name", ["y"]],
    [".nothing.here", []],
  ])("%s leads to %j", (path, want) => {
    expect(findByPath(object, parseJsonPath(path) ?? [])).toEqual(want);
  });

  it.each(["spec", ".spec[", ".spec[?(@.a)]", ".a..b", ".a".repeat(100)])("%s is none", (path) => {
    expect(parseJsonPath(path)).toBeUndefined();
  });
});

// Texts: kube-openapi pkg/validation/errors/schema.go and api.go.
describe("a schema says of", () => {
  it.each<[string, unknown, JsonSchema, string]>([
    ["another type", "3", { type: "integer" }, 'x: Invalid value: "string": x in body must be of type integer: "string"'],
    ["null", null, { type: "string" }, 'x: Invalid value: "null": x in body must be of type string: "null"'],
    ["too little", 0, { type: "integer", minimum: 1 }, "x: Invalid value: 0: x in body should be greater than or equal to 1"],
    [
      "the bound itself",
      1,
      { type: "integer", minimum: 1, exclusiveMinimum: true },
      "x: Invalid value: 1: x in body should be greater than 1",
    ],
    ["too much", 9, { type: "number", maximum: 8.5 }, "x: Invalid value: 9: x in body should be less than or equal to 8.5"],
    ["what is no multiple", 5, { type: "integer", multipleOf: 2 }, "x: Invalid value: 5: x in body should be a multiple of 2"],
    ["a short text", "", { type: "string", minLength: 1 }, 'x: Invalid value: "": x in body should be at least 1 chars long'],
    ["a long text", "abc", { type: "string", maxLength: 2 }, "x: Too long: may not be more than 2 bytes"],
    ["a text of another form", "A", { type: "string", pattern: "^[a-z]$" }, `x: Invalid value: "A": x in body should match '^[a-z]$'`],
    ["no date", "soon", { type: "string", format: "date-time" }, 'x: Invalid value: "soon": x in body must be of type date-time: "soon"'],
    ["none of a set", "c", { type: "string", enum: ["a", "b"] }, 'x: Unsupported value: "c": supported values: "a", "b"'],
    ["too few items", [], { type: "array", minItems: 1 }, "x: Invalid value: 0: x in body should have at least 1 items"],
    [
      "an item",
      [1, "a"],
      { type: "array", items: { type: "integer" } },
      'x[1]: Invalid value: "string": x[1] in body must be of type integer: "string"',
    ],
    [
      "two of a key",
      [{ a: 1 }, { a: 1 }],
      { type: "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["a"] },
      'x[1]: Duplicate value: {"a":1}',
    ],
    ["what is missing", {}, { type: "object", required: ["a"] }, "x.a: Required value"],
    [
      "a value of a map",
      { k: 1 },
      { type: "object", additionalProperties: { type: "string" } },
      'x.k: Invalid value: "integer": x.k in body must be of type string: "integer"',
    ],
    [
      "none of several",
      1,
      { anyOf: [{ type: "string" }, { minimum: 2, type: "integer" }] },
      "x: Invalid value: 1: x in body must validate at least one schema (anyOf)",
    ],
    ["what is forbidden", 1, { not: { type: "integer" } }, "x: Invalid value: 1: x in body must not validate the schema (not)"],
  ])("%s", (_, value, schema, want) => {
    expect(formatFieldErrors(schemaErrors(value, readSchema(schema), "x"))).toBe(want);
  });

  it.each<[string, unknown, JsonSchema]>([
    ["a whole number where any number may be", 1, { type: "number" }],
    ["null where it may be", null, { type: "string", nullable: true }],
    ["either of two", "50%", { "x-kubernetes-int-or-string": true }],
    ["a fitting object", { a: [1] }, { type: "object", properties: { a: { type: "array", items: { type: "integer", maximum: 1 } } } }],
  ])("nothing of %s", (_, value, schema) => {
    expect(schemaErrors(value, readSchema(schema), "x")).toEqual([]);
  });
});

let cluster: TestCluster;
beforeEach(async () => void (cluster = await startCluster({ version: "1.35.0" })));
afterEach(() => cluster.api.stop());

const CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
const widgets = (name = "", version = "v1"): string =>
  `/apis/example.com/${version}/namespaces/default/widgets${name === "" ? "" : `/${name}`}`;

const spec = {
  type: "object",
  required: ["size"],
  properties: {
    size: { type: "integer", minimum: 1 },
    color: { type: "string", default: "red" },
    parts: {
      type: "array",
      "x-kubernetes-list-type": "map",
      "x-kubernetes-list-map-keys": ["name"],
      items: { type: "object", properties: { name: { type: "string" }, count: { type: "integer", default: 1 } } },
    },
    free: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
  },
};

function definition(more: { versions?: object[]; group?: string } = {}): object {
  const { group = "example.com" } = more;
  const schema = {
    openAPIV3Schema: {
      type: "object",
      properties: { spec, status: { type: "object", properties: { phase: { type: "string" }, replicas: { type: "integer" } } } },
    },
  };
  const v1 = {
    name: "v1",
    served: true,
    storage: true,
    schema,
    subresources: { status: {}, scale: { specReplicasPath: ".spec.size", statusReplicasPath: ".status.replicas" } },
    additionalPrinterColumns: [
      { name: "Size", type: "integer", jsonPath: ".spec.size" },
      { name: "Phase", type: "string", jsonPath: ".status.phase", priority: 1 },
      { name: "Age", type: "date", jsonPath: ".metadata.creationTimestamp" },
    ],
  };
  return {
    metadata: { name: `widgets.${group}` },
    spec: {
      group,
      scope: "Namespaced",
      names: { plural: "widgets", singular: "widget", kind: "Widget", shortNames: ["wd"], categories: ["all"] },
      versions: more.versions ?? [v1],
    },
  };
}

const widget = (name: string, more: object = { size: 1 }): KubeObject =>
  ({ apiVersion: "example.com/v1", kind: "Widget", metadata: { name }, spec: more }) as unknown as KubeObject;

async function turns(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
}

async function define(body: object = definition()): Promise<void> {
  await cluster.call("POST", CRDS, body);
  await turns();
}

describe("a definition", () => {
  it("is established at once, and served", async () => {
    await define();
    const { status } = await cluster.call<{
      status: { conditions: { type: string; status: string; reason: string }[]; storedVersions: string[] };
    }>("GET", `${CRDS}/widgets.example.com`);
    expect(status.conditions.map(({ type, status: is, reason }) => `${type} ${is} ${reason}`)).toEqual([
      "NamesAccepted True NoConflicts",
      "Established True InitialNamesAccepted",
    ]);
    expect(status.storedVersions).toEqual(["v1"]);
    const list = await cluster.call<{ resources: { name: string; kind: string; shortNames?: string[] }[] }>("GET", "/apis/example.com/v1");
    expect(list.resources.map(({ name }) => name)).toEqual(["widgets", "widgets/status", "widgets/scale"]);
    expect(list.resources[0]).toMatchObject({ kind: "Widget", shortNames: ["wd"] });
  });

  it("says in discovery what can be done and in which version objects are kept, if that is served", async () => {
    const schema = { openAPIV3Schema: { type: "object" } };
    const discovered = async (isStoredServed: boolean): Promise<unknown> => {
      const v1 = { name: "v1", served: isStoredServed, storage: true, schema };
      const body = definition({ versions: [v1, { name: "v2", served: true, storage: false, schema }] });
      await cluster.call("POST", CRDS, body);
      const { resources } = await cluster.call<{ resources: unknown[] }>("GET", "/apis/example.com/v2");
      await cluster.call("DELETE", `${CRDS}/widgets.example.com`);
      return resources[0];
    };
    // Source: customresource_discovery_controller.go; the hash is that of example.com/v1/Widget.
    const verbs = ["delete", "deletecollection", "get", "list", "patch", "create", "update", "watch"];
    expect(await discovered(true)).toMatchObject({ verbs, storageVersionHash: "gIwvi5rymmg=" });
    expect(await discovered(false)).not.toHaveProperty("storageVersionHash");
  });

  it.each<[string, object, string]>([
    [
      "another name",
      { ...definition(), metadata: { name: "x.example.com" } },
      'metadata.name: Invalid value: "x.example.com": must be spec.names.plural+"."+spec.group',
    ],
    [
      "no storage version",
      definition({ versions: [{ name: "v1", served: true, storage: false, schema: { openAPIV3Schema: { type: "object" } } }] }),
      "must have exactly one version marked as storage version",
    ],
    [
      "no schema",
      definition({ versions: [{ name: "v1", served: true, storage: true }] }),
      "spec.versions[0].schema.openAPIV3Schema: Required value",
    ],
    [
      "a schema that is none",
      definition({ versions: [{ name: "v1", served: true, storage: true, schema: { openAPIV3Schema: { type: "string" } } }] }),
      "must be object at the root",
    ],
  ])("with %s is refused", async (_, body, message) => {
    const refusal = await cluster.refusal("POST", CRDS, body);
    expect([refusal.code, refusal.message]).toEqual([422, expect.stringContaining(message)]);
  });

  it("does not take another kind's names", async () => {
    await define(definition({ group: "apps" }) as never).catch(() => undefined);
    const first = definition() as { metadata: object; spec: { names: object } };
    await define(first);
    const second = {
      ...first,
      metadata: { name: "gadgets.example.com" },
      spec: { ...first.spec, names: { plural: "gadgets", kind: "Widget" } },
    };
    await define(second);
    const { status } = await cluster.call<{ status: { conditions: { type: string; status: string }[] } }>(
      "GET",
      `${CRDS}/gadgets.example.com`,
    );
    expect(status.conditions.map(({ type, status: is }) => `${type} ${is}`)).toEqual(["NamesAccepted False", "Established False"]);
    expect((await cluster.refusal("GET", "/apis/example.com/v1/namespaces/default/gadgets")).code).toBe(404);
  });

  it("takes its objects with it when it goes", async () => {
    await define();
    await cluster.call("POST", widgets(), widget("a"));
    await cluster.call("DELETE", `${CRDS}/widgets.example.com`);
    for (let tries = 0; tries < 10; tries++) await turns().then(() => cluster.clock.advance(1000));
    expect((await cluster.refusal("GET", `${CRDS}/widgets.example.com`)).code).toBe(404);
    expect((await cluster.refusal("GET", widgets())).code).toBe(404);
    await define();
    expect((await cluster.list(widgets())).items).toEqual([]);
  });

  it("and its objects are there again after a restart", async () => {
    const store = openMemoryStore();
    await cluster.api.stop();
    cluster = await startCluster({ store, version: "1.35.0" });
    await define();
    await cluster.call("POST", widgets(), widget("a", { size: 7 }));
    await cluster.api.stop();
    cluster = await startCluster({ store, version: "1.35.0" });
    expect(namesOf(await cluster.call<KubeList>("GET", widgets()))).toEqual(["a"]);
  });
});

describe("a custom object", () => {
  beforeEach(() => define());
  const specOf = async (name: string): Promise<unknown> => (await cluster.call<{ spec: object }>("GET", widgets(name))).spec;

  it("gets its defaults, and loses what its schema does not have", async () => {
    await cluster.call(
      "POST",
      widgets(),
      widget("a", { size: 2, shape: "round", parts: [{ name: "x", odd: 1 }], free: { any: { thing: 1 } } }),
    );
    expect(await specOf("a")).toEqual({ size: 2, color: "red", parts: [{ name: "x", count: 1 }], free: { any: { thing: 1 } } });
  });

  it.each<[string, object, string]>([
    ["that lacks a field", {}, 'Widget.example.com "a" is invalid: spec.size: Required value'],
    [
      "that is too small",
      { size: 0 },
      'Widget.example.com "a" is invalid: spec.size: Invalid value: 0: spec.size in body should be greater than or equal to 1',
    ],
  ])("%s is refused", async (_, body, message) => {
    const refusal: Status = await cluster.refusal("POST", widgets(), widget("a", body));
    expect([refusal.code, refusal.message]).toEqual([422, message]);
  });

  it("counts its generations, and keeps status apart", async () => {
    await cluster.call("POST", widgets(), { ...widget("a"), status: { phase: "Done" } });
    const first = await cluster.call<KubeObject & { status?: object }>("GET", widgets("a"));
    expect([first.metadata.generation, first.status]).toEqual([1, undefined]);
    await cluster.call("PATCH", `${widgets("a")}/status`, { status: { phase: "Ready" } }, { contentType: "application/merge-patch+json" });
    await cluster.call("PATCH", widgets("a"), { spec: { size: 3 } }, { contentType: "application/merge-patch+json" });
    const after = await cluster.call<KubeObject & { status?: object }>("GET", widgets("a"));
    expect([after.metadata.generation, after.status]).toEqual([2, { phase: "Ready" }]);
  });

  it("is scaled where its definition says", async () => {
    await cluster.call("POST", widgets(), widget("a", { size: 2 }));
    await cluster.call("PATCH", `${widgets("a")}/scale`, { spec: { replicas: 5 } }, { contentType: "application/merge-patch+json" });
    expect(await specOf("a")).toMatchObject({ size: 5 });
  });

  it("is not patched strategically", async () => {
    await cluster.call("POST", widgets(), widget("a"));
    const refusal = await cluster.refusal(
      "PATCH",
      widgets("a"),
      { spec: { size: 2 } },
      { contentType: "application/strategic-merge-patch+json" },
    );
    expect([refusal.code, refusal.message]).toEqual([
      415,
      expect.stringContaining("application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml"),
    ]);
  });

  it("is applied, its lists joined by their keys", async () => {
    const query = (fieldManager: string) => ({ contentType: "application/apply-patch+yaml", query: { fieldManager } });
    await cluster.call("PATCH", widgets("a"), widget("a", { size: 1, parts: [{ name: "x", count: 2 }] }), query("one"));
    await cluster.call("PATCH", widgets("a"), widget("a", { size: 1, parts: [{ name: "y" }] }), query("two"));
    expect(await specOf("a")).toMatchObject({
      parts: [
        { name: "x", count: 2 },
        { name: "y", count: 1 },
      ],
    });
    const conflict = await cluster.refusal("PATCH", widgets("a"), widget("a", { size: 9 }), query("three"));
    expect(conflict.message).toContain(".spec.size");
  });

  it("is watched, from before its definition's next change to after it", async () => {
    const watch = cluster.watch(widgets());
    await turns();
    await cluster.call(
      "PATCH",
      `${CRDS}/widgets.example.com`,
      { metadata: { labels: { a: "b" } } },
      { contentType: "application/merge-patch+json" },
    );
    await turns();
    await cluster.call("POST", widgets(), widget("a"));
    await turns();
    expect(watch.lines()).toEqual(["ADDED a"]);
    watch.stop();
  });
});

describe("versions of a definition", () => {
  const version = (name: string, more: object): object => ({
    name,
    served: true,
    storage: false,
    schema: { openAPIV3Schema: { type: "object", properties: { spec } } },
    ...more,
  });

  it("show the same objects; those that are not served are not there", async () => {
    await define(
      definition({ versions: [version("v1alpha1", { served: false }), version("v1beta1", {}), version("v1", { storage: true })] }),
    );
    await cluster.call("POST", widgets("", "v1beta1"), { ...widget("a"), apiVersion: "example.com/v1beta1" });
    expect((await cluster.call("GET", widgets("a"))).apiVersion).toBe("example.com/v1");
    expect((await cluster.call("GET", widgets("a", "v1beta1"))).apiVersion).toBe("example.com/v1beta1");
    expect((await cluster.refusal("GET", widgets("a", "v1alpha1"))).code).toBe(404);
  });

  it("may be stored without being served", async () => {
    await define(definition({ versions: [version("v2", { served: false, storage: true }), version("v1", {})] }));
    await cluster.call("POST", widgets(), widget("a"));
    expect((await cluster.call("GET", widgets("a"))).apiVersion).toBe("example.com/v1");
  });
});
