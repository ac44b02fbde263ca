import type { PersistentVolume } from "#api/kubernetes/storage";
import { storageClassNameOf } from "#kube/apimachinery";
import type { ClusterFacts } from "../../cluster-facts.ts";
import type { ClusterView } from "../../framework/cluster-view.ts";
import type { FilterPlugin } from "../../framework/plugin.ts";
import { unschedulable } from "../../framework/status.ts";
import type { NodeState } from "../../node-state.ts";
import { claimOf } from "../volume-binding/pod-volumes.ts";

const NAME = "NodeVolumeLimits";
const TOO_MANY = unschedulable(NAME, "node(s) exceed max volume count");
const DISKS = "disk.csi.azure.com";
/** The in-tree kind of the same disks, and how nodes without the driver say their limit. Source: pkg/volume/util/attach_limit.go. */
const IN_TREE_DISKS = "kubernetes.io/azure-disk";
const IN_TREE_LIMIT = "attachable-volumes-azure-disk";

/**
 * Rejects nodes that cannot have as many disks attached: by what their driver says of them in CSINode, or before drivers by
 * their allocatable. Volumes that a pod of the node has already do not count twice, and those that are still to be made do.
 * Sources: plugins/nodevolumelimits/csi.go, Filter; for disks in-tree plugins/nodevolumelimits/non_csi.go.
 *
 * Differs from AKS: disks that pods name themselves, without a claim, do not count.
 */
export const nodeVolumeLimits: FilterPlugin = {
  name: NAME,
  prepare({ claims }, _profile, cluster) {
    if (claims.length === 0) return undefined;
    const wanted = new Map<string, Set<string>>();
    for (const key of claims) {
      const disk = attachedFor(key, cluster.facts);
      if (disk === undefined) continue;
      const ids = wanted.get(disk.driver);
      if (ids === undefined) wanted.set(disk.driver, new Set([disk.id]));
      else ids.add(disk.id);
    }
    if (wanted.size === 0) return undefined;
    return {
      scope: "node",
      check(node) {
        for (const [driver, ids] of wanted) {
          const limit = limitOf(node, driver, cluster.facts);
          if (limit !== undefined && exceeds(node, { driver, ids, limit }, cluster)) return TOO_MANY;
        }
        return undefined;
      },
    };
  },
};

interface Wanted {
  readonly driver: string;
  readonly ids: ReadonlySet<string>;
  readonly limit: number;
}

function exceeds(node: NodeState, { driver, ids, limit }: Wanted, { placedPods, facts }: ClusterView): boolean {
  // Most often there are not even as many claims: which volumes they have need not be looked up.
  if (placedPods.claims.countOn(node) + ids.size <= limit) return false;
  const attached = new Set<string>();
  for (const key of placedPods.claims.on(node)) {
    const disk = attachedFor(key, facts);
    if (disk?.driver === driver) attached.add(disk.id);
  }
  const more = [...ids].filter((id) => !attached.has(id)).length;
  return more > 0 && attached.size + more > limit;
}

interface Attached {
  readonly id: string;
  readonly driver: string;
}

/** The volume that is attached for a claim, or will be. Source: csi.go, getCSIDriverInfo and getCSIDriverInfoFromSC. */
function attachedFor(key: string, facts: ClusterFacts): Attached | undefined {
  const claim = claimOf(key, facts);
  if (claim === undefined) return undefined;
  const volume = facts.volume(claim.spec.volumeName ?? "");
  if (volume !== undefined) return attachedVolume(volume);
  const provisioner = facts.storageClass(storageClassNameOf(claim) ?? "")?.provisioner;
  return provisioner === undefined ? undefined : { id: `claim ${key}`, driver: driverOf(provisioner) };
}

function attachedVolume({ spec }: PersistentVolume): Attached | undefined {
  const csi = spec["csi"] as { driver?: string; volumeHandle?: string } | undefined;
  if (csi?.driver !== undefined) return { id: csi.volumeHandle ?? "", driver: csi.driver };
  const disk = spec["azureDisk"] as { diskURI?: string } | undefined;
  return disk === undefined ? undefined : { id: disk.diskURI ?? "", driver: DISKS };
}

/** Source: staging/src/k8s.io/csi-translation-lib/plugins/azure_disk.go. */
function driverOf(provisioner: string): string {
  return provisioner === IN_TREE_DISKS ? DISKS : provisioner;
}

function limitOf(node: NodeState, driver: string, facts: ClusterFacts): number | undefined {
  const known = facts.csiNode(node.name)?.spec.drivers.find(({ name }) => name === driver);
  if (known !== undefined) return known.allocatable?.count;
  return driver === DISKS ? node.allocatableExtended.get(IN_TREE_LIMIT) : undefined;
}
