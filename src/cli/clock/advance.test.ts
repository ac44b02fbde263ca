import { describe, expect, it } from "vitest";
import type { Answer } from "../connection.ts";
import { advance } from "./commands.ts";

const START = Date.UTC(2026, 0, 1);

/** A server that comes so many seconds far in one call. */
function serverOf(most: number, step = 0) {
  let nowMs = START;
  const asked: unknown[] = [];
  const view = (status: number): Answer => {
    const body = { now: new Date(nowMs).toISOString() };
    return { status, headers: {}, body, text: "" };
  };
  return {
    asked,
    async arm(method: string, _url: string, body?: unknown): Promise<Answer> {
      nowMs += step * 1000;
      if (method === "GET") return view(200);
      const { seconds } = body as { readonly seconds: number };
      asked.push(seconds);
      nowMs += Math.min(seconds, most) * 1000;
      return view(seconds > most ? 503 : 200);
    },
  };
}

describe("advance", () => {
  it("asks again until time is where it should be", async () => {
    const server = serverOf(100);
    const { status, body } = await advance(server, 250);
    expect([status, body]).toEqual([200, { now: "2026-01-01T00:04:10.000Z" }]);
    expect(server.asked).toEqual([250, 150, 50]);
  });

  it("has nothing left to ask for when time ran there meanwhile", async () => {
    const server = serverOf(100, 200);
    expect((await advance(server, 250)).status).toBe(200);
    expect(server.asked).toEqual([250]);
  });
});
