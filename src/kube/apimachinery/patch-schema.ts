/**
 * How strategic merge patches treat the fields of built-in types: which lists are merged instead of replaced, and by
 * which key. Only fields with a rule, and the way to them, are listed; every other list is replaced as a whole and every
 * other object is merged key by key.
 *
 * Source: the patchStrategy and patchMergeKey tags in kubernetes/api, <group>/<version>/types.go (core/v1, apps/v1,
 * batch/v1, policy/v1, networking/v1, autoscaling/v2, storage/v1, admissionregistration/v1, meta/v1).
 */

/** The rule of one field. */
export interface PatchField {
  /** `merge`: the list is merged; `replace`: the object is replaced as a whole. */
  readonly strategy?: "merge" | "replace";
  /** Key by which objects of a merged list are told apart; absent for lists of texts and numbers. */
  readonly mergeKey?: string;
  /** Type of the field, or of the list's items. */
  readonly type?: PatchType;
}

/** The rules of an object's fields, by name. */
export type PatchType = Readonly<Record<string, PatchField>>;

const mergedBy = (mergeKey: string, type?: PatchType): PatchField => ({
  strategy: "merge",
  mergeKey,
  ...(type === undefined ? {} : { type }),
});
const ofType = (type: PatchType): PatchField => ({ type });
const mergedList: PatchField = { strategy: "merge" };

const metadata: PatchField = ofType({ ownerReferences: mergedBy("uid"), finalizers: mergedList });
const withConditions: PatchField = ofType({ conditions: mergedBy("type") });

const container: PatchType = {
  ports: mergedBy("containerPort"),
  env: mergedBy("name"),
  volumeMounts: mergedBy("mountPath"),
  volumeDevices: mergedBy("devicePath"),
};

const podSpec: PatchType = {
  volumes: mergedBy("name"),
  initContainers: mergedBy("name", container),
  containers: mergedBy("name", container),
  ephemeralContainers: mergedBy("name", container),
  imagePullSecrets: mergedBy("name"),
  hostAliases: mergedBy("ip"),
  topologySpreadConstraints: mergedBy("topologyKey"),
  schedulingGates: mergedBy("name"),
  resourceClaims: mergedBy("name"),
};

const podStatus: PatchType = {
  conditions: mergedBy("type"),
  hostIPs: mergedBy("ip"),
  podIPs: mergedBy("ip"),
  resourceClaimStatuses: mergedBy("name"),
};

const template: PatchField = ofType({ metadata, spec: ofType(podSpec) });
const workload: PatchType = { metadata, spec: ofType({ template }), status: withConditions };
const statusConditions: PatchType = { metadata, status: withConditions };
const webhooks: PatchType = { metadata, webhooks: mergedBy("name") };
const plain: PatchType = { metadata };

/** Kinds by `group/Kind`; the core group is empty. Kinds that are not listed have only the rules of their metadata. */
const KINDS: Readonly<Record<string, PatchType>> = {
  "/Pod": { metadata, spec: ofType(podSpec), status: ofType(podStatus) },
  "/PodTemplate": { metadata, template },
  "/ReplicationController": workload,
  "/Node": {
    metadata,
    spec: ofType({ podCIDRs: mergedList }),
    status: ofType({ conditions: mergedBy("type"), addresses: mergedBy("type") }),
  },
  "/Namespace": statusConditions,
  "/Service": { metadata, spec: ofType({ ports: mergedBy("port") }), status: withConditions },
  "/ServiceAccount": { metadata, secrets: mergedBy("name") },
  "/PersistentVolumeClaim": statusConditions,
  "apps/Deployment": workload,
  "apps/ReplicaSet": workload,
  "apps/DaemonSet": workload,
  "apps/StatefulSet": workload,
  "batch/Job": workload,
  "batch/CronJob": { metadata, spec: ofType({ jobTemplate: ofType({ metadata, spec: ofType({ template }) }) }) },
  "autoscaling/HorizontalPodAutoscaler": statusConditions,
  "policy/PodDisruptionBudget": { metadata, spec: ofType({ selector: { strategy: "replace" } }), status: withConditions },
  "storage.k8s.io/CSINode": { metadata, spec: ofType({ drivers: mergedBy("name") }) },
  "admissionregistration.k8s.io/MutatingWebhookConfiguration": webhooks,
  "admissionregistration.k8s.io/ValidatingWebhookConfiguration": webhooks,
};

/**
 * The rules of a built-in kind.
 * @param group Empty for the core group.
 */
export function patchTypeOf(group: string, kind: string): PatchType {
  return KINDS[`${group}/${kind}`] ?? plain;
}
