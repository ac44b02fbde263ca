import type { KubeObject, ObjectMeta } from "#api/kubernetes/meta";

/*
 * A stored value is the object's JSON without `metadata.resourceVersion`, members in the order apiVersion, kind, metadata:
 *   {"apiVersion":"v1","kind":"Pod","metadata":{"name":"a",…},"spec":…}
 * The version is the revision that wrote it, so readers splice it in behind `"metadata":{`:
 *   {"apiVersion":"v1","kind":"Pod","metadata":{"resourceVersion":"17","name":"a",…},"spec":…}
 */

const METADATA = '"metadata":{';

/** Objects whose bytes are on their way into the store: the watch that reports the write need not decode them again. */
const writing = new Map<Uint8Array, KubeObject>();
const textOf = new WeakMap<KubeObject, string>();

const decoder = new TextDecoder();

/** A shallow copy, fit for {@link encode}: own `metadata`, no resourceVersion, members in the stored order. */
export function storable<T extends KubeObject>(object: T, apiVersion: string, kind: string): T {
  const copy: Record<string, unknown> = { apiVersion, kind, metadata: ownMetadata(object.metadata) };
  for (const member in object) if (!(member in copy)) copy[member] = object[member];
  return copy as unknown as T;
}

function ownMetadata(metadata: ObjectMeta): ObjectMeta {
  const copy: Record<string, unknown> = {};
  for (const member in metadata) if (member !== "resourceVersion") copy[member] = metadata[member as keyof ObjectMeta];
  return copy as unknown as ObjectMeta;
}

/** The stored form of an object made by {@link storable}, whose order of members it has kept; until {@link written}. */
export function encode(object: KubeObject): Uint8Array {
  const bytes = Buffer.from(JSON.stringify(object));
  writing.set(bytes, object);
  return bytes;
}

/** The write of these bytes is over, done or not. */
export function written(bytes: Uint8Array): void {
  writing.delete(bytes);
}

/** The object that `bytes` hold, as of `revision`; while they are being written, the very one that was encoded. */
export function decode(bytes: Uint8Array, revision: number): KubeObject {
  const object = writing.get(bytes) ?? (JSON.parse(decoder.decode(bytes)) as KubeObject);
  object.metadata.resourceVersion = String(revision);
  return object;
}

/**
 * The object's JSON, kept for as long as the object lives.
 * @param bytes what the object is stored as, if that is at hand: the text is spliced from it.
 */
export function jsonText(object: KubeObject, bytes: Uint8Array | undefined): string {
  let text = textOf.get(object);
  if (text === undefined) textOf.set(object, (text = bytes === undefined ? JSON.stringify(object) : splice(object, bytes)));
  return text;
}

function splice({ metadata }: KubeObject, bytes: Uint8Array): string {
  const stored = decoder.decode(bytes);
  const at = stored.indexOf(METADATA) + METADATA.length;
  return `${stored.slice(0, at)}"resourceVersion":"${metadata.resourceVersion}",${stored.slice(at)}`;
}

/** The same object as another version of the API, or at another revision: it shares all but the outermost level. */
export function withApiVersion<T extends KubeObject>(object: T, apiVersion: string): T {
  return object.apiVersion === apiVersion ? object : { ...object, apiVersion };
}

/** The object as it was last, stamped with the revision that ended it. */
export function atRevision<T extends KubeObject>(object: T, revision: number): T {
  return { ...object, metadata: { ...object.metadata, resourceVersion: String(revision) } };
}
