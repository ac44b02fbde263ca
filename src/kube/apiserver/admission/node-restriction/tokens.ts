import type { Pod } from "#api/kubernetes/core";
import type { PersistentVolume } from "#api/kubernetes/storage";
import type { PersistentVolumeClaim } from "#api/kubernetes/workloads";
import { StatusError } from "#api/kubernetes/status";
import { isJsonObject, isReleaseAtLeast, type JsonObject } from "#kube/apimachinery";
import { aggregate } from "../../access/authorizer.ts";
import { claimOf, projections } from "../../access/nodes/references.ts";
import { notFound } from "../../status.ts";
import { podAt } from "./pods.ts";
import { type NodeWrite, quoted, type Restriction, type RestrictionContext } from "./restricted.ts";

/** Source: pkg/features, ServiceAccountNodeAudienceRestriction: on since 1.32.0; whom roles let ask for more, since 1.33. */
const AUDIENCES_SINCE = "1.32";
const ROLES_ASKED_SINCE = "1.33";

/** Tokens that a node asks for are those of its pods. Source: admission.go, admitServiceAccount. */
export const restrictToken: Restriction = (write) => {
  const { operation, subresource, object, context, namespace, node } = write;
  if (operation !== "CREATE" || subresource !== "token") return undefined;
  const spec = isJsonObject(object) && isJsonObject(object["spec"]) ? object["spec"] : {};
  const { apiVersion, kind, name, uid } = isJsonObject(spec["boundObjectRef"]) ? spec["boundObjectRef"] : {};
  if (apiVersion !== "v1" || kind !== "Pod" || typeof name !== "string" || name === "") return "node requested token not bound to a pod";
  if (typeof uid !== "string" || uid === "") return "node requested token with a pod binding without a uid";
  const pod = podAt(context, namespace, name);
  if (uid !== pod.metadata.uid)
    return `the UID in the bound object reference (${uid}) does not match the UID in record. The object might have been deleted and then recreated`;
  if (pod.spec.nodeName !== node) return "node requested token bound to a pod scheduled on a different node";
  return isReleaseAtLeast(context.version, AUDIENCES_SINCE) ? restrictAudience(write, spec, pod) : undefined;
};

/** Source: admission.go, validateNodeServiceAccountAudience. */
function restrictAudience({ context, user, namespace, name }: NodeWrite, { audiences }: JsonObject, pod: Pod): string | undefined {
  const asked = Array.isArray(audiences) ? audiences.map(String) : [];
  if (asked.length > 1) return "node may only request 0 or 1 audiences";
  const audience = asked[0] ?? "";
  const found = findAudience(context, pod, audience);
  if (found.isThere) return undefined;
  if (found.errors.length > 0) return `error validating audience ${quoted(audience)}: ${aggregate(found.errors)}`;
  const missing = `audience ${quoted(audience)} not found in pod spec volume`;
  if (!isReleaseAtLeast(context.version, ROLES_ASKED_SINCE)) return missing;
  const attributes = { user, verb: "request-serviceaccounts-token-audience", group: "", resource: audience, subresource: "" };
  if (context.access.decide({ ...attributes, namespace, name }).allowed) return undefined;
  return `${missing}, ${user.name} is not authorized to request tokens for this audience`;
}

/** Whether a volume of the pod has tokens for the audience, itself or by its driver. Source: admission.go, podReferencesAudience. */
function findAudience(context: RestrictionContext, pod: Pod, audience: string): { isThere: boolean; errors: readonly string[] } {
  const errors: string[] = [];
  for (const volume of pod.spec.volumes ?? []) {
    if (projections(volume).some((source) => isTokenFor(source["serviceAccountToken"], audience))) return { isThere: true, errors };
    try {
      const driver = driverOf(context, pod, volume);
      if (driver !== undefined && tokensOf(context, driver).some((each) => isTokenFor(each, audience))) return { isThere: true, errors };
    } catch (error) {
      if (!(error instanceof StatusError) || error.status.code !== 404) throw error;
      errors.push(error.message);
    }
  }
  return { isThere: false, errors };
}

function isTokenFor(request: unknown, audience: string): boolean {
  return isJsonObject(request) && (request["audience"] ?? "") === audience;
}

type Volume = NonNullable<Pod["spec"]["volumes"]>[number];

/** Volumes that drivers have taken over. Source: csi-translation-lib translate.go, inTreePlugins. */
const DRIVERS: Readonly<Record<string, string>> = {
  awsElasticBlockStore: "ebs.csi.aws.com",
  azureDisk: "disk.csi.azure.com",
  azureFile: "file.csi.azure.com",
  cinder: "cinder.csi.openstack.org",
  gcePersistentDisk: "pd.csi.storage.gke.io",
  portworxVolume: "pxd.portworx.com",
  vsphereVolume: "csi.vsphere.vmware.com",
};

function driverOf(context: RestrictionContext, pod: Pod, volume: Volume): string | undefined {
  const claim = claimOf(pod, volume);
  return claim === "" ? driverIn(volume) : driverOfClaim(context, pod.metadata.namespace ?? "", claim);
}

function driverIn(source: JsonObject): string | undefined {
  const { csi } = source;
  if (isJsonObject(csi)) return typeof csi["driver"] === "string" ? csi["driver"] : undefined;
  return Object.entries(DRIVERS).find(([member]) => isJsonObject(source[member]))?.[1];
}

/** @throws {StatusError} NotFound, in the words of listers. */
function driverOfClaim({ resources }: RestrictionContext, namespace: string, name: string): string | undefined {
  const claim = resources.preferred("", "persistentvolumeclaims")?.cache.get(`${namespace}/${name}`)?.object;
  if (claim === undefined) throw notFound({ group: "", resource: "persistentvolumeclaim" }, name);
  const { volumeName = "" } = (claim as PersistentVolumeClaim).spec;
  const volume = resources.preferred("", "persistentvolumes")?.cache.get(volumeName)?.object;
  if (volume === undefined) throw notFound({ group: "", resource: "persistentvolume" }, volumeName);
  return driverIn((volume as PersistentVolume).spec);
}

/** What a driver has tokens made for. */
function tokensOf({ resources }: RestrictionContext, name: string): readonly unknown[] {
  const driver = resources.preferred("storage.k8s.io", "csidrivers")?.cache.get(name)?.object;
  if (driver === undefined) throw notFound({ group: "storage.k8s.io", resource: "csidriver" }, name);
  const { tokenRequests } = (driver as { spec?: { tokenRequests?: unknown } }).spec ?? {};
  return Array.isArray(tokenRequests) ? tokenRequests : [];
}
