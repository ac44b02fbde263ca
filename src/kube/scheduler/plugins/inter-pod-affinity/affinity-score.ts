import type { ScorePlugin } from "../../framework/plugin.ts";
import type { Tally } from "../../placed-pods/tally.ts";
import { countOf } from "./inter-pod-affinity.ts";

interface Pull {
  readonly tally: Tally;
  readonly weight: number;
}

/**
 * Prefers nodes near the pods that this one wants to be with and those that want to be with it, and far from those that
 * do not. Source: plugins/interpodaffinity/scoring.go.
 */
export const interPodAffinityScore: ScorePlugin = {
  name: "InterPodAffinity",
  prepare(pod, { cluster, profile }) {
    const { hardWeight, ignoresTermsOfOthers } = profile.plugins.interPodAffinity;
    const { preferred } = pod.terms;
    if (ignoresTermsOfOthers && preferred.length === 0) return undefined;
    const { terms } = cluster.placedPods;
    const labels = cluster.facts.namespaceLabels(pod.namespace);
    const requiring = hardWeight === 0 ? [] : terms.requiring(pod, labels);
    const preferring = terms.preferring(pod, labels);
    if (requiring.length + preferring.length + preferred.length === 0) return undefined;
    const pulls: readonly Pull[] = [
      ...requiring.map((tally) => ({ tally, weight: hardWeight })),
      ...preferring.map((tally) => ({ tally, weight: 1 })),
      ...preferred.map(({ term, weight }) => ({ tally: countOf([term], cluster).by(term.topologyKey), weight })),
    ];
    return {
      scope: "node",
      normalization: "range",
      score(node) {
        let score = 0;
        for (const { tally, weight } of pulls) score += weight * tally.around(node);
        return score;
      },
    };
  },
};
