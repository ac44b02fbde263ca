// `npm run bench [-- az]`: builds the program and the benchmark, runs it, and prints figures with their method.
import { build } from "./build.mjs";
import { runBundled } from "./bundled.mjs";

await build();
const name = process.argv[2] ?? "index";
await runBundled(`bench/${name}.ts`, `bench-${name}`);
