import { formatTime, isJsonObject, isReleaseAtLeast, type JsonObject } from "#kube/apimachinery";
import type { FieldError } from "../registry/kind.ts";
import type { User } from "../request.ts";
import { badRequest, invalid } from "../status.ts";
import { aggregate, type Authorizer } from "./authorizer.ts";
import { reviewedSelectors, selectorErrors, SELECTORS_SINCE } from "./review-selectors.ts";
import type { Attributes } from "./rules.ts";

const AUTHORIZATION = "authorization.k8s.io";
const AUTHENTICATION = "authentication.k8s.io";

/** What reviews are answered from. */
export interface ReviewContext {
  readonly access: Authorizer;
  readonly nowMs: number;
  /** Of the cluster, `1.12.6`. */
  readonly version: string;
  /** The user of a bearer token for one of the audiences, or those of this API when there are none; or why it is nobody's. */
  authenticateToken(
    token: string,
    audiences: readonly string[],
  ): Promise<{ readonly user: User; readonly audiences: readonly string[] } | { readonly error: string }>;
}

interface ReviewCall {
  readonly context: ReviewContext;
  readonly user: User;
  /** Of the path; empty for reviews of the cluster. */
  readonly namespace: string;
  readonly body: JsonObject;
}

/** The members of the answer after its metadata. */
type Answer = Readonly<Record<string, unknown>>;

interface Review {
  readonly group: string;
  readonly version: "v1";
  /** The first release that has it, `1.28`; every one when absent. */
  readonly since?: string;
  readonly resource: string;
  readonly kind: string;
  readonly namespaced: boolean;
  answer(call: ReviewCall): Answer | Promise<Answer>;
}

/** Where reviews of a release are found in discovery: they can be created and are stored nowhere. */
export function reviewsOf(version: string): readonly Review[] {
  return REVIEWS.filter(({ since }) => since === undefined || isReleaseAtLeast(version, since));
}

const REVIEWS: readonly Review[] = [
  {
    group: AUTHORIZATION,
    version: "v1",
    resource: "selfsubjectaccessreviews",
    kind: "SelfSubjectAccessReview",
    namespaced: false,
    answer: selfAccess,
  },
  {
    group: AUTHORIZATION,
    version: "v1",
    resource: "selfsubjectrulesreviews",
    kind: "SelfSubjectRulesReview",
    namespaced: false,
    answer: selfRules,
  },
  {
    group: AUTHORIZATION,
    version: "v1",
    resource: "subjectaccessreviews",
    kind: "SubjectAccessReview",
    namespaced: false,
    answer: subjectAccess,
  },
  {
    group: AUTHORIZATION,
    version: "v1",
    resource: "localsubjectaccessreviews",
    kind: "LocalSubjectAccessReview",
    namespaced: true,
    answer: subjectAccess,
  },
  { group: AUTHENTICATION, version: "v1", resource: "tokenreviews", kind: "TokenReview", namespaced: false, answer: tokenReview },
  {
    group: AUTHENTICATION,
    version: "v1",
    since: "1.28",
    resource: "selfsubjectreviews",
    kind: "SelfSubjectReview",
    namespaced: false,
    answer: ({ context, user }) => ({ metadata: { creationTimestamp: formatTime(context.nowMs) }, status: { userInfo: userInfoOf(user) } }),
  },
];

/**
 * The review's answer, or undefined when there is no such review.
 * @throws {StatusError} BadRequest or Invalid for a review that says not what to review.
 */
export async function review(
  context: ReviewContext,
  at: { group: string; version: string; resource: string; namespace: string },
  { user, body }: { user: User; body?: unknown },
): Promise<object | undefined> {
  const found = reviewsOf(context.version).find(({ group, resource }) => group === at.group && resource === at.resource);
  if (found === undefined || found.version !== at.version || found.namespaced !== (at.namespace !== "")) return undefined;
  if (!isJsonObject(body)) throw badRequest(`the body must be a ${found.kind}`);
  const answer = await found.answer({ context, user, namespace: at.namespace, body });
  return { kind: found.kind, apiVersion: `${at.group}/${at.version}`, metadata: { creationTimestamp: null }, ...answer };
}

