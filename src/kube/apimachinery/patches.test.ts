import { describe, expect, it } from "vitest";
import { applyJsonMergePatch } from "./json-merge-patch.ts";
import { applyJsonPatch, MAX_JSON_PATCH_OPERATIONS } from "./json-patch.ts";
import type { JsonObject } from "./json-values.ts";
import { PatchError } from "./patch-error.ts";
import { patchTypeOf, type PatchType } from "./patch-schema.ts";
import { applyStrategicMergePatch } from "./strategic-merge-patch.ts";

function failureOf(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error instanceof PatchError ? `${error.kind}: ${error.message}` : error;
  }
  return "no failure";
}

// Rows follow RFC 7386, appendix A.
describe("JSON merge patch", () => {
  it.each<[JsonObject, unknown, JsonObject]>([
    [{ a: "b" }, { a: "c" }, { a: "c" }],
    [{ a: "b" }, { b: "c" }, { a: "b", b: "c" }],
    [{ a: "b" }, { a: null }, {}],
    [{ a: ["b"] }, { a: "c" }, { a: "c" }],
    [{ a: { b: "c" } }, { a: { b: "d", c: null } }, { a: { b: "d" } }],
    [{ a: [{ b: "c" }] }, { a: [1] }, { a: [1] }],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ])("%j and %j make %j", (target, patch, want) => {
    const before = JSON.stringify(target);
    expect(applyJsonMergePatch(target, patch)).toEqual(want);
    expect(JSON.stringify(target)).toBe(before);
  });

  it("keys of the runtime are keys like others", () => {
    const patch: unknown = JSON.parse('{"__proto__": {"polluted": true}}');
    const result = applyJsonMergePatch({}, patch);
    expect(Object.keys(result)).toEqual(["__proto__"]);
    expect(({} as JsonObject)["polluted"]).toBeUndefined();
  });

  it("lists and endless nesting are refused", () => {
    expect(failureOf(() => applyJsonMergePatch({}, []))).toMatch(/^malformed: /);
    const deep: unknown = JSON.parse(`${'{"a":'.repeat(300)}1${"}".repeat(300)}`);
    expect(failureOf(() => applyJsonMergePatch({}, deep))).toBe("malformed: patch is nested deeper than 200 levels");
  });
});

describe("JSON patch", () => {
  const rejected = "inapplicable: the server rejected our request due to an error in our request";

  it("applies its operations in order to a copy", () => {
    const target = { spec: { replicas: 1, list: ["a"] } };
    const patch = [
      { op: "test", path: "/spec/replicas", value: 1 },
      { op: "replace", path: "/spec/replicas", value: 2 },
      { op: "add", path: "/spec/list/-", value: "b" },
      { op: "remove", path: "/spec/list/0" },
      { op: "copy", from: "/spec/replicas", path: "/metadata" },
    ];
    expect(applyJsonPatch(target, patch)).toEqual({ spec: { replicas: 2, list: ["b"] }, metadata: 2 });
    expect(target.spec.replicas).toBe(1);
  });

  it.each<[string, object, JsonObject]>([
    ["adds at the end by -1", { op: "add", path: "/list/-1", value: "c" }, { list: ["a", "b", "c"] }],
    ["replaces the last by -1", { op: "replace", path: "/list/-1", value: "c" }, { list: ["a", "c"] }],
    ["removes the last but one by -2", { op: "remove", path: "/list/-2" }, { list: ["b"] }],
    ["replaces what is not there", { op: "replace", path: "/x", value: 1 }, { list: ["a", "b"], x: 1 }],
    ["finds null where nothing is", { op: "test", path: "/x", value: null }, { list: ["a", "b"] }],
  ])("%s, beyond RFC 6902", (_, operation, want) => {
    expect(applyJsonPatch({ list: ["a", "b"] }, [operation])).toEqual(want);
  });

  it.each<[string, unknown, string]>([
    ["a path that does not exist", [{ op: "replace", path: "/x/y", value: 1 }], rejected],
    ["a path into a number", [{ op: "add", path: "/a/0", value: 1 }], rejected],
    ["a failing test", [{ op: "test", path: "/a", value: 2 }], rejected],
    ["an unknown operation", [{ op: "swap", path: "/a" }], "inapplicable: unexpected kind: swap"],
    ["a path into the runtime", [{ op: "add", path: "/__proto__/x", value: 1 }], "inapplicable: path does not exist: /__proto__/x"],
    ["a relative pointer", [{ op: "add", path: "a", value: 1 }], "inapplicable: invalid pointer: a"],
    ["an object", {}, "malformed: error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp"],
    [
      "a number in the list",
      [1],
      "malformed: error decoding patch: json: cannot unmarshal number into Go value of type handlers.jsonPatchOp",
    ],
    [
      "too many operations",
      Array.from({ length: MAX_JSON_PATCH_OPERATIONS + 1 }, () => ({ op: "test", path: "/a", value: 1 })),
      "too-many-operations: The allowed maximum operations in a JSON patch is 10000, got 10001",
    ],
    [
      "copies that double the document each time",
      [
        { op: "add", path: "/b", value: "x".repeat(1000) },
        ...Array.from({ length: 40 }, (_, index) => ({ op: "copy", from: "", path: `/c${index}` })),
      ],
      "inapplicable: the copies of the patch are too large",
    ],
  ])("%s is refused", (_, patch, failure) => {
    expect(failureOf(() => applyJsonPatch({ a: 1 }, patch))).toBe(failure);
  });
});

