import type { PersistentVolume } from "#api/kubernetes/storage";
import { compileNodeSelectorTerms, claimNamesOf } from "#kube/apimachinery";
import type { ClusterView } from "../../framework/cluster-view.ts";
import type { FilterPlugin } from "../../framework/plugin.ts";
import { type Rejection, unresolvable } from "../../framework/status.ts";
import type { PodToPlace } from "../../pod-to-place.ts";

const NAME = "VolumeBinding";

/**
 * Rejects pods whose claims do not exist or are going, and nodes from which the volume of a bound claim cannot be reached.
 * Source: plugins/volumebinding/volume_binding.go, podHasPVCs and Filter.
 *
 * Differs from AKS: a claim that is not bound yet holds no pod back, whenever its class binds.
 */
export const volumeBinding: FilterPlugin = {
  name: NAME,
  prepare(pod, release, cluster) {
    const names = claimNamesOf(pod.pod);
    if (names.length === 0) return undefined;
    const refusal = names.map((name) => claimRefusal(pod, name, cluster)).find((each) => each !== undefined);
    if (refusal !== undefined) return refusal;
    const volumes = names.flatMap((name) => cluster.facts.claim(pod.namespace, name)?.spec.volumeName || []);
    if (volumes.length === 0) return undefined;
    const missing = unresolvable(NAME, "node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)");
    const found = volumes.map((name) => cluster.facts.volume(name));
    if (found.includes(undefined)) return { scope: "class", check: () => missing };
    const matchers = found.flatMap((volume) => (volume === undefined ? [] : affinityOf(volume)));
    if (matchers.length === 0) return undefined;
    const conflict = unresolvable(NAME, release.volumeAffinityReason);
    return { scope: "node", check: (node) => (matchers.every((matches) => matches(node)) ? undefined : conflict) };
  },
};

function claimRefusal({ namespace }: PodToPlace, name: string, { facts }: ClusterView): Rejection | undefined {
  const claim = facts.claim(namespace, name);
  if (claim === undefined) return unresolvable(NAME, `persistentvolumeclaim "${name}" not found`);
  if (claim.status?.phase === "Lost")
    return unresolvable(NAME, `persistentvolumeclaim "${name}" bound to non-existent persistentvolume "${claim.spec.volumeName ?? ""}"`);
  return claim.metadata.deletionTimestamp === undefined
    ? undefined
    : unresolvable(NAME, `persistentvolumeclaim "${name}" is being deleted`);
}

function affinityOf({ spec }: PersistentVolume): readonly ReturnType<typeof compileNodeSelectorTerms>[] {
  const required = spec.nodeAffinity?.required;
  return required === undefined ? [] : [compileNodeSelectorTerms(required.nodeSelectorTerms)];
}
