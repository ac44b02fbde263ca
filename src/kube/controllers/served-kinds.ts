import type { ServedResource } from "./context.ts";

/** Kinds that came and went. */
export type ServedListener = (change: { readonly added: readonly ServedResource[]; readonly removed: readonly ServedResource[] }) => void;

/** The kinds that a cluster serves, which are others after an upgrade. */
export class ServedKinds {
  #all: readonly ServedResource[];
  readonly #listeners = new Set<ServedListener>();

  constructor(all: readonly ServedResource[]) {
    this.#all = all;
  }

  get all(): readonly ServedResource[] {
    return this.#all;
  }

  /** Tells of every change from now on. Returns the way to stop. */
  subscribe(listener: ServedListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  set(all: readonly ServedResource[]): void {
    const [before, after] = [new Set(this.#all.map(placeOf)), new Set(all.map(placeOf))];
    const added = all.filter((each) => !before.has(placeOf(each)));
    const removed = this.#all.filter((each) => !after.has(placeOf(each)));
    this.#all = all;
    if (added.length > 0 || removed.length > 0) for (const listener of this.#listeners) listener({ added, removed });
  }
}

function placeOf({ group, resource }: ServedResource): string {
  return `${group}/${resource}`;
}
