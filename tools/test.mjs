// `npm test`: the checks, then the tests that start the server; nothing but npm's packages is needed.
import { bin, runSteps } from "./run.mjs";

runSteps([
  ["checks", "node", "tools/check.mjs"],
  ["build", "node", "tools/build.mjs"],
  ["server tests", bin("vitest"), "run", "--project", "server"],
]);
