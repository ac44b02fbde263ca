import { stringify } from "yaml";
import { KubectlError } from "./flags.ts";

/** Forms of `-o` that print whole objects. */
export type ObjectForm = "json" | "yaml";

/** Folded at 80, and YAML 1.1, in which texts like times and `yes` need quotes. Source: kubernetes-sigs/yaml. */
const YAML = { version: "1.1", schema: "yaml-1.1", lineWidth: 80, indentSeq: false } as const;

/**
 * Objects as kubectl prints them: keys in order of name, four spaces a level in JSON; several, or a selection, as a List.
 * Source: kubernetes/cli-runtime pkg/printers/json.go, yaml.go.
 */
export function printObjects(objects: readonly unknown[], form: ObjectForm, asList: boolean): string {
  const value = valueOf(objects, asList);
  return form === "json" ? JSON.stringify(sortedKeys(value), undefined, 4) : stringify(sortedKeys(value), YAML).trimEnd();
}

/** What is printed, and what templates begin at. */
export function valueOf(objects: readonly unknown[], asList: boolean): unknown {
  const shown = objects.map(withoutManagedFields);
  return asList ? { apiVersion: "v1", items: shown, kind: "List", metadata: { resourceVersion: "" } } : shown[0];
}

/** Who set which field is left out unless asked for. Source: kubernetes/cli-runtime pkg/printers/managedfields.go. */
function withoutManagedFields(object: unknown): unknown {
  const { metadata, ...rest } = object as { readonly metadata?: Readonly<Record<string, unknown>> };
  if (metadata?.["managedFields"] === undefined) return object;
  const { managedFields: _fields, ...kept } = metadata;
  return { ...rest, metadata: kept };
}

/** Keys in order of name at every depth, as Go prints maps. */
export function sortedKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortedKeys);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, member]) => [key, sortedKeys(member)]));
}

const FORMS = ["json", "yaml", "name", "wide"] as const;
export type OutputForm = (typeof FORMS)[number];

/** The template of `-o jsonpath=…`; undefined for any other form. @throws {KubectlError} for none. Source: cli-runtime pkg/genericclioptions/jsonpath_flags.go. */
export function jsonPathTemplate(text: string | undefined): string | undefined {
  if (text === undefined || !/^jsonpath(?:=|$)/.test(text)) return undefined;
  const template = text.slice("jsonpath=".length);
  if (template === "") throw new KubectlError("template format specified but no template given");
  return template;
}

/** The form that `-o` asks for. @throws {KubectlError} for templates, which are not emulated, and for unknown ones. */
export function outputForm(text: string | undefined): OutputForm | undefined {
  if (text === undefined || text === "") return undefined;
  const form = FORMS.find((known) => known === text);
  if (form !== undefined) return form;
  const [name = ""] = text.split("=");
  if (
    /^(?:jsonpath-as-json|jsonpath-file|go-template|go-template-file|template|templatefile|custom-columns|custom-columns-file)$/.test(name)
  ) {
    throw new KubectlError(`output format "${name}" is not emulated: use one of ${FORMS.join(",")}`);
  }
  throw new KubectlError(`unable to match a printer suitable for the output format "${text}", allowed formats are: ${FORMS.join(",")}`);
}
