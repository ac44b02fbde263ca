import { describe, expect, it } from "vitest";
import type { KubeObject } from "#api/kubernetes/meta";
import { decode, encode, storable, storedHead, written } from "../storage/codec.ts";
import { DecodedEntry, type Entry } from "../storage/resource-cache.ts";
import { listedSplice, partialSplice } from "./object-splices.ts";
import { SplicedBody } from "./splices.ts";

const sent = { metadata: { name: "a", namespace: "b", labels: { k: "ü" } }, spec: { text: "…" } } as unknown as KubeObject;

/** The same object kept with its bytes, and decoded alone. */
function kept(): { withBytes: Entry; decoded: DecodedEntry } {
  const object = storable(sent, "v1", "Pod");
  const bytes = encode(object);
  decode(bytes, 7);
  written(bytes);
  const entry = { key: "b/a", object, revision: 7 };
  return { withBytes: { ...entry, bytes }, decoded: new DecodedEntry({ ...entry, length: bytes.length }) };
}

const HEAD = storedHead({ apiVersion: "v1", kind: "Pod" });
const PARTS = { version: "v1", before: "[", after: "]" } as const;

describe("an object that is kept decoded alone", () => {
  it("is listed as one whose bytes are kept", () => {
    const { withBytes, decoded } = kept();
    const [whole, made] = [withBytes, decoded].map((item) => new SplicedBody([listedSplice(HEAD, item, "é,")]).toString());
    expect(made).toBe(whole);
    expect(JSON.parse((made ?? "").slice(2))).toEqual(decoded.object);
  });

  it("shows its metadata as one whose bytes are kept", () => {
    const { withBytes, decoded } = kept();
    const [whole, made] = [withBytes, decoded].map((item) => new SplicedBody([partialSplice(item, PARTS)]).toString());
    expect(made).toBe(whole);
    expect(JSON.parse(made ?? "")).toMatchObject([{ kind: "PartialObjectMetadata", metadata: decoded.object.metadata }]);
  });
});
