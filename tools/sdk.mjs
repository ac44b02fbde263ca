// Fetches what the SDK programs of test/e2e/sdk are written with, beside them and apart from Lido's own packages. What cannot be had
// is named, and its tests are skipped.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const folder = join(import.meta.dirname, "..", "test", "e2e", "sdk");

/** Runs the command unless it has run for this very list. */
function fetchOnce(list, [marker, command, ...args]) {
  const wanted = readFileSync(join(folder, list), "utf8");
  const done = join(folder, marker, ".fetched");
  if (existsSync(done) && readFileSync(done, "utf8") === wanted) return;
  rmSync(join(folder, marker), { recursive: true, force: true });
  const { status, stderr, error } = spawnSync(command, args, {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, npm_config_update_notifier: "false" },
  });
  if (status === 0) {
    writeFileSync(done, wanted);
    return;
  }
  rmSync(join(folder, marker), { recursive: true, force: true });
  console.log(`not fetched, its tests are skipped: ${list} (${error?.message ?? stderr.trim().split("\n").at(-1)})`);
}

fetchOnce("package-lock.json", ["node_modules", "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]);
for (const name of ["many-versions", "newest", "kubernetes"]) {
  const list = `requirements-${name}.txt`;
  const options = ["--quiet", "--disable-pip-version-check", "--no-warn-conflicts", "--root-user-action=ignore", "--break-system-packages"];
  fetchOnce(list, [`python-${name}`, "python3", "-m", "pip", "install", ...options, "--target", `python-${name}`, "-r", list]);
}
