import { expect, it } from "vitest";
import { FailedPodBackoff, placeOf } from "./failed-pods.ts";

it("replaces a failed pod at once, the next after 1 s, then after 2 s, and afresh after a long quiet", () => {
  const backoff = new FailedPodBackoff();
  const place = placeOf("kube-system/proxy", "n1");
  expect(backoff.delay(place, 0)).toBe(0);
  expect(backoff.delay(place, 400)).toBe(600);
  expect(backoff.delay(place, 1000)).toBe(0);
  expect(backoff.delay(place, 1000)).toBe(2000);
  expect(backoff.delay(placeOf("kube-system/proxy", "n2"), 1000)).toBe(0);
  expect(backoff.delay(place, 3_000_000)).toBe(0);
  expect(backoff.delay(place, 3_000_000)).toBe(1000);
});

it("forgets the places of a daemon set that is gone", () => {
  const backoff = new FailedPodBackoff();
  backoff.delay(placeOf("a/b", "n1"), 0);
  backoff.forget("a/b");
  expect(backoff.delay(placeOf("a/b", "n1"), 0)).toBe(0);
});
