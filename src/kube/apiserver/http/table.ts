import type { KubeObject } from "#api/kubernetes/meta";
import type { StrategyContext } from "../registry/kind.ts";
import type { ListMetadata } from "../request.ts";
import type { Resource } from "../resources.ts";
import { badRequest } from "../status.ts";

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
  const printer = of.kind.table;
  const { version, includeObject, context, withColumns } = options;
  return {
    kind: "Table",
    apiVersion: `meta.k8s.io/${version}`,
    metadata,
    columnDefinitions: withColumns ? columnsOf(of) : null,
    rows: items.map((object) => {
      const conditions = printer.conditions?.(object) ?? [];
      return {
        cells: printer.cells(object, context),
        ...(conditions.length === 0 ? {} : { conditions }),
        ...(includeObject === "None" ? {} : { object: includeObject === "Object" ? object : partialOf(object, version) }),
      };
    }),
  };
}

function columnsOf({ kind }: Resource): object[] {
  return kind.table.columns.map(({ name, type, format = "", description, priority }) => ({ name, type, format, description, priority }));
}

/** An object without all but its metadata. */
export function partialOf({ metadata }: KubeObject, version: "v1" | "v1beta1"): object {
  return { kind: "PartialObjectMetadata", apiVersion: `meta.k8s.io/${version}`, metadata };
}
