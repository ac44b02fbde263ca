import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { seededRandom, systemClock } from "#lib";
import { openServer, type Server } from "./runner/server.ts";
import { Stage } from "./runner/stage.ts";
import { Steps } from "./runner/steps.ts";
import { readTable } from "./runner/table.ts";
import type { WebhookServer } from "../../../src/kube/apiserver/testing/webhook-server.ts";
import { startWebhook } from "./runner/webhook.ts";

const files = readdirSync(import.meta.dirname).filter((file) => file.endsWith(".yaml"));
const tables = files.map((file) => readTable(join(import.meta.dirname, file), file));
/** Fewer cases than this means that a table is not found, or has shrunk. */
const FEWEST_CASES = 1815;
/** A server of its own process learns of configurations a moment after they are stored. */
const SETTLED_MS = 5000;
/** Names of namespaces differ from one run to the next, for servers that stay. */
const run = Math.floor(seededRandom(systemClock.now()).next() * 1e6).toString(36);

let server: Server;
let webhook: WebhookServer;
beforeAll(async () => {
  server = await openServer(process.env["LIDO_TEST_KUBECONFIG"]);
  webhook = await startWebhook();
}, 60_000);
afterAll(async () => {
  await webhook.close();
  await server.stop();
});

describe.each(tables)("$file", ({ file, settles, given, namespaces, groups, requests }) => {
  let steps: Steps;
  beforeAll(async () => {
    const { url: hook, caBundle } = webhook;
    const { port: hookPort } = new URL(hook);
    steps = new Steps(server.wire, `lido-${file.replace(".yaml", "")}-${run}`, { hook, hookPort: Number(hookPort), caBundle });
    await steps.open(namespaces);
    for (const step of given) await steps.prepare(step);
  }, 60_000);
  afterAll(() => steps.close(Object.keys(namespaces)));

  describe.each(groups)("$title", (group) => {
    let stage: Stage;
    beforeAll(async () => {
      stage = new Stage(server.wire, steps);
      await stage.open();
      await stage.enter(group);
    }, 60_000);
    afterAll(async () => {
      await stage.leave();
      stage.close();
    });
    it.each(group.cases)("$title", { timeout: 60_000 }, async (one) => {
      expect(await stage.check(one), `${JSON.stringify(one)}\nSource: ${one.source}`).toEqual([]);
    });
  });

  if (requests.length > 0)
    it.each(requests)("$title", { timeout: 60_000 }, async (one) => {
      const found = settles === true ? expect.poll(() => steps.check(one), { timeout: SETTLED_MS }) : expect(await steps.check(one));
      await found.toEqual([]);
    });
});

it("has all of its cases", () => {
  const count = tables.flatMap(({ groups, requests }) => [...groups.flatMap(({ cases }) => cases), ...requests]).length;
  expect(count).toBeGreaterThanOrEqual(FEWEST_CASES);
});
