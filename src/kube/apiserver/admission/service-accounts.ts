import type { Container, Pod, PodSpec, Secret, ServiceAccount } from "#api/kubernetes/core";
import type { StatusError } from "#api/kubernetes/status";
import { generateName, isJsonObject, isMirrorPod, isReleaseAtLeast } from "#kube/apimachinery";
import { projections, secretsOf } from "../access/nodes/references.ts";
import type { Resource, ResourceTable } from "../resources.ts";
import { forbidden, type GroupResource } from "../status.ts";
import { entryKey } from "../storage/storage.ts";

export interface ServiceAccountContext {
  readonly resources: ResourceTable;
  readonly version: string;
  /** A number from 0 up to 1. */
  readonly chance: () => number;
}

/** Source: plugin/pkg/admission/serviceaccount/admission.go, here and below. */
const MOUNT_PATH = "/var/run/secrets/kubernetes.io/serviceaccount";
const VOLUME_PREFIX = "kube-api-access-";
const TOKEN_TYPE = "kubernetes.io/service-account-token";
/** First version whose pods get tokens of their own. Source: pkg/features, BoundServiceAccountTokenVolume (beta 1.21). */
const PROJECTED_SINCE = "1.21";

/** Of every pod the same, and shared by all. */
const PROJECTED = {
  sources: [
    { serviceAccountToken: { expirationSeconds: 3607, path: "token" } },
    { configMap: { name: "kube-root-ca.crt", items: [{ key: "ca.crt", path: "ca.crt" }] } },
    { downwardAPI: { items: [{ path: "namespace", fieldRef: { apiVersion: "v1", fieldPath: "metadata.namespace" } }] } },
  ],
  defaultMode: 420,
};

/**
 * Gives a pod its service account, the account's token as a volume, and its secrets for pulling images.
 * Differs from AKS: a pod may come before the account `default` of its namespace, and before the account's secret in
 * clusters up to 1.20; it gets no token then, where it would be refused.
 * @throws {StatusError} Forbidden for an account that does not exist, and for mirror pods with one, or with what else is of the API.
 */
export function admitServiceAccount(context: ServiceAccountContext, { of }: Resource, pod: Pod): void {
  const { spec, metadata } = pod;
  if (isMirrorPod(pod)) return refuseReferences(of, pod);
  const name = [spec.serviceAccountName, spec.serviceAccount].find((each) => each !== undefined && each !== "") ?? "default";
  spec.serviceAccountName = name;
  spec.serviceAccount = name;
  const accounts = context.resources.preferred("", "serviceaccounts");
  const account: ServiceAccount | undefined = accounts?.cache.get(entryKey(metadata.namespace, name))?.object;
  if (account === undefined) {
    // Every namespace gets the account `default` sooner or later; pods that come before it need not fail.
    if (name === "default" || accounts === undefined) return mountWhatIsDue(context, pod, { metadata: { name } });
    const why = `error looking up service account ${metadata.namespace}/${name}: serviceaccount "${name}" not found`;
    throw forbidden(of, metadata.name, why);
  }
  mountWhatIsDue(context, pod, account);
  const { imagePullSecrets = [] } = account;
  if ((spec.imagePullSecrets ?? []).length === 0 && imagePullSecrets.length > 0) spec.imagePullSecrets = [...imagePullSecrets];
}

/** Mirror pods are made without the API, so that they need nothing of it. */
function refuseReferences(of: GroupResource, pod: Pod): void {
  const refuse = (why: string): StatusError => forbidden(of, pod.metadata.name, why);
  if (pod.spec.serviceAccountName) throw refuse("a mirror pod may not reference service accounts");
  if (!secretsOf(pod).next().done) throw refuse("a mirror pod may not reference secrets");
  if (pod.spec.volumes?.some((volume) => projections(volume).some((source) => isJsonObject(source["serviceAccountToken"]))))
    throw refuse("a mirror pod may not use ServiceAccountToken volume projections");
}

function mountWhatIsDue(context: ServiceAccountContext, { spec, metadata }: Pod, account: ServiceAccount): void {
  if ((spec.automountServiceAccountToken ?? account.automountServiceAccountToken) === false) return;
  if (isReleaseAtLeast(context.version, PROJECTED_SINCE)) {
    const own = spec.volumes?.find(({ name }) => name.startsWith(VOLUME_PREFIX))?.name;
    const name = own ?? generateName(VOLUME_PREFIX, context.chance);
    if (mount(spec, name) && own === undefined) spec.volumes = withOneMore(spec.volumes, { name, projected: PROJECTED });
    return;
  }
  const name = tokenSecretOf(context.resources, account, metadata.namespace);
  if (name === undefined) return;
  const isThere = spec.volumes?.some((volume) => volume.name === name) === true;
  if (mount(spec, name) && !isThere) spec.volumes = [...(spec.volumes ?? []), { name, secret: { secretName: name, defaultMode: 420 } }];
}

/** The secret with the account's token, of those that the account names. */
function tokenSecretOf(resources: ResourceTable, { secrets = [] }: ServiceAccount, namespace: string | undefined): string | undefined {
  const cache = resources.preferred("", "secrets")?.cache;
  const holdsToken = (name: string): boolean => {
    const secret: Secret | undefined = cache?.get(entryKey(namespace, name))?.object;
    return secret?.type === TOKEN_TYPE;
  };
  return secrets.map(({ name = "" }) => name).find(holdsToken);
}

/** Mounts the volume in every container that has nothing else there. Returns whether one needs it. */
function mount(spec: PodSpec, name: string): boolean {
  const isFree = ({ volumeMounts = [] }: Container): boolean => volumeMounts.every(({ mountPath }) => mountPath !== MOUNT_PATH);
  const free = [...(spec.initContainers ?? []), ...spec.containers].filter(isFree);
  for (const container of free)
    container.volumeMounts = withOneMore(container.volumeMounts, { name, readOnly: true, mountPath: MOUNT_PATH });
  return free.length > 0;
}

/** Concatenated, as what is spread has room for sixteen more, in every pod. */
function withOneMore<T>(list: readonly T[] | undefined, item: T): T[] {
  return list === undefined ? [item] : list.concat([item]);
}
