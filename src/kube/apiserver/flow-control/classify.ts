import type { FlowPathRule, FlowResourceRule, FlowRules, FlowSchema, FlowSubject } from "#api/kubernetes/flowcontrol";
import type { User } from "../request.ts";
import type { RequestInfo } from "../request-info.ts";

const ALL = "*";
const ACCOUNT_PREFIX = "system:serviceaccount:";

/** A request, as schemas look at it. */
export interface Digest {
  readonly user: User;
  readonly info: RequestInfo;
  readonly path: string;
}

/** Whether a request is one of a schema's. Source: apiserver pkg/util/flowcontrol/rule.go, matchesFlowSchema. */
export function matchesSchema({ user, info, path }: Digest, { spec }: FlowSchema): boolean {
  return (spec.rules ?? []).some((rules) => matchesRules({ user, info, path }, rules));
}

function matchesRules({ user, info, path }: Digest, { subjects = [], resourceRules = [], nonResourceRules = [] }: FlowRules): boolean {
  if (!subjects.some((subject) => isSubject(user, subject))) return false;
  return info.isResource
    ? resourceRules.some((rule) => matchesResource(info, rule))
    : nonResourceRules.some((rule) => matchesPath(info.verb, path, rule));
}

function isSubject(user: User, { kind, user: named, group, serviceAccount }: FlowSubject): boolean {
  if (kind === "User") return named?.name === ALL || named?.name === user.name;
  if (kind === "Group") return group?.name === ALL || user.groups.some((each) => each === group?.name);
  if (kind !== "ServiceAccount" || serviceAccount === undefined) return false;
  const { namespace = "", name = "" } = serviceAccount;
  return name === ALL ? user.name.startsWith(`${ACCOUNT_PREFIX}${namespace}:`) : user.name === `${ACCOUNT_PREFIX}${namespace}:${name}`;
}

/** The rule's `*` stands alone. */
function contains(list: readonly string[] | null | undefined, wanted: string): boolean {
  return list?.includes(wanted) === true || (list?.length === 1 && list[0] === ALL);
}

function matchesResource({ verb, group, resource, subresource, namespace }: RequestInfo, rule: FlowResourceRule): boolean {
  const name = subresource === "" ? resource : `${resource}/${subresource}`;
  if (!contains(rule.verbs, verb) || !contains(rule.resources, name) || !contains(rule.apiGroups, group)) return false;
  return namespace === "" ? rule.clusterScope === true : contains(rule.namespaces, namespace);
}

function matchesPath(verb: string, path: string, { verbs, nonResourceURLs = [] }: FlowPathRule): boolean {
  return contains(verbs, verb) && nonResourceURLs.some((url) => url === ALL || url === path || path.startsWith(folderOf(url)));
}

function folderOf(url: string): string {
  const start = url.replace(/\*$/, "");
  return start.endsWith("/") ? start : `${start}/`;
}
