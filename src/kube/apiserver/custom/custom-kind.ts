import type { KubeObject } from "#api/kubernetes/meta";
import { ageSince, type FieldError, formatTime, isJsonObject, parseTime } from "#kube/apimachinery";
import type {
  CustomResourceDefinition,
  DefinitionColumn,
  DefinitionNames,
  DefinitionVersion,
} from "../registry/apiextensions/custom-resource-definitions.ts";
import { AGE, NAME } from "../registry/columns.ts";
import type { Cell, Column, ConversionWebhook, Kind, TablePrinter } from "../registry/kind.ts";
import { findByPath, parseJsonPath } from "./json-path.ts";
import { type JsonSchema, readSchema } from "./json-schema.ts";
import { hasRules, ruleErrors } from "./rules.ts";
import { scaleErrors } from "./scale-values.ts";
import { dropNulls, fillDefaults, objectSchemaOf, pruned } from "./structural.ts";
import { schemaErrors } from "./validate.ts";

const VERBS: Kind["verbs"] = ["delete", "deletecollection", "get", "list", "patch", "create", "update", "watch"];

/** The kinds that a definition makes, one for each version that is served; the one in which objects are stored first. */
export function customKinds(definition: CustomResourceDefinition): readonly Kind[] {
  const { versions } = definition.spec;
  const stored = versions.find(({ storage }) => storage);
  if (stored === undefined) return [];
  const others = versions.filter((version) => version !== stored && version.served);
  return [customKind(definition, stored, stored), ...others.map((version) => customKind(definition, version, stored))];
}

function customKind({ spec }: CustomResourceDefinition, version: DefinitionVersion, stored: DefinitionVersion): Kind {
  const webhook = webhookOf(spec);
  const { group, names, scope, preserveUnknownFields } = spec;
  const root = readSchema(version.schema?.openAPIV3Schema);
  const hasStatus = version.subresources?.status !== undefined;
  const { scale } = version.subresources ?? {};
  return {
    group,
    version: version.name,
    kind: names.kind,
    resource: names.plural,
    singular: names.singular ?? names.kind.toLowerCase(),
    shortNames: names.shortNames ?? [],
    categories: names.categories ?? [],
    namespaced: scope === "Namespaced",
    isServed: version.served,
    isCustom: true,
    schema: objectSchemaOf(preserveUnknownFields === true ? { ...root, "x-kubernetes-preserve-unknown-fields": true } : root),
    published: {
      schema: version.schema?.openAPIV3Schema,
      keepsUnknown: preserveUnknownFields === true,
      selectableFields: (version.selectableFields ?? []).map(({ jsonPath }) => jsonPath),
      plural: names.plural,
      listKind: listKindOf(names),
    },
    verbs: VERBS,
    hasStatus,
    strategy: {
      applyDefaults: (object) => complete(object, root, preserveUnknownFields === true),
      validate: (object) => [...errorsOf(object, root), ...scaleErrors(object, version)],
      ...(hasRules(root) && {
        validateCreate: (object) => rulesOf(object, undefined, root),
        validateUpdate: (object, previous) => rulesOf(object, previous, root),
      }),
    },
    table: printer(version.additionalPrinterColumns),
    selectableFields: (object) => selectable(object, version),
    ...(scale !== undefined && {
      scale: {
        specReplicas: scale.specReplicasPath.replace(/^\./, ""),
        statusReplicas: scale.statusReplicasPath.replace(/^\./, ""),
        ...(scale.labelSelectorPath !== undefined && { selector: scale.labelSelectorPath.replace(/^\./, "") }),
      },
    }),
    coerce: (object) => coerced(object, root, preserveUnknownFields === true),
    ...(webhook !== undefined && { conversionWebhook: webhook }),
    ...(version !== stored && { storedAs: { group, resource: names.plural } }),
  };
}

function listKindOf({ kind, listKind }: DefinitionNames): string {
  return listKind === undefined || listKind === "" ? `${kind}List` : listKind;
}

function webhookOf({ conversion }: CustomResourceDefinition["spec"]): ConversionWebhook | undefined {
  const { clientConfig, conversionReviewVersions = [] } = conversion?.webhook ?? {};
  if (conversion?.strategy !== "Webhook" || clientConfig === undefined) return undefined;
  return { clientConfig, reviewVersions: conversionReviewVersions };
}

