import { spawnSync } from "node:child_process";
import { performance } from "node:perf_hooks";

/** Runs the steps one after another, each with its output, and says how long each took. Ends the process with 1 at the first that fails. */
export function runSteps(steps) {
  for (const [name, command, ...args] of steps) {
    const start = performance.now();
    const { status } = spawnSync(command, args, { stdio: "inherit", env: { ...process.env, npm_config_update_notifier: "false" } });
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    console.log(`${status === 0 ? "ok" : "FAILED"}  ${name} (${seconds} s)`);
    if (status !== 0) process.exit(1);
  }
}

export const bin = (name) => `node_modules/.bin/${name}`;

/** A step that runs one project of the test suite; leaves its results where LIDO_TEST_RESULTS says, for tools/count.mjs. */
export function tests(name, project) {
  const folder = process.env.LIDO_TEST_RESULTS;
  const report = folder === undefined ? [] : ["--reporter=default", "--reporter=json", `--outputFile.json=${folder}/${project}.json`];
  return [name, bin("vitest"), "run", "--project", project, ...report];
}
