import { kindSchema, type Field, type ObjectSchema, type Schema, typeNamed } from "#api/kubernetes/schema";

/** How a strategic merge patch treats one field; a field without a rule is merged when it is an object and replaced when it is a list. */
export interface PatchField {
  /** `merge`: the list is merged; `replace`: the object is replaced as a whole. */
  readonly strategy?: "merge" | "replace";
  /** Key by which objects of a merged list are told apart; absent for lists of texts and numbers. */
  readonly mergeKey?: string;
  /** Type of the field, or of the list's items. */
  readonly type?: PatchType;
}

/** The rules of an object's fields, by name. */
export type PatchType = Readonly<Record<string, PatchField>>;

const types = new WeakMap<ObjectSchema, PatchType>();

/**
 * The rules of a built-in kind; those of metadata alone for others.
 * @param group Empty for the core group.
 */
export function patchTypeOf(group: string, version: string, kind: string): PatchType {
  const schema = kindSchema(group, version, kind);
  return schema === undefined ? { metadata: { type: patchType(typeNamed("meta.v1.ObjectMeta")) } } : patchType(schema);
}

function patchType(schema: ObjectSchema): PatchType {
  const known = types.get(schema);
  if (known !== undefined) return known;
  const type = Object.fromEntries([...schema.fields.values()].map((field) => [field.name, patchField(field)]));
  types.set(schema, type);
  return type;
}

/** Types may hold themselves: the type of a field is made when it is asked for. */
function patchField(field: Field): PatchField {
  const strategy = field.patchStrategies.find((each) => each === "merge" || each === "replace");
  return {
    ...(strategy !== undefined && { strategy }),
    ...(field.patchMergeKey !== undefined && { mergeKey: field.patchMergeKey }),
    get type() {
      return typeBelow(field.schema);
    },
  };
}

const noRules: PatchType = {};

function typeBelow(schema: Schema): PatchType {
  if (schema.kind === "object") return patchType(schema);
  return schema.kind === "list" && schema.items.kind === "object" ? patchType(schema.items) : noRules;
}
