import type { Amounts } from "#kube/apimachinery";

/** What the pods that a node has admitted take from it. */
export class AdmittedPods {
  readonly #used: Amounts = new Map();
  readonly #byKey = new Map<string, Amounts>();

  get count(): number {
    return this.#byKey.size;
  }

  used(resource: string): number {
    return this.#used.get(resource) ?? 0;
  }

  add(key: string, amounts: Amounts): void {
    this.remove(key);
    this.#byKey.set(key, amounts);
    for (const [resource, amount] of amounts) this.#used.set(resource, this.used(resource) + amount);
  }

  remove(key: string): void {
    const amounts = this.#byKey.get(key);
    if (amounts === undefined) return;
    this.#byKey.delete(key);
    for (const [resource, amount] of amounts) this.#used.set(resource, this.used(resource) - amount);
  }
}
