import { describe, expect, it } from "vitest";
import { customSchema, customSchemaV2 } from "./custom-schemas.ts";
import { readDescriptions } from "./descriptions.ts";

const words = readDescriptions("core.v1.Pod\n apiVersion Its version.\n kind Its kind.\n metadata Its metadata.\n");
const kind = { group: "example.com", version: "v1", kind: "Widget" };

interface Written {
  readonly properties?: Readonly<Record<string, unknown>>;
}

function bothOf(field: unknown, more: { schema?: object; keepsUnknown?: boolean } = {}): unknown[] {
  const schema = { type: "object", properties: { spec: field }, ...more.schema };
  const published = {
    schema,
    keepsUnknown: more.keepsUnknown ?? false,
    selectableFields: [".spec.color"],
    plural: "widgets",
    listKind: "WidgetList",
  };
  return [customSchema, customSchemaV2].map((write) => (write({ published, kind, words }) as Written).properties?.["spec"]);
}

const conventions = "https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md";
const embedded = {
  type: "object",
  required: ["kind", "apiVersion"],
  properties: {
    apiVersion: { description: expect.stringContaining(`${conventions}#resources`) as string, type: "string" },
    kind: { description: expect.stringContaining(`${conventions}#types-kinds`) as string, type: "string" },
    metadata: { allOf: [{ $ref: "#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta" }] },
  },
};
const integerOrText = [{ type: "integer" }, { type: "string" }];
const preserves = { "x-kubernetes-preserve-unknown-fields": true };

/** Source: a control plane of 1.35.4 with definitions of such fields, `kubectl get --raw /openapi/v3/apis/…` and `/openapi/v2`. */
describe("fields of a definition in OpenAPI", () => {
  it.each<{ name: string; field: object; v3: unknown; v2: unknown }>([
    {
      name: "a closed set with a default",
      field: { default: "red", enum: ["red", ""], type: "string", description: "Its color." },
      v3: { description: "Its color.", type: "string", default: "red", enum: ["red", ""] },
      v2: { description: "Its color.", type: "string", enum: ["red", ""] },
    },
    {
      name: "bounds",
      field: { type: "integer", format: "int32", minimum: 0, exclusiveMinimum: false, maximum: 9, exclusiveMaximum: true, multipleOf: 3 },
      v3: { type: "integer", format: "int32", maximum: 9, exclusiveMaximum: true, minimum: 0, multipleOf: 3 },
      v2: { type: "integer", format: "int32", maximum: 9, exclusiveMaximum: true, minimum: 0, multipleOf: 3 },
    },
    {
      name: "what may be null",
      field: { type: "object", nullable: true, default: { x: 1 }, properties: { x: { type: "integer" } } },
      v3: { type: "object", nullable: true, default: { x: 1 }, properties: { x: { type: "integer" } } },
      v2: {},
    },
    {
      name: "a field that is required though it may be null",
      field: { type: "object", required: ["x", "y"], properties: { x: { type: "string", nullable: true }, y: { type: "string" } } },
      v3: { type: "object", required: ["x", "y"], properties: { x: { type: "string", nullable: true }, y: { type: "string" } } },
      v2: { type: "object", required: ["y"], properties: { x: {}, y: { type: "string" } } },
    },
    {
      name: "a number or a text",
      field: { "x-kubernetes-int-or-string": true },
      v3: { anyOf: integerOrText, "x-kubernetes-int-or-string": true },
      v2: { "x-kubernetes-int-or-string": true },
    },
    {
      name: "a number or a text of some form",
      field: { "x-kubernetes-int-or-string": true, anyOf: [{ pattern: "^a" }], allOf: [{ maxLength: 3 }] },
      v3: { allOf: [{ anyOf: integerOrText }, { maxLength: 3 }], anyOf: [{ pattern: "^a" }], "x-kubernetes-int-or-string": true },
      v2: { "x-kubernetes-int-or-string": true },
    },
    {
      name: "what keeps all",
      field: { type: "object", required: ["a"], properties: { a: { type: "string" } }, ...preserves },
      v3: { type: "object", required: ["a"], properties: { a: { type: "string" } }, ...preserves },
      v2: { required: ["a"], ...preserves },
    },
    {
      name: "an object of its own",
      field: { type: "object", "x-kubernetes-embedded-resource": true },
      v3: { ...embedded, "x-kubernetes-embedded-resource": true },
      v2: { ...embedded, "x-kubernetes-embedded-resource": true },
    },
    {
      name: "an object of its own that keeps all",
      field: { type: "object", "x-kubernetes-embedded-resource": true, ...preserves },
      v3: { ...embedded, "x-kubernetes-embedded-resource": true, ...preserves },
      v2: { "x-kubernetes-embedded-resource": true, ...preserves },
    },
    {
      name: "rules and what is said either way",
      field: {
        type: "object",
        "x-kubernetes-validations": [{ message: "a", rule: "has(self.a)" }],
        oneOf: [{ required: ["a"] }],
        not: { required: ["a", "b"] },
      },
      v3: {
        type: "object",
        oneOf: [{ required: ["a"] }],
        not: { required: ["a", "b"] },
        "x-kubernetes-validations": [{ rule: "has(self.a)", message: "a" }],
      },
      v2: { type: "object", "x-kubernetes-validations": [{ rule: "has(self.a)", message: "a" }] },
    },
    {
      name: "a map of lists, in the order of OpenAPI",
      field: {
        additionalProperties: { items: { type: "string" }, "x-kubernetes-list-type": "set", type: "array", maxItems: 2 },
        type: "object",
      },
      v3: {
        type: "object",
        additionalProperties: { type: "array", maxItems: 2, items: { type: "string" }, "x-kubernetes-list-type": "set" },
      },
      v2: {
        type: "object",
        additionalProperties: { type: "array", maxItems: 2, items: { type: "string" }, "x-kubernetes-list-type": "set" },
      },
    },
  ])("show $name", ({ field, v3, v2 }) => {
    const [inV3, inV2] = bothOf(field);
    expect(inV3).toMatchObject(v3 as object);
    expect(inV2).toMatchObject(v2 as object);
    for (const [written, wanted] of [
      [inV3, v3],
      [inV2, v2],
    ] as const)
      expect(Object.keys(written as object)).toEqual(Object.keys(wanted as object));
  });

  it("are not told in v2 where the kind keeps what it does not know", () => {
    expect(bothOf({ type: "string" }, { schema: preserves })).toEqual([{ type: "string" }, undefined]);
    expect(bothOf({ type: "string" }, { keepsUnknown: true })).toEqual([{ type: "string" }, undefined]);
  });

  it("end somewhere", () => {
    let field: object = { type: "string" };
    for (let level = 0; level < 500; level++) field = { type: "object", properties: { a: field } };
    expect(JSON.stringify(bothOf(field)[0]).split('"a"').length).toBeLessThan(110);
  });

  it("stand with the kind and the paths that select", () => {
    const published = {
      schema: undefined,
      keepsUnknown: false,
      selectableFields: [".spec.color"],
      plural: "widgets",
      listKind: "WidgetList",
    };
    expect(customSchema({ published, kind, words })).toEqual({
      type: "object",
      "x-kubernetes-group-version-kind": [{ group: "example.com", kind: "Widget", version: "v1" }],
      "x-kubernetes-selectable-fields": [{ fieldPath: "spec.color" }],
    });
  });
});
