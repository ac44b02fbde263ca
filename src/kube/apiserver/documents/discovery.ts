import { createHash } from "node:crypto";
import type { ResourceTable } from "../resources.ts";
import { catalogueOf, type GroupVersionKind, nameOf, type ServedGroup, type ServedResource, type ServedVersion } from "./catalogue.ts";

/** The unaggregated documents: `/api`, `/apis`, `/apis/apps`, `/api/v1`, `/apis/apps/v1`. Undefined for other paths. */
export function discoveryDocument(table: ResourceTable, path: string): object | undefined {
  const groups = catalogueOf(table);
  if (path === "/api") return coreVersions(groups);
  const named = groups.filter(({ name }) => name !== "");
  if (path === "/apis") return { kind: "APIGroupList", apiVersion: "v1", groups: named.map(groupEntry) };
  const group = named.find(({ name }) => path === `/apis/${name}`);
  if (group !== undefined) return { kind: "APIGroup", apiVersion: "v1", ...groupEntry(group) };
  for (const each of groups)
    for (const version of each.versions)
      if (path === `${each.name === "" ? "/api" : "/apis"}/${nameOf(each, version)}`) return resourceList(each, version);
  return undefined;
}

function coreVersions(groups: readonly ServedGroup[]): object {
  const core = groups.find(({ name }) => name === "");
  return {
    kind: "APIVersions",
    versions: (core?.versions ?? []).map(({ version }) => version),
    serverAddressByClientCIDRs: [{ clientCIDR: "0.0.0.0/0", serverAddress: "localhost" }],
  };
}

function groupEntry(group: ServedGroup): { name: string; versions: object[]; preferredVersion: object | undefined } {
  const versions = group.versions.map((each) => ({ groupVersion: nameOf(group, each), version: each.version }));
  return { name: group.name, versions, preferredVersion: versions[0] };
}

function resourceList(group: ServedGroup, version: ServedVersion): object {
  const resources = version.resources.flatMap((resource) => [legacyEntry(resource), ...legacySubresources(group, version, resource)]);
  // The core group's own document leaves its version out.
  const head = { kind: "APIResourceList", ...(group.name === "" ? {} : { apiVersion: "v1" }) };
  return { ...head, groupVersion: nameOf(group, version), resources };
}

function legacyEntry({ name, singular, namespaced, kind, verbs, shortNames, categories, stored }: ServedResource): object {
  return {
    name,
    singularName: singular,
    namespaced,
    kind: kind.kind,
    verbs,
    ...(shortNames.length === 0 ? {} : { shortNames }),
    ...(categories.length === 0 ? {} : { categories }),
    ...(stored === undefined ? {} : { storageVersionHash: storageVersionHash(stored) }),
  };
}

/** Source: apiserver pkg/endpoints/discovery/storageversionhash.go. */
function storageVersionHash({ group, version, kind }: GroupVersionKind): string {
  return createHash("sha256").update(`${group}/${version}/${kind}`).digest().subarray(0, 8).toString("base64");
}

function legacySubresources(group: ServedGroup, version: ServedVersion, resource: ServedResource): object[] {
  return resource.subresources.map(({ name, kind, verbs }) => ({
    name: `${resource.name}/${name}`,
    singularName: "",
    namespaced: resource.namespaced,
    ...(kind.group === group.name && kind.version === version.version ? {} : { group: kind.group, version: kind.version }),
    kind: kind.kind,
    verbs,
  }));
}

export type AggregatedVersion = "v2" | "v2beta1";

export interface Rendered {
  readonly text: string;
  /** Strong tag of the text, with its quotes. */
  readonly etag: string;
}

const rendered = new WeakMap<ResourceTable["all"], Map<string, Rendered>>();

/** The aggregated document of `/api` or `/apis`, kept once made. Source: apiserver pkg/endpoints/discovery/aggregated. */
export function aggregatedDiscovery(table: ResourceTable, path: "/api" | "/apis", version: AggregatedVersion): Rendered {
  const known = rendered.get(table.all) ?? new Map<string, Rendered>();
  rendered.set(table.all, known);
  const key = `${path} ${version}`;
  let document = known.get(key);
  if (document === undefined) known.set(key, (document = render(aggregated(table, path, version))));
  return document;
}

function render(document: object): Rendered {
  const text = JSON.stringify(document);
  return { text, etag: `"${createHash("sha256").update(text).digest("hex").toUpperCase()}"` };
}

function aggregated(table: ResourceTable, path: "/api" | "/apis", version: AggregatedVersion): object {
  const groups = catalogueOf(table).filter(({ name }) => (name === "") === (path === "/api"));
  const items = groups.map((group) => ({
    metadata: group.name === "" ? {} : { name: group.name },
    versions: group.versions.map((each) => ({
      version: each.version,
      resources: each.resources.map((resource) => aggregatedEntry(resource, { group: group.name, version: each.version })),
      freshness: "Current",
    })),
  }));
  return { kind: "APIGroupDiscoveryList", apiVersion: `apidiscovery.k8s.io/${version}`, metadata: {}, items };
}

function aggregatedEntry(resource: ServedResource, own: Pick<GroupVersionKind, "group" | "version">): object {
  const { name, singular, namespaced, kind, verbs, shortNames, categories, subresources } = resource;
  return {
    resource: name,
    responseKind: responseKind(kind, own),
    scope: namespaced ? "Namespaced" : "Cluster",
    singularResource: singular,
    verbs,
    ...(shortNames.length === 0 ? {} : { shortNames }),
    ...(categories.length === 0 ? {} : { categories }),
    ...(subresources.length === 0
      ? {}
      : {
          subresources: subresources.map((each) => ({
            subresource: each.name,
            responseKind: responseKind(each.kind, own),
            verbs: each.verbs,
          })),
        }),
  };
}

/** Group and version are empty where they are those of the document. */
function responseKind({ group, version, kind }: GroupVersionKind, own: Pick<GroupVersionKind, "group" | "version">): object {
  return group === own.group && version === own.version ? { group: "", version: "", kind } : { group, version, kind };
}
