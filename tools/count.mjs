// Adds up the results that test runs left in a folder and prints the one line that sums up CI.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const total = { passed: 0, failed: 0, pending: 0 };
for (const name of readdirSync(process.argv[2]).filter((file) => file.endsWith(".json"))) {
  const run = JSON.parse(readFileSync(join(process.argv[2], name), "utf8"));
  total.passed += run.numPassedTests;
  total.failed += run.numFailedTests;
  total.pending += run.numPendingTests + run.numTodoTests;
}
console.log(`${total.passed} passed, ${total.failed} failed, ${total.pending} skipped`);
