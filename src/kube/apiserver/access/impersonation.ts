import type { User } from "../request.ts";
import { badRequest } from "../status.ts";
import type { Authorizer } from "./authorizer.ts";
import type { ResourceAttributes } from "./rules.ts";
import { groupsOfAccount, splitUsername } from "./service-accounts.ts";
import { ALL_AUTHENTICATED, ALL_UNAUTHENTICATED, ANONYMOUS } from "./users.ts";

/** Who somebody wants to be. */
interface Wanted {
  readonly name: string;
  readonly groups: readonly string[];
  readonly uid: string;
  readonly extra: ReadonlyMap<string, readonly string[]>;
}

const EXTRA_PREFIX = "impersonate-extra-";

/**
 * The user that a request acts as: its sender, or whom its `Impersonate-…` headers name and the sender may be.
 * Source: apiserver pkg/endpoints/filters/impersonation/impersonation.go.
 * @param rawHeaders names and values in turn, as they came.
 * @throws {StatusError} Forbidden; BadRequest for groups without a user.
 * Differs from AKS: groups without a user are answered with a status of 500 there.
 */
export function actingUser(authorizer: Authorizer, user: User, rawHeaders: readonly string[]): User {
  const wanted = wantedBy(rawHeaders);
  if (wanted === undefined) return user;
  if (wanted.name === "") throw badRequest("requested to impersonate a group, a uid or an extra without impersonating a user");
  for (const attributes of attributesOf(wanted)) authorizer.require({ ...attributes, user });
  return impersonated(wanted);
}

function wantedBy(rawHeaders: readonly string[]): Wanted | undefined {
  let [name, uid] = ["", ""];
  const groups: string[] = [];
  const extra = new Map<string, readonly string[]>();
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const [header, value] = [rawHeaders[at]?.toLowerCase() ?? "", rawHeaders[at + 1] ?? ""];
    if (!header.startsWith("impersonate-")) continue;
    if (header === "impersonate-user") name ||= value;
    else if (header === "impersonate-uid") uid ||= value;
    else if (header === "impersonate-group") groups.push(value);
    else if (header.startsWith(EXTRA_PREFIX)) {
      const key = unescaped(header.slice(EXTRA_PREFIX.length));
      extra.set(key, [...(extra.get(key) ?? []), value]);
    }
  }
  return name === "" && uid === "" && groups.length === 0 && extra.size === 0 ? undefined : { name, groups, uid, extra };
}

function unescaped(key: string): string {
  try {
    return decodeURIComponent(key);
  } catch {
    return key;
  }
}

/** Each thing that the sender must be allowed to impersonate. */
function* attributesOf({ name, groups, uid, extra }: Wanted): Generator<Omit<ResourceAttributes, "user">> {
  const impersonate = { verb: "impersonate", group: "", subresource: "", namespace: "" };
  const account = splitUsername(name);
  if (account === undefined) yield { ...impersonate, resource: "users", name };
  else yield { ...impersonate, resource: "serviceaccounts", ...account };
  for (const group of groups) yield { ...impersonate, resource: "groups", name: group };
  const authentication = { ...impersonate, group: "authentication.k8s.io" };
  for (const [key, values] of extra)
    for (const value of values) yield { ...authentication, resource: "userextras", subresource: key, name: value };
  if (uid !== "") yield { ...authentication, resource: "uids", name: uid };
}

function impersonated({ name, groups: asked, uid, extra }: Wanted): User {
  const account = splitUsername(name);
  const groups = asked.length === 0 && account !== undefined ? groupsOfAccount(account.namespace) : [...asked];
  if (name === ANONYMOUS.name) {
    if (!groups.includes(ALL_UNAUTHENTICATED)) groups.push(ALL_UNAUTHENTICATED);
  } else if (!groups.includes(ALL_AUTHENTICATED) && !groups.includes(ALL_UNAUTHENTICATED)) groups.push(ALL_AUTHENTICATED);
  return { name, groups, ...(uid !== "" && { uid }), ...(extra.size > 0 && { extra: Object.fromEntries(extra) }) };
}