const item: PatchType = {};
const type: PatchType = {
  list: { strategy: "merge", mergeKey: "name", type: item },
  values: { strategy: "merge" },
  retained: {},
  whole: { strategy: "replace" },
};
(item as Record<string, unknown>)["list"] = type["list"];

// Rows follow apimachinery pkg/util/strategicpatch/patch_test.go.
describe("strategic merge patch", () => {
  it.each<[string, JsonObject, JsonObject, JsonObject]>([
    ["nothing changes without fields", { a: 1 }, {}, { a: 1 }],
    ["null removes", { a: 1, b: 2 }, { a: null, c: null }, { b: 2 }],
    ["objects are merged", { m: { a: 1 } }, { m: { b: 2 } }, { m: { a: 1, b: 2 } }],
    ["plain lists are replaced", { l: [1, 2] }, { l: [3] }, { l: [3] }],
    ["a field may change its type", { a: [1] }, { a: { b: 1 } }, { a: { b: 1 } }],
    ["nulls are not added with new objects", {}, { m: { a: null, b: { c: null } } }, { m: { b: {} } }],
    ["a directive empties an object", { m: { a: 1 } }, { m: { $patch: "delete" } }, { m: {} }],
    ["a directive replaces an object", { m: { a: 1 } }, { m: { $patch: "replace", b: 2 } }, { m: { b: 2 } }],
    ["a field may be replaced as a whole", { whole: { a: 1 } }, { whole: { b: 2 } }, { whole: { b: 2 } }],
    ["items are merged by key", { list: [{ name: "1", a: 1 }] }, { list: [{ name: "1", b: 2 }] }, { list: [{ name: "1", a: 1, b: 2 }] }],
    [
      "new items come first, items that only the object has keep their places",
      { list: [{ name: "1" }, { name: "2" }] },
      { list: [{ name: "3" }, { name: "2", v: 1 }] },
      { list: [{ name: "3" }, { name: "1" }, { name: "2", v: 1 }] },
    ],
    [
      "items are deleted by key",
      { list: [{ name: "1" }, { name: "2" }] },
      { list: [{ name: "1", $patch: "delete" }] },
      { list: [{ name: "2" }] },
    ],
    [
      "a list is replaced on demand",
      { list: [{ name: "1" }] },
      { list: [{ name: "2" }, { $patch: "replace" }] },
      { list: [{ name: "2" }] },
    ],
    ["a deletion of nothing adds nothing", {}, { list: [{ name: "1", $patch: "delete" }, { name: "2" }] }, { list: [{ name: "2" }] }],
    ["values are united", { values: [1, 2] }, { values: [2, 3] }, { values: [1, 2, 3] }],
    ["values are deleted", { values: [1, 2, 3] }, { "$deleteFromPrimitiveList/values": [2, 4] }, { values: [1, 3] }],
    ["values are deleted from a list that is not there", {}, { "$deleteFromPrimitiveList/values": [2] }, {}],
    ["other keys are dropped", { retained: { a: 1, b: 2 } }, { retained: { $retainKeys: ["b"] } }, { retained: { b: 2 } }],
    [
      "other keys are dropped and new ones set",
      { retained: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1 } } },
      { retained: { $retainKeys: ["type"], type: "Recreate" } },
      { retained: { type: "Recreate" } },
    ],
    [
      "an order moves items",
      { list: [{ name: "1" }, { name: "2" }, { name: "3" }] },
      { "$setElementOrder/list": [{ name: "3" }, { name: "1" }, { name: "2" }] },
      { list: [{ name: "3" }, { name: "1" }, { name: "2" }] },
    ],
    [
      "an order places new items among others",
      { list: [{ name: "a" }, { name: "b" }, { name: "server" }] },
      { "$setElementOrder/list": [{ name: "new" }, { name: "a" }, { name: "b" }], list: [{ name: "new", v: 1 }] },
      { list: [{ name: "new", v: 1 }, { name: "a" }, { name: "b" }, { name: "server" }] },
    ],
    [
      "an order of values",
      { values: [1, 2, 3] },
      { "$setElementOrder/values": [3, 4, 1], values: [4], "$deleteFromPrimitiveList/values": [2] },
      { values: [3, 4, 1] },
    ],
    [
      "lists within items",
      { list: [{ name: "1", list: [{ name: "x", v: 1 }] }] },
      { list: [{ name: "1", list: [{ name: "x", w: 2 }, { name: "y" }] }] },
      { list: [{ name: "1", list: [{ name: "x", v: 1, w: 2 }, { name: "y" }] }] },
    ],
  ])("%s", (_, target, patch, want) => {
    const before = JSON.stringify([target, patch]);
    expect(applyStrategicMergePatch(target, patch, type)).toEqual(want);
    expect(JSON.stringify([target, patch])).toBe(before);
  });

  it.each<[string, JsonObject, unknown, string]>([
    ["a list", {}, [], "malformed: json: cannot unmarshal array into Go value of type map[string]interface {}"],
    ["an unknown directive", { m: {} }, { m: { $patch: "x" } }, 'malformed: unknown patch type: "x" in map: {"$patch":"x"}'],
    [
      "an item without key",
      { list: [{ name: "1" }] },
      { list: [{ value: 1 }] },
      'malformed: map: {"value":1} does not contain declared merge key: name',
    ],
    ["lists in a merged list", { list: [] }, { list: [[1]] }, "inapplicable: lists of lists are not supported"],
    [
      "texts among objects",
      { list: [{ name: "1" }] },
      { list: ["x"] },
      'malformed: list element types are not identical: [[{"name":"1"}],["x"]]',
    ],
    [
      "a key that is not retained",
      { retained: {} },
      { retained: { $retainKeys: ["a"], b: 1 } },
      "malformed: invalid patch format of retainKeys",
    ],
    [
      "an order that contradicts the list",
      { list: [{ name: "1" }] },
      { "$setElementOrder/list": [{ name: "1" }], list: [{ name: "2" }] },
      'malformed: The order in patch list:\n[{"name":"2"}]\n doesn\'t match $setElementOrder list:\n[{"name":"1"}]\n',
    ],
  ])("%s is refused", (_, target, patch, failure) => {
    expect(failureOf(() => applyStrategicMergePatch(target, patch, type))).toBe(failure);
  });
});

