import type { PolicyRule } from "#api/kubernetes/rbac";
import type { FieldRequirement } from "#kube/apimachinery";
import type { User } from "../request.ts";

/** What somebody wants to do. Source: apiserver pkg/authorization/authorizer/interfaces.go, Attributes. */
export type Attributes = ResourceAttributes | PathAttributes;

export interface ResourceAttributes {
  readonly user: User;
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  /** Empty for the resource itself. */
  readonly subresource: string;
  /** Empty for all objects. */
  readonly name: string;
  /** Empty for the whole cluster. */
  readonly namespace: string;
  /** Which objects alone a list, a watch or a deletion of a collection is about. */
  readonly fields?: readonly FieldRequirement[];
}

/** A path that is no resource's: discovery, health, versions. */
export interface PathAttributes {
  readonly user: User;
  readonly verb: string;
  readonly path: string;
}

const ALL = "*";

const has = (list: readonly string[] | undefined, wanted: string): boolean => list?.includes(wanted) === true;
const hasOrAll = (list: readonly string[] | undefined, wanted: string): boolean => has(list, ALL) || has(list, wanted);

/** Source: kubernetes plugin/pkg/auth/authorizer/rbac/rbac.go, RuleAllows; pkg/apis/rbac/v1/evaluation_helpers.go. */
export function ruleAllows(rule: PolicyRule, attributes: Attributes): boolean {
  if (!hasOrAll(rule.verbs, attributes.verb)) return false;
  if ("path" in attributes) return (rule.nonResourceURLs ?? []).some((url) => urlCovers(url, attributes.path));
  const { group, resource, subresource, name } = attributes;
  if (!hasOrAll(rule.apiGroups, group) || !namesResource(rule.resources, resource, subresource)) return false;
  return rule.resourceNames === undefined || rule.resourceNames.length === 0 || rule.resourceNames.includes(name);
}

function namesResource(resources: readonly string[] | undefined, resource: string, subresource: string): boolean {
  if (subresource === "") return hasOrAll(resources, resource);
  return hasOrAll(resources, `${resource}/${subresource}`) || has(resources, `*/${subresource}`);
}

function urlCovers(url: string, path: string): boolean {
  return url === ALL || url === path || (url.endsWith(ALL) && path.startsWith(url.replace(/\*+$/, "")));
}

/**
 * What `wanted` allows and `held` does not, in rules of one verb, group, resource and name each.
 * Source: component-helpers auth/rbac/validation/policy_comparator.go, Covers.
 */
export function uncoveredRules(held: readonly PolicyRule[], wanted: readonly PolicyRule[]): PolicyRule[] {
  return wanted.flatMap(parts).filter((part) => !held.some((rule) => covers(rule, part)));
}

/** One verb on one thing. */
interface Part extends PolicyRule {
  verbs: string[];
}

function parts({ verbs = [], apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] }: PolicyRule): Part[] {
  const found: Part[] = [];
  for (const group of apiGroups)
    for (const resource of resources)
      for (const verb of verbs) {
        const part = { apiGroups: [group], resources: [resource], verbs: [verb] };
        if (resourceNames.length === 0) found.push(part);
        else for (const name of resourceNames) found.push({ ...part, resourceNames: [name] });
      }
  for (const url of nonResourceURLs) for (const verb of verbs) found.push({ nonResourceURLs: [url], verbs: [verb] });
  return found;
}

function covers(rule: PolicyRule, { verbs, apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] }: Part): boolean {
  if (!verbs.every((verb) => hasOrAll(rule.verbs, verb)) || !apiGroups.every((group) => hasOrAll(rule.apiGroups, group))) return false;
  if (!resources.every((resource) => coversResource(rule.resources, resource))) return false;
  if (!nonResourceURLs.every((url) => (rule.nonResourceURLs ?? []).some((own) => urlCovers(own, url)))) return false;
  const own = rule.resourceNames ?? [];
  return own.length === 0 || (resourceNames.length > 0 && resourceNames.every((name) => own.includes(name)));
}

function coversResource(resources: readonly string[] | undefined, wanted: string): boolean {
  const [resource = "", subresource = ""] = wanted.split(/\/(.*)/s);
  return namesResource(resources, resource, subresource);
}

/**
 * Rules as a refusal lists them: sorted, those of one resource together.
 * Source: pkg/registry/rbac/validation/policy_compact.go; pkg/apis/rbac/v1/evaluation_helpers.go, CompactString.
 */
export function describeRules(rules: readonly PolicyRule[]): string[] {
  const together = new Map<string, PolicyRule>();
  for (const rule of rules) {
    const key = JSON.stringify({ ...rule, verbs: rule.nonResourceURLs === undefined ? undefined : rule.verbs });
    const known = together.get(key);
    together.set(key, known === undefined ? rule : { ...known, verbs: [...(known.verbs ?? []), ...(rule.verbs ?? [])] });
  }
  return [...new Set([...together.values()].map(compactText))].sort();
}

const MEMBERS = [
  ["APIGroups", "apiGroups"],
  ["Resources", "resources"],
  ["NonResourceURLs", "nonResourceURLs"],
  ["ResourceNames", "resourceNames"],
  ["Verbs", "verbs"],
] as const;

function compactText(rule: PolicyRule): string {
  const texts = MEMBERS.flatMap(([name, member]) => {
    const values = rule[member] ?? [];
    return values.length === 0 ? [] : [`${name}:${goList(values)}`];
  });
  return `{${texts.join(", ")}}`;
}

/** As Go's %q prints a list of texts. */
export function goList(values: readonly string[]): string {
  return `[${values.map((value) => JSON.stringify(value)).join(" ")}]`;
}