/** Source: pkg/registry/authorization/selfsubjectaccessreview/rest.go. */
function selfAccess({ context, user, body }: ReviewCall): Answer {
  const spec = specOf(body);
  refuseInvalid([...metadataErrors(body, false), ...attributesErrors(spec, context)]);
  return { spec, status: statusOf(context, spec, user) };
}

/** Source: pkg/registry/authorization/subjectaccessreview/rest.go and localsubjectaccessreview/rest.go. */
function subjectAccess({ context, namespace, body }: ReviewCall): Answer {
  const spec = specOf(body);
  const isLocal = namespace !== "";
  const { user = "", groups = [], uid, extra } = spec;
  const errors = [...metadataErrors(body, isLocal), ...attributesErrors(spec, context)];
  if (user === "" && lengthOf(groups) === 0)
    errors.push({ type: "Invalid", field: "spec.user", value: user, detail: "at least one of user or group must be specified" });
  const sentNamespace = (isJsonObject(body["metadata"]) && textOf(body["metadata"]["namespace"])) || namespace;
  if (isLocal) errors.push(...localErrors(spec, sentNamespace));
  refuseInvalid(errors);
  if (isLocal && sentNamespace !== namespace) throw badRequest(`spec.resourceAttributes.namespace must match namespace: ${namespace}`);
  const subject: User = {
    name: textOf(user),
    groups: textsOf(groups),
    ...(typeof uid === "string" && uid !== "" && { uid }),
    ...(isJsonObject(extra) && { extra: extra as unknown as NonNullable<User["extra"]> }),
  };
  return {
    ...(isLocal && { metadata: { creationTimestamp: null, namespace } }),
    spec,
    status: statusOf(context, spec, subject),
  };
}

/** Source: pkg/registry/authorization/selfsubjectrulesreview/rest.go: the answer's spec is empty. */
function selfRules({ context, user, body }: ReviewCall): Answer {
  const namespace = textOf(specOf(body)["namespace"]);
  if (namespace === "") throw badRequest("no namespace on request");
  const { rules, errors, isIncomplete = false } = context.access.rulesFor(user, namespace);
  const resourceRules = rules
    .filter(({ resources = [] }) => resources.length > 0)
    .map(({ verbs = [], apiGroups, resources, resourceNames }) => ({
      verbs,
      ...(apiGroups !== undefined && { apiGroups }),
      ...(resources !== undefined && { resources }),
      ...(resourceNames !== undefined && { resourceNames }),
    }));
  const nonResourceRules = rules.flatMap(({ verbs = [], nonResourceURLs = [] }) =>
    nonResourceURLs.length === 0 ? [] : [{ verbs, nonResourceURLs }],
  );
  const evaluationError = errors.length === 0 ? {} : { evaluationError: aggregate(errors) };
  return { spec: {}, status: { resourceRules, nonResourceRules, incomplete: isIncomplete, ...evaluationError } };
}

/** Source: pkg/registry/authentication/tokenreview/storage.go. */
async function tokenReview({ context, body }: ReviewCall): Promise<Answer> {
  const spec = specOf(body);
  const token = textOf(spec["token"]);
  if (token === "") throw badRequest("token is required for TokenReview in authentication");
  const answer = await context.authenticateToken(token, textsOf(spec["audiences"]));
  if ("error" in answer) return { spec, status: { user: {}, error: answer.error } };
  return { spec, status: { authenticated: true, user: userInfoOf(answer.user), audiences: answer.audiences } };
}

function userInfoOf({ name, uid, groups, extra }: User): object {
  return { username: name, ...(uid !== undefined && { uid }), groups, ...(extra !== undefined && { extra }) };
}

