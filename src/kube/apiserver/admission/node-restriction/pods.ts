import type { Pod } from "#api/kubernetes/core";
import { equalJson, isJsonObject, isMirrorPod, isReleaseAtLeast, type JsonObject } from "#kube/apimachinery";
import { configMapsOf, projections, secretsOf } from "../../access/nodes/references.ts";
import { notFound } from "../../status.ts";
import { entryKey } from "../../storage/storage.ts";
import { type NodeWrite, quoted, type Restriction, type RestrictionContext } from "./restricted.ts";

const MIRROR = "kubernetes.io/config.mirror";

/** Pods of a node: mirrors of those that it runs by itself, and what becomes of those bound to it. Source: admission.go, Admit. */
export const restrictPod: Restriction = (write) => {
  const { subresource } = write;
  if (subresource === "") return restrictWhole(write);
  if (subresource === "status") return restrictStatus(write);
  if (subresource === "eviction") return restrictEviction(write);
  return `unexpected pod subresource ${quoted(subresource)}, only 'status' and 'eviction' are allowed`;
};

function restrictWhole(write: NodeWrite): string | undefined {
  const { operation, node, context, namespace, name } = write;
  if (operation === "CREATE") return restrictCreation(write, write.object as Pod);
  if (operation === "UPDATE")
    return `unexpected operation ${quoted(operation)}, node ${quoted(node)} can only create and delete mirror pods`;
  const isOwn = podAt(context, namespace, name).spec.nodeName === node;
  return isOwn ? undefined : `node ${quoted(node)} can only delete pods with spec.nodeName set to itself`;
}

function restrictEviction({ operation, node, context, namespace, name }: NodeWrite): string | undefined {
  if (operation !== "CREATE") return `unexpected operation ${operation}`;
  const isOwn = podAt(context, namespace, name).spec.nodeName === node;
  return isOwn ? undefined : `node ${node} can only evict pods with spec.nodeName set to itself`;
}

/** The pod as it is. @throws {StatusError} NotFound, in the words of a lister. */
export function podAt({ resources }: RestrictionContext, namespace: string, name: string): Pod {
  const pod = resources.preferred("", "pods")?.cache.get(entryKey(namespace, name))?.object;
  if (pod === undefined) throw notFound({ group: "", resource: "pod" }, name);
  return pod as Pod;
}

/** Source: admission.go, admitPodStatus. */
function restrictStatus({ operation, node, object, previous, context }: NodeWrite): string | undefined {
  if (operation !== "UPDATE") return `unexpected operation ${quoted(operation)}`;
  const [next, before] = [object as Pod, previous as Pod];
  if (before.spec.nodeName !== node) return `node ${quoted(node)} can only update pod status for pods with spec.nodeName set to itself`;
  if (!equalJson(next.metadata.labels ?? {}, before.metadata.labels ?? {}))
    return `node ${quoted(node)} cannot update labels through pod status`;
  const claims = ({ status }: Pod): JsonObject => (status ?? {}) as JsonObject;
  if (isReleaseAtLeast(context.version, "1.28") && !sameClaims(claims(next), claims(before), "resourceClaimStatuses"))
    return `node ${quoted(node)} cannot update resource claim statues`;
  if (isReleaseAtLeast(context.version, "1.34") && !sameClaims(claims(next), claims(before), "extendedResourceClaimStatus"))
    return `node ${quoted(node)} cannot update extended resource claim status`;
  return undefined;
}

function sameClaims(next: JsonObject, before: JsonObject, member: string): boolean {
  const stated = ({ [member]: value }: JsonObject): unknown => (Array.isArray(value) && value.length === 0 ? null : (value ?? null));
  return equalJson(stated(next), stated(before));
}

/** Source: admission.go, admitPodCreate. */
function restrictCreation({ node, context }: NodeWrite, pod: Pod): string | undefined {
  const who = `node ${quoted(node)}`;
  if (!isMirrorPod(pod)) return `pod does not have ${quoted(MIRROR)} annotation, ${who} can only create mirror pods`;
  if (pod.spec.nodeName !== node) return `${who} can only create pods with spec.nodeName set to itself`;
  const unowned = restrictOwners(context, pod, node);
  if (unowned !== undefined) return unowned;
  const reference = referenceOf(pod, isReleaseAtLeast(context.version, "1.34"));
  if (reference === undefined) return undefined;
  return "error" in reference
    ? `error checking mirror pod for API references: ${reference.error}`
    : `${who} can not create pods that reference ${reference.to}`;
}

