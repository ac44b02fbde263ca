import { expect, it } from "vitest";
import { VirtualClock } from "#lib";
import { Agenda } from "./agenda.ts";

it("runs waits in order of their time, on one timer of the clock", async () => {
  const clock = new VirtualClock();
  const agenda = new Agenda(clock);
  const ran: string[] = [];
  for (const [name, delayMs] of [
    ["late", 300],
    ["early", 100],
    ["also early", 100],
    ["middle", 200],
  ] as const) {
    agenda.after(delayMs, () => void ran.push(`${name} at ${clock.now() - startMs}`));
  }
  const startMs = clock.now();
  expect(clock.pending).toBe(1);
  await clock.advance(1_000);
  expect(ran).toEqual(["early at 100", "also early at 100", "middle at 200", "late at 300"]);
  expect(clock.pending).toBe(0);
});

it("leaves out what was cancelled, also by an earlier callback of the same moment", async () => {
  const clock = new VirtualClock();
  const agenda = new Agenda(clock);
  const ran: string[] = [];
  agenda.after(50, () => void ran.push("never")).cancel();
  agenda.after(100, () => second.cancel());
  const second = agenda.after(100, () => void ran.push("never"));
  agenda.after(200, () => void ran.push("last"));
  await clock.advance(1_000);
  expect(ran).toEqual(["last"]);
});

it("takes waits that are set while one runs", async () => {
  const clock = new VirtualClock();
  const agenda = new Agenda(clock);
  const startMs = clock.now();
  const ran: number[] = [];
  const again = (): void => {
    ran.push(clock.now() - startMs);
    if (ran.length < 3) agenda.after(10, again);
  };
  agenda.after(10, again);
  await clock.advance(100);
  expect(ran).toEqual([10, 20, 30]);
});

it("drops everything when it is cleared", async () => {
  const clock = new VirtualClock();
  const agenda = new Agenda(clock);
  agenda.after(10, () => expect.unreachable());
  agenda.clear();
  await clock.advance(100);
  expect([agenda.size, clock.pending]).toEqual([0, 0]);
});
