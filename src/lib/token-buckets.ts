import type { Clock } from "./clock.ts";

/** A bucket that holds `capacity` tokens when full and gets `perSecond` new ones a second. */
export interface BucketRule {
  readonly capacity: number;
  readonly perSecond: number;
}

/** What came of asking for a token. */
export interface Draw {
  /** Whole tokens that are left. */
  readonly remaining: number;
  /** 0 when a token was taken; otherwise none was, and there is one after so many milliseconds. */
  readonly waitMs: number;
}

interface Bucket {
  tokens: number;
  atMs: number;
}

/**
 * Token buckets by key. A bucket that has not been asked for longest is forgotten, and so full again, when there would be
 * more than `most`.
 */
export class TokenBuckets {
  readonly #clock: Clock;
  readonly #most: number;
  readonly #buckets = new Map<string, Bucket>();

  constructor(clock: Clock, most: number) {
    this.#clock = clock;
    this.#most = most;
  }

  /** Takes a token from the bucket of a key if there is one. One key always has the same rule. */
  take(key: string, { capacity, perSecond }: BucketRule): Draw {
    const nowMs = this.#clock.now();
    const bucket = this.#buckets.get(key) ?? { tokens: capacity, atMs: nowMs };
    bucket.tokens = Math.min(capacity, bucket.tokens + (Math.max(0, nowMs - bucket.atMs) * perSecond) / 1000);
    bucket.atMs = nowMs;
    this.#keep(key, bucket);
    if (bucket.tokens < 1) return { remaining: 0, waitMs: Math.ceil(((1 - bucket.tokens) * 1000) / perSecond) };
    bucket.tokens -= 1;
    return { remaining: Math.floor(bucket.tokens), waitMs: 0 };
  }

  /** Puts the bucket at the end of the map: the first one is then the one not asked for longest. */
  #keep(key: string, bucket: Bucket): void {
    this.#buckets.delete(key);
    this.#buckets.set(key, bucket);
    const [oldest] = this.#buckets.keys();
    if (this.#buckets.size > this.#most && oldest !== undefined) this.#buckets.delete(oldest);
  }
}