/** Source: apiextensions-apiserver pkg/apiserver/customresource_handler.go, unstructuredSchemaCoercer. */
function coerced(object: KubeObject, root: JsonSchema, keepsUnknown: boolean): KubeObject {
  if (keepsUnknown) return object;
  const kept = pruned(object, root, true);
  dropNulls(kept, root);
  return kept as KubeObject;
}

/** Drops what the schema does not have and fills what was left out. */
function complete(object: KubeObject, root: JsonSchema, keepsUnknown: boolean): void {
  const members = object as unknown as Record<string, unknown>;
  if (!keepsUnknown) {
    const kept = pruned(members, root, true) as Record<string, unknown>;
    for (const name of Object.keys(members))
      if (name in kept) members[name] = kept[name];
      else delete members[name];
    dropNulls(members, root);
  }
  fillDefaults(members, root);
}

function errorsOf(object: KubeObject, root: JsonSchema): FieldError[] {
  const { metadata: _, apiVersion: __, kind: ___, ...members } = object as KubeObject & Record<string, unknown>;
  const { required, ...schema } = root;
  const names = (required ?? []).filter((name) => !["metadata", "apiVersion", "kind"].includes(name));
  return schemaErrors(members, { ...schema, required: names });
}

/** Rules are asked of objects that are of their schema. Source: apiextensions-apiserver pkg/registry/customresource/strategy.go. */
function rulesOf(object: KubeObject, previous: KubeObject | undefined, root: JsonSchema): FieldError[] {
  if (errorsOf(object, root).length === 0) return ruleErrors(object, previous, root);
  const detail =
    "some validation rules were not checked because the object was invalid; correct the existing errors to complete validation";
  return [{ type: "Invalid", field: "", value: null, detail }];
}

function selectable(object: KubeObject, { selectableFields }: DefinitionVersion): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const { jsonPath } of selectableFields ?? []) {
    const [value] = findByPath(object, parseJsonPath(jsonPath) ?? []);
    fields[jsonPath.replace(/^\./, "")] = value === undefined || value === null ? "" : textOf(value);
  }
  return fields;
}

const TYPES: ReadonlySet<string> = new Set(["string", "integer", "boolean", "date"]);

/** Name, what the definition says, and the age when it says nothing. Source: pkg/registry/customresource/tableconvertor/tableconvertor.go. */
function printer(columns: readonly DefinitionColumn[] | undefined): TablePrinter<KubeObject> {
  if (columns === undefined || columns.length === 0)
    return { columns: [NAME, AGE], cells: ({ metadata }, { nowMs }) => [metadata.name, ageSince(metadata.creationTimestamp, nowMs)] };
  const paths = columns.map(({ jsonPath, type }) => ({ type, path: parseJsonPath(jsonPath) }));
  return {
    columns: [NAME, ...columns.map(columnOf)],
    cells: (object, { nowMs }) => [
      object.metadata.name,
      ...paths.map(({ type, path }) => (path === undefined ? null : cellOf(findByPath(object, path), type, nowMs))),
    ],
  };
}

function columnOf({ name, type, description, format, priority, jsonPath }: DefinitionColumn): Column {
  return {
    name,
    type: TYPES.has(type) ? (type as Column["type"]) : "string",
    description: description ?? `Custom resource definition column (in JSONPath format): ${jsonPath}`,
    priority: priority === undefined || priority === 0 ? 0 : 1,
    ...(format !== undefined && { format }),
  };
}

function cellOf(found: readonly unknown[], type: string, nowMs: number): Cell {
  const [value] = found;
  if (value === undefined || value === null) return null;
  if (type === "date") {
    const time = typeof value === "string" ? parseTime(value) : undefined;
    return time === undefined ? "<invalid>" : ageSince(formatTime(time), nowMs);
  }
  if (type === "integer" || type === "number") return typeof value === "number" ? value : null;
  if (type === "boolean") return typeof value === "boolean" ? value : null;
  if (found.length > 1) return found.map((each) => textOf(each)).join(" ");
  return textOf(value);
}

function textOf(value: unknown): string {
  return isJsonObject(value) || Array.isArray(value) ? JSON.stringify(value) : String(value);
}
