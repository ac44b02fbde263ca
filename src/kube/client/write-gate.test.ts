import { describe, expect, it } from "vitest";
import { createWriteGate, MAX_WAITING } from "./write-gate.ts";

describe("createWriteGate", () => {
  it("lets sixteen writes through at once, the others in order, and goes on after a failure", async () => {
    const gate = createWriteGate();
    const started: number[] = [];
    const ends: (() => void)[] = [];
    const passes = Array.from({ length: 40 }, (_, index) =>
      gate.pass(async () => {
        started.push(index);
        await new Promise<void>((resolve) => ends.push(resolve));
        if (index === 3) throw new Error("the third fails");
      }),
    );
    const settled = Promise.allSettled(passes.map(async (pass) => await pass));
    expect(started.length).toBe(16);
    for (let index = 0; index < 40; index++) {
      await Promise.resolve();
      await new Promise((resolve) => setImmediate(resolve));
      ends[index]?.();
    }
    expect((await settled).filter(({ status }) => status === "rejected").length).toBe(1);
    expect(started).toEqual(Array.from({ length: 40 }, (_, index) => index));
  });

  it("refuses writes beyond its bound", () => {
    const gate = createWriteGate();
    const never = (): Promise<void> => new Promise(() => undefined);
    const passes = Array.from({ length: MAX_WAITING + 17 }, () => gate.pass(never));
    expect(passes.filter((pass) => pass === undefined).length).toBe(1);
  });
});
