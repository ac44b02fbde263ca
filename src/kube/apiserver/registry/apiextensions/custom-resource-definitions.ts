import type { Condition } from "#api/kubernetes/core";
import type { KubeObject } from "#api/kubernetes/meta";
import { dns1035LabelErrors, dns1123SubdomainErrors, type FieldError, findCondition, notSupported, required } from "#kube/apimachinery";
import { NAME, date } from "../columns.ts";
import { defineKind } from "../define.ts";
import { CONDITIONS, METADATA } from "../pod-template/shape.ts";
import { definedRuleErrors } from "../../custom/rule-definitions.ts";
import { approvalErrors } from "./api-approval.ts";
import { immutable } from "../checks.ts";
import { listOf, nullOr, objectOf } from "../shape.ts";
import { CONVERSION, conversionErrors, type DefinitionConversion, defaultConversion } from "./conversion.ts";

export interface DefinitionNames {
  plural: string;
  singular?: string;
  kind: string;
  listKind?: string;
  shortNames?: string[];
  categories?: string[];
}

export interface DefinitionColumn {
  name: string;
  type: string;
  jsonPath: string;
  description?: string;
  format?: string;
  priority?: number;
}

export interface DefinitionVersion {
  name: string;
  served: boolean;
  storage: boolean;
  deprecated?: boolean;
  deprecationWarning?: string;
  schema?: { openAPIV3Schema?: unknown };
  subresources?: { status?: object; scale?: { specReplicasPath: string; statusReplicasPath: string; labelSelectorPath?: string } };
  additionalPrinterColumns?: DefinitionColumn[];
  selectableFields?: { jsonPath: string }[];
}

/** apiextensions.k8s.io/v1 CustomResourceDefinition. */
export interface CustomResourceDefinition extends KubeObject {
  spec: {
    group: string;
    names: DefinitionNames;
    scope: string;
    versions: DefinitionVersion[];
    conversion?: DefinitionConversion;
    preserveUnknownFields?: boolean;
  };
  status?: { conditions?: Condition[] | null; acceptedNames?: DefinitionNames; storedVersions?: string[] };
}

/** Holds a definition that is deleted until its objects are gone. Source: apiextensions-apiserver pkg/registry/customresourcedefinition/etcd.go, Delete. */
export const CLEANUP_FINALIZER = "customresourcecleanup.apiextensions.k8s.io";

const SCOPES = ["Cluster", "Namespaced"];

/** Source: apiextensions-apiserver pkg/apis/apiextensions/v1/defaults.go. */
function applyDefaults({ spec }: CustomResourceDefinition): void {
  const { names } = spec;
  names.singular ||= names.kind.toLowerCase();
  names.listKind ||= `${names.kind}List`;
  defaultConversion((spec.conversion ??= { strategy: "None" }));
  spec.versions ??= [];
}

/** Source: apiextensions-apiserver pkg/apis/apiextensions/validation/validation.go. */
function validate({ metadata, spec }: CustomResourceDefinition): FieldError[] {
  const { names, group, scope, versions } = spec;
  const errors: FieldError[] = [];
  if (metadata.name !== `${names.plural}.${group}`)
    errors.push({ type: "Invalid", field: "metadata.name", value: metadata.name, detail: 'must be spec.names.plural+"."+spec.group' });
  errors.push(...textErrors("spec.group", group, dns1123SubdomainErrors));
  if (group !== "" && !group.includes("."))
    errors.push({ type: "Invalid", field: "spec.group", value: group, detail: "should be a domain with at least one dot" });
  if (!SCOPES.includes(scope)) errors.push(scope === "" ? required("spec.scope") : notSupported("spec.scope", scope, SCOPES));
  errors.push(...textErrors("spec.names.plural", names.plural, dns1035LabelErrors));
  errors.push(...textErrors("spec.names.singular", names.singular ?? "", dns1035LabelErrors));
  errors.push(...textErrors("spec.names.kind", names.kind, (kind) => dns1035LabelErrors(kind.toLowerCase())));
  return [...errors, ...versionErrors(versions), ...definedRuleErrors(versions)];
}

function ownConversionErrors({ spec }: CustomResourceDefinition, previous?: CustomResourceDefinition): FieldError[] {
  if (spec.conversion === undefined) return [];
  const isEstablished = findCondition(previous?.status?.conditions, "Established")?.status === "True";
  return conversionErrors(spec.conversion, {
    keepsUnknownFields: spec.preserveUnknownFields === true,
    previous: previous?.spec.conversion,
    isEstablished,
  });
}

function textErrors(field: string, value: string, check: (value: string) => readonly string[]): FieldError[] {
  if (value === "") return [required(field)];
  return check(value).map((detail) => ({ type: "Invalid", field, value, detail }));
}

