import type { Clock, Random } from "#lib";
import type { Store } from "#store";
import { sameName } from "../ids.ts";
import { objectIdOf } from "./directory/model.ts";
import { type DirectoryOptions, type DirectorySource, openDirectory } from "./directory/source.ts";
import { openPendingGrants, type PendingGrants } from "./grants/pending.ts";
import { openSealing, type Sealing } from "./sealing.ts";
import { openSigningKeys, type SigningKeys } from "./signing-key.ts";
import { createTokenEndpoint, type TokenEndpoint } from "./token-endpoint.ts";
import { createTokens, type Tokens } from "./tokens.ts";

/** Everything that sign-in keeps, and what it answers with. */
export interface SignIn {
  readonly directory: DirectorySource;
  readonly keys: SigningKeys;
  readonly pending: PendingGrants;
  readonly sealing: Sealing;
  readonly tokens: Tokens;
  readonly tokenEndpoint: TokenEndpoint;
  /** An access token for an application, without any proof. */
  issueToken(wanted?: { readonly clientId?: string; readonly audience?: string }): Promise<string>;
}

export interface SignInOptions extends DirectoryOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
}

const DEFAULT_AUDIENCE = "https://management.azure.com/";

/** Opens sign-in on what the store holds. @throws {IdentitiesError} when the file of identities is wrong. */
export async function openSignIn(options: SignInOptions): Promise<SignIn> {
  const { store, clock, tenantId } = options;
  const directory = openDirectory(options);
  const keys = openSigningKeys(store, clock);
  const tokens = createTokens({ ...options, keys });
  const [pending, sealing] = await Promise.all([openPendingGrants(options), openSealing(store)]);
  return {
    directory,
    keys,
    pending,
    sealing,
    tokens,
    tokenEndpoint: createTokenEndpoint({ clock, directory, pending, sealing, tokens }),
    issueToken({ clientId, audience = DEFAULT_AUDIENCE } = {}) {
      const { applications } = directory();
      const application =
        clientId === undefined ? applications[0] : applications.find((candidate) => sameName(candidate.clientId, clientId));
      const applicationId = application?.clientId ?? clientId ?? tenantId;
      const objectId = application?.objectId ?? objectIdOf(tenantId, applicationId);
      return tokens.issueAccess({ kind: "app", applicationId, objectId }, audience);
    },
  };
}
