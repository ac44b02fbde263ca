import type { Container, PodSpec } from "#api/kubernetes/core";
import { isJsonObject, type JsonObject } from "#kube/apimachinery";

/** What the checks look at of a pod or of a template. */
export interface Subject {
  readonly annotations: Readonly<Record<string, string>>;
  readonly spec: PodSpec;
}

/** What is wrong, in a word, and where. */
export interface Violation {
  readonly reason: string;
  readonly detail: string;
}

/** A member that is an object; empty when it is none. */
export function objectIn(value: unknown, ...path: readonly string[]): JsonObject {
  let found: unknown = value;
  for (const member of path) found = isJsonObject(found) ? found[member] : undefined;
  return isJsonObject(found) ? found : {};
}

/** Texts of a member that is a list. */
export function textsIn(value: unknown, member: string): readonly string[] {
  const list: unknown = isJsonObject(value) ? value[member] : undefined;
  return Array.isArray(list) ? list.filter((each) => typeof each === "string") : [];
}

export const contextOf = (owner: Container | PodSpec): JsonObject => objectIn(owner, "securityContext");

/** Every container in the order in which refusals name them. Source: pod-security-admission policy/visitor.go. */
export function containersOf({ initContainers = [], containers, ...spec }: PodSpec): readonly Container[] {
  const { ephemeralContainers } = spec;
  return [...initContainers, ...containers, ...(Array.isArray(ephemeralContainers) ? (ephemeralContainers as Container[]) : [])];
}

export function quoted(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(", ");
}

export function plural(singular: string, many: string, count: number): string {
  return count === 1 ? singular : many;
}

export function distinct(values: readonly string[]): string[] {
  return [...new Set(values)].sort();
}

/** `container "a"`, `containers "a", "b"`. */
export function named(containers: readonly Container[]): string {
  return `${plural("container", "containers", containers.length)} ${quoted(containers.map(({ name }) => name))}`;
}

/** `pod and container "a"`: who sets something, for the pod and its containers alike. */
export function settersOf({ spec }: Subject, sets: (context: JsonObject) => boolean): string[] {
  const containers = containersOf(spec).filter((container) => sets(contextOf(container)));
  return [...(sets(contextOf(spec)) ? ["pod"] : []), ...(containers.length === 0 ? [] : [named(containers)])];
}
