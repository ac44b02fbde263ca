import type { Condition } from "#api/kubernetes/core";
import type { KubeObject } from "#api/kubernetes/meta";
import { findCondition } from "#kube/apimachinery";
import type { ServedResource } from "./context.ts";

/** A custom resource definition, as far as controllers read it. */
export interface Definition extends KubeObject {
  spec: {
    group: string;
    scope: string;
    names: { plural: string; kind: string };
    versions: { name: string; served: boolean; storage: boolean }[];
  };
  status?: { conditions?: Condition[] };
}

/** The place of definitions in the API. */
export const definitionType: ServedResource = {
  group: "apiextensions.k8s.io",
  version: "v1",
  resource: "customresourcedefinitions",
  kind: "CustomResourceDefinition",
  namespaced: false,
};

/** The kind that a definition makes, at a version that is served; undefined until it is established. */
export function customType({ spec, status }: Definition): ServedResource | undefined {
  if (findCondition(status?.conditions, "Established")?.status !== "True") return undefined;
  const version = spec.versions.find(({ served, storage }) => served && storage) ?? spec.versions.find(({ served }) => served);
  if (version === undefined) return undefined;
  const { group, scope, names } = spec;
  return { group, version: version.name, resource: names.plural, kind: names.kind, namespaced: scope === "Namespaced" };
}
