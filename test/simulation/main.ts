import { spawn } from "node:child_process";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { simulate } from "./simulate.ts";

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    seeds: { type: "string", default: "1" },
    /** From one seed to the next. */
    stride: { type: "string", default: "1" },
    steps: { type: "string", default: "100" },
    /** Processes that share the seeds. */
    jobs: { type: "string", default: String(availableParallelism()) },
    trace: { type: "boolean", default: false },
    /** Says only what fails. */
    quiet: { type: "boolean", default: false },
  },
});
const [first, seeds, stride, steps] = [values.seed, values.seeds, values.stride, values.steps].map(Number) as [
  number,
  number,
  number,
  number,
];

/** Runs the seeds one after the other. @returns how many failed. */
async function runAll(): Promise<number> {
  let failed = 0;
  for (let index = 0; index < seeds; index++) {
    const seed = first + index * stride;
    try {
      const { hash, trace, starts } = await simulate({ seed, steps, ...(values.trace && { onLine: (line: string) => console.log(line) }) });
      if (!values.quiet) console.log(`ok seed ${seed}: ${trace.length} moves, ${starts} starts, ${hash.slice(0, 16)}`);
    } catch (error) {
      failed++;
      console.log(`FAILED ${error instanceof Error ? error.message : String(error)}\n`);
    }
  }
  return failed;
}

/** Most failures that an exit code tells. */
const MOST_TOLD = 100;

/** Gives each of several processes every so manieth seed. @returns how many failed; of a process that ended otherwise, one. */
async function share(jobs: number): Promise<number> {
  const shares = Array.from({ length: jobs }, (_, job) => {
    const own = Math.ceil((seeds - job) / jobs);
    const numbers = { seed: first + job, seeds: own, stride: jobs, steps, jobs: 1 };
    const args = Object.entries(numbers).flatMap(([name, value]) => [`--${name}`, String(value)]);
    const child = spawn(process.execPath, [fileURLToPath(import.meta.url), ...args, ...(values.quiet ? ["--quiet"] : [])], {
      stdio: "inherit",
    });
    return new Promise<number>((resolve) => child.once("close", (code) => resolve(code ?? 1)));
  });
  return (await Promise.all(shares)).reduce((sum, failed) => sum + failed, 0);
}

const begun = performance.now();
const jobs = values.trace ? 1 : Math.min(Number(values.jobs), seeds);
const failed = jobs > 1 ? await share(jobs) : await runAll();
if (stride === 1) console.log(`${seeds - failed} seeds passed, ${failed} failed, in ${Math.round((performance.now() - begun) / 1000)} s`);
process.exit(Math.min(failed, MOST_TOLD));
