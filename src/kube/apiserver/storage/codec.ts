import type { KubeObject } from "#api/kubernetes/meta";

/*
 * A stored value is the object's JSON without `metadata.resourceVersion`, members in the order apiVersion, kind, metadata:
 *   {"apiVersion":"v1","kind":"Pod","metadata":{"name":"a",…},"spec":…}
 * The version is the revision that wrote it, so readers splice it in behind `"metadata":{`:
 *   {"apiVersion":"v1","kind":"Pod","metadata":{"resourceVersion":"17","name":"a",…},"spec":…}
 */

const METADATA = '"metadata":{';

/** Bytes that an object was read from or written as. Objects never change, so the two belong together for good. */
const bytesOf = new WeakMap<KubeObject, Uint8Array>();
/** Objects being written: the watch that reports the write need not decode them again. */
const objectOf = new WeakMap<Uint8Array, KubeObject>();
const textOf = new WeakMap<KubeObject, string>();

const decoder = new TextDecoder();

/** A shallow copy, fit for {@link encode}: own `metadata`, no resourceVersion, members in the stored order. */
export function storable<T extends KubeObject>(object: T, apiVersion: string, kind: string): T {
  const { resourceVersion: _, managedFields: __, ...metadata } = object.metadata;
  return { ...object, apiVersion, kind, metadata };
}

/** The stored form of an object made by {@link storable} (or from one). */
export function encode(object: KubeObject): Uint8Array {
  const { apiVersion, kind, metadata, ...rest } = object;
  const bytes = Buffer.from(JSON.stringify({ apiVersion, kind, metadata, ...rest }));
  bytesOf.set(object, bytes);
  objectOf.set(bytes, object);
  return bytes;
}

/** The object that `bytes` hold, as of `revision`; the very one that was encoded when this process encoded it. */
export function decode(bytes: Uint8Array, revision: number): KubeObject {
  const resourceVersion = String(revision);
  const written = objectOf.get(bytes);
  if (written !== undefined) {
    const { metadata } = written;
    metadata.resourceVersion ??= resourceVersion;
    if (metadata.resourceVersion === resourceVersion) return written;
  }
  const object = JSON.parse(decoder.decode(bytes)) as KubeObject;
  object.metadata.resourceVersion = resourceVersion;
  bytesOf.set(object, bytes);
  return object;
}

/** The object's JSON, spliced from the stored bytes where there are any; kept for as long as the object lives. */
export function jsonText(object: KubeObject): string {
  const known = textOf.get(object);
  if (known !== undefined) return known;
  const text = splice(object) ?? JSON.stringify(object);
  textOf.set(object, text);
  return text;
}

function splice(object: KubeObject): string | undefined {
  const bytes = bytesOf.get(object);
  if (bytes === undefined) return undefined;
  const stored = decoder.decode(bytes);
  const at = stored.indexOf(METADATA) + METADATA.length;
  return `${stored.slice(0, at)}"resourceVersion":"${object.metadata.resourceVersion}",${stored.slice(at)}`;
}

/** The same object as another version of the API, or at another revision: it shares all but the outermost level. */
export function withApiVersion<T extends KubeObject>(object: T, apiVersion: string): T {
  return object.apiVersion === apiVersion ? object : { ...object, apiVersion };
}

/** The object as it was last, stamped with the revision that ended it. */
export function atRevision<T extends KubeObject>(object: T, revision: number): T {
  return { ...object, metadata: { ...object.metadata, resourceVersion: String(revision) } };
}
