import type { KubeObject, ResourceType } from "#api/kubernetes/meta";
import type { KubeCall, KubeTransport } from "#api/kubernetes/transport";
import type { Clock } from "#lib";
import type { Files } from "../attachment.ts";
import { KubectlError } from "./flags.ts";

/** One run of kubectl: the cluster, the files beside it, and where it writes. */
export interface Session {
  readonly transport: KubeTransport;
  readonly clock: Clock;
  /** Aborted when the run has to end. */
  readonly signal: AbortSignal;
  readonly files: Files;
  /** Writes one line, to what is stdout and stderr alike. */
  readonly say: (line: string) => void;
  /** Writes without ending the line. */
  readonly print: (text: string) => void;
}

/** A kind that the cluster serves. */
export interface Served extends ResourceType {
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
}

interface ResourceList {
  readonly groupVersion: string;
  readonly resources: readonly {
    readonly name: string;
    readonly singularName: string;
    readonly namespaced: boolean;
    readonly kind: string;
    readonly shortNames?: readonly string[];
    readonly categories?: readonly string[];
  }[];
}

/** Every kind of the cluster, the core group first, then the groups in the cluster's order with their preferred version. */
export async function discover({ transport }: Session): Promise<readonly Served[]> {
  const get = async <T>(path: string): Promise<T> => (await transport.call({ method: "GET", path })) as T;
  const { groups } = await get<{ groups: readonly { preferredVersion: { groupVersion: string } }[] }>("/apis");
  const paths = ["/api/v1", ...groups.map(({ preferredVersion }) => `/apis/${preferredVersion.groupVersion}`)];
  const lists = await Promise.all(paths.map((path) => get<ResourceList>(path)));
  return lists.flatMap(({ groupVersion, resources }) => {
    const [version = "", group = ""] = groupVersion.split("/").reverse();
    return resources
      .filter(({ name }) => !name.includes("/"))
      .map(({ name, singularName, namespaced, kind, shortNames = [], categories = [] }) => {
        const singular = singularName === "" ? kind.toLowerCase() : singularName;
        return { group, version, resource: name, kind, namespaced, singular, shortNames, categories };
      });
  });
}

/**
 * The kind that a word names: `pods`, `pod`, `po`, `deployments.apps`, `deploy.v1.apps`.
 * @throws {KubectlError} for a word that names none. Source: kubernetes/apimachinery pkg/api/meta/errors.go.
 */
export function findKind(kinds: readonly Served[], word: string): Served {
  const found = matching(kinds, word.toLowerCase());
  if (found === undefined) throw new KubectlError(`the server doesn't have a resource type "${word}"`);
  return found;
}

/** The kinds of a word that may be a category as well: `all`. */
export function findKinds(kinds: readonly Served[], word: string): readonly Served[] {
  const ofCategory = kinds.filter(({ categories }) => categories.includes(word.toLowerCase()));
  return ofCategory.length > 0 ? ofCategory : [findKind(kinds, word)];
}

function matching(kinds: readonly Served[], word: string): Served | undefined {
  const [name = "", ...rest] = word.split(".");
  const named = ({ resource, singular, shortNames, kind }: Served): boolean =>
    [resource, singular, kind.toLowerCase(), ...shortNames].includes(name);
  const group = rest.join(".");
  return kinds.find((each) => {
    if (!named(each)) return false;
    return group === "" || each.group === group || `${each.version}.${each.group}` === group;
  });
}

/** `pod`, `deployment.apps`: a kind as kubectl names it before an object's name. */
export function kindText({ group, singular }: Served): string {
  return group === "" ? singular : `${singular}.${group}`;
}

/** The collection's path in a namespace; across all of them when there is none. */
export function pathOf({ group, version, resource, namespaced }: Served, namespace: string | undefined, name?: string): string {
  const root = group === "" ? `/api/${version}` : `/apis/${group}/${version}`;
  const scope = namespaced && namespace !== undefined ? `/namespaces/${encodeURIComponent(namespace)}` : "";
  return `${root}${scope}/${resource}${name === undefined ? "" : `/${encodeURIComponent(name)}`}`;
}

/** One object of any kind. */
export async function getObject({ transport }: Session, path: string): Promise<KubeObject> {
  return (await transport.call({ method: "GET", path })) as KubeObject;
}

/** Sends a patch, in the name of `manager`. */
export async function patchObject(
  { transport }: Session,
  path: string,
  patch: {
    readonly body: unknown;
    readonly contentType: NonNullable<KubeCall["contentType"]>;
    readonly manager?: string;
    readonly query?: Readonly<Record<string, string>>;
  },
): Promise<KubeObject> {
  const { body, contentType, manager, query = {} } = patch;
  const named = manager === undefined ? query : { ...query, fieldManager: manager };
  return (await transport.call({ method: "PATCH", path, query: named, body, contentType })) as KubeObject;
}
