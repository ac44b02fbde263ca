import type { PolicyRule } from "#api/kubernetes/rbac";

/** A role that every cluster has. */
export interface RoleDefinition {
  readonly name: string;
  /** Of roles of a namespace. */
  readonly namespace?: string;
  readonly rules: readonly PolicyRule[];
  /** `admin`, `edit` or `view`: the role that its rules become part of. */
  readonly partOf?: string;
  /** Its rules are those of the roles that are part of this one. */
  readonly gathers?: string;
}

const words = (text: string): string[] => text.split(" ").map((word) => (word === "core" ? "" : word));

/** Verbs on resources of groups; words with spaces between, `core` for the core group. */
export function on(verbs: string, groups: string, resources: string): PolicyRule {
  return { apiGroups: words(groups), resources: words(resources), verbs: words(verbs) };
}

/** The same, on objects of these names only. */
export function named(verbs: string, groups: string, resources: string, names: string): PolicyRule {
  return { apiGroups: words(groups), resourceNames: words(names), resources: words(resources), verbs: words(verbs) };
}

/** Verbs on paths that are no resources'. */
export function at(verbs: string, urls: string): PolicyRule {
  return { nonResourceURLs: words(urls), verbs: words(verbs) };
}
