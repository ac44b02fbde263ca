import type { User } from "../request.ts";

/** Groups of everybody who showed a credential, and of everybody else. Source: apiserver pkg/authentication/user/user.go. */
export const ALL_AUTHENTICATED = "system:authenticated";
export const ALL_UNAUTHENTICATED = "system:unauthenticated";

/** Who shows no credential. */
export const ANONYMOUS: User = { name: "system:anonymous", groups: [ALL_UNAUTHENTICATED] };

/** The user with the group of those who showed a credential. */
export function authenticated(user: User): User {
  return user.groups.includes(ALL_AUTHENTICATED) ? user : { ...user, groups: [...user.groups, ALL_AUTHENTICATED] };
}
