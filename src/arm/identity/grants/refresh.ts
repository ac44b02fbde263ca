import type { Clock } from "#lib";
import { oauthErrors } from "../oauth-error.ts";
import type { Sealing } from "../sealing.ts";

/**
 * How long a refresh token is good. Each use gives a new one, and the old one stays good until its own end.
 * Source: learn.microsoft.com/entra/identity-platform/refresh-tokens.
 */
const REFRESH_MS = 90 * 86_400_000;

/** What a refresh token stands for. */
export interface RefreshGrant {
  readonly clientId: string;
  readonly userName: string;
  readonly scope: string;
}

interface Sealed extends RefreshGrant {
  readonly use: "refresh";
  readonly untilMs: number;
}

/** A refresh token, as opaque as those of Microsoft Entra ID. */
export function sealRefresh(sealing: Sealing, clock: Clock, grant: RefreshGrant): string {
  const sealed: Sealed = { ...grant, use: "refresh", untilMs: clock.now() + REFRESH_MS };
  return `1.${sealing.seal(sealed)}`;
}

/** What a refresh token stands for. @throws {OAuthError} AADSTS9002313 for a text that is none, AADSTS70008 for one that has ended. */
export function openRefresh(sealing: Sealing, clock: Clock, token: string): RefreshGrant {
  const sealed = (token.startsWith("1.") ? sealing.open(token.slice(2)) : undefined) as Partial<Sealed> | undefined;
  if (sealed?.use !== "refresh") throw oauthErrors.malformedGrant("refresh_token");
  const { clientId = "", userName = "", scope = "", untilMs = 0 } = sealed;
  if (untilMs <= clock.now()) throw oauthErrors.expiredGrant();
  return { clientId, userName, scope };
}
