import type { KubeObject } from "#api/kubernetes/meta";
import type { Resource } from "../resources.ts";
import { behindMetadata, metadataSection, versionedHead } from "../storage/codec.ts";
import { entryKey } from "../storage/storage.ts";
import { type Splice, textSplice } from "./splices.ts";

/** What an object is stored as, when it is the present one and shown as it is stored. */
function storedBytes(of: Resource, object: KubeObject): Uint8Array | undefined {
  const entry = of.cache.get(entryKey(object.metadata.namespace, object.metadata.name));
  return entry?.object === object ? entry.bytes : undefined;
}

/** An object's JSON behind the text. */
export function wholeSplice(of: Resource, object: KubeObject, before = ""): Splice {
  const bytes = storedBytes(of, object);
  if (bytes === undefined) return textSplice(before + JSON.stringify(object));
  return { before: before + versionedHead(object), bytes, from: behindMetadata(bytes), to: bytes.length, after: "" };
}

/** An object without all but its metadata as JSON, between the texts. */
export function partialSplice(
  of: Resource,
  object: KubeObject,
  { version, before, after }: { version: "v1" | "v1beta1"; before: string; after: string },
): Splice {
  const start = `${before}{"kind":"PartialObjectMetadata","apiVersion":"meta.k8s.io/${version}","metadata":`;
  const bytes = storedBytes(of, object);
  if (bytes === undefined) return textSplice(`${start}${JSON.stringify(object.metadata)}}${after}`);
  return {
    before: `${start}{`,
    bytes,
    ...metadataSection(bytes),
    after: `,"resourceVersion":"${object.metadata.resourceVersion}"}}${after}`,
  };
}
