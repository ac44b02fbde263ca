import type { KubeObject, OwnerReference } from "#api/kubernetes/meta";
import type { ServedResource } from "../context.ts";

/** An object that names owners, as the graph knows it. */
export interface Dependent {
  readonly uid: string;
  readonly type: ServedResource;
  /** `namespace/name` or `name`. */
  readonly key: string;
  readonly owners: readonly OwnerReference[];
}

/** Who names whom as owner, by uid, so that finding an owner's dependents costs as much as there are. */
export class OwnerGraph {
  readonly #dependents = new Map<string, Dependent>();
  readonly #byOwner = new Map<string, Set<string>>();

  /** Takes note of an object's owners; cheap for objects that name none. */
  set(type: ServedResource, key: string, object: KubeObject): void {
    const { uid, ownerReferences = [] } = object.metadata;
    if (uid === undefined) return;
    const known = this.#dependents.get(uid);
    if (known === undefined && ownerReferences.length === 0) return;
    if (known !== undefined) this.#unlink(known);
    if (ownerReferences.length === 0) {
      this.#dependents.delete(uid);
      return;
    }
    this.#dependents.set(uid, { uid, type, key, owners: ownerReferences });
    for (const owner of ownerReferences) {
      const linked = this.#byOwner.get(owner.uid);
      if (linked === undefined) this.#byOwner.set(owner.uid, new Set([uid]));
      else linked.add(uid);
    }
  }

  /** The object is gone; what names it as owner stays. */
  delete(uid: string): void {
    const known = this.#dependents.get(uid);
    if (known === undefined) return;
    this.#unlink(known);
    this.#dependents.delete(uid);
  }

  get(uid: string): Dependent | undefined {
    return this.#dependents.get(uid);
  }

  /** Objects that name this one as an owner. */
  dependentsOf(uid: string): Dependent[] {
    const dependents: Dependent[] = [];
    for (const each of this.#byOwner.get(uid) ?? []) {
      const dependent = this.#dependents.get(each);
      if (dependent !== undefined) dependents.push(dependent);
    }
    return dependents;
  }

  #unlink({ uid, owners }: Dependent): void {
    for (const owner of owners) {
      const linked = this.#byOwner.get(owner.uid);
      linked?.delete(uid);
      if (linked?.size === 0) this.#byOwner.delete(owner.uid);
    }
  }
}
