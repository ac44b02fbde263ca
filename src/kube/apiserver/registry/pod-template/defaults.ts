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
  const httpGet = probe["httpGet"] as Fields | undefined;
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
  for (const { valueFrom } of container.env ?? []) {
    const fieldRef = valueFrom?.["fieldRef"];
    if (fieldRef !== undefined) fill(fieldRef as Fields, "apiVersion", "v1");
  }
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
  const hostPath = volume["hostPath"] as Fields | undefined;
  if (hostPath !== undefined) hostPath["type"] ??= "";
  const projected = volume["projected"] as { sources?: Fields[] } | undefined;
  for (const source of projected?.sources ?? []) {
    const token = source["serviceAccountToken"] as Fields | undefined;
    if (token !== undefined) token["expirationSeconds"] ??= TOKEN_SECONDS;
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
