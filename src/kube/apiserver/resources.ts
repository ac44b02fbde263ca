import type { Pod } from "#api/kubernetes/core";
import type { KubeObject } from "#api/kubernetes/meta";
import type { Kind, Strategy } from "./registry/kind.ts";
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
  readonly target: Target;
  readonly cache: ResourceCache;
  /** Name of the definition that makes it; absent for built-in kinds. */
  readonly custom?: string;
}

/** `apps/v1`; just the version in the core group. */
export function groupVersion(group: string, version: string): string {
  return group === "" ? version : `${group}/${version}`;
}

/** Everything that is served, by group, version and resource. */
export class ResourceTable {
  /** Another list whenever what is served changes. */
  all: readonly Resource[] = [];
  readonly #storage: ObjectStorage;
  readonly #builtIn: readonly Kind[];
  readonly #custom = new Map<string, readonly Kind[]>();
  #byPath = new Map<string, Resource>();
  #byKind = new Map<string, Resource>();

  constructor(kinds: readonly Kind[], storage: ObjectStorage) {
    this.#builtIn = kinds;
    this.#storage = storage;
    const { byPath, byKind } = this.#tableOf(kinds, undefined);
    this.#byPath = byPath;
    this.#byKind = byKind;
    this.all = [...byPath.values()];
  }

  /** Serves the kinds of a definition from now on, in place of those that it had before. */
  setCustom(definition: string, kinds: readonly Kind[]): void {
    if (kinds.length === 0 ? !this.#custom.delete(definition) : this.#custom.set(definition, kinds) === undefined) return;
    const tables = [this.#tableOf(this.#builtIn, undefined), ...[...this.#custom].map(([name, each]) => this.#tableOf(each, name))];
    this.#byPath = new Map(tables.flatMap(({ byPath }) => [...byPath]));
    this.#byKind = new Map(tables.flatMap(({ byKind }) => [...byKind]));
    this.all = [...this.#byPath.values()];
  }

  #tableOf(kinds: readonly Kind[], custom: string | undefined): { byPath: Map<string, Resource>; byKind: Map<string, Resource> } {
    const byPath = new Map<string, Resource>();
    const byKind = new Map<string, Resource>();
    const owners = kinds.filter(({ storedAs }) => storedAs === undefined);
    const ownerOf = new Map(owners.map((kind) => [`${kind.group}/${kind.resource}`, kind]));
    for (const kind of kinds) {
      const stored = kind.storedAs === undefined ? kind : (ownerOf.get(`${kind.storedAs.group}/${kind.storedAs.resource}`) ?? kind);
      for (const version of kind.isServed === false ? [] : [kind.version, ...(kind.aliases ?? [])]) {
        const resource = { ...served(kind, version, stored, this.#storage), ...(custom !== undefined && { custom }) };
        byPath.set(`${kind.group}/${version}/${kind.resource}`, resource);
        // Kinds that are stored as another version of themselves give way to that one.
        if (version === kind.version && (kind === stored || !ownerOf.has(`${kind.group}/${kind.resource}`)))
          byKind.set(`${kind.group}/${kind.resource}`, resource);
      }
    }
    return { byPath, byKind };
  }

  find(group: string, version: string, resource: string): Resource | undefined {
    return this.#byPath.get(`${group}/${version}/${resource}`);
  }

  /** The resource at its own version. */
  preferred(group: string, resource: string): Resource | undefined {
    return this.#byKind.get(`${group}/${resource}`);
  }
}

function served(kind: Kind, version: string, stored: Kind, storage: ObjectStorage): Resource {
  const target = storage.target({ group: stored.group, resource: stored.resource }, isPods(stored) ? nodeOfPod : onNoNode);
  const of = { group: kind.group, resource: kind.resource };
  return {
    kind,
    group: kind.group,
    version,
    apiVersion: groupVersion(kind.group, version),
    storedApiVersion: groupVersion(stored.group, stored.version),
    storedKind: stored.kind,
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

function onNoNode(): undefined {
  return undefined;
}

/** A stored object as the resource shows it: at its version of the API, by its names of fields. */
export function shown({ kind, apiVersion }: Resource, object: KubeObject): KubeObject {
  const converted = kind.conversion === undefined ? object : { ...kind.conversion.fromStored(object), kind: kind.kind };
  return withApiVersion(converted, apiVersion);
}

/** Whether objects are shown as they are stored, so that nothing need be copied. */
export function isShownAsStored({ kind, apiVersion, storedApiVersion }: Resource): boolean {
  return kind.conversion === undefined && apiVersion === storedApiVersion;
}
