import { describe, expect, it } from "vitest";
import { kindSchema, type ObjectSchema, type Schema, typeNamed, typeNames } from "./schema.ts";

function at(schema: Schema, ...path: string[]): Schema {
  return path.reduce((each, name) => {
    if (each.kind === "list") each = each.items;
    if (each.kind !== "object") throw new Error(`${name} is asked of ${each.kind}`);
    return each.fields.get(name)?.schema ?? { kind: "any" };
  }, schema);
}

const pod = kindSchema("", "v1", "Pod") as ObjectSchema;

describe("the types of Kubernetes", () => {
  it("reads every field of every type", () => {
    let fields = 0;
    for (const name of typeNames()) {
      for (const field of typeNamed(name).fields.values()) {
        expect(field.schema.kind, `${name}.${field.name}`).toBeDefined();
        fields++;
      }
    }
    expect(fields).toBeGreaterThan(2000);
  });

  it("knows kinds by group and version", () => {
    expect(pod.name).toBe("core.v1.Pod");
    expect(kindSchema("apps", "v1", "Deployment")?.name).toBe("apps.v1.Deployment");
    expect(kindSchema("autoscaling", "v2", "HorizontalPodAutoscaler")?.name).toBe("autoscaling.v2.HorizontalPodAutoscaler");
    expect(kindSchema("apps", "v1", "Unheard")).toBeUndefined();
  });

  it("tells lists of objects, sets and wholes apart", () => {
    expect(at(pod, "spec", "containers")).toMatchObject({ kind: "list", list: "map", keys: ["name"] });
    expect(at(pod, "spec", "containers", "ports")).toMatchObject({ list: "map", keys: ["containerPort", "protocol"] });
    expect(at(pod, "spec", "tolerations")).toMatchObject({ list: "atomic" });
    expect(at(pod, "metadata", "finalizers")).toMatchObject({ list: "set" });
    expect(at(pod, "spec", "nodeSelector")).toMatchObject({ kind: "map", atomic: true });
    expect(at(typeNamed("apps.v1.DeploymentSpec"), "selector")).toMatchObject({ kind: "object", atomic: true });
    expect(at(pod, "metadata", "labels")).toEqual({ kind: "map", atomic: false, values: { kind: "scalar", scalar: "string" } });
  });

  it("has keys' defaults, rules of patches and objects that are always there", () => {
    expect(typeNamed("core.v1.ContainerPort").fields.get("protocol")).toMatchObject({ defaultText: "TCP" });
    expect(typeNamed("core.v1.PodSpec").fields.get("volumes")).toMatchObject({
      patchStrategies: ["merge", "retainKeys"],
      patchMergeKey: "name",
    });
    expect(typeNamed("apps.v1.DeploymentSpec").fields.get("strategy")).toMatchObject({ always: true, patchStrategies: ["retainKeys"] });
    expect(typeNamed("core.v1.PodSpec").fields.get("containers")).toMatchObject({ required: true, always: false });
  });
});
