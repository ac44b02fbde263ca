/** Rows as the API answers them. Source: kubernetes/apimachinery pkg/apis/meta/v1/types.go, Table. */
export interface ApiTable {
  readonly columnDefinitions: readonly { readonly name: string; readonly priority: number }[];
  readonly rows: readonly {
    readonly cells: readonly unknown[];
    readonly object: {
      readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels?: Readonly<Record<string, string>> };
    };
  }[];
}

export interface TableStyle {
  readonly wide: boolean;
  readonly headers: boolean;
  readonly namespaces: boolean;
  readonly labels: boolean;
  readonly labelColumns: readonly string[];
  /** Put before names with a slash: `pod`. */
  readonly kind?: string | undefined;
}

/** Source: kubernetes/cli-runtime pkg/printers/tabwriter.go: cells of six at least, three spaces between. */
const MIN_WIDTH = 6;
const PADDING = 3;

/** The lines that kubectl prints. Source: kubernetes/cli-runtime pkg/printers/tableprinter.go. */
export function tableLines({ columnDefinitions, rows }: ApiTable, style: TableStyle): readonly string[] {
  const shown = columnDefinitions
    .map(({ priority }, index) => ({ index, isShown: style.wide || priority === 0 }))
    .filter(({ isShown }) => isShown);
  const header = [
    ...(style.namespaces ? ["NAMESPACE"] : []),
    ...shown.map(({ index }) => (columnDefinitions[index]?.name ?? "").toUpperCase()),
    ...style.labelColumns.map((key) => key.slice(key.lastIndexOf("/") + 1).toUpperCase()),
    ...(style.labels ? ["LABELS"] : []),
  ];
  const cells = rows.map(({ cells: all, object: { metadata } }) => [
    ...(style.namespaces ? [metadata.namespace ?? ""] : []),
    ...shown.map(({ index }, place) => `${place === 0 && style.kind !== undefined ? `${style.kind}/` : ""}${cellText(all[index])}`),
    ...style.labelColumns.map((key) => metadata.labels?.[key] ?? ""),
    ...(style.labels ? [labelsText(metadata.labels)] : []),
  ]);
  return aligned(style.headers ? [header, ...cells] : cells);
}

function cellText(cell: unknown): string {
  if (cell === null || cell === undefined) return "<none>";
  return typeof cell === "string" ? (cell.split("\n")[0] ?? "") : JSON.stringify(cell);
}

/** In order of the whole pair: `os-sku-effective=…` comes before `os-sku=…`. Source: apimachinery pkg/labels/labels.go, Set.String. */
function labelsText(labels: Readonly<Record<string, string>> = {}): string {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  return pairs.length === 0 ? "<none>" : pairs.sort().join(",");
}

function aligned(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(MIN_WIDTH, ...rows.map((row) => (row[column]?.length ?? 0) + PADDING)));
  return rows.map((row) => row.map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0))).join(""));
}
