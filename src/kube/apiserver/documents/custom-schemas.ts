import { isJsonObject, type JsonObject } from "#kube/apimachinery";
import type { Published } from "../registry/kind.ts";
import type { GroupVersionKind } from "./catalogue.ts";
import type { Descriptions } from "./descriptions.ts";

/*
 * The schemas that definitions have, as OpenAPI documents show them; references are those of v3 in both versions.
 * Source: apiextensions-apiserver pkg/controller/openapi/builder, pkg/controller/openapi/v2/conversion.go and
 * pkg/apiserver/schema/{kubeopenapi,unfold}.go, as of 1.35.4.
 */

const OBJECT_META = "#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta";
const LIST_META = "#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta";
const CONVENTIONS = "https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md";
const PRESERVE = "x-kubernetes-preserve-unknown-fields";
const EMBEDDED = "x-kubernetes-embedded-resource";
const INT_OR_STRING = "x-kubernetes-int-or-string";
const VALIDATIONS = "x-kubernetes-validations";

/** Levels of a schema at most; real ones have about thirty. */
const MAX_DEPTH = 100;

/** Members that hold no schemas, in the order in which they are written. */
const MEMBERS = [
  ..."description type nullable format title default maximum exclusiveMaximum minimum exclusiveMinimum maxLength minLength".split(" "),
  ..."pattern maxItems minItems uniqueItems multipleOf enum maxProperties minProperties required".split(" "),
];
const EXTENSIONS = ["x-kubernetes-list-map-keys", "x-kubernetes-list-type", "x-kubernetes-map-type", EMBEDDED, INT_OR_STRING, PRESERVE];
const ORDER = [...MEMBERS, "items", "allOf", "oneOf", "anyOf", "not", "properties", "additionalProperties"];

interface Options {
  readonly published: Published;
  readonly kind: GroupVersionKind;
  readonly words: Descriptions;
}

/** A custom kind's schema for OpenAPI v3. */
export function customSchema({ published, kind, words }: Options): object {
  const schema = isJsonObject(published.schema) ? new Writer(false).write(published.schema) : undefined;
  return asKind(schema, { published, kind, words });
}

/** A custom kind's schema for OpenAPI v2, where nothing is said of kinds that keep what they do not know. */
export function customSchemaV2({ published, kind, words }: Options): object {
  const isKept = published.keepsUnknown || (isJsonObject(published.schema) && published.schema[PRESERVE] === true);
  const schema = isJsonObject(published.schema) && !isKept ? new Writer(true).write(published.schema) : undefined;
  return asKind(schema, { published, kind, words });
}

function asKind(schema: JsonObject | undefined, { published, kind, words }: Options): object {
  const metadata = { description: words.of("core.v1.Pod", "metadata"), allOf: [{ $ref: OBJECT_META }] };
  const whole =
    schema === undefined ? { type: "object" } : { ...schema, properties: { ...fieldsOf(schema), ...typeFields(words), metadata } };
  return inOrder({ ...whole, "x-kubernetes-group-version-kind": [typeKind(kind)], ...selectableFields(published) });
}

/** The list of a custom kind. @param itemName OpenAPI's name of the kind */
export function customListSchema({ published, kind, words }: Options, itemName: string): object {
  const { listKind, plural } = published;
  const items = {
    description: `List of ${plural}. More info: ${CONVENTIONS}`,
    type: "array",
    items: { $ref: `#/components/schemas/${itemName}` },
  };
  const metadata = { description: `Standard list metadata. More info: ${CONVENTIONS}#types-kinds`, allOf: [{ $ref: LIST_META }] };
  return inOrder({
    description: `${listKind} is a list of ${kind.kind}`,
    type: "object",
    required: ["items"],
    properties: { ...typeFields(words), items, metadata },
    "x-kubernetes-group-version-kind": [typeKind({ ...kind, kind: listKind })],
    ...selectableFields(published),
  });
}

/** As schemas of types name kinds. */
export function typeKind({ group, kind, version }: GroupVersionKind): object {
  return { group, kind, version };
}

function selectableFields({ selectableFields: paths }: Published): JsonObject {
  if (paths.length === 0) return {};
  return { "x-kubernetes-selectable-fields": paths.map((path) => ({ fieldPath: path.replace(/^\./, "") })) };
}

function typeFields(words: Descriptions): JsonObject {
  const field = (name: string): object => ({ description: words.of("core.v1.Pod", name), type: "string" });
  return { apiVersion: field("apiVersion"), kind: field("kind") };
}

function fieldsOf({ properties }: JsonObject): JsonObject {
  return isJsonObject(properties) ? properties : {};
}

/** Members that say something, in order; fields and extensions by name. */
function inOrder({ properties, ...schema }: JsonObject): JsonObject {
  const extensions = Object.keys(schema).filter((name) => name.startsWith("x-"));
  const members: JsonObject = { ...schema, ...(isJsonObject(properties) && { properties: byName(properties) }) };
  const names = [...ORDER.filter((name) => members[name] !== undefined), ...extensions.sort()];
  return Object.fromEntries(names.map((name) => [name, members[name]]));
}

function byName(properties: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(properties).sort(([left], [right]) => (left < right ? -1 : 1)));
}

/** Whether a member is said, rather than what Go takes for absent. */
function isSaid(value: unknown, name: string): boolean {
  if (value === undefined || value === null) return false;
  return name === "default" || (value !== false && value !== "" && !(Array.isArray(value) && value.length === 0));
}

