import type { KubeObject } from "#api/kubernetes/meta";
import { isReleaseAtLeast } from "#kube/apimachinery";
import type { Column, StrategyContext } from "../registry/kind.ts";
import type { ListMetadata } from "../request.ts";
import type { Resource } from "../resources.ts";
import { badRequest } from "../status.ts";
import type { Listed } from "../storage/resource-cache.ts";
import { partialSplice } from "./object-splices.ts";
import type { RowTexts } from "./row-texts.ts";
import { type Splice, textSplice } from "./splices.ts";

/** What a row carries of its object. */
export type IncludeObject = "None" | "Metadata" | "Object";

export interface TableOptions {
  readonly version: "v1" | "v1beta1";
  readonly includeObject: IncludeObject;
  readonly context: StrategyContext;
  /** Later events of a watch leave the columns out. */
  readonly withColumns: boolean;
}

/** Source: apiserver pkg/endpoints/handlers/response.go, asTable. */
export function includeObjectOf(query: Readonly<Record<string, string>>): IncludeObject {
  const value = query["includeObject"] ?? "";
  if (value === "" || value === "Metadata") return "Metadata";
  if (value === "None" || value === "Object") return value;
  throw badRequest(`unrecognized includeObject value: ${JSON.stringify(value)}`);
}

/** Objects as the rows that clients print. Source: apimachinery pkg/apis/meta/v1/types.go, Table. */
export function tableOf(of: Resource, items: readonly KubeObject[], metadata: Partial<ListMetadata>, options: TableOptions): object {
  const { version, includeObject } = options;
  return {
    ...tableHead(of, metadata, options),
    rows: inOrder(of, items, (object) => object).map((object) => ({
      ...rowHead(of, object, options),
      ...(includeObject === "None" ? {} : { object: includeObject === "Object" ? object : partialOf(object, version) }),
    })),
  };
}

/** The JSON of {@link tableOf}, its objects spliced from what is stored, and the texts of its rows kept. */
export function tableSplices(
  of: Resource,
  items: readonly Listed[],
  metadata: Partial<ListMetadata>,
  options: TableOptions & { readonly rows: RowTexts },
): readonly Splice[] {
  const { version, includeObject, rows: texts } = options;
  const textOf = texts.forList(options.context, (object, context) => open(rowHead(of, object, { context })));
  const start = `${open(tableHead(of, metadata, options))},"rows":[`;
  const rows = inOrder(of, items, ({ object }) => object).map((item, index) => {
    const head = (index === 0 ? start : ",") + textOf(item);
    if (includeObject === "None") return textSplice(`${head}}`);
    const before = `${head},"object":`;
    if (includeObject === "Object") return textSplice(`${before}${JSON.stringify(item.object)}}`);
    return partialSplice(item, { version, before, after: "}" });
  });
  return [...(items.length === 0 ? [textSplice(start)] : rows), textSplice("]}")];
}

function inOrder<T>({ kind: { table } }: Resource, items: readonly T[], objectOf: (item: T) => KubeObject): readonly T[] {
  const { order } = table;
  return order === undefined ? items : items.toSorted((left, right) => order(objectOf(left), objectOf(right)));
}

/** An object's JSON without the brace that closes it. */
function open(object: object): string {
  return JSON.stringify(object).slice(0, -1);
}

function tableHead(of: Resource, metadata: Partial<ListMetadata>, { version, withColumns, context }: TableOptions): object {
  return { kind: "Table", apiVersion: `meta.k8s.io/${version}`, metadata, columnDefinitions: withColumns ? columnsOf(of, context) : null };
}

function rowHead({ kind: { table } }: Resource, object: KubeObject, { context }: Pick<TableOptions, "context">): object {
  const conditions = table.conditions?.(object) ?? [];
  const cells = table.cells(object, context).filter((_, index) => hasColumn(table.columns[index], context));
  return { cells, ...(conditions.length === 0 ? {} : { conditions }) };
}

function hasColumn(column: Column | undefined, { version }: StrategyContext): boolean {
  return column?.until === undefined || !isReleaseAtLeast(version, column.until);
}

function columnsOf({ kind }: Resource, context: StrategyContext): object[] {
  const columns = kind.table.columns.filter((column) => hasColumn(column, context));
  return columns.map(({ name, type, format = "", description, priority }) => ({ name, type, format, description, priority }));
}

/** An object without all but its metadata. */
export function partialOf({ metadata }: KubeObject, version: "v1" | "v1beta1"): object {
  return { kind: "PartialObjectMetadata", apiVersion: `meta.k8s.io/${version}`, metadata };
}
