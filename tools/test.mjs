// `npm test`: the checks, then the tests that start the server; nothing but npm's packages is needed.
import { runSteps, tests } from "./run.mjs";

runSteps([["checks", "node", "tools/check.mjs"], ["build", "node", "tools/build.mjs"], tests("server tests", "server")]);
