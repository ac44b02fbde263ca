import { type AzCommand, required, RESOURCE_GROUP, text, withGroup } from "../command.ts";
import type { AzArgs } from "../grammar.ts";
import type { Row } from "../table.ts";
import { clusterPath } from "./clusters.ts";

/** Only previews have these operations. */
const API_VERSION = "2024-09-02-preview";
const OPTIONS = [RESOURCE_GROUP, required("--name", "-n"), text("--nodepool-name")];

/**
 * `az aks operation …` of aks-preview.
 * Source: Azure/azure-cli-extensions src/aks-preview: commands.py and _format.py, aks_operation_show_table_format.
 */
export const operationCommands: readonly AzCommand[] = [
  {
    words: "aks operation show",
    summary: "Show the details for a specific operation on managed Kubernetes cluster.",
    options: [...OPTIONS, required("--operation-id")],
    run: async ({ call }, args) => withGroup((await call("GET", operationPath(args, args.required("operation-id")), API_VERSION)).body),
    table: (operation) => [operationRow(operation)],
  },
  {
    words: "aks operation show-latest",
    summary: "Show the details for the latest operation on managed Kubernetes cluster.",
    options: OPTIONS,
    run: async ({ call }, args) => withGroup((await call("GET", operationPath(args, "latest"), API_VERSION)).body),
    table: (operation) => [operationRow(operation)],
  },
];

function operationPath(args: AzArgs, id: string): string {
  const pool = args.text("nodepool-name");
  return `${clusterPath(args)}${pool === undefined ? "" : `/agentPools/${pool}`}/operations/${id}`;
}

function operationRow(operation: unknown): Row {
  const { name, status, startTime, endTime, percentComplete } = operation as Record<string, unknown>;
  return {
    Name: name,
    Status: status,
    StartTime: startTime,
    EndTime: endTime,
    PercentComplete: typeof percentComplete === "number" && percentComplete !== 0 ? `${percentComplete}%` : "",
  };
}
