import type { JWTPayload } from "jose";
import type { Clock, Random } from "#lib";
import { armErrors } from "../errors.ts";
import { guidOf } from "../ids.ts";
import type { Principal } from "../provider.ts";
import { ALGORITHM, type SigningKeySource } from "./signing-key.ts";

/** How long a token is good, in seconds. Source: expires_in of client credentials with continuous access evaluation. */
export const LIFETIME_SECONDS = 86_399;
/** Verified tokens remembered at most, so that a client's every call need not check the signature again. */
const MAX_REMEMBERED = 512;
/** Bytes of a token at most; longer ones are not looked at. */
const MAX_TOKEN_LENGTH = 16_384;

/** Who a token is for. */
export interface Subject {
  readonly kind: "app" | "user";
  /** Client id of the application that asks. */
  readonly applicationId: string;
  /** User principal name; for users only. */
  readonly userName?: string;
}

/** Issues tokens and checks them. */
export interface Tokens {
  /** An access token for an audience (`https://management.azure.com/`). */
  issueAccess(subject: Subject, audience: string): Promise<string>;
  /** What tells the client who has signed in. */
  issueIdentity(subject: Subject, issuer: string): Promise<string>;
  /** A token that only {@link readRefresh} takes. */
  issueRefresh(subject: Subject): Promise<string>;
  /** @throws {ArmError} 401, for any reason not to believe the token. */
  verifyAccess(token: string): Promise<Principal>;
  /** The subject of a refresh token, undefined for one that is not good. */
  readRefresh(token: string): Promise<Subject | undefined>;
}

/** The issuer in access tokens. Source: version 1 tokens of Microsoft Entra ID. */
export function issuerOf(tenantId: string): string {
  return `https://sts.windows.net/${tenantId}/`;
}

/** The object id of an application or a user in the tenant. */
export function objectIdOf(tenantId: string, name: string): string {
  return guidOf(`${tenantId}/${name}`.toLowerCase());
}

/** Audience of refresh tokens: no access token has it. */
const REFRESH_AUDIENCE = "urn:lido:refresh";

/** What tokens are made from. */
export interface TokenOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly tenantId: string;
  readonly key: SigningKeySource;
}

export function createTokens(options: TokenOptions): Tokens {
  const { clock, random, tenantId } = options;
  const iss = issuerOf(tenantId);
  const { sign, open } = createSigner(options);
  return {
    issueAccess: (subject, aud) => sign({ aud, iss, ...subjectClaims(subject, tenantId), appidacr: "1", uti: random.hex(22), ver: "1.0" }),
    issueIdentity: (subject, issuer) => {
      const name = subject.userName ?? subject.applicationId;
      const aud = subject.applicationId;
      return sign({ aud, iss: issuer, ...subjectClaims(subject, tenantId), name, preferred_username: name, ver: "2.0" });
    },
    issueRefresh: (subject) => sign({ aud: REFRESH_AUDIENCE, iss, ...subjectClaims(subject, tenantId), jti: random.uuid() }),
    verifyAccess: createVerifier(options, open),
    async readRefresh(token) {
      const claims = await open(token);
      if (claims === undefined || claims.aud !== REFRESH_AUDIENCE || (claims.exp ?? 0) * 1000 <= clock.now()) return undefined;
      const { idtyp, appid, upn } = claims as { readonly idtyp?: unknown; readonly appid?: unknown; readonly upn?: unknown };
      return {
        kind: idtyp === "user" ? "user" : "app",
        applicationId: typeof appid === "string" ? appid : "",
        ...(typeof upn === "string" ? { userName: upn } : {}),
      };
    },
  };
}

interface Signer {
  sign(claims: JWTPayload): Promise<string>;
  /** The claims of a token with a good signature, expired or not; undefined for any other text. */
  open(token: string): Promise<JWTPayload | undefined>;
}

