// `npm run check`: everything that needs no server process: format, lint, types, dead code, then the tests of "check".
import { bin, runSteps, tests } from "./run.mjs";

runSteps([
  ["format", bin("oxfmt"), "--check", "src", "test", "tools", "bench"],
  ["lint", bin("oxlint"), "--type-aware"],
  ["types", bin("tsc"), "-p", "tsconfig.json"],
  ["dead code", bin("knip")],
  ["differences", "node", "tools/differences.mjs", "--check"],
  tests("tests", "check"),
]);
