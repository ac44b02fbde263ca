import type { KubeObject, ObjectMeta } from "#api/kubernetes/meta";
import { ageSince } from "#kube/apimachinery";
import type { Column, StrategyContext } from "./kind.ts";

const column =
  (type: Column["type"], priority: Column["priority"]) =>
  (name: string, description: string): Column => ({ name, type, description, priority });

/** A column of texts. */
export const text = column("string", 0);
/** A column of texts that only `-o wide` shows. */
export const wideText = column("string", 1);
/** A column of whole numbers. */
export const integer = column("integer", 0);
/** A column of truth values. */
export const boolean = column("boolean", 0);

/** A column of times. */
export const date = column("date", 0);

/** First column of every table. Source: pkg/printers/internalversion/printers.go, as for every table of this folder. */
export const NAME: Column = {
  name: "Name",
  type: "string",
  format: "name",
  description: "Name must be unique within a namespace.",
  priority: 0,
};

/** Time since creation. */
export const AGE: Column = text("Age", "CreationTimestamp is the server time when this object was created, in RFC3339 form and UTC.");

/** Wide columns of everything that makes pods. */
export const CONTAINERS: Column = wideText("Containers", "Names of each container in the template.");
/** Wide columns of everything that makes pods. */
export const IMAGES: Column = wideText("Images", "Images referenced by each container in the template.");
/** Wide columns of everything that makes pods. */
export const SELECTOR: Column = wideText("Selector", "Label selector for the pods.");

/** Cell of {@link AGE}. */
export function age({ metadata }: Pick<KubeObject, "metadata">, context: StrategyContext): string {
  return context.ageMark ?? ageSince(metadata.creationTimestamp, context.nowMs);
}

/** `key=value,…`, sorted, or `<none>`. Source: apimachinery pkg/labels, FormatLabels. */
export function formatLabels(labels: ObjectMeta["labels"]): string {
  const pairs = Object.entries(labels ?? {}).map(([key, value]) => `${key}=${value}`);
  return pairs.length === 0 ? "<none>" : pairs.sort().join(",");
}

interface Template {
  readonly spec?: { readonly containers?: readonly { readonly name: string; readonly image?: string }[] };
}

/** Cells of {@link CONTAINERS} and {@link IMAGES}. */
export function containerCells(template: Template | undefined): [names: string, images: string] {
  const containers = template?.spec?.containers ?? [];
  return [containers.map(({ name }) => name).join(","), containers.map(({ image }) => image ?? "").join(",")];
}

/** The text, or a word for nothing. */
export function orElse(value: string | undefined, otherwise: string): string {
  return value === undefined || value === "" ? otherwise : value;
}
