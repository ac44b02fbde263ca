import { isReleaseAtLeast } from "#kube/apimachinery";
import type { User } from "../../request.ts";

const PREFIX = "system:node:";
const GROUP = "system:nodes";

/**
 * The name of the node that the user is; empty for a node without a name, undefined for everybody else.
 * Source: kubernetes pkg/auth/nodeidentifier/default.go, NodeIdentity.
 */
export function nodeOf({ name, groups }: User): string | undefined {
  return name.startsWith(PREFIX) && groups.includes(GROUP) ? name.slice(PREFIX.length) : undefined;
}

/** The user that a node is. */
export function userOfNode(name: string): string {
  return `${PREFIX}${name}`;
}

/**
 * Whether clusters of this release hold nodes to what is theirs. Source: AKS's documentation, concepts-security.md, "Node authorization".
 * Unverified: that admission restricts nodes since the same release.
 */
export function areNodesHeld(version: string): boolean {
  return isReleaseAtLeast(version, "1.24");
}
