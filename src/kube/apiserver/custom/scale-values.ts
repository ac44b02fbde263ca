import { type FieldError, isJsonObject } from "#kube/apimachinery";
import type { DefinitionVersion } from "../registry/apiextensions/custom-resource-definitions.ts";

const MAX_INT32 = 2 ** 31 - 1;

/**
 * What is wrong with the values that a custom kind's scale is made of.
 * Source: apiextensions-apiserver pkg/registry/customresource/validator.go, ValidateScaleSpec and ValidateScaleStatus;
 * apimachinery pkg/apis/meta/v1/unstructured/helpers.go.
 */
export function scaleErrors(object: unknown, { subresources }: DefinitionVersion): FieldError[] {
  const { scale } = subresources ?? {};
  if (scale === undefined) return [];
  const { specReplicasPath, statusReplicasPath, labelSelectorPath } = scale;
  return [
    ...countErrors(object, specReplicasPath),
    ...countErrors(object, statusReplicasPath),
    ...(labelSelectorPath === undefined ? [] : textErrors(object, labelSelectorPath)),
  ];
}

function countErrors(object: unknown, path: string): FieldError[] {
  const { value, error } = valueAt(object, path);
  const invalid = (detail: string, shown = 0): FieldError[] => [{ type: "Invalid", field: path, value: shown, detail }];
  if (error !== undefined) return invalid(error);
  if (value === undefined) return [];
  if (!Number.isInteger(value)) return invalid(accessorError(path, value, "int64"));
  const count = value as number;
  if (count < 0) return invalid("should be a non-negative integer", count);
  return count > MAX_INT32 ? invalid(`should be less than or equal to ${MAX_INT32}`, count) : [];
}

function textErrors(object: unknown, path: string): FieldError[] {
  const { value, error } = valueAt(object, path);
  const detail = error ?? (value === undefined || typeof value === "string" ? undefined : accessorError(path, value, "string"));
  return detail === undefined ? [] : [{ type: "Invalid", field: path, value: "", detail }];
}

function valueAt(object: unknown, path: string): { readonly value?: unknown; readonly error?: string } {
  let value = object;
  const names = path.split(".").filter((name) => name !== "");
  for (const [index, name] of names.entries()) {
    if (value === undefined || value === null) return {};
    if (!isJsonObject(value)) return { error: accessorError(`.${names.slice(0, index).join(".")}`, value, "map[string]interface {}") };
    value = value[name];
  }
  return { value };
}

function accessorError(path: string, value: unknown, expected: string): string {
  const at = path.startsWith(".") ? path : `.${path}`;
  return `${at} accessor error: ${typeof value === "string" ? value : JSON.stringify(value)} is of the type ${goType(value)}, expected ${expected}`;
}

function goType(value: unknown): string {
  if (value === null) return "<nil>";
  if (Array.isArray(value)) return "[]interface {}";
  if (typeof value === "number") return Number.isInteger(value) ? "int64" : "float64";
  return typeof value === "object" ? "map[string]interface {}" : typeof value === "boolean" ? "bool" : "string";
}
