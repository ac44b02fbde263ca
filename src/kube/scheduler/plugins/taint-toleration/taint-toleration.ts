import { findUntoleratedTaint, isTolerated } from "#kube/apimachinery";
import type { FilterPlugin, ScorePlugin } from "../../framework/plugin.ts";
import { unresolvable } from "../../framework/status.ts";

const NAME = "TaintToleration";

/** Rejects nodes with a NoSchedule or NoExecute taint that the pod does not tolerate. Source: plugins/tainttoleration/taint_toleration.go. */
export const taintToleration: FilterPlugin = {
  name: NAME,
  prepare({ pod }, { release }) {
    const { tolerations } = pod.spec;
    return {
      scope: "class",
      check(node) {
        const taint = findUntoleratedTaint(node.taints, tolerations);
        return taint === undefined ? undefined : unresolvable(NAME, release.taintReason(taint));
      },
    };
  },
};

/** Prefers nodes with fewer PreferNoSchedule taints that the pod does not tolerate. */
export const taintTolerationScore: ScorePlugin = {
  name: NAME,
  prepare({ pod }) {
    const tolerations = (pod.spec.tolerations ?? []).filter(({ effect }) => !effect || effect === "PreferNoSchedule");
    return {
      scope: "class",
      normalization: "reverse",
      score(node) {
        let count = 0;
        for (const taint of node.taints ?? []) if (taint.effect === "PreferNoSchedule" && !isTolerated(taint, tolerations)) count++;
        return count;
      },
    };
  },
};
