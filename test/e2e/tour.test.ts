import { describe, expect, it } from "vitest";
import { find, run } from "../support/clients.ts";
import { BUNDLE } from "../support/lido.ts";

const MOST_SECONDS = 60;

describe("lido tour", () => {
  it.skipIf(find("kubectl") === undefined)("runs the whole article with kubectl, and every claim holds", async () => {
    const { code, stdout, stderr } = await run(process.execPath, [BUNDLE, "tour"]);
    expect(stderr).toBe("");
    expect(code).toBe(0);
    const seconds = Number(/The article holds: \d+ claims in ([\d.]+) s/.exec(stdout)?.[1]);
    expect(seconds).toBeLessThan(MOST_SECONDS);
  });
});
