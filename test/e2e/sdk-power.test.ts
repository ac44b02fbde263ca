import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Lido, startLido } from "../support/lido.ts";
import { isFetched, SDK_FOLDER, titled, toldBy } from "../support/sdk.ts";

const isThere = isFetched("node_modules");

describe.skipIf(!isThere)(titled("today's SDK for JavaScript", isThere), () => {
  let lido: Lido;
  beforeAll(async () => void (lido = await startLido("--memory", "--speed", "fast")));
  afterAll(() => lido.kill("SIGKILL"));

  it("stops and starts a cluster and a pool, and aborts what a pool is at", { timeout: 120_000 }, async () => {
    expect(await toldBy(lido, [process.execPath, join(SDK_FOLDER, "power.mjs")])).toMatchObject({
      stopped: { state: "Succeeded", power: "Stopped" },
      "while stopped": { code: "OperationNotAllowed", message: expect.stringContaining("Power State(Stopped)") as string },
      started: { state: "Succeeded", power: "Running" },
      "stopped pool": { state: "Succeeded", power: "Stopped", count: 0 },
      "started pool": { state: "Succeeded", power: "Running", count: 1 },
      "aborted operation": { message: "Operation was canceled" },
      "aborted pool": "Canceled",
    });
  });
});