function createSigner({ clock, key }: TokenOptions): Signer {
  const keys = once(async () => {
    const { importJWK } = await import("jose");
    const { kid, privateJwk, publicJwk } = await key();
    return { kid, privateKey: await importJWK(privateJwk, ALGORITHM), publicKey: await importJWK(publicJwk, ALGORITHM) };
  });
  return {
    async sign(claims) {
      const { SignJWT } = await import("jose");
      const { kid, privateKey } = await keys();
      const now = Math.floor(clock.now() / 1000);
      const times = { iat: now, nbf: now, exp: now + LIFETIME_SECONDS };
      const header = { alg: ALGORITHM, typ: "JWT", kid, x5t: kid };
      return await new SignJWT({ ...claims, ...times }).setProtectedHeader(header).sign(privateKey);
    },
    async open(token) {
      if (token.length > MAX_TOKEN_LENGTH) return undefined;
      const { compactVerify } = await import("jose");
      const { publicKey } = await keys();
      try {
        const { payload } = await compactVerify(token, publicKey, { algorithms: [ALGORITHM] });
        return JSON.parse(new TextDecoder().decode(payload)) as JWTPayload;
      } catch {
        return undefined;
      }
    },
  };
}

function createVerifier({ clock, tenantId }: TokenOptions, open: Signer["open"]): Tokens["verifyAccess"] {
  const remembered = new Map<string, { readonly principal: Principal; readonly expiryMs: number }>();
  return async (token) => {
    const nowMs = clock.now();
    const known = remembered.get(token);
    if (known !== undefined && nowMs < known.expiryMs) return known.principal;
    remembered.delete(token);
    const claims = (await open(token)) ?? refuseUnsigned(token, tenantId);
    if (claims.aud === REFRESH_AUDIENCE) throw armErrors.invalidToken();
    checkIssuer(claims, tenantId);
    checkTimes(claims, nowMs);
    const principal = principalOf(claims, tenantId);
    if (remembered.size >= MAX_REMEMBERED) remembered.delete(remembered.keys().next().value ?? "");
    remembered.set(token, { principal, expiryMs: (claims.exp ?? 0) * 1000 });
    return principal;
  };
}

/** Claims that Azure clients read. Source: what az, the Azure SDKs and Terraform's provider take from a token. */
function subjectClaims({ kind, applicationId, userName }: Subject, tenantId: string): JWTPayload {
  const oid = objectIdOf(tenantId, userName ?? applicationId);
  const user = userName === undefined ? {} : { upn: userName, unique_name: userName };
  return { appid: applicationId, idtyp: kind, oid, sub: oid, tid: tenantId, ...user };
}

function principalOf(claims: JWTPayload, tenantId: string): Principal {
  const { oid, appid, upn } = claims as { readonly oid?: unknown; readonly appid?: unknown; readonly upn?: unknown };
  const applicationId = typeof appid === "string" ? appid : undefined;
  const name = typeof upn === "string" ? upn : (applicationId ?? "");
  return {
    tenantId,
    objectId: typeof oid === "string" ? oid : "",
    name,
    ...(applicationId === undefined ? {} : { applicationId }),
  };
}

/** Says why a token without a good signature is refused: one of another tenant is told so, as Azure does. */
function refuseUnsigned(token: string, tenantId: string): never {
  const claims = peek(token);
  if (claims !== undefined) checkIssuer(claims, tenantId);
  throw armErrors.invalidToken();
}

function peek(token: string): JWTPayload | undefined {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());
    return typeof claims === "object" && claims !== null ? (claims as JWTPayload) : undefined;
  } catch {
    return undefined;
  }
}

function checkIssuer(claims: JWTPayload, tenantId: string): void {
  const wanted = issuerOf(tenantId);
  if (typeof claims.iss === "string" && claims.iss !== wanted) throw armErrors.wrongTenant(claims.iss, wanted, tenantId);
  if (claims.iss !== wanted || (claims as { readonly tid?: unknown }).tid !== tenantId) throw armErrors.invalidToken();
}

function checkTimes({ exp, nbf }: JWTPayload, nowMs: number): void {
  if (exp === undefined || (nbf !== undefined && nbf * 1000 > nowMs + CLOCK_SKEW_MS)) throw armErrors.invalidToken();
  if (exp * 1000 <= nowMs) throw armErrors.expiredToken(dotNetTime(exp * 1000), dotNetTime(nowMs));
}

/** How far in the future a token may begin: clocks differ. */
const CLOCK_SKEW_MS = 300_000;

/** `5/17/2019 12:00:00 PM`, as .NET prints times in the invariant culture of the United States. */
function dotNetTime(ms: number): string {
  const date = new Date(ms);
  const two = (value: number): string => String(value).padStart(2, "0");
  const hour = date.getUTCHours();
  const day = `${date.getUTCMonth() + 1}/${date.getUTCDate()}/${date.getUTCFullYear()}`;
  return `${day} ${hour % 12 === 0 ? 12 : hour % 12}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())} ${hour < 12 ? "AM" : "PM"}`;
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}
