import type { Node } from "#api/kubernetes/core";

/** Marks nodes that an upgrade could not empty. Source: azure-docs articles/aks/upgrade-options.md, "Verify undrainable nodes". */
const LABEL = "kubernetes.azure.com/upgrade-status";
const QUARANTINED = "Quarantined";

/** Whether the node carries the mark. Whoever has dealt with what was in the way takes it off. */
export function isQuarantined({ metadata }: Node): boolean {
  return metadata.labels?.[LABEL] === QUARANTINED;
}

/** The merge patch that marks a node and keeps it cordoned. */
export const quarantinePatch = { metadata: { labels: { [LABEL]: QUARANTINED } }, spec: { unschedulable: true } };
