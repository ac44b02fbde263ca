import type { Container, PodSpec, ResourceList } from "#api/kubernetes/core";
import { formatQuantity, isReleaseAtLeast, parseQuantity, roundUpToMilli } from "#kube/apimachinery";

type Fields = Record<string, unknown>;

/** Sets a field that is absent or, where the Go type has no pointer, empty. */
function fill(target: Fields, field: string, value: unknown): void {
  if (target[field] === undefined || target[field] === "") target[field] = value;
}

function fillNumber(target: Fields, field: string, value: number): void {
  if (target[field] === undefined || target[field] === 0) target[field] = value;
}

const DIGEST = "@";

/** `latest` when the image has neither tag nor digest. */
function imageTag(image: string): string {
  const [name = ""] = image.split(DIGEST, 1);
  const tag = /:([^/:]*)$/.exec(name)?.[1];
  return tag ?? (image.includes(DIGEST) ? "" : "latest");
}

const PROBES = ["livenessProbe", "readinessProbe", "startupProbe"];

function defaultProbe(probe: Fields): void {
  fillNumber(probe, "timeoutSeconds", 1);
  fillNumber(probe, "periodSeconds", 10);
  fillNumber(probe, "successThreshold", 1);
  fillNumber(probe, "failureThreshold", 3);
  defaultHttpGet(probe);
  const grpc = probe["grpc"] as Fields | undefined;
  if (grpc !== undefined) grpc["service"] ??= "";
}

/** Of a probe, and of what is done when a container starts or ends. */
function defaultHttpGet(handler: Fields): void {
  const httpGet = handler["httpGet"] as Fields | undefined;
  if (httpGet === undefined) return;
  fill(httpGet, "path", "/");
  fill(httpGet, "scheme", "HTTP");
}

/** Amounts are kept in thousandths at the finest. Source: pkg/apis/core/v1/defaults.go, SetDefaults_ResourceList. */
export function roundResourceList(list: ResourceList | undefined): void {
  for (const resource in list) {
    const quantity = list[resource] ?? "0";
    const rounded = roundUpToMilli(parseQuantity(quantity));
    if (rounded.nanos !== parseQuantity(quantity).nanos) list[resource] = formatQuantity(rounded);
  }
}

function defaultContainer(container: Container, hostNetwork: boolean): void {
  fill(container, "imagePullPolicy", imageTag(container.image ?? "") === "latest" ? "Always" : "IfNotPresent");
  fill(container, "terminationMessagePath", "/dev/termination-log");
  fill(container, "terminationMessagePolicy", "File");
  container.resources ??= {};
  roundResourceList(container.resources.requests);
  roundResourceList(container.resources.limits);
  for (const port of container.ports ?? []) {
    port.protocol ??= "TCP";
    if (hostNetwork && !port.hostPort) port.hostPort = port.containerPort;
  }
  for (const probe of PROBES) if (container[probe] !== undefined) defaultProbe(container[probe] as Fields);
  for (const handler of Object.values((container["lifecycle"] ?? {}) as Record<string, Fields>))
    if (typeof handler === "object") defaultHttpGet(handler);
  for (const { valueFrom } of container.env ?? []) if (valueFrom !== undefined) defaultReferences(valueFrom);
}

/** References to fields of the pod itself. */
function defaultReferences(source: Fields): void {
  const { fieldRef, resourceFieldRef } = source as Record<string, Fields | undefined>;
  if (fieldRef !== undefined) fill(fieldRef, "apiVersion", "v1");
  if (resourceFieldRef !== undefined) resourceFieldRef["divisor"] ??= "0";
}

/** `defaultMode` of volumes made of files: 0644. */
const FILE_MODE = 420;
const TOKEN_SECONDS = 3600;

