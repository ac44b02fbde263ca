import { resources } from "#api/kubernetes/resources";
import { isStatus } from "#api/kubernetes/status";
import type { CsiNode } from "#api/kubernetes/storage";
import { isReleaseAtLeast } from "#kube/apimachinery";
import type { KubeClient } from "#kube/client";
import type { NodeRuntime } from "./node-runtime.ts";

/** AKS brings the drivers since this release. Source: AKS docs, "CSI storage drivers". */
const SINCE = "1.21.0";
const DISKS = "disk.csi.azure.com";
const FILES = "file.csi.azure.com";
const MIGRATED = "storage.alpha.kubernetes.io/migrated-plugins";
/** Volumes of these kinds are the drivers' business. Source: pkg/volume/csimigration/plugin_manager.go. */
const MIGRATED_PLUGINS = "kubernetes.io/azure-disk,kubernetes.io/azure-file";

/** Whether the drivers run on the node. */
export function hasDrivers({ bootstrap }: NodeRuntime): boolean {
  return isReleaseAtLeast(bootstrap.kubeletVersion, SINCE);
}

/** What each driver calls the node. Source: pkg/volume/csi/nodeinfomanager/nodeinfomanager.go, annotationKeyNodeID. */
export function nodeIdAnnotation(runtime: NodeRuntime): Record<string, string> {
  return hasDrivers(runtime) ? { "csi.volume.kubernetes.io/nodeid": JSON.stringify({ [DISKS]: runtime.name, [FILES]: runtime.name }) } : {};
}

/**
 * What the drivers say of a node: as many disks as its size can have. Sources: pkg/volume/csi/nodeinfomanager/nodeinfomanager.go,
 * CreateCSINode; azuredisk-csi-driver pkg/azuredisk/nodeserver.go, NodeGetInfo.
 * Unverified: other plugins that are named as migrated too.
 */
function csiNodeOf({ name, node, bootstrap }: NodeRuntime): CsiNode {
  const { dataDisks } = bootstrap;
  const uid = node?.metadata.uid;
  return {
    metadata: {
      name,
      annotations: { [MIGRATED]: MIGRATED_PLUGINS },
      ...(uid === undefined ? {} : { ownerReferences: [{ apiVersion: "v1", kind: "Node", name, uid }] }),
    },
    spec: {
      drivers: [
        {
          name: DISKS,
          nodeID: name,
          topologyKeys: ["topology.disk.csi.azure.com/zone"],
          ...(dataDisks === undefined ? {} : { allocatable: { count: dataDisks } }),
        },
        { name: FILES, nodeID: name, topologyKeys: null },
      ],
    },
  };
}

/** Writes the node's CSINode; one of an earlier node of its name becomes this one's. */
export async function writeCsiNode(client: KubeClient, runtime: NodeRuntime): Promise<void> {
  const csiNode = csiNodeOf(runtime);
  try {
    await client.create(resources.csiNodes, csiNode);
  } catch (error) {
    if (!isStatus(error, "AlreadyExists")) throw error;
    await client.patch(resources.csiNodes, { name: runtime.name }, { type: "merge", body: csiNode });
  }
}
