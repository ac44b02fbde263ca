import { dns1123LabelErrors, dns1123SubdomainErrors } from "#kube/apimachinery";

/** A service account by its place. */
export interface AccountName {
  readonly namespace: string;
  readonly name: string;
}

const PREFIX = "system:serviceaccount:";

/** Source: apiserver pkg/authentication/serviceaccount/util.go, MakeUsername. */
export function usernameOf({ namespace, name }: AccountName): string {
  return `${PREFIX}${namespace}:${name}`;
}

/** Source: as above, MakeGroupNames. */
export function groupsOfAccount(namespace: string): string[] {
  return ["system:serviceaccounts", `system:serviceaccounts:${namespace}`];
}

/** The account that a user name stands for. Source: as above, SplitUsername. */
export function splitUsername(username: string): AccountName | undefined {
  if (!username.startsWith(PREFIX)) return undefined;
  const [namespace = "", name = "", ...rest] = username.slice(PREFIX.length).split(":");
  const isOne = rest.length === 0 && dns1123LabelErrors(namespace).length === 0 && dns1123SubdomainErrors(name).length === 0;
  return isOne ? { namespace, name } : undefined;
}
