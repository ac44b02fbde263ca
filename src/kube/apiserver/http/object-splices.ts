import type { KubeObject } from "#api/kubernetes/meta";
import type { Resource } from "../resources.ts";
import { behindMetadata, metadataBytesOf, metadataSection, storedHead, versionedHead } from "../storage/codec.ts";
import { DecodedEntry, type Listed } from "../storage/resource-cache.ts";
import { entryKey } from "../storage/storage.ts";
import { type Splice, textSplice } from "./splices.ts";

/** What an object is stored as, when it is the present one and shown as it is stored. */
function storedBytes(of: Resource, object: KubeObject): Uint8Array | undefined {
  const entry = of.cache.get(entryKey(object.metadata.namespace, object.metadata.name));
  return entry?.object === object ? entry.bytes : undefined;
}

/** The JSON of an object of a list, behind the text. @param head what the objects of the resource are stored with in front of what is theirs. */
export function listedSplice(head: string, item: Listed, before: string): Splice {
  if (item instanceof DecodedEntry) {
    const section = { from: storedHead(item.object).length, to: item.length };
    return new DueSplice({ before: `${before}${head}"resourceVersion":"${item.revision}",`, ...section, after: "" }, () => item.bytes);
  }
  const { bytes } = item;
  if (bytes === undefined || !beginsWith(bytes, head)) return textSplice(before + JSON.stringify(item.object));
  return { before: `${before}${head}"resourceVersion":"${item.revision}",`, bytes, from: head.length, to: bytes.length, after: "" };
}

/** Whether bytes begin with a head as long as this one: what is stored of a kind differs in its version at most, and is shown at the one asked for. */
function beginsWith(bytes: Uint8Array, head: string): boolean {
  const end = head.length;
  return bytes[end - 1] === OPEN && bytes[end - 2] === COLON;
}

const [OPEN, COLON] = [0x7b, 0x3a];

/** An object's JSON behind the text. */
export function wholeSplice(of: Resource, object: KubeObject, before = ""): Splice {
  const bytes = storedBytes(of, object);
  if (bytes === undefined) return textSplice(before + JSON.stringify(object));
  return { before: before + versionedHead(object), bytes, from: behindMetadata(bytes), to: bytes.length, after: "" };
}

/** An object of a list without all but its metadata, as JSON between the texts. */
export function partialSplice(
  item: Listed,
  { version, before, after }: { readonly version: "v1" | "v1beta1"; readonly before: string; readonly after: string },
): Splice {
  const start = `${before}{"kind":"PartialObjectMetadata","apiVersion":"meta.k8s.io/${version}","metadata":`;
  if (item instanceof DecodedEntry) {
    const make = (): Uint8Array => metadataBytesOf(item.object);
    const section = { from: 1, to: make().length - 1 };
    return new DueSplice({ before: `${start}{`, ...section, after: `,"resourceVersion":"${item.revision}"}}${after}` }, make);
  }
  const { bytes } = item;
  if (bytes === undefined) return textSplice(`${start}${JSON.stringify(item.object.metadata)}}${after}`);
  return { before: `${start}{`, bytes, ...metadataSection(bytes), after: `,"resourceVersion":"${item.revision}"}}${after}` };
}

/** A splice whose bytes are made when its piece of the body is due, so that a body holds no more than what is kept anyway. */
class DueSplice implements Splice {
  readonly before: string;
  readonly from: number;
  readonly to: number;
  readonly after: string;
  readonly #make: () => Uint8Array;

  constructor({ before, from, to, after }: Omit<Splice, "bytes">, make: () => Uint8Array) {
    this.before = before;
    this.from = from;
    this.to = to;
    this.after = after;
    this.#make = make;
  }

  get bytes(): Uint8Array {
    return this.#make();
  }
}
