// `npm run e2e`: the article and more with real clients found on this machine; those that are missing are named and skipped.
import { runSteps, tests } from "./run.mjs";

runSteps([["build", "node", "tools/build.mjs"], ["SDKs", "node", "tools/sdk.mjs"], tests("end to end", "e2e")]);