function defaultVolume(volume: Fields): void {
  if (Object.keys(volume).every((key) => key === "name")) volume["emptyDir"] = {};
  for (const source of ["secret", "configMap", "downwardAPI", "projected"]) {
    const files = volume[source] as Fields | undefined;
    if (files !== undefined) files["defaultMode"] ??= FILE_MODE;
  }
  defaultDisk(volume);
  const claim = (volume["ephemeral"] as { volumeClaimTemplate?: Fields } | undefined)?.volumeClaimTemplate;
  if (claim !== undefined) {
    claim["metadata"] ??= {};
    const spec = claim["spec"] as Fields | undefined;
    if (spec !== undefined) spec["volumeMode"] ??= "Filesystem";
  }
  const downward = volume["downwardAPI"] as { items?: Fields[] } | undefined;
  for (const item of downward?.items ?? []) defaultReferences(item);
  const projected = volume["projected"] as { sources?: Fields[] } | undefined;
  for (const source of projected?.sources ?? []) {
    const token = source["serviceAccountToken"] as Fields | undefined;
    if (token !== undefined) token["expirationSeconds"] ??= TOKEN_SECONDS;
    for (const item of (source["downwardAPI"] as { items?: Fields[] } | undefined)?.items ?? []) defaultReferences(item);
  }
}

/** What a source of a volume, also of a persistent one, leaves out. Source: pkg/apis/core/v1/defaults.go and zz_generated.defaults.go. */
const DISKS: Readonly<Record<string, Readonly<Fields>>> = {
  hostPath: { type: "" },
  iscsi: { iscsiInterface: "default" },
  azureDisk: { cachingMode: "ReadWrite", fsType: "ext4", readOnly: false, kind: "Shared" },
  rbd: { pool: "rbd", user: "admin", keyring: "/etc/ceph/keyring" },
  scaleIO: { storageMode: "ThinProvisioned", fsType: "xfs" },
};

/** Fills the source that a volume has. */
export function defaultDisk(volume: Readonly<Fields>): void {
  for (const [name, defaults] of Object.entries(DISKS)) {
    const disk = volume[name] as Fields | undefined;
    if (disk === undefined) continue;
    for (const [field, value] of Object.entries(defaults)) disk[field] ??= value;
  }
}

/**
 * Fills a pod's spec or a template's as every pod's is.
 * Source: pkg/apis/core/v1/defaults.go, SetDefaults_PodSpec, SetDefaults_Container, SetDefaults_Volume, SetDefaults_Probe.
 */
export function defaultPodSpec(spec: PodSpec): void {
  const fields: Fields = spec;
  // What comes after may count on a list; validation asks for at least one item.
  fields["containers"] ??= [];
  fill(fields, "restartPolicy", "Always");
  fill(fields, "dnsPolicy", "ClusterFirst");
  fill(fields, "schedulerName", "default-scheduler");
  spec.terminationGracePeriodSeconds ??= 30;
  spec.securityContext ??= {};
  const hostNetwork = spec.hostNetwork === true;
  for (const container of spec.containers ?? []) defaultContainer(container, hostNetwork);
  for (const container of spec.initContainers ?? []) defaultContainer(container, hostNetwork);
  for (const container of spec.ephemeralContainers ?? []) defaultContainer(container, hostNetwork);
  for (const volume of spec.volumes ?? []) defaultVolume(volume);
  roundResourceList(spec.overhead);
}

function requestLimits(container: Container): void {
  const { resources } = container;
  if (resources?.limits === undefined) return;
  const limits = Object.entries(resources.limits).filter(([resource]) => resources.requests?.[resource] === undefined);
  if (limits.length > 0) resources.requests = { ...resources.requests, ...Object.fromEntries(limits) };
}

/**
 * Fills a pod's spec: beside {@link defaultPodSpec}, what is limited is also requested.
 * Source: pkg/apis/core/v1/defaults.go, SetDefaults_Pod; enableServiceLinks since 1.13.
 */
export function defaultPod(spec: PodSpec, version: string): void {
  defaultPodSpec(spec);
  for (const container of [...(spec.containers ?? []), ...(spec.initContainers ?? [])]) requestLimits(container);
  if (isReleaseAtLeast(version, "1.13")) spec["enableServiceLinks"] ??= true;
}
