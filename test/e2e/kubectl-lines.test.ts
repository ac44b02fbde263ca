import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createCluster, kubeconfigOf, putPool } from "../support/aks.ts";
import { minorOf, type Outcome, run, someKubectls } from "../support/clients.ts";
import { files, type KubectlLine, nodeLines, workloadLines } from "../support/kubectl-lines.ts";
import { type Lido, startLido, waitUntil } from "../support/lido.ts";

const found = someKubectls();

if (found.length === 0) it.skip("kubectl: none on this machine");

/** Blanks separate, but for those in single quotes. */
function argumentsOf(line: string): string[] {
  const parts = line.match(/(?:'[^']*'|[^\s'])+/g) ?? [];
  return parts.map((part) => part.replaceAll("'", ""));
}

describe.each(found)("command lines of kubectl $version", ({ path, version }) => {
  let lido: Lido;
  let folder: string;
  let node = "";
  beforeAll(async () => {
    lido = await startLido("--memory", "--speed", "instant", "--generation", "current");
    folder = mkdtempSync(join(tmpdir(), "lido-kubectl-"));
    await createCluster(lido, "");
    await lido.finish(await putPool(lido, "second", { count: 2 }));
    writeFileSync(join(folder, "config"), await kubeconfigOf(lido));
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    node = (await kubectl("get nodes -l agentpool=second -o jsonpath={.items[0].metadata.name}")).stdout.trim();
  });
  afterAll(async () => {
    await lido.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  });

  function kubectl(line: string): Promise<Outcome> {
    const args = argumentsOf(line.replaceAll("{node}", node));
    return run(path, ["--kubeconfig", "config", "--cache-dir", join(folder, "cache"), ...args], {
      cwd: folder,
      env: { ...process.env, HOME: folder },
    });
  }

  async function check({ run: line, says, code = 0, comes }: KubectlLine): Promise<void> {
    let outcome = await kubectl(line);
    if (comes !== undefined) {
      await waitUntil(line, async () => {
        if (!says.test(outcome.stdout)) outcome = await kubectl(line);
        return says.test(outcome.stdout);
      });
    }
    const printed = `${outcome.stdout}${outcome.stderr.replace(/^warning:.*\n/gim, "")}`;
    expect({ line, code: outcome.code, printed }).toEqual({ line, code, printed: expect.stringMatching(says) });
  }

  const minor = minorOf(version);
  const known = (lines: readonly KubectlLine[]): readonly KubectlLine[] => lines.filter(({ since = 0 }) => since <= minor);

  it.each([
    { title: "of nodes", lines: nodeLines },
    { title: "of workloads", lines: workloadLines },
  ])("$title", async ({ lines }) => {
    for (const line of known(lines)) await check(line);
  });
});
