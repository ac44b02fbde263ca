import { timestamp } from "#arm";
import type { Documents, Op } from "#store";
import { clusterKey, type ClusterName } from "../documents.ts";

/** A command that was sent to a cluster, and what came of it. */
export interface StoredCommand {
  /** 32 hexadecimal digits. */
  readonly id: string;
  /** Which cluster's control plane it is for: another one under the same name is not meant. */
  readonly clusterUid: string;
  readonly command: string;
  /** Succeeded when it ran, whatever its exit code; Failed when it could not. */
  readonly state: "Running" | "Succeeded" | "Failed";
  readonly startedMs: number;
  readonly finishedMs?: number;
  readonly exitCode?: number;
  readonly logs?: string;
  readonly reason?: string;
}

export type Commands = Documents<StoredCommand>;

export const COMMANDS_PREFIX = "/aks/commands/";

/** Id of a command's document; those of one cluster share a beginning. */
export function commandKey(cluster: ClusterName, id: string): string {
  return `${commandsOf(cluster)}${id.toLowerCase()}`;
}

/** What the ids of a cluster's commands start with. */
export function commandsOf(cluster: ClusterName): string {
  return `${clusterKey(cluster)}/`;
}

/** What goes with a cluster: its commands, whose number is bounded. */
export function removeCommands({ commands }: { readonly commands: Commands }, cluster: ClusterName): readonly Op[] {
  return commands.list(commandsOf(cluster)).map(({ id }) => commands.remove(id));
}

/** Source: Azure/azure-rest-api-specs, RunCommandResult and its examples. */
export function answerCommand({ id, state, startedMs, finishedMs, exitCode, logs, reason }: StoredCommand): Record<string, unknown> {
  return {
    id,
    properties: {
      provisioningState: state,
      ...(exitCode !== undefined && { exitCode }),
      startedAt: timestamp(startedMs),
      ...(finishedMs !== undefined && { finishedAt: timestamp(finishedMs) }),
      ...(logs !== undefined && { logs }),
      ...(reason !== undefined && { reason }),
    },
  };
}
