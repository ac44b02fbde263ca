import type { FilterPlugin } from "../../framework/plugin.ts";
import { unresolvable } from "../../framework/status.ts";

const NAME = "NodeName";

/** Rejects every node but the one that `spec.nodeName` names. Source: plugins/nodename/node_name.go. */
export const nodeName: FilterPlugin = {
  name: NAME,
  prepare({ pod }, { release }) {
    const wanted = pod.spec.nodeName ?? "";
    if (wanted === "") return undefined;
    const rejection = unresolvable(NAME, release.nodeNameReason);
    return { scope: "node", check: (node) => (node.name === wanted ? undefined : rejection) };
  },
};