const INTEGER_OR_TEXT = [{ type: "integer" }, { type: "string" }];

function isIntegerOrText(anyOf: unknown): boolean {
  return JSON.stringify(anyOf) === JSON.stringify(INTEGER_OR_TEXT);
}

/** Writes schemas for one of the two versions. */
class Writer {
  readonly #isV2: boolean;

  constructor(isV2: boolean) {
    this.#isV2 = isV2;
  }

  write(schema: JsonObject, depth = 0): JsonObject {
    const said = [...MEMBERS, ...EXTENSIONS].filter((name) => isSaid(schema[name], name)).map((name) => [name, schema[name]] as const);
    const members = { ...Object.fromEntries(said), ...this.#inner(schema, depth), ...rulesOf(schema) };
    return inOrder(embedded(this.#isV2 ? plain(members, schema) : members, this.#isV2));
  }

  #inner(schema: JsonObject, depth: number): JsonObject {
    const inner = (each: unknown): JsonObject => (isJsonObject(each) && depth < MAX_DEPTH ? this.write(each, depth + 1) : {});
    const { items, properties, additionalProperties, not } = schema;
    const isOpenMap = additionalProperties !== undefined && additionalProperties !== null;
    return {
      ...(isJsonObject(items) && { items: inner(items) }),
      ...(isJsonObject(properties) && {
        properties: Object.fromEntries(Object.entries(properties).map(([name, each]) => [name, inner(each)])),
      }),
      ...(isOpenMap && { additionalProperties: isJsonObject(additionalProperties) ? inner(additionalProperties) : additionalProperties }),
      ...(this.#isV2 ? {} : { ...junctors(schema, inner), ...(isJsonObject(not) && { not: inner(not) }) }),
    };
  }
}

/** What is a number or a text says so in words of OpenAPI too. */
function junctors(schema: JsonObject, inner: (each: unknown) => JsonObject): JsonObject {
  const list = (name: string): readonly JsonObject[] | undefined => {
    const each = schema[name];
    return Array.isArray(each) && each.length > 0 ? each.map(inner) : undefined;
  };
  let [allOf, anyOf] = [list("allOf"), list("anyOf")];
  if (schema[INT_OR_STRING] === true && !isIntegerOrText(anyOf) && !isIntegerOrText(allOf?.[0]?.["anyOf"])) {
    if (anyOf === undefined) anyOf = INTEGER_OR_TEXT;
    else allOf = [{ anyOf: INTEGER_OR_TEXT }, ...(allOf ?? [])];
  }
  return { allOf, anyOf, oneOf: list("oneOf") };
}

function rulesOf({ [VALIDATIONS]: rules }: JsonObject): JsonObject {
  if (!Array.isArray(rules) || rules.length === 0) return {};
  const members = ["rule", "message", "messageExpression", "reason", "fieldPath", "optionalOldSelf"];
  const written = rules.map((rule) => {
    const said = isJsonObject(rule) ? members.filter((name) => rule[name] !== undefined) : [];
    return Object.fromEntries(said.map((name) => [name, (rule as JsonObject)[name]]));
  });
  return { [VALIDATIONS]: written };
}

/** Without what clients of v2 would misread: values that may be null or hold anything show no type and no fields. */
function plain(members: JsonObject, schema: JsonObject): JsonObject {
  const { items, properties, type, nullable, default: _, ...rest } = members;
  const isBare = nullable === true || rest[PRESERVE] === true;
  const hasItems = items !== undefined && !isBare;
  const hasType = nullable !== true && (type === "array" ? hasItems : type !== "object" || !isBare);
  return {
    ...rest,
    required: isBare ? rest["required"] : requiredV2(schema),
    ...(hasType && { type }),
    ...(hasItems && { items }),
    ...(properties !== undefined && !isBare && { properties }),
  };
}

/** What may be null is not required. */
function requiredV2({ required, properties, additionalProperties }: JsonObject): unknown {
  const isNullable = (field: unknown): boolean => isJsonObject(field) && field["nullable"] === true;
  if (!Array.isArray(required) || isNullable(additionalProperties)) return undefined;
  const left = required.filter((name) => !(isJsonObject(properties) && isNullable(properties[String(name)])));
  return left.length === 0 ? undefined : left;
}

/** An object within an object says what it is. */
function embedded(schema: JsonObject, isV2: boolean): JsonObject {
  if (schema[EMBEDDED] !== true || (isV2 && schema[PRESERVE] === true)) return schema;
  const names: readonly unknown[] = Array.isArray(schema["required"]) ? schema["required"] : [];
  const about = "defines the versioned schema of this representation of an object";
  const properties = {
    ...fieldsOf(schema),
    apiVersion: { description: `apiVersion ${about}. More info: ${CONVENTIONS}#resources`, type: "string" },
    kind: {
      description: `kind is a string value representing the type of this object. In CamelCase. More info: ${CONVENTIONS}#types-kinds`,
      type: "string",
    },
    metadata: { description: `Standard object's metadata. More info: ${CONVENTIONS}#metadata`, allOf: [{ $ref: OBJECT_META }] },
  };
  return { ...schema, required: [...names, ...["kind", "apiVersion"].filter((name) => !names.includes(name))], properties };
}
