import { expect, it } from "vitest";
import { VirtualClock } from "#lib";
import { openMemoryStore } from "#store";
import { openServiceAccountKeys } from "./service-account-keys.ts";

it("keeps a cluster's keys, and the one before its rotation for a day", async () => {
  const [store, clock] = [openMemoryStore(), new VirtualClock()];
  const keys = await openServiceAccountKeys({ store, clock });
  const [[first], again, [other]] = await Promise.all([keys.of("a"), keys.of("a"), keys.of("b")]);
  expect(again).toEqual([first]);
  expect(other).not.toBe(first);
  await keys.rotate("a", 1);
  await keys.rotate("a", 1);
  const [second, ...old] = await (await openServiceAccountKeys({ store, clock })).of("a");
  expect([second === first, old]).toEqual([false, [first]]);
  await keys.rotate("a", 2);
  expect((await keys.of("a")).slice(1)).toEqual([second]);
  await clock.advance(24 * 3_600_000);
  expect(await keys.of("a")).toHaveLength(1);
  expect(await keys.of("b")).toEqual([other]);
});
