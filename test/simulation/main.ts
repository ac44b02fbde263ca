import { parseArgs } from "node:util";
import { simulate } from "./simulate.ts";

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    seeds: { type: "string", default: "1" },
    steps: { type: "string", default: "100" },
    trace: { type: "boolean", default: false },
  },
});
const first = Number(values.seed);
const steps = Number(values.steps);
let failed = 0;
for (let seed = first; seed < first + Number(values.seeds); seed++) {
  try {
    const { hash, trace, starts } = await simulate({ seed, steps, ...(values.trace && { onLine: (line: string) => console.log(line) }) });
    console.log(`ok seed ${seed}: ${trace.length} moves, ${starts} starts, ${hash.slice(0, 16)}`);
  } catch (error) {
    failed++;
    console.log(`FAILED ${error instanceof Error ? error.message : String(error)}\n`);
  }
}
console.log(`${Number(values.seeds) - failed} seeds passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
