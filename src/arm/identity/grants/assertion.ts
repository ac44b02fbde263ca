import type { JWTPayload, ProtectedHeaderParameters } from "jose";
import type { Clock } from "#lib";
import { timestamp } from "../../time.ts";
import type { Application, Certificate, FederatedCredential } from "../directory/model.ts";
import { oauthErrors } from "../oauth-error.ts";
import type { TokenRequest } from "./request.ts";

/** How clients say that what they send is a signed token: RFC 7523 section 2.2. */
const ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/** Characters of an assertion at most. */
const MAX_LENGTH = 16_384;
const MAX_QUOTED = 256;
/** How far clocks may differ. Source: the tolerance of Microsoft Entra ID's token validation. */
const CLOCK_SKEW_SECONDS = 300;

interface Assertion {
  readonly text: string;
  readonly header: ProtectedHeaderParameters;
  readonly claims: JWTPayload;
}

/**
 * Checks the signed token with which an application proves itself: one that it has signed with the key of a registered
 * certificate, or one of an issuer that it trusts.
 * @param audiences What an assertion of the application's own may be for, in lower case and without a slash at the end.
 * @throws {OAuthError} AADSTS50027, 700027, 700021, 700023, 700024, 700211, 700212, 700213, 50013.
 */
export async function checkAssertion(
  { form }: Pick<TokenRequest, "form">,
  application: Application,
  { clock, audiences }: { readonly clock: Clock; readonly audiences: readonly string[] },
): Promise<void> {
  if (form.get("client_assertion_type") !== ASSERTION_TYPE) throw oauthErrors.missingParameter("client_assertion_type");
  const assertion = await readAssertion(form.get("client_assertion") ?? "");
  const { iss, sub } = assertion.claims;
  if (isOwn(assertion, application)) {
    await checkSignature(assertion, application, clock.now());
    if (iss?.toLowerCase() !== application.clientId || sub?.toLowerCase() !== application.clientId)
      throw oauthErrors.wrongAssertionSubject();
    checkTimes(assertion.claims, clock.now());
    if (!namesOf(assertion.claims).some((audience) => audiences.includes(plain(audience)))) throw oauthErrors.wrongAssertionAudience();
    return;
  }
  const credential = findFederated(assertion.claims, application.federatedCredentials);
  await checkFederatedSignature(assertion, credential);
  checkTimes(assertion.claims, clock.now());
}

async function readAssertion(text: string): Promise<Assertion> {
  const { decodeJwt, decodeProtectedHeader } = await import("jose");
  if (text.length > MAX_LENGTH) throw oauthErrors.malformedAssertion("");
  try {
    return { text, header: decodeProtectedHeader(text), claims: decodeJwt(text) };
  } catch {
    throw oauthErrors.malformedAssertion("");
  }
}

/** An assertion of the application's own names it as its issuer, or a certificate that only it can have. */
function isOwn({ claims: { iss, sub } }: Assertion, { clientId }: Application): boolean {
  return iss?.toLowerCase() === clientId || (sub?.toLowerCase() === clientId && !/^https?:/.test(iss ?? ""));
}

async function checkSignature({ text, header }: Assertion, { clientId, certificates }: Application, nowMs: number): Promise<void> {
  const { x5t, "x5t#S256": x5tS256, kid } = header as Readonly<Record<string, unknown>>;
  // Some clients pad the digests, which RFC 7515 does not.
  const marks = [x5t, x5tS256, kid].filter((mark) => typeof mark === "string").map((mark) => mark.replace(/=+$/, ""));
  if (marks.length === 0) throw oauthErrors.malformedAssertion("No certificate thumbprint specified in token header.");
  const certificate = certificates.find((candidate) => marks.some((mark) => isMarkOf(mark, candidate)));
  const thumbprint = hexOf(marks[0] ?? "");
  if (certificate === undefined) throw oauthErrors.wrongAssertionKey(clientId, thumbprint);
  if (certificate.endsMs <= nowMs) throw oauthErrors.wrongAssertionKey(clientId, thumbprint, "The key used is expired.");
  const { compactVerify } = await import("jose");
  await compactVerify(text, certificate.key, { algorithms: ["RS256", "PS256"] }).catch(() => {
    throw oauthErrors.wrongAssertionKey(clientId, thumbprint, "The provided signature value did not match the expected signature value.");
  });
}

/** A `kid` may be the thumbprint as people read it. */
function isMarkOf(mark: string, { x5t, x5tS256 }: Certificate): boolean {
  return mark === x5t || mark === x5tS256 || mark.toUpperCase() === hexOf(x5t);
}

function hexOf(mark: string): string {
  return Buffer.from(mark, "base64url").toString("hex").toUpperCase();
}

/** Issuer, subject and audience are compared with letter case. Source: reference-breaking-changes, "case-sensitive matching". */
function findFederated(claims: JWTPayload, credentials: readonly FederatedCredential[]): FederatedCredential {
  const byIssuer = credentials.filter(({ issuer }) => issuer === claims.iss);
  if (byIssuer.length === 0) throw oauthErrors.noFederatedIssuer(quoted(claims.iss));
  const bySubject = byIssuer.filter(({ subject }) => subject === claims.sub);
  if (bySubject.length === 0) throw oauthErrors.noFederatedSubject(quoted(claims.sub));
  const names = namesOf(claims);
  const found = bySubject.find(({ audiences }) => audiences.some((audience) => names.includes(audience)));
  if (found === undefined) throw oauthErrors.noFederatedAudience(quoted(names[0]));
  return found;
}

async function checkFederatedSignature({ text, header: { kid, alg = "" } }: Assertion, { keys }: FederatedCredential): Promise<void> {
  const { compactVerify, importJWK } = await import("jose");
  for (const jwk of keys) {
    if (kid !== undefined && jwk.kid !== undefined && jwk.kid !== kid) continue;
    try {
      await compactVerify(text, await importJWK(jwk, alg), { algorithms: ["RS256", "RS384", "RS512", "PS256", "ES256", "ES384"] });
      return;
    } catch {
      // Another of the issuer's keys may have signed it.
    }
  }
  throw oauthErrors.wrongFederatedKey();
}

function checkTimes({ exp, nbf, iat }: JWTPayload, nowMs: number): void {
  const now = Math.floor(nowMs / 1000);
  const from = nbf ?? iat ?? now;
  if (typeof exp !== "number" || typeof from !== "number") throw oauthErrors.malformedAssertion("It has no time at which it ends.");
  if (exp + CLOCK_SKEW_SECONDS > now && from - CLOCK_SKEW_SECONDS <= now) return;
  throw oauthErrors.assertionTime(timeText(now), timeText(from), timeText(exp));
}

/** The last second of the year 9999. */
const MAX_SECONDS = 253_402_300_799;

/** Times beyond what a calendar holds are as good as its end. */
function timeText(seconds: number): string {
  return timestamp(Math.min(Math.max(seconds, 0), MAX_SECONDS) * 1000);
}

function namesOf({ aud }: JWTPayload): readonly string[] {
  return [aud ?? []].flat().filter((audience) => typeof audience === "string");
}

/** Case and a slash at the end do not matter in the address of an endpoint. */
export function plain(url: string): string {
  return url.toLowerCase().replace(/\/+$/, "");
}

function quoted(text: string | undefined): string {
  return (text ?? "").slice(0, MAX_QUOTED);
}
