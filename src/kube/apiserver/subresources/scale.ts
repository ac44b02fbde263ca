import type { KubeObject } from "#api/kubernetes/meta";
import { formatLabelSelector, isJsonObject, type JsonObject, type JsonObject as Json } from "#kube/apimachinery";
import type { Form } from "../admission/dynamic/review.ts";
import { seenBy } from "../conversion/stored.ts";
import type { Core } from "../core.ts";
import type { Author } from "../field-management.ts";
import { asObject } from "../object-meta.ts";
import type { Resource } from "../resources.ts";
import { malformationOf, objectOf } from "../registry/shape.ts";
import { badRequest, invalid, notFound, unsupportedMediaType } from "../status.ts";
import { entryKey } from "../storage/storage.ts";
import { commit, type CommitTarget } from "../verbs/commit.ts";
import { applied, CUSTOM_PATCH_TYPES, patchOf, STRATEGIC_PATCH } from "../verbs/patch.ts";
import { refusedPatch } from "../verbs/patch-refusals.ts";
import { checkAddress, planUpdate } from "../verbs/update.ts";

/** autoscaling/v1 Scale. */
export interface Scale extends KubeObject {
  spec: { replicas?: number };
  status: { replicas: number; selector?: string };
}

interface ScaleCall extends CommitTarget {
  readonly body: unknown;
  readonly author: Author;
}

/** How Scale is checked and patched: as any kind, but it is stored nowhere. */
const SCALE = { apiVersion: "autoscaling/v1", kind: { kind: "Scale" } } as const;

const SHAPE = objectOf("Scale", { spec: objectOf("ScaleSpec", { replicas: "int32" }) });

export async function readScale(core: Core, { resource, namespace, name }: CommitTarget): Promise<Scale> {
  const entry = resource.cache.get(entryKey(namespace, name));
  if (entry === undefined) throw notFound(resource.of, name);
  return scaleOf(resource, (resource.kept === undefined ? entry : await seenBy(core, resource, entry)).object);
}

/** Sets the replicas of the object behind the scale. @throws {StatusError} as an update of the object does. */
export async function updateScale(core: Core, call: ScaleCall): Promise<Scale> {
  const sent = asObject(SCALE as unknown as Resource, call.body) as Scale;
  checkAddress(call, sent);
  return await write(core, call, () => sent);
}

/** As {@link updateScale}, by a patch of the scale. */
export async function patchScale(core: Core, call: ScaleCall & { readonly contentType: string | undefined }): Promise<Scale> {
  const isCustom = call.resource.kind.isCustom === true;
  if (isCustom && !CUSTOM_PATCH_TYPES.includes(call.contentType ?? "")) throw unsupportedMediaType(CUSTOM_PATCH_TYPES);
  const apply = patchOf(call.contentType, call.body);
  return await write(core, call, (current) => {
    const { resourceVersion, ...metadata } = current.metadata;
    const patched = applied(() => apply(current as unknown as JsonObject, call.resource));
    const malformation = malformationOf(patched, SHAPE);
    const outcome = { isStrategic: call.contentType === STRATEGIC_PATCH, body: call.body, result: patched };
    if (malformation !== undefined) throw refusedPatch(outcome, malformation);
    const sent = asObject(SCALE as unknown as Resource, patched) as Scale;
    checkAddress(call, sent);
    return sent.metadata.resourceVersion === resourceVersion ? { ...sent, metadata } : sent;
  });
}

async function write(core: Core, call: ScaleCall, next: (current: Scale) => Scale): Promise<Scale> {
  const { resource } = call;
  const { object } = await commit(core, call, (entry) => {
    const sent = next(scaleOf(resource, entry.object));
    const replicas = replicasOf(resource, sent);
    const { resourceVersion } = sent.metadata;
    const changed = withReplicas(resource, entry.object, replicas);
    const metadata = { ...changed.metadata, ...(resourceVersion === undefined ? {} : { resourceVersion }) };
    return planUpdate(
      core,
      { resource, subresource: "scale", author: call.author, dryRun: call.dryRun, form: scaleForm },
      { previous: entry.object, sent: { ...changed, metadata }, ownsSent: false },
    );
  });
  return scaleOf(resource, object);
}

/** Others see the scale, and change the replicas of the object by it. */
const scaleForm: Form = {
  kind: () => ({ group: "autoscaling", version: "v1", kind: "Scale" }),
  show: scaleOf,
  take: (of, sent, object) => withReplicas(of, object, replicasOf(of, sent as Scale)),
};

/** The rules of a custom kind speak of its own object. Source: apiextensions-apiserver pkg/registry/customresource/etcd.go, ScaleREST. */
function replicasOf({ kind }: Resource, scale: Scale): number {
  const malformation = malformationOf(scale, SHAPE);
  if (malformation !== undefined) throw badRequest(`Scale in version "v1" cannot be handled as a Scale: ${malformation}`);
  const { spec, metadata } = scale;
  const replicas = spec?.replicas ?? 0;
  if (replicas < 0 && kind.isCustom !== true)
    throw invalid({ group: "autoscaling", kind: "Scale" }, metadata.name, [
      { type: "Invalid", field: "spec.replicas", value: replicas, detail: "must be greater than or equal to 0" },
    ]);
  return replicas;
}

function scaleOf({ kind }: Resource, object: KubeObject): Scale {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const paths = kind.scale;
  const replicas = count(read(object, paths?.specReplicas ?? ""));
  const selector = paths?.selector === undefined ? undefined : read(object, paths.selector);
  return {
    kind: "Scale",
    apiVersion: SCALE.apiVersion,
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ...(uid === undefined ? {} : { uid }),
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
      ...(creationTimestamp === undefined ? {} : { creationTimestamp }),
    },
    // Go leaves a zero out, but that of the status.
    spec: replicas === 0 ? {} : { replicas },
    status: {
      replicas: count(read(object, paths?.statusReplicas ?? "")),
      ...(selector === undefined ? {} : { selector: selectorText(selector) }),
    },
  };
}

function count(value: unknown): number {
  return typeof value === "number" ? value : 0;
}

/** Controllers of replicas select by LabelSelector, replication controllers by a map; both are told as text. */
function selectorText(selector: unknown): string {
  if (typeof selector === "string") return selector;
  if (!isJsonObject(selector)) return "";
  const isMap = Object.values(selector).every((value) => typeof value === "string");
  return formatLabelSelector(isMap ? { matchLabels: selector as Record<string, string> } : selector);
}

/** @param path `spec.replicas` or `.spec.replicas`. */
function read(object: KubeObject, path: string): unknown {
  let value: unknown = object;
  for (const part of segments(path)) value = isJsonObject(value) ? value[part] : undefined;
  return value;
}

function segments(path: string): string[] {
  return path.split(".").filter((part) => part !== "");
}

function withReplicas({ kind }: Resource, object: KubeObject, replicas: number): KubeObject {
  const set = (value: unknown, [first, ...rest]: readonly string[]): unknown => {
    if (first === undefined) return replicas;
    const members: Json = isJsonObject(value) ? value : {};
    return { ...members, [first]: set(members[first], rest) };
  };
  const { resourceVersion: _, ...metadata } = object.metadata;
  return { ...(set(object, segments(kind.scale?.specReplicas ?? "spec.replicas")) as KubeObject), metadata };
}
