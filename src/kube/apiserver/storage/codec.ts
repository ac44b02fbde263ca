import type { KubeObject, ObjectMeta } from "#api/kubernetes/meta";
import type { KeyValue, ValueSource } from "#store";

/*
 * A stored value is the object's JSON without `metadata.resourceVersion`, members in the order apiVersion, kind, metadata:
 *   {"apiVersion":"v1","kind":"Pod","metadata":{"name":"a",…},"spec":…}
 * The version is the revision that wrote it, so readers splice it in behind `"metadata":{`:
 *   {"apiVersion":"v1","kind":"Pod","metadata":{"resourceVersion":"17","name":"a",…},"spec":…}
 */

const METADATA = '"metadata":{';

/** Objects whose bytes are on their way into the store: the watch that reports the write need not decode them again. */
const writing = new Map<Uint8Array, KubeObject>();

const decoder = new TextDecoder();

/** A shallow copy, fit for {@link encode}: own `metadata`, no resourceVersion, members in the stored order. */
export function storable<T extends KubeObject>(object: T, apiVersion: string, kind: string): T {
  const copy: Record<string, unknown> = { apiVersion, kind, metadata: ownMetadata(object.metadata) };
  for (const member in object) if (!(member in copy)) copy[member] = object[member];
  return copy as unknown as T;
}

/** The object as it is sent to where versions of stored objects do not count; it shares all but the metadata. */
export function withoutVersion<T extends KubeObject>(object: T): T {
  return { ...object, metadata: ownMetadata(object.metadata) };
}

function ownMetadata(metadata: ObjectMeta): ObjectMeta {
  const copy: Record<string, unknown> = {};
  for (const member in metadata) if (member !== "resourceVersion") copy[member] = metadata[member as keyof ObjectMeta];
  return copy as unknown as ObjectMeta;
}

/** The stored form of an object made by {@link storable}, whose order of members it has kept; until {@link written}. */
export function encode(object: KubeObject): Uint8Array {
  const text = JSON.stringify(object);
  const size = Buffer.byteLength(text);
  // Memory that several share is kept for as long as one of them is: what is long lies alone, beside what soon has another state.
  const bytes = size < SHARED_BYTES ? Buffer.allocUnsafe(size) : Buffer.allocUnsafeSlow(size);
  bytes.write(text);
  writing.set(bytes, object);
  return bytes;
}

/** The stored form of an object made by {@link storable} that is kept decoded alone, made whenever it is asked for: what is stored never changes. */
export class ObjectSource implements ValueSource {
  readonly object: KubeObject;
  readonly length: number;
  /** Until it is {@link written}: who writes it down, or tells of it at once, need not make it again. */
  #text: string | undefined;

  constructor(object: KubeObject) {
    this.object = object;
    this.#text = JSON.stringify(object);
    this.length = Buffer.byteLength(this.#text);
  }

  bytes(): Uint8Array {
    return this.#text === undefined ? bytesOf(this.object) : Buffer.from(this.#text);
  }

  written(): void {
    this.#text = undefined;
  }
}

/** What {@link encode} made of a stored object. */
export function bytesOf(object: KubeObject): Uint8Array {
  return Buffer.from(JSON.stringify(storable(object, object.apiVersion ?? "", object.kind ?? "")));
}

/** The metadata in what {@link encode} made of a stored object, with its braces. */
export function metadataBytesOf({ metadata }: KubeObject): Uint8Array {
  return Buffer.from(JSON.stringify(ownMetadata(metadata)));
}

/** Values of fewer bytes share memory with others. */
const SHARED_BYTES = 1024;

/** The write of these bytes is over, done or not. */
export function written(bytes: Uint8Array): void {
  writing.delete(bytes);
}

/** The object that `bytes` hold, as of `revision`; while they are being written, the very one that was encoded. */
export function decode(bytes: Uint8Array, revision: number): KubeObject {
  return stamped(writing.get(bytes) ?? (JSON.parse(decoder.decode(bytes)) as KubeObject), revision);
}

/** The object that a pair holds: the very one that its value is made from, or as {@link decode} has it. */
export function decodePair(pair: KeyValue): KubeObject {
  const { source, modRevision } = pair;
  return source instanceof ObjectSource ? stamped(source.object, modRevision) : decode(pair.value, modRevision);
}

function stamped(object: KubeObject, revision: number): KubeObject {
  object.metadata.resourceVersion = String(revision);
  return object;
}

/** Where a stored object's metadata lies in its bytes: from behind the brace that opens it up to the one that closes it. */
export interface MetadataSection {
  readonly from: number;
  readonly to: number;
}

const sectionOf = new WeakMap<Uint8Array, MetadataSection>();

/** The section of `metadata` in what {@link encode} made; kept for as long as the bytes live. */
export function metadataSection(bytes: Uint8Array): MetadataSection {
  let section = sectionOf.get(bytes);
  if (section === undefined) {
    const from = behindMetadata(bytes);
    sectionOf.set(bytes, (section = { from, to: endOfObject(bytes, from) }));
  }
  return section;
}

/** What is written in front of the stored bytes from behind `"metadata":{` on, so that they show their version too. */
export function versionedHead(object: KubeObject): string {
  return `${storedHead(object)}"resourceVersion":"${object.metadata.resourceVersion}",`;
}

/** What a stored object's bytes begin with, in front of what is its own. */
export function storedHead({ apiVersion, kind }: { readonly apiVersion?: string; readonly kind?: string }): string {
  return `{"apiVersion":${JSON.stringify(apiVersion)},"kind":${JSON.stringify(kind)},${METADATA}`;
}

/** Bytes of what {@link versionedHead} takes the place of. */
export function behindMetadata(bytes: Uint8Array): number {
  return asBuffer(bytes).indexOf(METADATA) + METADATA.length;
}

/** The same memory as a Buffer. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

const [QUOTE, BACKSLASH, OPEN, CLOSE] = [0x22, 0x5c, 0x7b, 0x7d];

/** Index of the brace that closes the object whose inside begins at `from`. */
function endOfObject(bytes: Uint8Array, from: number): number {
  let depth = 0;
  let isInText = false;
  for (let at = from; at < bytes.length; at++) {
    const byte = bytes[at];
    if (isInText) {
      if (byte === BACKSLASH) at++;
      else if (byte === QUOTE) isInText = false;
    } else if (byte === QUOTE) isInText = true;
    else if (byte === OPEN) depth++;
    else if (byte === CLOSE && depth-- === 0) return at;
  }
  throw new Error("what is stored is no object");
}

/** The same object as another version of the API, or at another revision: it shares all but the outermost level. */
export function withApiVersion<T extends KubeObject>(object: T, apiVersion: string): T {
  return object.apiVersion === apiVersion ? object : { ...object, apiVersion };
}

/** The object as it was last, stamped with the revision that ended it. */
export function atRevision<T extends KubeObject>(object: T, revision: number): T {
  return { ...object, metadata: { ...object.metadata, resourceVersion: String(revision) } };
}