describe("rules of built-in kinds", () => {
  it("kubectl set image changes one container of a deployment", () => {
    const container = (name: string, image: string): JsonObject => ({ name, image });
    const deployment = { spec: { template: { spec: { containers: [container("a", "x"), container("b", "y")] } } } };
    const patch = {
      spec: { template: { spec: { "$setElementOrder/containers": [{ name: "a" }, { name: "b" }], containers: [container("b", "z")] } } },
    };
    expect(applyStrategicMergePatch(deployment, patch, patchTypeOf("apps", "v1", "Deployment"))).toEqual({
      spec: { template: { spec: { containers: [container("a", "x"), container("b", "z")] } } },
    });
  });

  it("kubectl taint replaces the list of taints", () => {
    const node = { spec: { taints: [{ key: "a", effect: "NoSchedule" }] } };
    const patch = { spec: { taints: [{ key: "b", effect: "NoExecute" }] } };
    expect(applyStrategicMergePatch(node, patch, patchTypeOf("", "v1", "Node"))).toEqual(patch);
  });

  it("node conditions are merged by type", () => {
    const node = {
      status: {
        conditions: [
          { type: "Ready", status: "True" },
          { type: "DiskPressure", status: "False" },
        ],
      },
    };
    const patch = { status: { conditions: [{ type: "Ready", status: "Unknown" }] } };
    const merged = applyStrategicMergePatch(node, patch, patchTypeOf("", "v1", "Node"));
    expect(merged).toEqual({
      status: {
        conditions: [
          { type: "Ready", status: "Unknown" },
          { type: "DiskPressure", status: "False" },
        ],
      },
    });
  });

  it("kinds without rules of their own still merge finalizers", () => {
    const merged = applyStrategicMergePatch(
      { metadata: { finalizers: ["a"] } },
      { metadata: { finalizers: ["b"] } },
      patchTypeOf("x.io", "v1", "Y"),
    );
    expect(merged).toEqual({ metadata: { finalizers: ["b", "a"] } });
  });
});
