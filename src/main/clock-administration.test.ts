import { describe, expect, it } from "vitest";
import type { ClockView } from "#api/clock";
import { ArmError } from "#arm";
import { silentLogger, SteeredClock, VirtualClock } from "#lib";
import { clockAdministration } from "./clock-administration.ts";

const START = Date.UTC(2026, 0, 1);

/** Calls below `/lido/v1/clock`; `settling` is what the machine's clock takes for each moment. */
function calls(settling = 0) {
  const wall = new VirtualClock(START);
  const steered = new SteeredClock({
    wall,
    from: { nowMs: START, scale: 1, isPaused: true },
    settle: async () => {
      if (settling > 0) await wall.advance(settling);
    },
    save: async () => undefined,
    log: silentLogger,
  });
  const routes = clockAdministration({ steered, wall });
  const call = async (word: string, body?: unknown): Promise<ClockView> => {
    const route = routes.find(({ url }) => url === (word === "" ? "/lido/v1/clock" : `/lido/v1/clock/${word}`));
    return (await route?.handle({ params: {}, body }))?.body as ClockView;
  };
  return { steered, call };
}

const refused = (status: number, code: string) => (error: unknown) =>
  error instanceof ArmError && error.status === status && error.code === code;

describe("calls that steer time", () => {
  it("answer with how it goes", async () => {
    const { call } = calls();
    expect(await call("")).toEqual({ now: "2026-01-01T00:00:00.000Z", state: "paused", scale: 1, aheadSeconds: 0 });
    expect(await call("advance", { seconds: 90.5 })).toMatchObject({ now: "2026-01-01T00:01:30.500Z", aheadSeconds: 90.5 });
    expect(await call("scale", { factor: 60 })).toMatchObject({ state: "paused", scale: 60 });
    expect(await call("resume")).toMatchObject({ state: "running", scale: 60 });
    const advance = call("advance", { seconds: 1 });
    expect(await call("")).toMatchObject({ state: "advancing" });
    await advance;
    expect(await call("pause")).toMatchObject({ state: "paused" });
  });

  it.each([
    ["advance", undefined],
    ["advance", []],
    ["advance", {}],
    ["advance", { seconds: "60" }],
    ["advance", { seconds: 0 }],
    ["advance", { seconds: -1 }],
    ["advance", { seconds: 2_678_401 }],
    ["advance", { seconds: Number.NaN }],
    ["advance", { seconds: 1, minutes: 1 }],
    ["scale", { factor: 0 }],
    ["scale", { factor: 3601 }],
    ["scale", { seconds: 1 }],
  ])("refuse %s %j", async (word, body) => {
    await expect(calls().call(word, body)).rejects.toSatisfy(refused(400, "InvalidClock"));
  });

  it("are refused while time is being advanced", async () => {
    const { call } = calls();
    const others = [["pause"], ["resume"], ["advance", { seconds: 1 }], ["scale", { factor: 2 }]] as const;
    const advance = call("advance", { seconds: 60 });
    const answers = others.map(([word, body]) => expect(call(word, body)).rejects.toSatisfy(refused(409, "ClockIsAdvancing")));
    await Promise.all(answers);
    await advance;
  });

  it("end after 45 seconds of the machine's time, with what has been reached", async () => {
    const { steered, call } = calls(1000);
    const tick = (): void => void steered.after(1000, tick);
    tick();
    await expect(call("advance", { seconds: 3600 })).rejects.toSatisfy(refused(503, "ClockIsLate"));
    const { aheadSeconds, state } = await call("");
    expect(state).toBe("paused");
    expect(aheadSeconds).toBeLessThan(60);
  });
});
