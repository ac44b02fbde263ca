import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Hostile, hostileRequest } from "../hostile/generate.ts";
import { awaitSystemPods, settledListing } from "../hostile/listing.ts";
import { type Call, openTarget, type Target } from "../hostile/target.ts";
import { type Reply, send } from "../hostile/wire.ts";
import { createCluster, putPool, registerPreview } from "../support/aks.ts";
import { knownOperations } from "../support/operations.ts";
import { type Lido, startUnder, waitUntil } from "../support/lido.ts";

const SEED = Number(process.env["LIDO_HOSTILE_SEED"] ?? 20190617);
const COUNT = Number(process.env["LIDO_HOSTILE_COUNT"] ?? 2000);
/** One request of the run alone, to look at a failure. */
const ONLY = process.env["LIDO_HOSTILE_ONLY"];
const AT_ONCE = 12;
/** The first part warms up what is cached and bounded; growth is what comes after it. */
const WARM_UP = 0.4;
const MOST_GROWTH_BYTES = 8 * 1024 * 1024;

const replay = (number: number): string =>
  `LIDO_HOSTILE_SEED=${SEED} LIDO_HOSTILE_ONLY=${number} npx vitest run --project server test/server/hostile.test.ts`;

/** What is wrong with the reply; undefined when it is as it should be. */
function faultOf({ number, title, mustBeRefused }: Hostile, { statuses, text, isSilent }: Reply): string | undefined {
  const told = `${title}\n  ${text.slice(0, 600)}\n  again: ${replay(number)}`;
  if (isSilent) return `no answer: ${told}`;
  const status = statuses.find((each) => each >= 500);
  if (status !== undefined) return `${status}: ${told}`;
  // 204 to a DELETE says that there is nothing.
  const success = statuses.find((each) => each >= 200 && each < 300 && each !== 204);
  return mustBeRefused && success !== undefined ? `${success}, a success: ${told}` : undefined;
}

describe(`requests of an enemy (seed ${SEED})`, () => {
  let lido: Lido;
  let folder: string;
  let target: Target;
  let calls: readonly Call[];
  let quiet: string;
  let before: Readonly<Record<string, unknown>>;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "lido-hostile-"));
    const probe = pathToFileURL(join(process.cwd(), "test", "hostile", "heap-probe.mjs"));
    probe.searchParams.set("file", join(folder, "heap"));
    lido = await startUnder(["--import", probe.href], ["--memory", "--speed", "instant"]);
    await registerPreview(lido);
    await createCluster(lido, "1.12.6");
    await lido.finish(await putPool(lido, "mypool", { count: 1 }));
    ({ target, calls } = await openTarget(lido, await knownOperations()));
    await awaitSystemPods(target);
    before = await settledListing(calls, target);
    quiet = lido.output();
  }, 180_000);
  afterAll(async () => {
    await lido.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  });

  async function attack(from: number, to: number): Promise<readonly string[]> {
    const faults: string[] = [];
    let next = from;
    const one = async (): Promise<void> => {
      while (next < to) {
        const hostile = hostileRequest(next++, { seed: SEED, calls, target });
        const fault = faultOf(hostile, await send(lido, hostile.draft));
        if (fault !== undefined) faults.push(fault);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, one));
    return faults;
  }

  /** Bytes in use after a collection. */
  async function heap(): Promise<number> {
    const file = join(folder, "heap");
    writeFileSync(file, "");
    process.kill(lido.address.pid, "SIGUSR2");
    await waitUntil("the heap is measured", () => existsSync(file) && readFileSync(file, "utf8") !== "");
    return Number(readFileSync(file, "utf8"));
  }

  it(`answers ${COUNT} of them without a 5xx, a crash, a change or a leak`, { timeout: 240_000 }, async () => {
    if (ONLY !== undefined) return expect((await attack(Number(ONLY), Number(ONLY) + 1)).join("\n") + lido.output()).toBe(quiet);
    const warm = Math.floor(COUNT * WARM_UP);
    const faults = [...(await attack(0, warm))];
    // The largest of what is kept once it was asked for.
    await lido.raw("GET", `/clusters/${target.fqdn}/openapi/v2`, { token: target.kubeToken });
    const start = await heap();
    faults.push(...(await attack(warm, COUNT)));
    const growth = (await heap()) - start;
    expect(faults.join("\n\n")).toBe("");
    expect(lido.output()).toBe(quiet);
    expect(await settledListing(calls, target)).toEqual(before);
    expect(growth).toBeLessThan(MOST_GROWTH_BYTES);
  });
});
