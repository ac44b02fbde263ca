/** A pool as the article's tables show it. */
export interface PoolRow {
  readonly count: number;
  readonly name: string;
  readonly version: string;
  readonly state: string;
  readonly size: string;
}

interface Column {
  readonly title: string;
  cell(row: PoolRow, group: string): string;
}

/** The columns of the article, in its order. */
const COLUMNS: readonly Column[] = [
  { title: "AgentPoolType", cell: () => "VirtualMachineScaleSets" },
  { title: "Count", cell: ({ count }) => String(count) },
  { title: "MaxPods", cell: () => "110" },
  { title: "Name", cell: ({ name }) => name },
  { title: "OrchestratorVersion", cell: ({ version }) => version },
  { title: "OsDiskSizeGb", cell: () => "100" },
  { title: "OsType", cell: () => "Linux" },
  { title: "ProvisioningState", cell: ({ state }) => state },
  { title: "ResourceGroup", cell: (_, group) => group },
  { title: "VmSize", cell: ({ size }) => size },
];

/** The text that the article shows for these pools, character by character. */
export function poolTable(rows: readonly PoolRow[], group: string): string {
  const cells = rows.map((row) => COLUMNS.map((column) => column.cell(row, group)));
  const widths = COLUMNS.map(({ title }, index) => Math.max(title.length + 2, ...cells.map((row) => row[index]?.length ?? 0)));
  const line = (texts: readonly string[]): string =>
    texts
      .map((text, index) => text.padEnd(widths[index] ?? 0))
      .join("  ")
      .trimEnd();
  return [line(COLUMNS.map(({ title }) => title)), widths.map((width) => "-".repeat(width)).join("  "), ...cells.map(line)].join("\n");
}
