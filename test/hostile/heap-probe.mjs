// Loaded into the server by --import: at each SIGUSR2 it collects garbage and appends the bytes that are left to a file.
import { appendFileSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

const file = new URL(import.meta.url).searchParams.get("file");
setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc");

process.on("SIGUSR2", () => {
  collect();
  // What was waiting for its finalizer is free at the second time.
  setImmediate(() => {
    collect();
    const { heapUsed, external } = process.memoryUsage();
    appendFileSync(file, `${heapUsed + external}\n`);
  });
});
