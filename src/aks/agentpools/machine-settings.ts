import { createHash } from "node:crypto";
import type { AgentPoolProperties } from "#api/containerservice/model";

/**
 * Stands for the settings that a machine gets by booting anew, beside its image; undefined when the pool has none.
 * Source: MicrosoftDocs/azure-aks-docs articles/aks/localdns-custom.md: every node is reimaged, in the mode Preferred too.
 */
export function machineSettings({ localDNSProfile }: Pick<AgentPoolProperties, "localDNSProfile">): string | undefined {
  if (localDNSProfile === undefined) return undefined;
  return createHash("sha256").update(JSON.stringify(localDNSProfile)).digest("hex").slice(0, SHOWN);
}

const SHOWN = 16;
