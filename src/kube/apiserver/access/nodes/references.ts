import type { Container, Pod } from "#api/kubernetes/core";
import type { PersistentVolume } from "#api/kubernetes/storage";
import { isJsonObject, type JsonObject } from "#kube/apimachinery";

/** A volume of a pod: a name, and a source under the source's own name. */
type Volume = NonNullable<Pod["spec"]["volumes"]>[number];

function* containersOf({ spec }: Pod): Generator<Container> {
  yield* spec.initContainers ?? [];
  yield* spec.containers;
  yield* spec.ephemeralContainers ?? [];
}

/** What projected volumes are made of. */
export function projections({ projected }: Volume): readonly JsonObject[] {
  const sources = isJsonObject(projected) ? projected["sources"] : undefined;
  return Array.isArray(sources) ? sources.filter(isJsonObject) : [];
}

/** `at(volume, "csi", "nodePublishSecretRef", "name")`; empty where there is no text. */
function at(value: unknown, ...path: readonly string[]): string {
  let found = value;
  for (const member of path) found = isJsonObject(found) ? found[member] : undefined;
  return typeof found === "string" ? found : "";
}

/** Where sources of volumes name the secret that a kubelet reads. */
const SECRETS_OF_VOLUMES: readonly (readonly string[])[] = [
  ["secret", "secretName"],
  ["azureFile", "secretName"],
  ["csi", "nodePublishSecretRef", "name"],
  ...["cephfs", "cinder", "flexVolume", "rbd", "scaleIO", "iscsi", "storageos"].map((source) => [source, "secretRef", "name"]),
];

/** Names of the secrets that the pod refers to. Source: pkg/api/v1/pod/util.go, VisitPodSecretNames. */
export function* secretsOf(pod: Pod): Generator<string> {
  for (const { name } of pod.spec.imagePullSecrets ?? []) if (name) yield name;
  yield* referencesOf(pod, "secretRef", "secretKeyRef");
  for (const volume of pod.spec.volumes ?? []) {
    for (const path of SECRETS_OF_VOLUMES) yield* named(at(volume, ...path));
    for (const source of projections(volume)) yield* named(at(source, "secret", "name"));
  }
}

/** Source: as above, VisitPodConfigmapNames. */
export function* configMapsOf(pod: Pod): Generator<string> {
  yield* referencesOf(pod, "configMapRef", "configMapKeyRef");
  for (const volume of pod.spec.volumes ?? []) {
    yield* named(at(volume, "configMap", "name"));
    for (const source of projections(volume)) yield* named(at(source, "configMap", "name"));
  }
}

/** What containers take their environment from. */
function* referencesOf(pod: Pod, all: "secretRef" | "configMapRef", one: "secretKeyRef" | "configMapKeyRef"): Generator<string> {
  for (const { env = [], envFrom = [] } of containersOf(pod)) {
    for (const source of envFrom) yield* named(at(source, all, "name"));
    for (const { valueFrom } of env) yield* named(at(valueFrom, one, "name"));
  }
}

function* named(name: string): Generator<string> {
  if (name !== "") yield name;
}

/** Names of the claims of volumes. Source: plugin/pkg/auth/authorizer/node/graph.go, AddPod. */
export function* claimsOf(pod: Pod): Generator<string> {
  for (const volume of pod.spec.volumes ?? []) {
    const claim = claimOf(pod, volume);
    if (claim !== "") yield claim;
  }
}

/** The claim of a volume, also the one that is made for it; empty when it has none. Source: component-helpers storage/ephemeral, VolumeClaimName. */
export function claimOf({ metadata }: Pod, volume: Volume): string {
  if (isJsonObject(volume["persistentVolumeClaim"])) return at(volume, "persistentVolumeClaim", "claimName");
  return isJsonObject(volume["ephemeral"]) ? `${metadata.name}-${volume.name}` : "";
}

/** Names of the claims of devices. Source: dynamic-resource-allocation resourceclaim, Name; graph.go, AddPod. */
export function* resourceClaimsOf({ spec, status }: Pod): Generator<string> {
  const { resourceClaimStatuses, extendedResourceClaimStatus } = (status ?? {}) as JsonObject;
  for (const claim of listOf(spec["resourceClaims"])) {
    yield* named(at(claim, "resourceClaimName"));
    const made = listOf(resourceClaimStatuses).find((each) => at(each, "name") === at(claim, "name"));
    if (isJsonObject(claim) && claim["resourceClaimName"] === undefined) yield* named(at(made, "resourceClaimName"));
  }
  yield* named(at(extendedResourceClaimStatus, "resourceClaimName"));
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Where sources of persistent volumes name the secret that a kubelet reads. */
const SECRETS_OF_PERSISTENT: readonly (readonly string[])[] = [
  ...["nodePublishSecretRef", "nodeStageSecretRef", "nodeExpandSecretRef"].map((member) => ["csi", member]),
  ...["cephfs", "cinder", "flexVolume", "rbd", "scaleIO", "iscsi", "storageos"].map((source) => [source, "secretRef"]),
];
/** Their secrets are in the claim's namespace when they name none. */
const IN_CLAIMS_NAMESPACE: ReadonlySet<string | undefined> = new Set(["cephfs", "flexVolume", "rbd", "scaleIO", "iscsi"]);

/** Whether a kubelet that mounts the volume reads this secret. Source: pkg/api/v1/persistentvolume/util.go, VisitPVSecretNames. */
export function readsSecret({ spec }: PersistentVolume, namespace: string, name: string): boolean {
  const ofClaim = spec.claimRef?.namespace ?? "";
  if (at(spec, "azureFile", "secretName") === name) return (at(spec, "azureFile", "secretNamespace") || ofClaim) === namespace;
  return SECRETS_OF_PERSISTENT.some((path) => {
    if (at(spec, ...path, "name") !== name) return false;
    const own = at(spec, ...path, "namespace");
    return (own === "" && IN_CLAIMS_NAMESPACE.has(path[0]) ? ofClaim : own) === namespace;
  });
}
