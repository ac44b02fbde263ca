import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCluster, kubeconfigOf } from "../support/aks.ts";
import { startLido } from "../support/lido.ts";

/** As npm runs it: from the root of the checkout. */
const SKIPPED = join("test", "upstream", "need-processes.txt");
const VERSION = "1.35";
const NODES = 3;
const [binary = "", focus = "\\[Conformance\\]", ...more] = process.argv.slice(2);

function skipped(): string {
  const lines = readFileSync(SKIPPED, "utf8").split("\n");
  return lines.filter((line) => line !== "" && !line.startsWith("#")).join("|");
}

/** Runs the tests that the focus names on a cluster of a Lido of its own; resolves with their exit code. */
async function run(folder: string): Promise<number> {
  const lido = await startLido("--memory", "--speed", "fast", "--generation", "current");
  try {
    const pool = { name: "nodepool1", count: NODES, vmSize: "Standard_DS2_v2", type: "VirtualMachineScaleSets", mode: "System" };
    await createCluster(lido, VERSION, { agentPoolProfiles: [pool] });
    const kubeconfig = join(folder, "kubeconfig");
    writeFileSync(kubeconfig, await kubeconfigOf(lido), { mode: 0o600 });
    const options = [`-ginkgo.focus=${focus}`, `-ginkgo.skip=${skipped()}`, "-ginkgo.no-color", "-ginkgo.v", "-ginkgo.timeout=3h", ...more];
    const child = spawn(binary, [...options, "--provider=skeleton", `--kubeconfig=${kubeconfig}`], { stdio: "inherit", cwd: folder });
    return await new Promise((resolve) => child.on("close", (code) => resolve(code ?? 1)));
  } finally {
    await lido.kill("SIGKILL");
  }
}

const folder = mkdtempSync(join(tmpdir(), "lido-upstream-"));
try {
  process.exitCode = await run(folder);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
