import { describe, expect, it } from "vitest";
import { StatusError } from "#api/kubernetes/status";
import { aggregatedVersion, negotiate } from "./negotiate.ts";

const TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json";

describe("negotiate", () => {
  it.each<[string | undefined, string, string, string]>([
    [undefined, "json", "plain", ""],
    ["", "json", "plain", ""],
    ["*/*", "json", "plain", ""],
    ["application/json, */*", "json", "plain", ""],
    ["application/vnd.kubernetes.protobuf,application/json", "json", "plain", ""],
    ["application/vnd.kubernetes.protobuf, */*", "json", "plain", ""],
    [TABLE, "json", "table", "v1"],
    ["application/json;as=Table;v=v1beta1;g=meta.k8s.io", "json", "table", "v1beta1"],
    ["application/json;as=Table;v=v2;g=meta.k8s.io,application/json", "json", "plain", ""],
    ["application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1", "json", "partial", "v1"],
    ["application/yaml", "yaml", "plain", ""],
    ["application/json;q=0.5,application/yaml", "yaml", "plain", ""],
    ["application/json;stream=watch", "json", "plain", ""],
  ])("%s gets %s, %s", (accept, encoding, kind, version) => {
    const { encoding: got, shape } = negotiate(accept);
    expect([got, shape.kind, "version" in shape ? shape.version : ""]).toEqual([encoding, kind, version]);
  });

  it.each(["text/html", "application/vnd.kubernetes.protobuf", "application/json;q=0"])("%s alone is not acceptable", (accept) => {
    expect(() => negotiate(accept)).toThrow(StatusError);
  });
});

describe("aggregatedVersion", () => {
  const v2 = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";
  const v2beta1 = "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList";
  it.each([
    [undefined, undefined],
    ["application/json, */*", undefined],
    [`${v2},${v2beta1},application/json`, "v2"],
    [`${v2beta1},application/json`, "v2beta1"],
    [`application/json,${v2}`, undefined],
  ])("%s prefers %s", (accept, version) => {
    expect(aggregatedVersion(accept)).toBe(version);
  });
});
