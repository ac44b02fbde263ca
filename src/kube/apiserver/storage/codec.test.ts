import { describe, expect, it } from "vitest";
import type { KubeObject } from "#api/kubernetes/meta";
import {
  atRevision,
  behindMetadata,
  bytesOf,
  decode,
  decodePair,
  encode,
  metadataSection,
  ObjectSource,
  storable,
  versionedHead,
  written,
} from "./codec.ts";

const sent = {
  spec: { template: { metadata: { name: "inner" } } },
  kind: "ReplicaSet",
  metadata: { name: "a", resourceVersion: "3", labels: { k: "ü" } },
} as unknown as KubeObject;

describe("the stored form", () => {
  it("begins with type and metadata, without version", () => {
    const bytes = encode(storable(sent, "apps/v1", "ReplicaSet"));
    written(bytes);
    expect(Buffer.from(bytes).toString()).toBe(
      '{"apiVersion":"apps/v1","kind":"ReplicaSet","metadata":{"name":"a","labels":{"k":"ü"}},"spec":{"template":{"metadata":{"name":"inner"}}}}',
    );
  });

  it("gives back the object that is being written, with its version", () => {
    const object = storable(sent, "apps/v1", "ReplicaSet");
    const bytes = encode(object);
    expect(decode(bytes, 7)).toBe(object);
    expect(object.metadata.resourceVersion).toBe("7");
    written(bytes);
    expect(decode(bytes, 7)).not.toBe(object);
  });

  it("is made anew of an object that has got its version since", () => {
    const object = storable(sent, "apps/v1", "ReplicaSet");
    const bytes = encode(object);
    written(bytes);
    const source = new ObjectSource(object);
    const pair = { key: "a", source, value: bytes, createRevision: 7, modRevision: 7 };
    expect(decodePair(pair)).toBe(object);
    expect(object.metadata.resourceVersion).toBe("7");
    expect(Buffer.from(bytesOf(object)).equals(bytes)).toBe(true);
    expect(source.length).toBe(bytes.length);
    expect(Buffer.from(source.bytes()).equals(bytes)).toBe(true);
    source.written();
    expect(Buffer.from(source.bytes()).equals(bytes)).toBe(true);
  });

  it("is read with its version from behind a head of its own", () => {
    const object = storable(sent, "apps/v1", "ReplicaSet");
    const bytes = encode(object);
    decode(bytes, 7);
    written(bytes);
    const text = versionedHead(object) + Buffer.from(bytes.subarray(behindMetadata(bytes))).toString();
    expect(text).toMatch(/^\{"apiVersion":"apps\/v1","kind":"ReplicaSet","metadata":\{"resourceVersion":"7","name":"a",/);
    expect(JSON.parse(text)).toEqual(object);
  });

  it.each([
    { what: "plain", metadata: { name: "a" } },
    { what: "nested", metadata: { name: "a", labels: { a: "b" }, managedFields: [{ fieldsV1: { "f:a": { "f:b": {} } } }] } },
    { what: "of odd texts", metadata: { name: "a", annotations: { a: '}{"\\', b: "\\", c: '\\"}', ü: "\u{1f600}\n" } } },
  ])("shows where its metadata ends: $what", ({ metadata }) => {
    const object = storable({ metadata, spec: { a: "}" } } as unknown as KubeObject, "v1", "Pod");
    const bytes = encode(object);
    written(bytes);
    const { from, to } = metadataSection(bytes);
    expect(JSON.parse(`{${Buffer.from(bytes.subarray(from, to)).toString()}}`)).toEqual(metadata);
  });

  it("leaves the object that it is made from alone", () => {
    storable(sent, "apps/v1", "ReplicaSet").metadata.name = "other";
    expect(sent.metadata.name).toBe("a");
    expect(atRevision(sent, 9).metadata.resourceVersion).toBe("9");
    expect(sent.metadata.resourceVersion).toBe("3");
  });
});
