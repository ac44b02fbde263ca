import type { Pod } from "#api/kubernetes/core";
import type { KubeObject } from "#api/kubernetes/meta";
import type { PersistentVolume } from "#api/kubernetes/storage";
import { isMirrorPod } from "#kube/apimachinery";
import type { ResourceTable } from "../../resources.ts";
import { entryKey } from "../../storage/storage.ts";
import { claimsOf, configMapsOf, readsSecret, resourceClaimsOf, secretsOf } from "./references.ts";

/** Kinds whose objects are a node's business by what runs on it. */
export type RelatedKind =
  | "pod"
  | "secret"
  | "configmap"
  | "serviceaccount"
  | "persistentvolumeclaim"
  | "persistentvolume"
  | "volumeattachment"
  | "resourceclaim"
  | "resourceslice";

/** Names of objects of the pod's own namespace. */
const REFERENCES: Partial<Readonly<Record<RelatedKind, (pod: Pod) => Iterable<string>>>> = {
  secret: secretsOf,
  configmap: configMapsOf,
  persistentvolumeclaim: claimsOf,
  resourceclaim: resourceClaimsOf,
  serviceaccount: ({ spec }) => (spec.serviceAccountName ? [spec.serviceAccountName] : []),
};

/**
 * What a node's pods have to do with other objects. Kubernetes keeps a graph of it; here the pods of the one node are looked at when
 * a node asks, for which they are at hand by node: nothing is kept for clusters that nobody asks as a node (ADR 46).
 * Source of the relations: kubernetes plugin/pkg/auth/authorizer/node/graph.go.
 */
export class NodeRelations {
  readonly #resources: ResourceTable;

  constructor(resources: ResourceTable) {
    this.#resources = resources;
  }

  /** Whether an object is the node's business. @param namespace empty for kinds without. */
  relates(node: string, kind: RelatedKind, namespace: string, name: string): boolean {
    if (kind === "pod") return this.#pod(namespace, name)?.spec.nodeName === node;
    if (kind === "volumeattachment") return nodeNameOf(this.#get("storage.k8s.io", "volumeattachments", name)) === node;
    if (kind === "resourceslice") return nodeNameOf(this.#get("resource.k8s.io", "resourceslices", name)) === node;
    if (kind === "persistentvolume") return this.#mounts(node, this.#get("", "persistentvolumes", name) as PersistentVolume | undefined);
    return this.#refers(node, kind, namespace, name) || (kind === "secret" && this.#readsByVolume(node, namespace, name));
  }

  #pod(namespace: string, name: string): Pod | undefined {
    return this.#resources.preferred("", "pods")?.cache.get(entryKey(namespace, name))?.object as Pod | undefined;
  }

  #get(group: string, resource: string, name: string): KubeObject | undefined {
    return this.#resources.preferred(group, resource)?.cache.get(name)?.object;
  }

  /** A node may make mirror pods, so those give it nothing. */
  #refers(node: string, kind: RelatedKind, namespace: string, name: string): boolean {
    const references = REFERENCES[kind];
    const pods = this.#resources.preferred("", "pods");
    if (references === undefined || pods === undefined) return false;
    for (const { object } of pods.cache.list({ node })) {
      if (object.metadata.namespace !== namespace || isMirrorPod(object as Pod)) continue;
      for (const each of references(object as Pod)) if (each === name) return true;
    }
    return false;
  }

  #mounts(node: string, volume: PersistentVolume | undefined): boolean {
    const { namespace = "", name = "" } = volume?.spec.claimRef ?? {};
    return name !== "" && this.#refers(node, "persistentvolumeclaim", namespace, name);
  }

  /** Asked only about secrets that no pod of the node names itself. */
  #readsByVolume(node: string, namespace: string, name: string): boolean {
    for (const { object } of this.#resources.preferred("", "persistentvolumes")?.cache.values() ?? [])
      if (readsSecret(object as PersistentVolume, namespace, name) && this.#mounts(node, object as PersistentVolume)) return true;
    return false;
  }
}

function nodeNameOf(object: KubeObject | undefined): string | undefined {
  return (object as { spec?: { nodeName?: string } } | undefined)?.spec?.nodeName;
}
