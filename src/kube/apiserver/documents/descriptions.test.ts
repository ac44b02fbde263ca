import { describe, expect, it } from "vitest";
import { typeNamed, typeNames } from "#api/kubernetes/schema";
import { startCluster } from "../testing/cluster.ts";
import { descriptions, readDescriptions } from "./descriptions.ts";

interface Described {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Described>>;
  readonly items?: Described;
}

interface Document {
  readonly components: { readonly schemas: Readonly<Record<string, Described>> };
}

describe("descriptions", () => {
  it("are read line by line", () => {
    const read = readDescriptions("# From there.\na.v1.A All of it.\n one First\\nand \\\\n second.\na.v1.B\n two\n");
    expect(read.of("a.v1.A")).toBe("All of it.");
    expect(read.of("#")).toBeUndefined();
    expect(read.of("a.v1.A", "one")).toBe("First\nand \\n second.");
    expect(read.of("a.v1.B")).toBeUndefined();
    expect(read.of("a.v1.B", "two")).toBeUndefined();
    expect(read.of("a.v1.C", "one")).toBeUndefined();
    const set = readDescriptions('a.v1.A All of it.\n one First.\n  one ["x","y z"]\n two Second.\n');
    expect([set.values("a.v1.A", "one"), set.values("a.v1.A", "two"), set.of("a.v1.A", "one")]).toEqual([
      ["x", "y z"],
      undefined,
      "First.",
    ]);
    expect(readDescriptions("a.v1.A None of it.\n").hash).not.toBe(read.hash);
  });

  it("are there for every type and field that Kubernetes describes", async () => {
    const words = await descriptions();
    // Kubernetes says nothing of these.
    const bare =
      /^apiextensions\.v1\.(JSONSchemaProps|ExternalDocumentation)\.|^certificates\.v1\.CertificateSigningRequest(List)?\.metadata$/;
    const missing = typeNames().flatMap((type) => [
      ...(words.of(type) === undefined ? [type] : []),
      ...[...typeNamed(type).fields.keys()].filter((field) => words.of(type, field) === undefined).map((field) => `${type}.${field}`),
    ]);
    expect(missing.filter((each) => !bare.test(each))).toEqual(["meta.v1.WatchEvent.type", "networking.v1.IngressRule.http"]);
  });

  it("stand in the documents, at references too", async () => {
    const cluster = await startCluster();
    const { components } = await cluster.call<Document>("GET", "/openapi/v3/api/v1");
    const pod = components.schemas["io.k8s.api.core.v1.Pod"];
    expect(pod?.description).toMatch(/^Pod is a collection of containers that can run on a host\./);
    expect(pod?.properties?.["spec"]).toMatchObject({
      description: expect.stringMatching(/^Specification of the desired behavior of the pod\./) as string,
      allOf: [{ $ref: "#/components/schemas/io.k8s.api.core.v1.PodSpec" }],
    });
  });

  // Source: `kubectl get --raw /openapi/v3/api/v1` of a control plane of 1.35.4.
  it("come with closed sets of values, and with the names of scalars", async () => {
    const cluster = await startCluster();
    const { components } = await cluster.call<Document>("GET", "/openapi/v3/api/v1");
    const field = (type: string, name: string): unknown => components.schemas[`io.k8s.api.core.v1.${type}`]?.properties?.[name];
    expect(field("PodSpec", "restartPolicy")).toEqual({
      description: expect.stringContaining('\n\nPossible enum values:\n - `"Always"`\n - `"Never"`\n - `"OnFailure"`') as string,
      type: "string",
      enum: ["Always", "Never", "OnFailure"],
    });
    expect(field("ServiceSpec", "ipFamilies")).toMatchObject({ items: { type: "string", enum: ["", "IPv4", "IPv6"] } });
    const quantity = "io.k8s.apimachinery.pkg.api.resource.Quantity";
    const reference = { $ref: `#/components/schemas/${quantity}` };
    expect(field("ResourceRequirements", "limits")).toMatchObject({ type: "object", additionalProperties: reference });
    expect(field("EmptyDirVolumeSource", "sizeLimit")).toMatchObject({ allOf: [reference] });
    expect(components.schemas[quantity]).toMatchObject({ oneOf: [{ type: "string" }, { type: "number" }] });
  });

  it("of custom resources are their definition's", async () => {
    const cluster = await startCluster();
    const spec = {
      type: "object",
      description: "What is wanted.",
      properties: { parts: { type: "array", description: "Its parts.", items: { type: "object", description: "A part." } } },
    };
    await cluster.call("POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", {
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "CustomResourceDefinition",
      metadata: { name: "widgets.example.com" },
      spec: {
        group: "example.com",
        scope: "Namespaced",
        names: { plural: "widgets", singular: "widget", kind: "Widget" },
        versions: [
          {
            name: "v1",
            served: true,
            storage: true,
            schema: { openAPIV3Schema: { type: "object", description: "A widget.", properties: { spec } } },
          },
        ],
      },
    });
    const { components } = await cluster.call<Document>("GET", "/openapi/v3/apis/example.com/v1");
    const widget = components.schemas["com.example.v1.Widget"];
    expect(widget?.description).toBe("A widget.");
    expect(widget?.properties?.["metadata"]?.description).toMatch(/^Standard object's metadata\./);
    expect(widget?.properties?.["spec"]?.description).toBe("What is wanted.");
    expect(widget?.properties?.["spec"]?.properties?.["parts"]).toMatchObject({
      description: "Its parts.",
      items: { description: "A part." },
    });
  });
});
