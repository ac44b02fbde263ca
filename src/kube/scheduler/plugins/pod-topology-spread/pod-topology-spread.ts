import type { FilterPlugin, Scope } from "../../framework/plugin.ts";
import { unresolvable, unschedulable } from "../../framework/status.ts";
import { PER_NODE_LABELS } from "../../node-class.ts";
import { constraintsFor } from "./constraints.ts";
import { SpreadDomains } from "./spread-domains.ts";

const NAME = "PodTopologySpread";
const REASON = "node(s) didn't match pod topology spread constraints";
const TOO_UNEVEN = unschedulable(NAME, REASON);
const LABEL_MISSING = unresolvable(NAME, `${REASON} (missing required label)`);

/**
 * Rejects nodes in whose domain the pod would be one too many, compared with the domain that has the fewest.
 * Source: plugins/podtopologyspread/filtering.go, Filter.
 */
export const podTopologySpread: FilterPlugin = {
  name: NAME,
  prepare(pod, profile, cluster) {
    if (!profile.release.hasTopologySpread) return undefined;
    const constraints = constraintsFor(pod, "DoNotSchedule", profile, cluster.facts);
    if (constraints.length === 0) return undefined;
    const keys = constraints.map(({ topologyKey }) => topologyKey);
    const prepared = constraints.map((constraint) => ({
      ...constraint,
      domains: SpreadDomains.of(cluster, { pod, constraint, keys }),
      self: constraint.selector.matches(pod.labels) ? 1 : 0,
    }));
    const scope: Scope = keys.some((key) => PER_NODE_LABELS.has(key)) ? "node" : "class";
    return {
      scope,
      check(node) {
        for (const { topologyKey, domains, self, maxSkew, minDomains } of prepared) {
          if (node.labels?.[topologyKey] === undefined) return LABEL_MISSING;
          const least = domains.domainCount < minDomains ? 0 : domains.least;
          if (domains.around(node) + self - least > maxSkew) return TOO_UNEVEN;
        }
        return undefined;
      },
    };
  },
};