function statusOf({ access, version }: ReviewContext, spec: JsonObject, user: User): object {
  const { resourceAttributes } = spec;
  const isSelective = isJsonObject(resourceAttributes) && isReleaseAtLeast(version, SELECTORS_SINCE);
  const { fields, errors } = isSelective ? reviewedSelectors(resourceAttributes) : { fields: [], errors: [] };
  const { allowed, reason } = access.decide({ ...attributesOf(spec, user), ...(fields.length > 0 && { fields }) });
  return { allowed, ...(reason !== "" && { reason }), ...(errors.length > 0 && { evaluationError: errors.join("; ") }) };
}

function attributesOf({ resourceAttributes, nonResourceAttributes }: JsonObject, user: User): Attributes {
  if (!isJsonObject(resourceAttributes)) {
    const { verb, path } = isJsonObject(nonResourceAttributes) ? nonResourceAttributes : {};
    return { user, verb: textOf(verb), path: textOf(path) };
  }
  const { verb, group, resource, subresource, name, namespace } = resourceAttributes;
  return {
    user,
    verb: textOf(verb),
    group: textOf(group),
    resource: textOf(resource),
    subresource: textOf(subresource),
    name: textOf(name),
    namespace: textOf(namespace),
  };
}

function specOf({ spec }: JsonObject): JsonObject {
  return isJsonObject(spec) ? spec : {};
}

const textOf = (value: unknown): string => (typeof value === "string" ? value : "");
const textsOf = (value: unknown): string[] => (Array.isArray(value) ? value.filter((each) => typeof each === "string") : []);
const lengthOf = (value: unknown): number => (Array.isArray(value) ? value.length : 0);

/** Source: pkg/apis/authorization/validation/validation.go, here and below. */
function attributesErrors({ resourceAttributes, nonResourceAttributes }: JsonObject, { version }: ReviewContext): FieldError[] {
  if (isJsonObject(resourceAttributes) && isJsonObject(nonResourceAttributes))
    return [
      {
        type: "Invalid",
        field: "spec.nonResourceAttributes",
        value: nonResourceAttributes,
        detail: "cannot be specified in combination with resourceAttributes",
      },
    ];
  if (isJsonObject(resourceAttributes)) return isReleaseAtLeast(version, SELECTORS_SINCE) ? selectorErrors(resourceAttributes) : [];
  if (isJsonObject(nonResourceAttributes)) return [];
  const detail = "exactly one of nonResourceAttributes or resourceAttributes must be specified";
  return [{ type: "Invalid", field: "spec.resourceAttributes", value: null, detail }];
}

function metadataErrors({ metadata }: JsonObject, isLocal: boolean): FieldError[] {
  const sent = isJsonObject(metadata) ? Object.entries(metadata) : [];
  const odd = sent.filter(
    ([member, value]) => value !== null && value !== "" && member !== "managedFields" && !(isLocal && member === "namespace"),
  );
  const detail = isLocal ? "must be empty except for namespace" : "must be empty";
  return odd.length === 0 ? [] : [{ type: "Invalid", field: "metadata", value: metadata, detail }];
}

function localErrors({ resourceAttributes, nonResourceAttributes }: JsonObject, namespace: unknown): FieldError[] {
  const errors: FieldError[] = [];
  const asked = isJsonObject(resourceAttributes) ? textOf(resourceAttributes["namespace"]) : undefined;
  if (asked !== undefined && asked !== textOf(namespace))
    errors.push({
      type: "Invalid",
      field: "spec.resourceAttributes.namespace",
      value: asked,
      detail: "must match metadata.namespace",
    });
  if (isJsonObject(nonResourceAttributes))
    errors.push({
      type: "Invalid",
      field: "spec.nonResourceAttributes",
      value: nonResourceAttributes,
      detail: "disallowed on this kind of request",
    });
  return errors;
}

/** Kubernetes does not say which review it refuses. Source: pkg/registry/authorization/subjectaccessreview/rest.go. */
function refuseInvalid(errors: readonly FieldError[]): void {
  if (errors.length > 0) throw invalid({ group: AUTHORIZATION, kind: "" }, "", errors);
}
