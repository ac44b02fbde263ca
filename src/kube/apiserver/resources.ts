import type { Pod } from "#api/kubernetes/core";
import type { KubeObject } from "#api/kubernetes/meta";
import { isReleaseAtLeast } from "#kube/apimachinery";
import type { Alias, Kind, Strategy } from "./registry/kind.ts";
import type { GroupResource } from "./status.ts";
import type { ResourceCache } from "./storage/resource-cache.ts";
import { withApiVersion } from "./storage/codec.ts";
import type { ObjectStorage, Target } from "./storage/storage.ts";

/** A kind as it is served at one version, and where its objects are. */
export interface Resource {
  readonly kind: Kind;
  readonly group: string;
  /** The version asked for; {@link Kind.version} or one of its aliases. */
  readonly version: string;
  /** `v1` or `apps/v1`, of the version asked for. */
  readonly apiVersion: string;
  /** `v1` or `apps/v1`, as stored. */
  readonly storedApiVersion: string;
  readonly of: GroupResource;
  /** Rules for what is stored: the kind's own, or those of the kind it is stored as when its fields have other names there. */
  readonly strategy: Strategy<KubeObject>;
  readonly storedKind: string;
  /** Of what is stored: see {@link Kind.malformation}. */
  readonly storedMalformation: Kind["malformation"];
  readonly target: Target;
  readonly cache: ResourceCache;
  /** Name of the definition that makes it; absent for built-in kinds. */
  readonly custom?: string;
  /**
   * Of custom kinds that have several versions: the resource at the one that objects are stored in, itself there. Verbs work
   * at the resource's own version, and what they store is converted last.
   */
  readonly kept?: Resource;
  /** Objects of other versions as a webhook made them; absent where `apiVersion` alone differs. */
  readonly converted?: WeakMap<KubeObject, KubeObject>;
}

/** `apps/v1`; just the version in the core group. */
export function groupVersion(group: string, version: string): string {
  return group === "" ? version : `${group}/${version}`;
}

/** The kind of its lists. */
export function listKindOf({ kind, published }: Kind): string {
  return published?.listKind ?? `${kind}List`;
}

/** Kinds whose deletion answers with the object that is gone. Source: ReturnDeletedObject in pkg/registry/{core,storage}. */
const RETURNED_WHEN_DELETED: ReadonlySet<string> = new Set([
  ..."persistentvolumeclaims persistentvolumes pods podtemplates resourcequotas serviceaccounts services"
    .split(" ")
    .map((each) => `/${each}`),
  ..."csidrivers csinodes storageclasses volumeattachments volumeattributesclasses".split(" ").map((each) => `storage.k8s.io/${each}`),
]);

/** Whether deleting an object answers with it, rather than with a Status. */
export function answersDeleted({ group, resource }: Kind): boolean {
  return RETURNED_WHEN_DELETED.has(`${group}/${resource}`);
}

/** A resource at a version, and the releases that serve it. */
interface Offer extends Partial<Alias> {
  readonly resource: Resource;
  /** At its own version, which may be another one than those that a release serves it at. */
  readonly isPreferred: boolean;
}

function isServed({ since, until }: Offer, version: string): boolean {
  return (since === undefined || isReleaseAtLeast(version, since)) && (until === undefined || !isReleaseAtLeast(version, until));
}

const kindOf = ({ kind }: Resource): string => `${kind.group}/${kind.resource}`;
const pathOf = ({ kind, version }: Resource): string => `${kind.group}/${version}/${kind.resource}`;

/** Everything that is served, by group, version and resource, as of the cluster's release. */
export class ResourceTable {
  /** Another list whenever what is served changes. */
  all: readonly Resource[] = [];
  readonly #storage: ObjectStorage;
  readonly #builtIn: readonly Offer[];
  readonly #custom = new Map<string, readonly Offer[]>();
  #version: string;
  #byPath = new Map<string, Resource>();
  #byKind = new Map<string, Resource>();

  constructor(kinds: readonly Kind[], storage: ObjectStorage, version: string) {
    this.#storage = storage;
    this.#version = version;
    this.#builtIn = this.#offersOf(kinds, undefined);
    this.#build();
  }

