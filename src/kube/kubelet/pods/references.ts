import type { ConfigMap, Container, ObjectSelector, Pod, Secret } from "#api/kubernetes/core";

/** The cluster's ConfigMaps and Secrets, by `namespace/name`. */
export interface ReferencedObjects {
  configMap(key: string): ConfigMap | undefined;
  secret(key: string): Secret | undefined;
}

type ObjectKind = "configmap" | "secret";

/** Volumes that admission adds for every pod: what they hold is made with the namespace, and no container reads it. */
const TOKEN_VOLUME = /^kube-api-access-/;

interface ProjectedSource {
  configMap?: ObjectSelector;
  secret?: ObjectSelector;
}

/**
 * Why the pod's volumes cannot be mounted; undefined when they can.
 * Source: pkg/volume/configmap/configmap.go, secret/secret.go, projected/projected.go; operationexecutor/operation_generator.go.
 */
export function failedMount(pod: Pod, objects: ReferencedObjects): string | undefined {
  for (const { name, configMap, secret, projected } of pod.spec.volumes ?? []) {
    if (TOKEN_VOLUME.test(name)) continue;
    const sources: ProjectedSource[] = [
      { ...(isSelector(configMap) ? { configMap } : {}), ...(isSecretSource(secret) ? { secret: secretSelector(secret) } : {}) },
      ...((projected as { sources?: ProjectedSource[] } | undefined)?.sources ?? []),
    ];
    for (const source of sources) {
      const missing =
        missingObject(pod, objects, { kind: "configmap", selector: source.configMap }) ??
        missingObject(pod, objects, { kind: "secret", selector: source.secret });
      if (missing !== undefined) return `MountVolume.SetUp failed for volume "${name}" : ${missing}`;
    }
  }
  return undefined;
}

/**
 * Why the container's environment cannot be made; undefined when it can.
 * Source: pkg/kubelet/kubelet_pods.go, makeEnvironmentVariables.
 */
export function missingConfiguration(pod: Pod, container: Container, objects: ReferencedObjects): string | undefined {
  for (const { configMapRef, secretRef } of container.envFrom ?? []) {
    const missing =
      missingObject(pod, objects, { kind: "configmap", selector: configMapRef }) ??
      missingObject(pod, objects, { kind: "secret", selector: secretRef });
    if (missing !== undefined) return missing;
  }
  for (const { valueFrom } of container.env ?? []) {
    const missing =
      missingKey(pod, objects, { kind: "configmap", selector: valueFrom?.configMapKeyRef }) ??
      missingKey(pod, objects, { kind: "secret", selector: valueFrom?.secretKeyRef });
    if (missing !== undefined) return missing;
  }
  return undefined;
}

interface Reference {
  readonly kind: ObjectKind;
  readonly selector: ObjectSelector | undefined;
}

function find(pod: Pod, objects: ReferencedObjects, { kind, selector }: Reference): ConfigMap | Secret | undefined {
  const key = `${pod.metadata.namespace ?? "default"}/${selector?.name ?? ""}`;
  return kind === "configmap" ? objects.configMap(key) : objects.secret(key);
}

function missingObject(pod: Pod, objects: ReferencedObjects, { kind, selector }: Reference): string | undefined {
  if (selector === undefined || selector.optional === true) return undefined;
  return find(pod, objects, { kind, selector }) === undefined ? `${kind} "${selector.name ?? ""}" not found` : undefined;
}

function missingKey(pod: Pod, objects: ReferencedObjects, { kind, selector }: Reference): string | undefined {
  if (selector === undefined || selector.optional === true) return undefined;
  const object = find(pod, objects, { kind, selector });
  if (object === undefined) return `${kind} "${selector.name ?? ""}" not found`;
  const key = selector.key ?? "";
  const { data = {} } = object;
  const binary = "binaryData" in object ? (object.binaryData ?? {}) : {};
  if (Object.hasOwn(data, key) || Object.hasOwn(binary, key)) return undefined;
  const kindName = kind === "configmap" ? "ConfigMap" : "Secret";
  return `couldn't find key ${key} in ${kindName} ${pod.metadata.namespace ?? "default"}/${selector.name ?? ""}`;
}

function isSelector(source: unknown): source is ObjectSelector {
  return typeof source === "object" && source !== null && "name" in source;
}

function isSecretSource(source: unknown): source is { secretName: string; optional?: boolean } {
  return typeof source === "object" && source !== null && "secretName" in source;
}

function secretSelector({ secretName, optional }: { secretName: string; optional?: boolean }): ObjectSelector {
  return { name: secretName, ...(optional === undefined ? {} : { optional }) };
}
