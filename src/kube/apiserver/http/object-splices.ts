import type { KubeObject } from "#api/kubernetes/meta";
import type { Resource } from "../resources.ts";
import { behindMetadata, metadataSection, versionedHead } from "../storage/codec.ts";
import type { Listed } from "../storage/resource-cache.ts";
import { entryKey } from "../storage/storage.ts";
import { type Splice, textSplice } from "./splices.ts";

/** What an object is stored as, when it is the present one and shown as it is stored. */
function storedBytes(of: Resource, object: KubeObject): Uint8Array | undefined {
  const entry = of.cache.get(entryKey(object.metadata.namespace, object.metadata.name));
  return entry?.object === object ? entry.bytes : undefined;
}

/** What the objects of a resource are stored with in front of what is theirs. */
export function storedHead({ storedApiVersion, storedKind }: Resource): string {
  return `{"apiVersion":${JSON.stringify(storedApiVersion)},"kind":${JSON.stringify(storedKind)},"metadata":{`;
}

/** The JSON of an object of a list, behind the text. @param head of {@link storedHead}. */
export function listedSplice(head: string, item: Listed, before: string): Splice {
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
  const { bytes } = item;
  if (bytes === undefined) return textSplice(`${start}${JSON.stringify(item.object.metadata)}}${after}`);
  return { before: `${start}{`, bytes, ...metadataSection(bytes), after: `,"resourceVersion":"${item.revision}"}}${after}` };
}