  /** Serves the kinds of a definition from now on, in place of those that it had before. */
  setCustom(definition: string, kinds: readonly Kind[]): void {
    if (kinds.length === 0 && !this.#custom.delete(definition)) return;
    if (kinds.length > 0) this.#custom.set(definition, this.#offersOf(kinds, definition));
    this.#build();
  }

  /** The release. */
  get version(): string {
    return this.#version;
  }

  /** From now on the cluster is of this release. */
  setVersion(version: string): void {
    if (version === this.#version) return;
    this.#version = version;
    this.#build();
  }

  #build(): void {
    const offers = [this.#builtIn, ...this.#custom.values()].flat();
    const offered = offers.filter((offer) => isServed(offer, this.#version)).map(({ resource }) => resource);
    const kinds = new Set(offered.map(kindOf));
    const preferred = offers.filter(({ resource, isPreferred }) => isPreferred && kinds.has(kindOf(resource)));
    this.#byPath = new Map(offered.map((resource) => [pathOf(resource), resource]));
    this.#byKind = new Map(preferred.map(({ resource }) => [kindOf(resource), resource]));
    this.all = [...this.#byPath.values()];
  }

  #offersOf(kinds: readonly Kind[], custom: string | undefined): readonly Offer[] {
    const owners = kinds.filter(({ storedAs }) => storedAs === undefined);
    const ownerOf = new Map(owners.map((kind) => [`${kind.group}/${kind.resource}`, kind]));
    const keptOf = custom === undefined ? new Map<string, Resource>() : keptResources(kinds, custom, this.#storage);
    return kinds.flatMap((kind) => {
      const kept = keptOf.get(`${kind.group}/${kind.resource}`);
      const stored = kind.storedAs === undefined ? kind : (ownerOf.get(`${kind.storedAs.group}/${kind.storedAs.resource}`) ?? kind);
      const own: Partial<Alias> = kind;
      const versions = kind.isServed === false ? [] : [own, ...(kind.aliases ?? [])];
      // Kinds that are stored as another version of themselves give way to that one.
      const isMain = kind === stored || !ownerOf.has(`${kind.group}/${kind.resource}`);
      return versions.map(({ version = kind.version, since, until }, index) => ({
        ...(since !== undefined && { since }),
        ...(until !== undefined && { until }),
        resource: kind === kept?.kind ? kept : ofDefinition(served(kind, version, stored, this.#storage), { custom, kept }),
        isPreferred: isMain && index === 0,
      }));
    });
  }

  find(group: string, version: string, resource: string): Resource | undefined {
    return this.#byPath.get(`${group}/${version}/${resource}`);
  }

  /** The resource at its own version, also where the release serves it at older ones only. */
  preferred(group: string, resource: string): Resource | undefined {
    return this.#byKind.get(`${group}/${resource}`);
  }
}

/** Where objects may be of another version than the one asked for: the resources at the version that is stored. */
function keptResources(kinds: readonly Kind[], custom: string, storage: ObjectStorage): ReadonlyMap<string, Resource> {
  const owners = kinds.filter(({ storedAs, conversionWebhook }) => storedAs === undefined && (kinds.length > 1 || conversionWebhook));
  const resources = owners.map((kind) => served(kind, kind.version, kind, storage));
  for (const kept of resources) ofDefinition(kept, { custom, kept });
  return new Map(resources.map((kept) => [kindOf(kept), kept]));
}

/** Completes a resource that a definition makes. */
function ofDefinition(resource: Resource, { custom, kept }: { custom: string | undefined; kept: Resource | undefined }): Resource {
  if (custom === undefined) return resource;
  const { kind, apiVersion } = resource;
  const converted = kind.conversionWebhook === undefined ? {} : { converted: new WeakMap<KubeObject, KubeObject>() };
  return Object.assign(resource, { custom, ...(kept !== undefined && { kept, ...converted, storedApiVersion: apiVersion }) });
}

function served(kind: Kind, version: string, stored: Kind, storage: ObjectStorage): Resource {
  const keeping = {
    ...(isPods(stored) && { nodeOf: nodeOfPod, isKeptDecoded: true }),
    ...(stored.isSeldomRead === true && { isSeldomRead: true }),
  };
  const target = storage.target({ group: stored.group, resource: stored.resource }, keeping);
  const of = { group: kind.group, resource: kind.resource };
  return {
    kind,
    group: kind.group,
    version,
    apiVersion: groupVersion(kind.group, version),
    storedApiVersion: groupVersion(stored.group, stored.version),
    storedKind: stored.kind,
    storedMalformation: stored.malformation?.bind(stored),
    strategy: kind.conversion === undefined ? kind.strategy : stored.strategy,
    of,
    target: { ...target, of },
    cache: target.cache,
  };
}

/** Whether these are core pods. */
export function isPods(kind: Pick<Kind, "group" | "resource">): boolean {
  return kind.group === "" && kind.resource === "pods";
}

function nodeOfPod(object: KubeObject): string | undefined {
  const { nodeName } = (object as Pod).spec;
  return nodeName === undefined || nodeName === "" ? undefined : nodeName;
}

/**
 * A stored object as the resource shows it: at its version of the API, by its names of fields. Where {@link needsConversion}
 * says so, it must be converted before.
 */
export function shown(resource: Resource, object: KubeObject): KubeObject {
  const { kind, apiVersion } = resource;
  if (kind.isCustom === true) return object.apiVersion === apiVersion ? object : atVersion(resource, object);
  const converted = kind.conversion === undefined ? object : { ...kind.conversion.fromStored(object), kind: kind.kind };
  return withApiVersion(converted, apiVersion);
}

/** Nothing is lost by another name, but fields that the version's schema does not have. */
function atVersion({ kind, apiVersion, converted }: Resource, object: KubeObject): KubeObject {
  const known = converted?.get(object);
  if (known !== undefined) return withResourceVersion(known, object);
  if (converted !== undefined && object.apiVersion !== undefined) throw new Error(`${object.metadata.name} is not converted`);
  const renamed = withApiVersion(object, apiVersion);
  return kind.coerce?.(renamed) ?? renamed;
}

/** Webhooks do not say at which revision an object is. */
function withResourceVersion(converted: KubeObject, { metadata: { resourceVersion } }: KubeObject): KubeObject {
  if (resourceVersion !== undefined) converted.metadata.resourceVersion = resourceVersion;
  return converted;
}

/** Whether a webhook has to be asked before the object can be shown. */
export function needsConversion({ converted, apiVersion }: Resource, object: KubeObject): boolean {
  return converted !== undefined && object.apiVersion !== undefined && object.apiVersion !== apiVersion && !converted.has(object);
}

/** Whether objects are shown as they are stored, so that nothing need be copied. */
export function isShownAsStored({ kind, apiVersion, storedApiVersion }: Resource): boolean {
  // Objects of a custom kind may have been stored when another version was.
  return kind.isCustom !== true && kind.conversion === undefined && apiVersion === storedApiVersion;
}
