import type { Name } from "#kube/client";

/** The name that an informer's key stands for: `namespace/name`, or `name`. */
export function nameOfKey(key: string): Name {
  const slash = key.indexOf("/");
  return slash === -1 ? { name: key } : { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
}

/** The key of an object in a namespace. */
export function keyOf(namespace: string | undefined, name: string): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}
