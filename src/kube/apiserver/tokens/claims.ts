import type { Pod, Secret } from "#api/kubernetes/core";
import type { KubeObject } from "#api/kubernetes/meta";
import { isJsonObject } from "#kube/apimachinery";
import { type AccountName, groupsOfAccount, splitUsername, usernameOf } from "../access/service-accounts.ts";
import { authenticated } from "../access/users.ts";
import type { User } from "../request.ts";
import type { ResourceTable } from "../resources.ts";
import { entryKey } from "../storage/storage.ts";

interface Reference {
  readonly name: string;
  readonly uid: string;
}

/** What a token says of its account, and of the object that it lives no longer than. */
export interface BoundClaims {
  readonly namespace: string;
  readonly node?: Reference;
  readonly pod?: Reference;
  readonly secret?: Reference;
  readonly serviceaccount: Reference;
  /** Seconds since the epoch; of tokens whose pods may use them longer than they asked for. */
  readonly warnafter?: number;
}

const LEGACY = "kubernetes.io/serviceaccount/";

/** Claims of the tokens in secrets. Source: kubernetes pkg/serviceaccount/legacy.go, LegacyClaims. */
export function legacyClaims({ namespace, name }: AccountName, uid: string, secretName: string): Record<string, string> {
  return {
    [`${LEGACY}namespace`]: namespace,
    [`${LEGACY}secret.name`]: secretName,
    [`${LEGACY}service-account.name`]: name,
    [`${LEGACY}service-account.uid`]: uid,
    sub: usernameOf({ namespace, name }),
  };
}

/** Claims that are nobody's: what is wrong with them, as a review tells it. */
export class RefusedClaims extends Error {}

/** The user of a token's claims, once its account and what it is bound to are known to be there still. @throws {RefusedClaims} */
export function userOfClaims(resources: ResourceTable, claims: Readonly<Record<string, unknown>>, token: string): User {
  const bound = claims["kubernetes.io"];
  return isJsonObject(bound) ? boundUser(resources, bound as unknown as BoundClaims, claims["jti"]) : legacyUser(resources, claims, token);
}

function find(resources: ResourceTable, resource: string, namespace: string, name: string): KubeObject | undefined {
  return resources.preferred("", resource)?.cache.get(entryKey(namespace, name))?.object;
}

/** Source: kubernetes pkg/serviceaccount/claims.go, validator.Validate. */
function boundUser(resources: ResourceTable, { namespace, serviceaccount, pod, secret, node }: BoundClaims, jti: unknown): User {
  const { name, uid } = serviceaccount;
  requireAccount(resources, { namespace, name }, uid, (present) => `service account UID (${present}) does not match claim (${uid})`);
  for (const [kind, resource, reference] of [
    ["secret", "secrets", secret],
    ["pod", "pods", pod],
  ] as const) {
    const present = reference === undefined ? undefined : find(resources, resource, namespace, reference.name);
    if (reference !== undefined) requireSame(kind, present, reference);
  }
  if (node !== undefined && pod === undefined) requireSame("node", find(resources, "nodes", "", node.name), node);
  const extra = extraOf({ pod, node, jti });
  return {
    ...accountUser({ namespace, name }, uid),
    ...(Object.keys(extra).length > 0 && { extra }),
  };
}

function requireSame(kind: string, present: KubeObject | undefined, { uid }: Reference): void {
  if (present === undefined) throw new RefusedClaims("service account token has been invalidated");
  if (present.metadata.uid !== uid)
    throw new RefusedClaims(`${kind} UID (${present.metadata.uid}) does not match service account ${kind} ref claim (${uid})`);
}

function requireAccount(resources: ResourceTable, { namespace, name }: AccountName, uid: string, differs: (uid: string) => string): void {
  const account = find(resources, "serviceaccounts", namespace, name);
  if (account === undefined) throw new RefusedClaims(`serviceaccounts "${name}" not found`);
  if (account.metadata.uid !== uid) throw new RefusedClaims(differs(account.metadata.uid ?? ""));
}

/** Source: apiserver pkg/authentication/serviceaccount/util.go, UserInfo. */
function extraOf(of: { pod: Reference | undefined; node: Reference | undefined; jti: unknown }): Record<string, readonly string[]> {
  const { pod, node, jti } = of;
  const prefix = "authentication.kubernetes.io/";
  return {
    ...(typeof jti === "string" && { [`${prefix}credential-id`]: [`JTI=${jti}`] }),
    ...(node !== undefined && { [`${prefix}node-name`]: [node.name], [`${prefix}node-uid`]: [node.uid] }),
    ...(pod !== undefined && { [`${prefix}pod-name`]: [pod.name], [`${prefix}pod-uid`]: [pod.uid] }),
  };
}

/** Source: kubernetes pkg/serviceaccount/legacy.go, legacyValidator.Validate. */
function legacyUser(resources: ResourceTable, claims: Readonly<Record<string, unknown>>, token: string): User {
  const claim = (name: string): string => {
    const value = claims[`${LEGACY}${name}`];
    return typeof value === "string" ? value : "";
  };
  const [namespace, secretName, name, uid] = ["namespace", "secret.name", "service-account.name", "service-account.uid"].map(claim) as [
    string,
    string,
    string,
    string,
  ];
  const subject = splitUsername(typeof claims["sub"] === "string" ? claims["sub"] : "");
  if (subject?.namespace !== namespace || subject.name !== name) throw new RefusedClaims("sub claim is invalid");
  const secret: Secret | undefined = find(resources, "secrets", namespace, secretName);
  if (secret === undefined || secret.metadata.deletionTimestamp !== undefined) throw new RefusedClaims("Token has been invalidated");
  if (Buffer.from(secret.data?.["token"] ?? "", "base64").toString() !== token)
    throw new RefusedClaims("Token does not match server's copy");
  requireAccount(resources, { namespace, name }, uid, (present) => `ServiceAccount UID (${present}) does not match claim (${uid})`);
  return accountUser({ namespace, name }, uid);
}

function accountUser(account: AccountName, uid: string): User {
  return authenticated({ name: usernameOf(account), uid, groups: groupsOfAccount(account.namespace) });
}

/** The claims of a pod and of its node, as far as it has one. Source: kubernetes pkg/registry/core/serviceaccount/storage/token.go. */
export function podClaims(resources: ResourceTable, { metadata, spec }: Pod, namesNode: boolean): Pick<BoundClaims, "pod" | "node"> {
  const { nodeName = "" } = spec;
  const node =
    nodeName === "" || !namesNode ? undefined : { name: nodeName, uid: find(resources, "nodes", "", nodeName)?.metadata.uid ?? "" };
  return { pod: { name: metadata.name, uid: metadata.uid ?? "" }, ...(node !== undefined && { node }) };
}
