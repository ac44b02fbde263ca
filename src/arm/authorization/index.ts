import type { Clock } from "#lib";
import type { Store } from "#store";
import type { Directory } from "../identity/directory/model.ts";
import type { ResourceProvider } from "../provider.ts";
import { type Assignments, openAssignments } from "./assignments.ts";
import { createEnforcement, type Enforcement, unenforced } from "./enforcement.ts";
import { createAuthorizationProvider } from "./provider.ts";
import { openRoles } from "./roles.ts";

export { authorizationOperations } from "./provider.ts";
export type { Enforcement } from "./enforcement.ts";

/** Azure RBAC: who may do what. */
export interface Authorization {
  readonly assignments: Assignments;
  readonly enforcement: Enforcement;
  readonly provider: ResourceProvider;
  close(): void;
}

/** @param options.rbac Whether roles are enforced; when not, they are kept and everyone may do everything. */
export async function openAuthorization(options: {
  readonly store: Store;
  readonly clock: Clock;
  readonly directory: () => Directory;
  /** Object ids of the identities that resources have of their own. */
  readonly ownIdentities: () => readonly string[];
  readonly subscriptions: readonly { readonly id: string }[];
  readonly rbac: boolean;
}): Promise<Authorization> {
  const { clock, directory, ownIdentities, rbac } = options;
  const [roles, assignments] = await Promise.all([openRoles(options), openAssignments(options)]);
  const enforcement = rbac ? createEnforcement({ roles, assignments }) : unenforced;
  return {
    assignments,
    enforcement,
    provider: createAuthorizationProvider({ roles, assignments, directory, ownIdentities, enforcement, now: () => clock.now() }),
    close() {
      roles.close();
      assignments.close();
    },
  };
}
