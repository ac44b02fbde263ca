// `npm test`: the checks, thousands of short simulations, then the tests that start the server; nothing but npm's packages is needed.
import { runSteps, tests } from "./run.mjs";

runSteps([
  ["checks", "node", "tools/check.mjs"],
  ["simulation", "node", "tools/sim.mjs", "--seeds", "2000", "--steps", "8", "--quiet"],
  ["build", "node", "tools/build.mjs"],
  tests("server tests", "server"),
]);
