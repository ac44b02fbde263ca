import { groupVersion, type Resource, type ResourceTable } from "../resources.ts";
import { reviewsOf } from "../access/reviews.ts";
import { subresourcesOf } from "../subresources/index.ts";

export interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

/** A subresource as discovery shows it. */
export interface ServedSubresource {
  readonly name: string;
  readonly kind: GroupVersionKind;
  readonly verbs: readonly string[];
}

/** A resource at one version as discovery shows it. */
export interface ServedResource {
  readonly name: string;
  readonly singular: string;
  readonly kind: GroupVersionKind;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly subresources: readonly ServedSubresource[];
  /** What its objects are stored as; absent for what is not stored. */
  readonly stored?: GroupVersionKind;
}

export interface ServedVersion {
  readonly version: string;
  readonly resources: readonly ServedResource[];
}

export interface ServedGroup {
  /** Empty for the core group. */
  readonly name: string;
  /** The preferred one first. */
  readonly versions: readonly ServedVersion[];
}

/**
 * Order of groups, after which clients resolve a short name that several groups have. The rest follow by name.
 * Source: pkg/controlplane/instance.go and cmd/kube-apiserver/app/aggregator.go, apiVersionPriorities.
 */
const GROUP_ORDER = [
  "",
  "apiregistration.k8s.io",
  "apps",
  "events.k8s.io",
  "authentication.k8s.io",
  "authorization.k8s.io",
  "autoscaling",
  "batch",
  "certificates.k8s.io",
  "networking.k8s.io",
  "policy",
  "rbac.authorization.k8s.io",
  "storage.k8s.io",
  "admissionregistration.k8s.io",
  "apiextensions.k8s.io",
  "scheduling.k8s.io",
  "coordination.k8s.io",
  "node.k8s.io",
  "discovery.k8s.io",
  "flowcontrol.apiserver.k8s.io",
];

const catalogues = new WeakMap<ResourceTable["all"], readonly ServedGroup[]>();

/** Everything that is served, in discovery's order. */
export function catalogueOf(table: ResourceTable): readonly ServedGroup[] {
  let catalogue = catalogues.get(table.all);
  if (catalogue === undefined) catalogues.set(table.all, (catalogue = buildCatalogue(table)));
  return catalogue;
}

function buildCatalogue(table: ResourceTable): readonly ServedGroup[] {
  const groups = new Map<string, Map<string, ServedResource[]>>();
  const add = (group: string, version: string, resource: ServedResource): void => {
    const versions = groups.get(group) ?? new Map<string, ServedResource[]>();
    groups.set(group, versions);
    versions.set(version, [...(versions.get(version) ?? []), resource]);
  };
  for (const resource of table.all) add(resource.group, resource.version, servedResource(table, resource));
  for (const review of reviewsOf(table.version)) add(review.group, review.version, servedReview(review));
  return [...groups].map(([name, versions]) => ({ name, versions: inOrder(versions) })).sort(byGroup);
}

function servedResource(table: ResourceTable, resource: Resource): ServedResource {
  const { kind, group, version } = resource;
  const own = { group, version, kind: kind.kind };
  const stored = storedKind(resource.kept ?? resource);
  // Of custom kinds, discovery looks at versions that are served. Source: customresource_discovery_controller.go.
  const saysStored = kind.isStored !== false && (kind.isCustom !== true || table.find(group, stored.version, kind.resource) !== undefined);
  return {
    name: kind.resource,
    singular: kind.singular,
    kind: own,
    namespaced: kind.namespaced,
    verbs: kind.isCustom === true ? kind.verbs : [...kind.verbs].sort(),
    shortNames: kind.shortNames,
    categories: kind.categories,
    subresources: servedSubresources(resource),
    ...(saysStored && { stored }),
  };
}

/** By name, but custom kinds' status before their scale. Source: apiextensions-apiserver, customresource_discovery_controller.go. */
function servedSubresources(resource: Resource): readonly ServedSubresource[] {
  const { kind, group, version } = resource;
  const own = { group, version, kind: kind.kind };
  const all = subresourcesOf(resource).map(({ name, verbs, kind: other }) => ({ name, verbs, kind: other ?? own }));
  return kind.isCustom === true ? all : all.sort((left, right) => (left.name < right.name ? -1 : 1));
}

function storedKind({ storedApiVersion, storedKind: kind }: Resource): GroupVersionKind {
  // Definitions are kept as v1beta1. Source: apiextensions-apiserver pkg/apiserver/apiserver.go.
  if (kind === "CustomResourceDefinition") return { group: "apiextensions.k8s.io", version: "v1beta1", kind };
  // Source: pkg/kubeapiserver/default_storage_factory_builder.go as of v1.34.0.
  if (kind === "VolumeAttributesClass") return { group: "storage.k8s.io", version: "v1beta1", kind };
  const [version = "", group = ""] = storedApiVersion.split("/").toReversed();
  return { group, version, kind };
}

function servedReview({ group, version, resource, kind, namespaced }: ReturnType<typeof reviewsOf>[number]): ServedResource {
  const singular = kind.toLowerCase();
  const shared = { verbs: ["create"], shortNames: [], categories: [], subresources: [] };
  return { name: resource, singular, kind: { group, version, kind }, namespaced, ...shared };
}

function inOrder(versions: ReadonlyMap<string, ServedResource[]>): readonly ServedVersion[] {
  return [...versions]
    .map(([version, resources]) => ({ version, resources: resources.sort((left, right) => (left.name < right.name ? -1 : 1)) }))
    .sort((left, right) => rank(right.version) - rank(left.version));
}

/** v2 before v1 before v1beta2 before v1beta1 before v1alpha1. Source: apimachinery pkg/version/helpers.go. */
function rank(version: string): number {
  const [, major = "0", stage = "", minor = "0"] = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(version) ?? [];
  const stageRank = stage === "" ? 2 : stage === "beta" ? 1 : 0;
  return stageRank * 1_000_000 + Number(major) * 1000 + Number(minor);
}

function byGroup(left: ServedGroup, right: ServedGroup): number {
  const place = ({ name }: ServedGroup): number => {
    const index = GROUP_ORDER.indexOf(name);
    return index === -1 ? GROUP_ORDER.length : index;
  };
  return place(left) - place(right) || (left.name < right.name ? -1 : 1);
}

/** `v1` or `apps/v1`. */
export function nameOf(group: ServedGroup, { version }: ServedVersion): string {
  return groupVersion(group.name, version);
}
