import { describe, expect, it } from "vitest";
import type { Opening } from "../maintenanceconfigurations/opening.ts";
import { planUpkeep, type UpkeepState } from "./plan.ts";

const DAY_MS = 86_400_000;
const NOW = 10 * DAY_MS + 5_000;
const open: Opening = { open: true, sinceMs: NOW - 1_000, untilMs: NOW + 3_000 };
const closed: Opening = { open: false, nextMs: NOW + 2_000 };
const plan = (state: Omit<UpkeepState, "nowMs">): object => planUpkeep({ nowMs: NOW, ...state });
const version = { goal: "1.34.6" };
const image = { pool: "one", goal: "i2" };

describe("planUpkeep", () => {
  it.each([
    { name: "begins in a window", state: { version: { opening: open, due: version } }, step: { kind: "version", goal: "1.34.6" } },
    { name: "waits for the window", state: { version: { opening: closed, due: version } }, step: { kind: "wait", untilMs: NOW + 2_000 } },
    {
      name: "upgrades before it replaces images",
      state: { version: { opening: open, due: version }, images: { opening: open, due: [image] } },
      step: { kind: "version" },
    },
    {
      name: "has a window for each",
      state: { version: { opening: closed, due: version }, images: { opening: open, due: [image] } },
      step: { kind: "image", pool: "one", goal: "i2" },
    },
    {
      name: "does not try again in the same window",
      state: { version: { opening: open, due: { ...version, attempt: { goal: "1.34.6", atMs: NOW - 500 } } } },
      step: { kind: "wait", untilMs: NOW + 3_000 },
    },
    {
      name: "tries again in the next one",
      state: { version: { opening: open, due: { ...version, attempt: { goal: "1.34.6", atMs: NOW - 2_000 } } } },
      step: { kind: "version" },
    },
    {
      name: "goes on to another goal in the same window",
      state: { version: { opening: open, due: { ...version, attempt: { goal: "1.33.10", atMs: NOW - 500 } } } },
      step: { kind: "version" },
    },
    {
      name: "goes on with the next pool when one has failed",
      state: {
        images: {
          opening: open,
          due: [
            { ...image, attempt: { goal: "i2", atMs: NOW } },
            { pool: "two", goal: "i2" },
          ],
        },
      },
      step: { kind: "image", pool: "two" },
    },
    {
      name: "looks again when the window ends",
      state: { images: { opening: open, due: [] } },
      step: { kind: "wait", untilMs: NOW + 3_000 },
    },
    {
      name: "looks again on another day",
      state: { images: { opening: { ...open, untilMs: NOW + 5 * DAY_MS }, due: [] } },
      step: { kind: "wait", untilMs: 11 * DAY_MS },
    },
    {
      name: "does not give up",
      state: { version: { opening: { open: false, nextMs: undefined } } },
      step: { kind: "wait", untilMs: 11 * DAY_MS },
    },
  ] as const)("$name", ({ state, step }) => expect(plan(state)).toMatchObject(step));
});
