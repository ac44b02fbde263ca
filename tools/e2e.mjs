// `npm run e2e`: the article and more with real clients found on this machine; those that are missing are named and skipped.
import { bin, runSteps } from "./run.mjs";

runSteps([
  ["build", "node", "tools/build.mjs"],
  ["end to end", bin("vitest"), "run", "--project", "e2e"],
]);
