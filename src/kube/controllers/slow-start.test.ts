import { describe, expect, it } from "vitest";
import { slowStart } from "./slow-start.ts";

describe("slowStart", () => {
  it("makes every call when all succeed", async () => {
    const calls: number[] = [];
    const result = await slowStart(10, (index) => Promise.resolve(calls.push(index)));
    expect(calls).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(result).toEqual({ succeeded: 10 });
  });

  it.each([
    { name: "after one call when the first fails", failing: 0, made: 1, succeeded: 0 },
    { name: "after the batch of the failure", failing: 2, made: 3, succeeded: 2 },
    { name: "after the third batch", failing: 5, made: 7, succeeded: 6 },
  ])("stops $name", async ({ failing, made, succeeded }) => {
    let calls = 0;
    const error = new Error("quota");
    const result = await slowStart(100, (index) => {
      calls++;
      return index === failing ? Promise.reject(error) : Promise.resolve();
    });
    expect(calls).toBe(made);
    expect(result).toEqual({ succeeded, error });
  });
});
