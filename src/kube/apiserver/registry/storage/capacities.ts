import type { KubeObject, LabelSelector } from "#api/kubernetes/meta";
import {
  dns1123SubdomainErrors,
  equalJson,
  type FieldError,
  forbidden,
  invalid,
  labelSelectorErrors,
  qualifiedNameErrors,
  required,
} from "#kube/apimachinery";
import { IMMUTABLE } from "../checks.ts";
import { AGE, age, date, NAME, text } from "../columns.ts";
import { defineKind } from "../define.ts";
import { LABEL_SELECTOR, METADATA } from "../pod-template/shape.ts";
import { mapOf, objectOf } from "../shape.ts";

interface CsiStorageCapacity extends KubeObject {
  nodeTopology?: LabelSelector;
  storageClassName: string;
  capacity?: string;
  maximumVolumeSize?: string;
}

/** Source: pkg/apis/storage/validation/validation.go, ValidateCSIStorageCapacity. */
function capacityErrors({ nodeTopology, storageClassName, capacity }: CsiStorageCapacity): FieldError[] {
  const errors = nodeTopology === undefined ? [] : labelSelectorErrors(nodeTopology, "nodeTopology");
  errors.push(...dns1123SubdomainErrors(storageClassName).map((detail) => invalid("storageClassName", storageClassName, detail)));
  if (capacity !== undefined && capacity.startsWith("-")) errors.push(invalid("capacity", capacity, "must be greater than or equal to 0"));
  return errors;
}

/** storage.k8s.io/v1 csistoragecapacities. Source: the release notes of 1.24; as v1beta1 from 1.21 to 1.26. */
export const csiStorageCapacities = defineKind<CsiStorageCapacity>({
  apiVersion: "storage.k8s.io/v1",
  kind: "CSIStorageCapacity",
  resource: "csistoragecapacities",
  since: "1.24",
  aliases: [{ version: "v1beta1", since: "1.21", until: "1.27" }],
  shape: objectOf("CSIStorageCapacity", {
    metadata: METADATA,
    nodeTopology: LABEL_SELECTOR,
    storageClassName: "filled",
    capacity: "quantity",
    maximumVolumeSize: "quantity",
  }),
  strategy: {
    validate: capacityErrors,
    validateUpdate: (next, previous) => [
      ...(equalJson(next.nodeTopology, previous.nodeTopology) ? [] : [invalid("nodeTopology", next.nodeTopology, IMMUTABLE)]),
      ...(next.storageClassName === previous.storageClassName ? [] : [invalid("storageClassName", next.storageClassName, IMMUTABLE)]),
    ],
  },
  // Its printer is not asked. Source: pkg/registry/storage/csistoragecapacity/storage/storage.go; apiserver pkg/registry/rest/table.go.
  table: {
    columns: [NAME, date("Created At", "When this object was created.")],
    cells: ({ metadata }) => [metadata.name, metadata.creationTimestamp ?? ""],
  },
});

interface VolumeAttributesClass extends KubeObject {
  driverName: string;
  parameters?: Readonly<Record<string, string>>;
}

/** Source: pkg/apis/storage/validation/validation.go, maxProvisionerParameterLen and maxProvisionerParameterSize. */
const MAX_PARAMETERS = 512;
const MAX_PARAMETER_BYTES = 256 * 1024;

/** Source: the same file, ValidateVolumeAttributesClass. */
function classErrors({ driverName, parameters = {} }: VolumeAttributesClass): FieldError[] {
  const driver = driverName === "" ? [required("driverName")] : driverErrors(driverName);
  return [...driver, ...parameterErrors(parameters)];
}

const driverErrors = (name: string): FieldError[] =>
  qualifiedNameErrors(name.toLowerCase()).map((detail) => invalid("driverName", name.toLowerCase(), detail));

function parameterErrors(parameters: Readonly<Record<string, string>>): FieldError[] {
  const tooLong = (most: number): FieldError => ({
    type: "TooLong",
    field: "parameters",
    detail: `may not be more than ${most} bytes`,
  });
  const pairs = Object.entries(parameters);
  if (pairs.length > MAX_PARAMETERS) return [tooLong(MAX_PARAMETERS)];
  const errors = pairs.flatMap(([key]) => (key === "" ? [invalid("parameters", key, "field can not be empty.")] : []));
  const bytes = pairs.reduce((sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(value), 0);
  if (bytes > MAX_PARAMETER_BYTES) errors.push(tooLong(MAX_PARAMETER_BYTES));
  if (pairs.length === 0) errors.push(required("parameters", "must contain at least one key/value pair"));
  return errors;
}

const FIXED = ["driverName", "parameters"] as const;

/**
 * storage.k8s.io/v1 volumeattributesclasses, on by themselves as of 1.34.
 * Differs from AKS: a class can be deleted while volumes use it, and volumes do not change with the class that their claim names.
 */
export const volumeAttributesClasses = defineKind<VolumeAttributesClass>({
  apiVersion: "storage.k8s.io/v1",
  kind: "VolumeAttributesClass",
  resource: "volumeattributesclasses",
  shortNames: ["vac"],
  clusterScoped: true,
  since: "1.34",
  shape: objectOf("VolumeAttributesClass", { metadata: METADATA, driverName: "filled", parameters: mapOf("text") }),
  strategy: {
    validate: classErrors,
    validateUpdate: (next, previous) =>
      FIXED.filter((field) => !equalJson(next[field], previous[field])).map((field) =>
        forbidden(field, `updates to ${field} are forbidden.`),
      ),
  },
  table: {
    columns: [NAME, text("DriverName", "The driver of the volumes."), AGE],
    cells: (attributes, context) => [attributes.metadata.name, attributes.driverName, age(attributes, context)],
  },
});
