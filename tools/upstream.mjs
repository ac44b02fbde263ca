// `npm run upstream [-- FOCUS [OPTIONS...]]`: runs the conformance tests of Kubernetes on a cluster of Lido's, those whose names fit the
// focus, but for those that need running processes; `npm run build` first. They are built once, of Go modules: ten minutes.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { runBundled } from "./bundled.mjs";

const module = join(import.meta.dirname, "..", "test", "upstream");
const [, release] = /k8s\.io\/kubernetes v(\S+)/.exec(readFileSync(join(module, "go.mod"), "utf8"));
const folder = join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "lido", "upstream", release);
const program = join(folder, "conformance.test");

if (!existsSync(program)) {
  mkdirSync(folder, { recursive: true });
  const partial = `${program}.${process.pid}`;
  const { status, error } = spawnSync("go", ["test", "-c", "-p", "2", "-o", partial, "."], { cwd: module, stdio: ["ignore", 2, 2] });
  if (error !== undefined) console.error(`go could not be started: ${error.message}`);
  if (status !== 0) process.exit(1);
  renameSync(partial, program);
}
process.argv.splice(2, 0, program);
await runBundled("test/upstream/main.ts", "upstream");
