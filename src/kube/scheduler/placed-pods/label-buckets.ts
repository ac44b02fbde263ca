import type { Labels, Selector } from "#kube/apimachinery";

/** Which pods a selector can choose at all. */
export interface Reach {
  /** Every namespace when absent. */
  readonly namespaces: ReadonlySet<string> | undefined;
  readonly selector: Selector;
}

/**
 * Items by what a pod must have to concern them, so that a pod asks few of them. An item that reaches one namespace and
 * asks for an exact label lies under both:
 *
 * ```
 *   default, app=web,tier in (a,b)   → bucket "default/app=web"
 *   default, tier in (a,b)           → bucket "default/"
 *   every namespace, app=web         → bucket "" which every pod asks
 * ```
 */
export class LabelBuckets<T> {
  readonly #buckets = new Map<string, Set<T>>();

  get isEmpty(): boolean {
    return this.#buckets.size === 0;
  }

  add(item: T, reach: Reach): void {
    const key = bucketOf(reach);
    let bucket = this.#buckets.get(key);
    if (bucket === undefined) this.#buckets.set(key, (bucket = new Set()));
    bucket.add(item);
  }

  delete(item: T, reach: Reach): void {
    const key = bucketOf(reach);
    const bucket = this.#buckets.get(key);
    if (bucket?.delete(item) === true && bucket.size === 0) this.#buckets.delete(key);
  }

  /** Calls `visit` for every item that a pod of these labels may concern, each once; whether it does is for the caller to see. */
  visit(namespace: string, labels: Labels, visit: (item: T) => void): void {
    if (this.#buckets.size === 0) return;
    this.#visitBucket("", visit);
    this.#visitBucket(`${namespace}/`, visit);
    for (const key in labels) this.#visitBucket(`${namespace}/${key}=${labels[key] ?? ""}`, visit);
  }

  #visitBucket(key: string, visit: (item: T) => void): void {
    const bucket = this.#buckets.get(key);
    if (bucket !== undefined) for (const item of bucket) visit(item);
  }
}

function bucketOf({ namespaces, selector }: Reach): string {
  if (namespaces?.size !== 1) return "";
  const [namespace = ""] = namespaces;
  const exact = selector.requirements.find(
    ({ operator, values }) => (operator === "=" || operator === "==" || operator === "in") && values.length === 1,
  );
  return exact === undefined ? `${namespace}/` : `${namespace}/${exact.key}=${exact.values[0] ?? ""}`;
}
