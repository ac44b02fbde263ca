import { expect, it } from "vitest";
import { type Follow, limited, MAX_FOLLOWERS } from "./followers.ts";

it("followers of a cluster are bounded, and each is stopped once", () => {
  const cluster = {};
  let stopped = 0;
  const follow: Follow = () => () => void stopped++;
  const sink = { write: (): void => undefined, end: (): void => undefined };
  const stops = Array.from({ length: MAX_FOLLOWERS }, () => limited(cluster, follow)(sink));
  expect(() => limited(cluster, follow)).toThrow("Too many requests, please try again later.");
  expect(limited({}, follow)).toBeDefined();
  for (let times = 0; times < 2; times++) stops[0]?.();
  expect(stopped).toBe(1);
  limited(cluster, follow)(sink);
  expect(() => limited(cluster, follow)).toThrow("Too many requests");
});
