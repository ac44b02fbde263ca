import { describe, expect, it } from "vitest";
import { remembered, returnable } from "./recent.ts";

const at = (orchestratorVersion: string, image: string): { orchestratorVersion: string; nodeImageVersion: string } => ({
  orchestratorVersion,
  nodeImageVersion: `i-${image}`,
});
const [A, B, C] = [at("1.33.7", "1"), at("1.34.6", "2"), at("1.35.3", "3")];

describe("remembered", () => {
  it.each([
    { name: "nothing without a change", before: A, wanted: A, recent: undefined, after: undefined },
    { name: "what was there, after an upgrade", before: A, wanted: B, recent: undefined, after: { ...A, atMs: 9 } },
    {
      name: "the same after another image",
      before: A,
      wanted: { ...A, nodeImageVersion: "i-4" },
      recent: undefined,
      after: { ...A, atMs: 9 },
    },
    { name: "the last one only", before: B, wanted: C, recent: { ...A, atMs: 1 }, after: { ...B, atMs: 9 } },
    { name: "its time is kept when nothing changes", before: B, wanted: B, recent: { ...A, atMs: 1 }, after: { ...A, atMs: 1 } },
    { name: "nothing after a way back", before: B, wanted: A, recent: { ...A, atMs: 1 }, after: undefined },
    { name: "nothing after the way back of an image", before: at("1.33.7", "4"), wanted: A, recent: { ...A, atMs: 1 }, after: undefined },
    {
      name: "nothing after a way back to a newer image",
      before: B,
      wanted: { ...A, nodeImageVersion: "i-5" },
      recent: { ...A, atMs: 1 },
      after: undefined,
    },
    {
      name: "the last image of a version that had several",
      before: at("1.33.7", "4"),
      wanted: at("1.33.7", "5"),
      recent: { ...A, atMs: 1 },
      after: { ...at("1.33.7", "4"), atMs: 9 },
    },
  ])("$name", ({ before, wanted, recent, after }) => expect(remembered(before, wanted, { recent, nowMs: 9 })).toEqual(after));
});

describe("returnable", () => {
  const recent = { ...A, atMs: 1_000 };
  const WEEK = 7 * 86_400_000;
  it.each([
    { after: 0, is: recent },
    { after: WEEK - 1, is: recent },
    { after: WEEK, is: undefined },
  ])("after $after ms", ({ after, is }) => expect(returnable(recent, 1_000 + after)).toEqual(is));
});
