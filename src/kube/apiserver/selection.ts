import type { KubeObject } from "#api/kubernetes/meta";
import { parseFieldSelector, parseLabelSelector, type FieldRequirement, type Selector, SelectorError } from "#kube/apimachinery";
import type { Kind } from "./registry/kind.ts";
import { isPods, type Resource, shown } from "./resources.ts";
import { badRequest } from "./status.ts";
import { asBuffer } from "./storage/codec.ts";
import type { Scope } from "./storage/resource-cache.ts";

/** Which objects a list, a watch or a deletion of a collection is about. */
export interface Selection {
  /** What the index can narrow it to. */
  readonly scope: Scope;
  /** Key of the only object that can match, when the selector names one. */
  readonly onlyKey?: string;
  /** Everything in `scope` matches. */
  readonly isWhole: boolean;
  /** @param object as stored, or as the resource shows it */
  matches(object: KubeObject): boolean;
  /** False when the JSON of an object that matches would hold a text that these bytes do not. For kinds whose fields are read as they are stored. */
  mayMatch(bytes: Uint8Array): boolean;
}

export interface SelectionQuery {
  readonly namespace: string;
  /** Name on the path: a watch of one object. */
  readonly name?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

/** @throws {StatusError} BadRequest for a selector that cannot be read or names a field the kind does not offer. */
export function selectionOf(resource: Resource, query: SelectionQuery): Selection {
  const { kind } = resource;
  const labels = parseLabels(query.labelSelector);
  const fields = parseFields(kind, query.fieldSelector);
  if (query.name !== undefined && query.name !== "") fields.push({ field: NAME, operator: "=", value: query.name });
  const exact = (field: string): string | undefined => fields.find((each) => each.field === field && each.operator !== "!=")?.value;
  const namespace = query.namespace === "" ? exact(NAMESPACE) : query.namespace;
  const node = isPods(kind) ? exact(NODE) : undefined;
  const name = exact(NAME);
  const onlyKey = name === undefined || (kind.namespaced && namespace === undefined) ? undefined : keyOf(kind, namespace, name);
  const scope = {
    ...(namespace === undefined || !kind.namespaced ? {} : { namespace }),
    ...(node === undefined || node === "" ? {} : { node }),
  };
  const matches = matcher(kind, { labels, fields, namespace: scope.namespace });
  const isWhole = labels.empty && fields.length === 0;
  return {
    scope,
    ...(onlyKey === undefined ? {} : { onlyKey }),
    isWhole,
    mayMatch: byteMatcher(fields),
    matches: resource.kept === undefined ? matches : (object) => matches(shown(resource, object)),
  };
}

const NAME = "metadata.name";
const NAMESPACE = "metadata.namespace";
const NODE = "spec.nodeName";

function keyOf(kind: Kind, namespace: string | undefined, name: string): string {
  return kind.namespaced ? `${namespace}/${name}` : name;
}

function matcher(
  kind: Kind,
  { labels, fields, namespace }: { labels: Selector; fields: readonly FieldRequirement[]; namespace: string | undefined },
): (object: KubeObject) => boolean {
  const own = fields.filter(({ field }) => field !== NAME && field !== NAMESPACE);
  const general = fields.filter(({ field }) => field === NAME || field === NAMESPACE);
  return ({ metadata, ...object }) => {
    if (namespace !== undefined && metadata.namespace !== namespace) return false;
    if (!labels.empty && !labels.matches(metadata.labels)) return false;
    for (const each of general) {
      if (!meets(each, each.field === NAME ? metadata.name : (metadata.namespace ?? ""))) return false;
    }
    if (own.length === 0) return true;
    const whole = { metadata, ...object };
    const values = kind.selectableFields?.(kind.conversion?.fromStored(whole) ?? whole) ?? {};
    return own.every((each) => meets(each, values[each.field] ?? ""));
  };
}

/** Values that JSON writes as they are. */
const PLAIN = /^[\w ./:{}-]+$/;

function byteMatcher(fields: readonly FieldRequirement[]): (bytes: Uint8Array) => boolean {
  const plain = fields.filter(({ operator, value }) => operator !== "!=" && PLAIN.test(value));
  const texts = plain.map(({ value }) => Buffer.from(JSON.stringify(value))).sort((one, other) => other.length - one.length);
  return (bytes) => texts.every((text) => asBuffer(bytes).includes(text));
}

function meets({ operator, value }: FieldRequirement, actual: string): boolean {
  return (operator === "!=") !== (actual === value);
}

function parseLabels(text: string | undefined): Selector {
  try {
    return parseLabelSelector(text ?? "");
  } catch (error) {
    if (error instanceof SelectorError) throw badRequest(error.message);
    throw error;
  }
}

function parseFields(kind: Kind, text: string | undefined): FieldRequirement[] {
  if (text === undefined || text === "") return [];
  let requirements: readonly FieldRequirement[];
  try {
    requirements = parseFieldSelector(text).requirements;
  } catch (error) {
    if (error instanceof SelectorError) throw badRequest(error.message);
    throw error;
  }
  for (const { field } of requirements) checkField(kind, field);
  return [...requirements];
}

/** Source: pkg/apis/core/v1/conversion.go; apimachinery pkg/runtime/conversion.go, DefaultMetaV1FieldSelectorConversion. */
function checkField(kind: Kind, field: string): void {
  if (field === NAME || field === NAMESPACE) return;
  const names = selectableNames(kind);
  if (names === undefined) throw badRequest(`"${field}" is not a known field selector: only "metadata.name", "metadata.namespace"`);
  if (!names.has(field)) throw badRequest(`field label not supported: ${field}`);
}

const namesOf = new WeakMap<Kind, ReadonlySet<string>>();

function selectableNames(kind: Kind): ReadonlySet<string> | undefined {
  if (kind.selectableFields === undefined) return undefined;
  let names = namesOf.get(kind);
  if (names === undefined) {
    const blank = { metadata: { name: "" }, spec: {}, status: {}, involvedObject: {} } as KubeObject;
    names = new Set(Object.keys(kind.selectableFields(blank)));
    namesOf.set(kind, names);
  }
  return names;
}