function restrictOwners({ resources }: RestrictionContext, { metadata }: Pod, node: string): string | undefined {
  const who = `node ${quoted(node)}`;
  const [owner, ...others] = metadata.ownerReferences ?? [];
  if (others.length > 0) return `${who} can only create pods with a single owner reference set to itself`;
  if (owner === undefined || owner.apiVersion !== "v1" || owner.kind !== "Node" || owner.name !== node)
    return `${who} can only create pods with an owner reference set to itself`;
  if (owner.controller !== true) return `${who} can only create pods with a controller owner reference set to itself`;
  if (owner.blockOwnerDeletion === true) return `${who} must not set blockOwnerDeletion on an owner reference`;
  const uid = resources.preferred("", "nodes")?.cache.get(node)?.object.metadata.uid;
  if (uid === undefined) throw notFound({ group: "", resource: "node" }, node);
  return owner.uid === uid ? undefined : `node ${node} UID mismatch: expected ${owner.uid} got ${uid}`;
}

type ApiReference = { readonly to: string } | { readonly error: string };

/**
 * What a pod needs other objects of the API for.
 * @param isStrict whether every kind of volume counts. Source: pkg/api/pod/util.go, HasAPIObjectReference, since 1.34.
 */
function referenceOf(pod: Pod, isStrict: boolean): ApiReference | undefined {
  if (pod.spec.serviceAccountName) return { to: isStrict ? "serviceaccounts" : "a service account" };
  if (!secretsOf(pod).next().done) return { to: "secrets" };
  if (!configMapsOf(pod).next().done) return { to: "configmaps" };
  const claims = pod.spec["resourceClaims"];
  if (isStrict && Array.isArray(claims) && claims.length > 0) return { to: "resourceclaims" };
  for (const volume of pod.spec.volumes ?? []) {
    const reference = isStrict ? referenceOfVolume(volume) : formerReferenceOfVolume(volume);
    if (reference !== undefined) return reference;
  }
  return undefined;
}

type Volume = NonNullable<Pod["spec"]["volumes"]>[number];

const REFERRING_VOLUMES: Readonly<Record<string, string>> = {
  configMap: "configmaps (via configmap volumes)",
  secret: "secrets (via secret volumes)",
  csi: "csidrivers (via CSI volumes)",
  glusterfs: "endpoints (via glusterFS volumes)",
  persistentVolumeClaim: "persistentvolumeclaims",
  ephemeral: "persistentvolumeclaims (via ephemeral volumes)",
  azureFile: "secrets (via azureFile volumes)",
};
const REFERRING_PROJECTIONS: Readonly<Record<string, string>> = {
  configMap: "configmaps (via projected volumes)",
  secret: "secrets (via projected volumes)",
  serviceAccountToken: "serviceaccounts (via projected volumes)",
  clusterTrustBundle: "clustertrustbundles",
  podCertificate: "podcertificates",
};
const PLAIN_VOLUMES = (
  "awsElasticBlockStore azureDisk cephfs cinder downwardAPI emptyDir fc flexVolume flocker gcePersistentDisk gitRepo hostPath image " +
  "iscsi nfs photonPersistentDisk portworxVolume quobyte rbd scaleIO storageos vsphereVolume"
).split(" ");

function referenceOfVolume(volume: Volume): ApiReference | undefined {
  if (PLAIN_VOLUMES.some((source) => isJsonObject(volume[source]))) return undefined;
  const referring = referringIn(volume, REFERRING_VOLUMES);
  if (referring !== undefined) return { to: referring };
  if (!isJsonObject(volume["projected"])) return { error: `unknown volume type for volume  ${quoted(volume.name)}` };
  for (const source of projections(volume)) {
    const projected = referringIn(source, REFERRING_PROJECTIONS);
    if (projected !== undefined) return { to: projected };
    if (!isJsonObject(source["downwardAPI"])) return { error: `unknown source for projected volume ${quoted(volume.name)}` };
  }
  return undefined;
}

function formerReferenceOfVolume(volume: Volume): ApiReference | undefined {
  if (isJsonObject(volume["persistentVolumeClaim"])) return { to: "persistentvolumeclaims" };
  return projections(volume).some((source) => isJsonObject(source["clusterTrustBundle"])) ? { to: "clustertrustbundles" } : undefined;
}

function referringIn(source: JsonObject, known: Readonly<Record<string, string>>): string | undefined {
  return Object.entries(known).find(([member]) => isJsonObject(source[member]))?.[1];
}
