import type { Resource, ResourceTable } from "../../resources.ts";
import type { ReviewedCall } from "./review.ts";

/** Which calls somebody has a say in. */
export interface Rule {
  readonly operations?: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly apiVersions?: readonly string[];
  /** `pods`, `pods/exec`, `*`, `*` with a subresource. */
  readonly resources?: readonly string[];
  /** Of policies: names of the objects; all of them when there are none. */
  readonly resourceNames?: readonly string[];
  /** `Cluster`, `Namespaced` or `*`. */
  readonly scope?: string;
}

/** Rules with what they are read by. */
export interface Ruled {
  readonly rules?: readonly Rule[];
  readonly matchPolicy?: string;
}

type Place = Pick<ReviewedCall, "operation" | "resource" | "subresource" | "namespace" | "name">;

const ALL = "*";
const hasOrAll = (list: readonly string[] | undefined, wanted: string): boolean =>
  list !== undefined && (list.includes(ALL) || list.includes(wanted));

/** Configurations of admission are not subject to it. Source: …/predicates/rules/rules.go, IsExemptAdmissionConfigurationResource. */
const EXEMPT = /^(?:(?:Validating|Mutating)WebhookConfiguration|(?:Validating|Mutating)AdmissionPolicy(?:Binding)?)$/;

export function isExempt({ group, kind }: Resource): boolean {
  return group === "admissionregistration.k8s.io" && EXEMPT.test(kind.kind);
}

/**
 * In which of its versions the call is spoken of to somebody with these rules; undefined when they do not cover it.
 * Source: apiserver pkg/admission/plugin/webhook/generic/webhook.go, ShouldCallHook.
 */
export function coveredAs(resources: ResourceTable, { rules = [], matchPolicy }: Ruled, call: Place): Resource | undefined {
  const { resource } = call;
  if (rules.some((rule) => covers(rule, call, resource))) return resource;
  if (matchPolicy !== "Equivalent") return undefined;
  const others = resources.all.filter((other) => other !== resource && other.cache === resource.cache);
  if (others.length === 0) return undefined;
  for (const rule of rules) {
    const found = others.find((other) => covers(rule, call, other));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Source: …/predicates/rules/rules.go, Matcher. */
function covers(rule: Rule, { operation, subresource, namespace, name }: Place, resource: Resource): boolean {
  return (
    hasOrAll(rule.operations, operation) &&
    hasOrAll(rule.apiGroups, resource.group) &&
    hasOrAll(rule.apiVersions, resource.version) &&
    coversResource(rule.resources ?? [], resource.of.resource, subresource) &&
    coversScope(rule.scope ?? ALL, resource, namespace) &&
    (rule.resourceNames === undefined || rule.resourceNames.length === 0 || rule.resourceNames.includes(name))
  );
}

function coversResource(resources: readonly string[], wanted: string, wantedSub: string): boolean {
  return resources.some((each) => {
    const [resource = "", subresource = ""] = each.split(/\/(.*)/s);
    return (resource === ALL || resource === wanted) && (subresource === ALL || subresource === wantedSub);
  });
}

function coversScope(scope: string, { kind, group }: Resource, namespace: string): boolean {
  if (scope === ALL) return true;
  const isOfCluster = namespace === "" || (group === "" && kind.resource === "namespaces");
  return scope === "Cluster" ? isOfCluster : scope === "Namespaced" && !isOfCluster;
}
