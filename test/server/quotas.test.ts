import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createCluster, putPool } from "../support/aks.ts";
import { type Outcome, run } from "../support/clients.ts";
import { BUNDLE, type Lido, startLido } from "../support/lido.ts";

describe("lido quota", () => {
  let folder: string;
  let lido: Lido;
  const quota = (...words: readonly string[]): Promise<Outcome> =>
    run(process.execPath, [BUNDLE, "quota", ...words, "--location", "eastus", "--data-dir", folder]);

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "lido-quotas-"));
    lido = await startLido("--data-dir", folder, "--speed", "instant");
    await createCluster(lido, "1.34.8");
  });
  afterAll(async () => {
    await lido.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  });

  it("tells what is in use, and lets there be no more", async () => {
    expect((await quota("list")).stdout).toMatch(/^NAME +IN USE +LIMIT +SET\ncores +[1-9]\d* +100000 +no\n/);
    expect(JSON.parse((await quota("set", "cores", "1", "--json")).stdout)).toMatchObject({ name: "cores", limit: 1, isSet: true });
    const { status } = await putPool(lido, "over", { count: 1 });
    expect(status).toBe(201);
    expect((await quota("set", "cores", "default")).stdout).toMatch(/\ncores +\d+ +100000 +no\n$/);
  });

  it("says what it takes", async () => {
    expect(await quota("set", "cores", "many")).toMatchObject({ code: 2, stderr: expect.stringContaining("whole number of cores") });
    expect(await quota("set", "standardZFamily", "1")).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('no quota "standardZFamily"'),
    });
  });
});
