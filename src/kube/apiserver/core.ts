import type { Clock, Logger, Random } from "#lib";
import type { Authorizer } from "./access/authorizer.ts";
import type { ReviewContext } from "./access/reviews.ts";
import type { Reviews } from "./admission/dynamic/review.ts";
import type { Admission } from "./admission/index.ts";
import type { Conversions } from "./conversion/conversions.ts";
import type { StrategyContext } from "./registry/kind.ts";
import type { ResourceTable } from "./resources.ts";
import type { TokenAuthority } from "./tokens/authority.ts";
import type { ObjectStorage } from "./storage/storage.ts";

/** What every verb works with. */
export interface Core {
  readonly storage: ObjectStorage;
  readonly resources: ResourceTable;
  readonly admission: Admission;
  /** Who else has a say in writes: webhooks. */
  readonly reviews: Reviews;
  /** Objects of custom kinds at other versions than they are stored in. */
  readonly conversions: Conversions;
  /** Who may do what. */
  readonly access: Authorizer;
  /** Signs tokens of service accounts; undefined where none are issued. */
  readonly tokens: TokenAuthority | undefined;
  /** Whose a bearer token is. */
  readonly authenticateToken: ReviewContext["authenticateToken"];
  readonly clock: Clock;
  /** The clock of callers: how long they wait, and what is good until when. */
  readonly wall: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** `1.12.6`; changes when the cluster is upgraded. */
  readonly version: string;
}

/** What strategies and printers may look at. */
export function strategyContext({ clock, version }: Pick<Core, "clock" | "version">): StrategyContext {
  return { nowMs: clock.now(), version };
}
