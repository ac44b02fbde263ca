import type { JWTPayload } from "jose";
import type { Clock } from "#lib";
import { armErrors } from "../errors.ts";
import type { Principal } from "../provider.ts";
import type { Signer } from "./signer.ts";

/** An access token that is to be believed. */
export interface VerifiedToken {
  readonly principal: Principal;
  readonly audience: string;
  /** How it names its subject: for the identity token of one who acts on behalf of the user. */
  readonly kind: "app" | "user";
  readonly expiryMs: number;
}

/** Verified tokens remembered at most, so that a client's every call need not check the signature again. */
const MAX_REMEMBERED = 512;
/** How far in the future a token may begin: clocks differ. */
const CLOCK_SKEW_MS = 300_000;

/** The issuer in access tokens. Source: version 1 tokens of Microsoft Entra ID, which is what Azure Resource Manager asks for. */
export function issuerOf(tenantId: string): string {
  return `https://sts.windows.net/${tenantId}/`;
}

/** @returns what checks a token's signature, issuer, tenant and lifetime, and throws an {@link ArmError} of 401. */
export function createVerifier(
  { clock, tenantId }: { readonly clock: Clock; readonly tenantId: string },
  open: Signer["open"],
): (token: string) => Promise<VerifiedToken> {
  const remembered = new Map<string, VerifiedToken>();
  return async (token) => {
    const nowMs = clock.now();
    const known = remembered.get(token);
    if (known !== undefined && nowMs < known.expiryMs) return known;
    remembered.delete(token);
    const claims = (await open(token)) ?? refuseUnsigned(token, tenantId);
    checkIssuer(claims, tenantId);
    checkTimes(claims, nowMs);
    const verified = verifiedOf(claims, tenantId);
    if (remembered.size >= MAX_REMEMBERED) remembered.delete(remembered.keys().next().value ?? "");
    remembered.set(token, verified);
    return verified;
  };
}

function verifiedOf(claims: JWTPayload, tenantId: string): VerifiedToken {
  const { oid, appid, upn, idtyp } = claims as Readonly<Record<string, unknown>>;
  const applicationId = typeof appid === "string" ? appid : undefined;
  const principal: Principal = {
    tenantId,
    objectId: typeof oid === "string" ? oid : "",
    name: typeof upn === "string" ? upn : (applicationId ?? ""),
    ...(applicationId === undefined ? {} : { applicationId }),
  };
  const audience = typeof claims.aud === "string" ? claims.aud : "";
  return { principal, audience, kind: idtyp === "user" ? "user" : "app", expiryMs: (claims.exp ?? 0) * 1000 };
}

/** Says why a token without a good signature is refused: one of another tenant is told so, as Azure does. */
function refuseUnsigned(token: string, tenantId: string): never {
  const claims = peek(token);
  if (claims !== undefined) checkIssuer(claims, tenantId);
  throw armErrors.invalidToken();
}

/** The claims of a token, whoever signed it; undefined for a text that is none. */
export function peek(token: string): JWTPayload | undefined {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());
    return typeof claims === "object" && claims !== null ? (claims as JWTPayload) : undefined;
  } catch {
    return undefined;
  }
}

/** A token of version 1 is from the security token service, one of version 2 from the tenant's authority. */
function checkIssuer(claims: JWTPayload, tenantId: string): void {
  const wanted = issuerOf(tenantId);
  if (typeof claims.iss === "string" && claims.iss !== wanted) {
    // An identity token of this tenant is no token of another one: it is for the client, and opens nothing.
    if ((claims as { readonly tid?: unknown }).tid === tenantId) throw armErrors.invalidToken();
    throw armErrors.wrongTenant(claims.iss, wanted, tenantId);
  }
  if (claims.iss !== wanted || (claims as { readonly tid?: unknown }).tid !== tenantId) throw armErrors.invalidToken();
}

function checkTimes({ exp, nbf }: JWTPayload, nowMs: number): void {
  if (exp === undefined || (nbf !== undefined && nbf * 1000 > nowMs + CLOCK_SKEW_MS)) throw armErrors.invalidToken();
  if (exp * 1000 <= nowMs) throw armErrors.expiredToken(dotNetTime(exp * 1000), dotNetTime(nowMs));
}

/** `5/17/2019 12:00:00 PM`, as .NET prints times in the invariant culture of the United States. */
function dotNetTime(ms: number): string {
  const date = new Date(ms);
  const two = (value: number): string => String(value).padStart(2, "0");
  const hour = date.getUTCHours();
  const day = `${date.getUTCMonth() + 1}/${date.getUTCDate()}/${date.getUTCFullYear()}`;
  return `${day} ${hour % 12 === 0 ? 12 : hour % 12}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())} ${hour < 12 ? "AM" : "PM"}`;
}
