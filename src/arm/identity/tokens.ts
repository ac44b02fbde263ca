import type { JWTPayload } from "jose";
import type { Clock, Random } from "#lib";
import { createSigner } from "./signer.ts";
import type { SigningKeys } from "./signing-key.ts";
import { createVerifier, issuerOf, type VerifiedToken } from "./verify.ts";

/** How an application has proved itself: `appidacr` 0, 1 or 2. */
export type Proof = "none" | "secret" | "certificate";

/** Who a token is for. */
export interface Subject {
  readonly kind: "app" | "user";
  /** Client id of the application that asks. */
  readonly applicationId: string;
  /** Of the user, or of the application's service principal. */
  readonly objectId: string;
  /** User principal name; for users only. */
  readonly userName?: string;
  readonly displayName?: string;
  readonly proof?: Proof;
  /** Of a user-assigned managed identity. */
  readonly resourceId?: string;
}

/** What an identity token says besides who has signed in. */
export interface IdentityTokenOptions {
  readonly issuer: string;
  /** Given back as it was in the request. */
  readonly nonce?: string;
  readonly version: 1 | 2;
}

/** Issues tokens and checks them. */
export interface Tokens {
  /** An access token for an audience (`https://management.azure.com/`). */
  issueAccess(subject: Subject, audience: string): Promise<string>;
  /** What tells the client who has signed in. */
  issueIdentity(subject: Subject, options: IdentityTokenOptions): Promise<string>;
  /** Signature, issuer, tenant and lifetime of an access token. @throws {ArmError} 401, for any reason not to believe it. */
  verifyAccess(token: string): Promise<VerifiedToken>;
}

/** What tokens are made from. */
export interface TokenOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly tenantId: string;
  readonly keys: SigningKeys;
}

const PROOFS: Readonly<Record<Proof, string>> = { none: "0", secret: "1", certificate: "2" };

export function createTokens(options: TokenOptions): Tokens {
  const { random, tenantId } = options;
  const iss = issuerOf(tenantId);
  const signer = createSigner(options);
  return {
    issueAccess: (subject, aud) =>
      signer.sign({
        aud,
        iss,
        appid: subject.applicationId,
        appidacr: PROOFS[subject.proof ?? "secret"],
        idp: iss,
        ...subjectClaims(subject, tenantId),
        uti: random.hex(22),
        ver: "1.0",
        ...(subject.resourceId === undefined ? {} : { xms_mirid: subject.resourceId }),
      }),
    issueIdentity: (subject, { issuer, nonce, version }) => {
      const name = subject.displayName ?? subject.userName ?? subject.applicationId;
      const { idtyp: _, ...claims } = subjectClaims(subject, tenantId);
      return signer.sign({
        aud: subject.applicationId,
        iss: issuer,
        ...claims,
        name,
        preferred_username: subject.userName ?? subject.applicationId,
        ...(nonce === undefined ? {} : { nonce }),
        ver: `${version}.0`,
      });
    },
    verifyAccess: createVerifier(options, signer.open),
  };
}

/** Claims that Azure clients read. Source: what az, the Azure SDKs and Terraform's provider take from a token. */
function subjectClaims({ kind, objectId: oid, userName, displayName }: Subject, tenantId: string): JWTPayload {
  const user =
    userName === undefined
      ? {}
      : { amr: ["pwd"], name: displayName ?? userName, scp: "user_impersonation", unique_name: userName, upn: userName };
  return { idtyp: kind, oid, sub: oid, tid: tenantId, ...user };
}
