import { VirtualClock } from "#lib";
import { describe, expect, it } from "vitest";
import { createDeadlines } from "./deadlines.ts";

describe("deadlines", () => {
  it("fires each key once, in order of time", async () => {
    const clock = new VirtualClock(0);
    const fired: string[] = [];
    const deadlines = createDeadlines(clock, (key) => fired.push(`${key}@${clock.now()}`));
    deadlines.set("c", 30);
    deadlines.set("a", 10);
    deadlines.set("b", 20);
    await clock.advance(100);
    expect(fired).toEqual(["a@10", "b@20", "c@30"]);
    expect(deadlines.size).toBe(0);
  });

  it("moves a deadline later and earlier without firing at the old time", async () => {
    const clock = new VirtualClock(0);
    const fired: string[] = [];
    const deadlines = createDeadlines(clock, (key) => fired.push(`${key}@${clock.now()}`));
    deadlines.set("later", 10);
    deadlines.set("later", 50);
    deadlines.set("sooner", 60);
    deadlines.set("sooner", 20);
    await clock.advance(200);
    expect(fired).toEqual(["sooner@20", "later@50"]);
  });

  it("keeps one timer however often a key is moved", () => {
    const clock = new VirtualClock(0);
    const deadlines = createDeadlines(clock, () => undefined);
    for (let node = 0; node < 100; node++) deadlines.set(`n${node}`, 40);
    for (let beat = 0; beat < 1000; beat++) deadlines.set(`n${beat % 100}`, 50 + beat);
    expect(clock.pending).toBe(1);
    expect(deadlines.size).toBe(100);
  });

  it("does not fire what was deleted, and fires what was set again", async () => {
    const clock = new VirtualClock(0);
    const fired: string[] = [];
    const deadlines = createDeadlines(clock, (key) => fired.push(`${key}@${clock.now()}`));
    deadlines.set("gone", 10);
    deadlines.delete("gone");
    deadlines.set("back", 10);
    deadlines.delete("back");
    deadlines.set("back", 30);
    await clock.advance(100);
    expect(fired).toEqual(["back@30"]);
  });

  it("lets a callback set the next deadline of its own key", async () => {
    const clock = new VirtualClock(0);
    const fired: number[] = [];
    const deadlines = createDeadlines(clock, (key) => {
      fired.push(clock.now());
      if (fired.length < 3) deadlines.set(key, clock.now() + 10);
    });
    deadlines.set("a", 10);
    await clock.advance(100);
    expect(fired).toEqual([10, 20, 30]);
    deadlines.set("b", 500);
    deadlines.clear();
    expect(clock.pending).toBe(0);
  });
});
