import { isJsonObject } from "#kube/apimachinery";
import type { User } from "./request.ts";

/*
 * The reviews by which clients ask what they may do. Whoever carries a credential of this cluster may do everything:
 * Differs from AKS: role-based access control is not enforced; every user of a cluster is its administrator.
 */

const ALLOWED = { allowed: true, reason: "every credential of this cluster is an administrator's" };

type Review = (user: User, body: unknown) => object;

const REVIEWS: Readonly<Record<string, Review>> = {
  "authorization.k8s.io/selfsubjectaccessreviews": (_, body) => answered(body, ALLOWED),
  "authorization.k8s.io/localsubjectaccessreviews": (_, body) => answered(body, ALLOWED),
  "authorization.k8s.io/subjectaccessreviews": (_, body) => answered(body, ALLOWED),
  "authorization.k8s.io/selfsubjectrulesreviews": (_, body) =>
    answered(body, {
      resourceRules: [{ verbs: ["*"], apiGroups: ["*"], resources: ["*"] }],
      nonResourceRules: [{ verbs: ["*"], nonResourceURLs: ["*"] }],
      incomplete: false,
    }),
  "authentication.k8s.io/selfsubjectreviews": ({ name, groups, uid }, body) =>
    answered(body, { userInfo: { username: name, groups, ...(uid === undefined ? {} : { uid }) } }),
};

/** Where reviews are found in discovery: they can be created and are stored nowhere. */
export const REVIEW_RESOURCES = [
  {
    group: "authorization.k8s.io",
    versions: ["v1"],
    resource: "selfsubjectaccessreviews",
    kind: "SelfSubjectAccessReview",
    namespaced: false,
  },
  {
    group: "authorization.k8s.io",
    versions: ["v1"],
    resource: "selfsubjectrulesreviews",
    kind: "SelfSubjectRulesReview",
    namespaced: false,
  },
  { group: "authorization.k8s.io", versions: ["v1"], resource: "subjectaccessreviews", kind: "SubjectAccessReview", namespaced: false },
  {
    group: "authorization.k8s.io",
    versions: ["v1"],
    resource: "localsubjectaccessreviews",
    kind: "LocalSubjectAccessReview",
    namespaced: true,
  },
  {
    group: "authentication.k8s.io",
    versions: ["v1", "v1beta1"],
    resource: "selfsubjectreviews",
    kind: "SelfSubjectReview",
    namespaced: false,
  },
] as const;

/** The review's answer, or undefined when there is no such review. */
export function review(at: { group: string; version: string; resource: string }, user: User, body: unknown): object | undefined {
  const known = REVIEW_RESOURCES.find(({ group, resource }) => group === at.group && resource === at.resource);
  const answer = REVIEWS[`${at.group}/${at.resource}`];
  if (known === undefined || answer === undefined || !(known.versions as readonly string[]).includes(at.version)) return undefined;
  return { apiVersion: `${at.group}/${at.version}`, kind: known.kind, metadata: { creationTimestamp: null }, ...answer(user, body) };
}

function answered(body: unknown, status: object): object {
  const spec = isJsonObject(body) && isJsonObject(body["spec"]) ? { spec: body["spec"] } : {};
  return { ...spec, status };
}
