import type { PersistentVolume } from "#api/kubernetes/storage";
import { claimNamesOf } from "#kube/apimachinery";
import type { FilterPlugin } from "../../framework/plugin.ts";
import { unresolvable } from "../../framework/status.ts";
import type { NodeState } from "../../node-state.ts";

const NAME = "VolumeZone";
const REJECTION = unresolvable(NAME, "node(s) had no available volume zone");

/** Labels of volumes that a node has to share, and what the label is called on newer nodes. */
const TOPOLOGY_LABELS: Readonly<Record<string, string>> = {
  "failure-domain.beta.kubernetes.io/zone": "topology.kubernetes.io/zone",
  "failure-domain.beta.kubernetes.io/region": "topology.kubernetes.io/region",
  "topology.kubernetes.io/zone": "topology.kubernetes.io/zone",
  "topology.kubernetes.io/region": "topology.kubernetes.io/region",
};

/** Rejects nodes outside the zones that the labels of a bound claim's volume name. Source: plugins/volumezone/volume_zone.go. */
export const volumeZone: FilterPlugin = {
  name: NAME,
  prepare(pod, _profile, { facts }) {
    const wanted = claimNamesOf(pod.pod).flatMap((name) => {
      const volume = facts.volume(facts.claim(pod.namespace, name)?.spec.volumeName ?? "");
      return volume === undefined ? [] : topologiesOf(volume);
    });
    if (wanted.length === 0) return undefined;
    return {
      scope: "class",
      check(node) {
        if (!Object.keys(TOPOLOGY_LABELS).some((label) => node.labels?.[label] !== undefined)) return undefined;
        return wanted.every(({ label, values }) => values.has(valueOn(node, label))) ? undefined : REJECTION;
      },
    };
  },
};

/** Several zones are joined by two underscores. Source: component-helpers volume/helpers, LabelZonesToSet. */
function topologiesOf({ metadata }: PersistentVolume): readonly { readonly label: string; readonly values: ReadonlySet<string> }[] {
  const labels = metadata.labels ?? {};
  return Object.keys(TOPOLOGY_LABELS).flatMap((label) => {
    const value = labels[label];
    return value === undefined ? [] : [{ label, values: new Set(value.split("__").map((each) => each.trim())) }];
  });
}

function valueOn({ labels }: NodeState, label: string): string {
  return labels?.[label] ?? labels?.[TOPOLOGY_LABELS[label] ?? ""] ?? "";
}
