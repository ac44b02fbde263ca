import { beforeEach, describe, expect, it } from "vitest";
import { FAULT_KINDS, faultKinds, type FaultSpec } from "#api/faults";
import { seededRandom, VirtualClock } from "#lib";
import { openMemoryStore, type Store } from "#store";
import { decodeFault, FaultError } from "./decode.ts";
import { type Faults, MAX_RULES, openFaults } from "./rules.ts";
import { fitsPattern } from "./subject.ts";

const CALLS = faultKinds("calls");
const GET = { method: "GET", cluster: "c" };

describe("faults", () => {
  let clock: VirtualClock;
  let store: Store;
  let faults: Faults;
  const open = (): Promise<Faults> => openFaults({ store, clock, random: seededRandom(1) });
  const strikes = async (times: number): Promise<string> => {
    let told = "";
    for (let time = 0; time < times; time++) told += (await faults.strike(CALLS, [GET]))[0] === undefined ? "-" : "x";
    return told;
  };

  beforeEach(async () => {
    clock = new VirtualClock();
    store = openMemoryStore();
    faults = await open();
  });

  it("strike what their target fits, and nothing else", async () => {
    await faults.add({ kind: "drop", target: { method: "get", cluster: "C*" } });
    expect(await faults.strike(CALLS, [GET, { method: "PUT", cluster: "c" }, { method: "GET" }])).toMatchObject([
      { kind: "drop" },
      undefined,
      undefined,
    ]);
    expect(faults.list()).toMatchObject([{ seen: 1, hits: 1 }]);
    expect(await faults.strike(faultKinds("boots"), [GET])).toEqual([undefined]);
  });

  it("strike no more than they count, also after a restart and when several ask at once", async () => {
    await faults.add({ kind: "drop", count: 3 });
    expect(await strikes(1)).toBe("x");
    faults.close();
    faults = await open();
    const both = await Promise.all([faults.strike(CALLS, [GET, GET]), faults.strike(CALLS, [GET, GET])]);
    expect(both.flat().filter((rule) => rule !== undefined)).toHaveLength(2);
    expect(faults.any(CALLS)).toBe(false);
  });

  it("draw their share from the seed: the same again, about as often as the rate says", async () => {
    await faults.add({ kind: "drop", rate: 0.3, seed: 5 });
    const once = await strikes(200);
    await faults.removeAll();
    await faults.add({ kind: "drop", rate: 0.3, seed: 5 });
    expect(await strikes(200)).toBe(once);
    expect(once.replaceAll("-", "").length).toBeGreaterThan(40);
    expect(once.replaceAll("-", "").length).toBeLessThan(80);
  });

  it("draw the same again for who draws by name, and count it once", async () => {
    await faults.add({ kind: "kubeletLost", rate: 0.5, seed: 9 });
    const nodes = Array.from({ length: 100 }, (_, index) => ({ node: `n${index}`, draw: `n${index}/1` }));
    const once = await faults.strike(["kubeletLost"], nodes);
    const struck = once.map((rule) => rule !== undefined);
    expect((await faults.strike(["kubeletLost"], nodes)).map((rule) => rule !== undefined)).toEqual(struck);
    const hits = struck.filter(Boolean).length;
    expect(hits).toBeGreaterThan(30);
    expect(hits).toBeLessThan(70);
  });

  it("let the oldest strike, and the next one what it spares", async () => {
    await faults.add({ kind: "drop", count: 1 });
    await faults.add({ kind: "hang" });
    expect((await faults.strike(CALLS, [GET, GET])).map((rule) => rule?.kind)).toEqual(["drop", "hang"]);
  });

  it("end by themselves", async () => {
    await faults.add({ kind: "drop", expiresInSeconds: 60 });
    await clock.advance(59_999);
    expect(faults.any(CALLS)).toBe(true);
    await clock.advance(1);
    expect(faults.any(CALLS)).toBe(false);
  });

  it("are bounded in number: what is spent makes room", async () => {
    await faults.add({ kind: "drop", count: 1 });
    for (let rule = 1; rule < MAX_RULES; rule++) await faults.add({ kind: "hang", target: { method: "PUT" } });
    await expect(faults.add({ kind: "hang" })).rejects.toThrow(FaultError);
    await strikes(1);
    await faults.add({ kind: "hang" });
    expect(faults.list()).toHaveLength(MAX_RULES);
    expect(faults.list()[0]?.kind).toBe("hang");
  });

  it("are taken back", async () => {
    const { id } = await faults.add({ kind: "drop" });
    expect(await faults.remove(id)).toBe(true);
    expect(await faults.remove(id)).toBe(false);
    expect(await strikes(2)).toBe("--");
  });
});

describe("decodeFault", () => {
  it.each(Object.keys(FAULT_KINDS))("takes %s as little as it needs", (kind) => {
    const needs = kind === "delay" || kind === "slowBoot" ? { seconds: 5 } : {};
    expect(decodeFault({ kind, ...needs })).toEqual({ kind, target: {}, ...needs });
  });

  it("takes all that a kind has", () => {
    const spec: FaultSpec = {
      kind: "respond",
      target: { path: "*/agentPools/*", operation: "*write" },
      rate: 0.5,
      count: 2,
      seed: 0,
      expiresInSeconds: 5,
      status: 503,
      code: "ServiceUnavailable",
      message: "down",
      retryAfterSeconds: 3,
      afterwards: true,
    };
    expect(decodeFault(spec)).toEqual(spec);
  });

  it.each([
    [undefined, "A fault is a JSON object."],
    [{}, '"kind" is one of respond'],
    [{ kind: "toString" }, '"kind" is one of'],
    [{ kind: "drop", status: 500 }, '"status" belongs to the faults respond, not to "drop".'],
    [{ kind: "drop", speed: 1 }, 'no member "speed"'],
    [{ kind: "drop", target: { phase: "create" } }, 'not "phase"'],
    [{ kind: "slowBoot", seconds: 1, target: { phase: "never" } }, '"target.phase" is one of create'],
    [{ kind: "drop", target: { cluster: "" } }, '"target.cluster" is a text'],
    [{ kind: "drop", target: [] }, '"target" is a JSON object.'],
    [{ kind: "drop", rate: 0 }, '"rate" is a number above 0 and at most 1, not 0.'],
    [{ kind: "drop", count: 1.5 }, '"count" is a whole number'],
    [{ kind: "delay" }, 'needs "seconds"'],
    [{ kind: "delay", seconds: 601 }, "at most 600"],
    [{ kind: "respond", status: 200 }, "from 400 to 599"],
    [{ kind: "respond", code: "a b" }, '"code" is a text'],
    [{ kind: "drop", afterwards: "yes" }, '"afterwards" is true or false.'],
  ])("refuses %j", (body, message) => {
    expect(() => decodeFault(body)).toThrow(message);
    expect(() => decodeFault(body)).toThrow(FaultError);
  });
});

describe("fitsPattern", () => {
  it.each([
    ["a*c", "abbbc", true],
    ["a*c", "abbb", false],
    ["*", "", true],
    ["**b*", "ab", true],
    ["a", "ab", false],
    ["*ab*ab", "ababxab", true],
    ["", "", true],
  ])("%s, %s: %s", (pattern, text, fit) => {
    expect(fitsPattern(pattern, text)).toBe(fit);
  });

  it("takes no time for patterns that try to take it", () => {
    expect(fitsPattern(`${"*a".repeat(500)}b`, "a".repeat(1024))).toBe(false);
  });
});