function versionErrors(versions: readonly DefinitionVersion[]): FieldError[] {
  const errors: FieldError[] = [];
  const names = new Set<string>();
  for (const [index, version] of versions.entries()) {
    const field = `spec.versions[${index}]`;
    errors.push(...textErrors(`${field}.name`, version.name, dns1035LabelErrors));
    if (names.has(version.name)) errors.push({ type: "Duplicate", field: `${field}.name`, value: version.name });
    names.add(version.name);
    const schema = version.schema?.openAPIV3Schema as { type?: unknown } | undefined;
    if (schema === undefined) errors.push(required(`${field}.schema.openAPIV3Schema`));
    else if (schema.type !== "object")
      errors.push({
        type: "Invalid",
        field: `${field}.schema.openAPIV3Schema.type`,
        value: schema.type ?? "",
        detail: "must be object at the root",
      });
  }
  if (versions.filter(({ storage }) => storage).length !== 1)
    errors.push({
      type: "Invalid",
      field: "spec.versions",
      value: versions.map(({ name }) => name),
      detail: "must have exactly one version marked as storage version",
    });
  return errors;
}

/** apiextensions.k8s.io/v1 customresourcedefinitions. */
export const customResourceDefinitions = defineKind<CustomResourceDefinition>({
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  resource: "customresourcedefinitions",
  shortNames: ["crd", "crds"],
  categories: ["api-extensions"],
  clusterScoped: true,
  hasStatus: true,
  deletionFinalizer: CLEANUP_FINALIZER,
  shape: objectOf("CustomResourceDefinition", {
    metadata: METADATA,
    spec: objectOf("CustomResourceDefinitionSpec", {
      group: "filled",
      scope: "filled",
      names: objectOf("CustomResourceDefinitionNames", {
        plural: "filled",
        singular: "text",
        kind: "filled",
        listKind: "text",
        shortNames: listOf("text"),
        categories: listOf("text"),
      }),
      versions: listOf(
        objectOf("CustomResourceDefinitionVersion", {
          name: "filled",
          served: "bool",
          storage: "bool",
          deprecated: "bool",
          deprecationWarning: "text",
          schema: objectOf("CustomResourceValidation", {}),
          subresources: objectOf("CustomResourceSubresources", {
            status: objectOf("CustomResourceSubresourceStatus", {}),
            scale: objectOf("CustomResourceSubresourceScale", {
              specReplicasPath: "filled",
              statusReplicasPath: "filled",
              labelSelectorPath: "text",
            }),
          }),
          additionalPrinterColumns: listOf(
            objectOf("CustomResourceColumnDefinition", {
              name: "filled",
              type: "filled",
              jsonPath: "filled",
              description: "text",
              format: "text",
              priority: "int32",
            }),
          ),
          selectableFields: listOf(objectOf("SelectableField", { jsonPath: "filled" })),
        }),
      ),
      conversion: CONVERSION,
      preserveUnknownFields: "bool",
    }),
    status: objectOf("CustomResourceDefinitionStatus", { conditions: nullOr(CONDITIONS), storedVersions: listOf("text") }),
  }),
  strategy: {
    applyDefaults(definition) {
      definition.spec ??= { group: "", names: { plural: "", kind: "" }, scope: "", versions: [] };
      definition.spec.names ??= { plural: "", kind: "" };
      applyDefaults(definition);
    },
    prepareForCreate(definition) {
      const storedVersions = definition.spec.versions.filter(({ storage }) => storage).map(({ name }) => name);
      definition.status = { conditions: null, acceptedNames: { plural: "", kind: "" }, storedVersions };
    },
    validateCreate: (definition) => [
      ...ownConversionErrors(definition),
      ...((definition.status?.storedVersions ?? []).length === 0
        ? [{ type: "Invalid", field: "status.storedVersions", value: null, detail: "must have at least one stored version" } as const]
        : []),
      ...approvalErrors(definition),
    ],
    validate,
    validateUpdate: (definition, before) => [
      ...ownConversionErrors(definition, before),
      ...immutable("spec.group", definition.spec.group, before.spec.group),
      ...immutable("spec.scope", definition.spec.scope, before.spec.scope),
      ...immutable("spec.names.plural", definition.spec.names.plural, before.spec.names.plural),
      ...immutable("spec.names.kind", definition.spec.names.kind, before.spec.names.kind),
      ...approvalErrors(definition, before),
    ],
  },
  table: {
    columns: [NAME, date("Created At", "CreationTimestamp is the server time when this object was created, in RFC3339 form and UTC.")],
    cells: ({ metadata }) => [metadata.name, metadata.creationTimestamp ?? ""],
  },
});
