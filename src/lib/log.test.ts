import { describe, expect, it } from "vitest";
import { createLogger, silentLogger } from "./log.ts";

describe("createLogger", () => {
  it("writes a JSON line with level, time, message and fields, those of `with` on every line", async () => {
    const lines: string[] = [];
    const log = await createLogger({ level: "info", destination: { write: (line) => void lines.push(line) } });
    log.with({ pool: "nodepool1" }).warn("is slow", { waitedMs: 5 });
    log.debug("is not written");
    expect(lines).toHaveLength(1);
    const line = JSON.parse(lines[0] ?? "") as Record<string, unknown>;
    expect(line).toMatchObject({ level: "warn", msg: "is slow", pool: "nodepool1", waitedMs: 5 });
    expect(line["time"]).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
  });

  it("prints an error with its causes", async () => {
    const lines: string[] = [];
    const log = await createLogger({ level: "error", destination: { write: (line) => void lines.push(line) } });
    log.error("lost", { error: new Error("outer", { cause: new Error("inner") }) });
    expect(lines[0]).toContain("outer");
    expect(lines[0]).toContain("inner");
  });

  it("is the silent one when nothing is to be written", async () => {
    expect(await createLogger({ level: "silent" })).toBe(silentLogger);
  });
});
