import { decodeJwt, errors, jwtVerify } from "jose";
import type { Clock, Random } from "#lib";
import type { AccountName } from "../access/service-accounts.ts";
import { usernameOf } from "../access/service-accounts.ts";
import type { ReviewContext } from "../access/reviews.ts";
import { goList } from "../access/rules.ts";
import type { ResourceTable } from "../resources.ts";
import { type BoundClaims, legacyClaims, RefusedClaims, userOfClaims } from "./claims.ts";
import { readKey, type SigningKeys } from "./keys.ts";
import { signToken } from "./sign.ts";

/** Source: kubernetes pkg/serviceaccount/legacy.go, LegacyIssuer. */
const LEGACY_ISSUER = "kubernetes/serviceaccount";
/** Clocks may differ by so much. Source: go-jose jwt, DefaultLeeway. */
const LEEWAY_SECONDS = 60;
/** Tokens whose signatures are known to be good, at most. */
const MAX_VERIFIED = 4096;

type Claims = Readonly<Record<string, unknown>>;
type Authenticated = Awaited<ReturnType<ReviewContext["authenticateToken"]>>;

/** Signs the tokens of a cluster's service accounts, and knows them again. */
export class TokenAuthority {
  readonly #keys: SigningKeys;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #resources: ResourceTable;
  readonly #verified = new Map<string, { readonly keyId: string; readonly claims: Claims }>();

  constructor(options: { keys: SigningKeys; clock: Clock; random: Random; resources: ResourceTable }) {
    this.#keys = options.keys;
    this.#clock = options.clock;
    this.#random = options.random;
    this.#resources = options.resources;
  }

  /** Whom tokens are for that name nobody. */
  get audiences(): readonly string[] {
    return [this.#keys.issuer];
  }

  get keys(): SigningKeys {
    return this.#keys;
  }

  /** A token of an account for these audiences. @param seconds how long it is good. @param withId whether it has an id of its own. */
  async issue(
    account: AccountName,
    bound: BoundClaims,
    { audiences, seconds, withId }: { audiences: readonly string[]; seconds: number; withId: boolean },
  ): Promise<string> {
    const now = Math.floor(this.#clock.now() / 1000);
    return await this.#sign({
      aud: [...audiences],
      exp: now + seconds,
      iat: now,
      iss: this.#keys.issuer,
      ...(withId && { jti: this.#random.uuid() }),
      "kubernetes.io": bound,
      nbf: now,
      sub: usernameOf(account),
    });
  }

  /** The token that a secret holds; it is good as long as the secret is there. */
  issueForSecret(account: AccountName, uid: string, secretName: string): Promise<string> {
    return this.#sign({ iss: LEGACY_ISSUER, ...legacyClaims(account, uid, secretName) });
  }

  async #sign(claims: Record<string, unknown>): Promise<string> {
    const [pem = ""] = await this.#keys.keys();
    return await (this.#keys.sign ?? signToken)(claims, pem);
  }

  /**
   * Whose token it is, for one of the audiences; undefined for a token that no issuer of this cluster has made.
   * Source: kubernetes pkg/serviceaccount/jwt.go, AuthenticateToken.
   */
  async authenticate(token: string, audiences: readonly string[]): Promise<Authenticated | undefined> {
    if (!this.#isOurs(token)) return undefined;
    try {
      const claims = await this.#verify(token);
      const asked = audiences.length === 0 ? this.audiences : audiences;
      const own = audiencesOf(claims, this.audiences);
      const common = own.filter((audience) => asked.includes(audience));
      if (common.length === 0) return { error: `token audiences ${goList(own)} is invalid for the target audiences ${goList(asked)}` };
      return { user: userOfClaims(this.#resources, claims, token), audiences: common };
    } catch (error) {
      if (error instanceof RefusedClaims || error instanceof errors.JOSEError) return { error: error.message };
      throw error;
    }
  }

  #isOurs(token: string): boolean {
    try {
      const { iss } = decodeJwt(token);
      return iss === this.#keys.issuer || iss === LEGACY_ISSUER;
    } catch {
      return false;
    }
  }

  async #verify(token: string): Promise<Claims> {
    const keys = (await this.#keys.keys()).map(readKey);
    const known = this.#verified.get(token);
    const isKnown = known !== undefined && keys.some(({ id }) => id === known.keyId);
    const { claims, keyId } = isKnown ? known : await checkSignature(token, keys);
    if (!isKnown) this.#remember(token, { claims, keyId });
    this.#checkTimes(claims);
    return claims;
  }

  #remember(token: string, verified: { readonly keyId: string; readonly claims: Claims }): void {
    const [oldest] = this.#verified.keys();
    if (this.#verified.size >= MAX_VERIFIED && oldest !== undefined) this.#verified.delete(oldest);
    this.#verified.set(token, verified);
  }

  #checkTimes({ exp, nbf }: Claims): void {
    const now = this.#clock.now() / 1000;
    if (typeof exp === "number" && now - LEEWAY_SECONDS > exp) throw new RefusedClaims("service account token has expired");
    if (typeof nbf === "number" && now + LEEWAY_SECONDS < nbf) throw new RefusedClaims("service account token is not valid yet");
  }
}

/** Times are checked at each use, not here. */
async function checkSignature(token: string, keys: readonly ReturnType<typeof readKey>[]): Promise<{ claims: Claims; keyId: string }> {
  let keyId = "";
  const { payload } = await jwtVerify(
    token,
    ({ kid }) => {
      const key = keys.find(({ id }) => kid === undefined || id === kid);
      if (key === undefined) throw new RefusedClaims("invalid signature, no keys found");
      keyId = key.id;
      return key.publicKey;
    },
    { algorithms: ["RS256"], currentDate: new Date(0), clockTolerance: Number.MAX_SAFE_INTEGER },
  );
  return { claims: payload, keyId };
}

function audiencesOf({ aud }: Claims, implicit: readonly string[]): readonly string[] {
  if (typeof aud === "string") return [aud];
  return Array.isArray(aud) && aud.length > 0 ? aud.filter((each) => typeof each === "string") : implicit;
}
