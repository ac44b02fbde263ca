import { describe, expect, it } from "vitest";
import type { KubeObject } from "#api/kubernetes/meta";
import { atRevision, decode, encode, jsonText, storable, written } from "./codec.ts";

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

  it("is spliced into the JSON that the object itself would be", () => {
    const object = storable(sent, "apps/v1", "ReplicaSet");
    const bytes = encode(object);
    decode(bytes, 7);
    written(bytes);
    expect(JSON.parse(jsonText(object, bytes))).toEqual(object);
    expect(JSON.parse(jsonText({ ...object }, undefined))).toEqual(object);
  });

  it("leaves the object that it is made from alone", () => {
    storable(sent, "apps/v1", "ReplicaSet").metadata.name = "other";
    expect(sent.metadata.name).toBe("a");
    expect(atRevision(sent, 9).metadata.resourceVersion).toBe("9");
    expect(sent.metadata.resourceVersion).toBe("3");
  });
});
