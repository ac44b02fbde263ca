// `npm run bench [-- az]`: builds the program and the benchmark, runs it, and prints figures with their method.
// `npm run bench -- scheduling --judge`: measures the scheduler of Kubernetes beside it, which `npm run judge` has built.
import { join } from "node:path";
import { build } from "./build.mjs";
import { runBundled } from "./bundled.mjs";
import { folder } from "./judge-folder.mjs";

await build();
process.env.LIDO_BENCH_JUDGE ??= join(folder, "controlplane");
const name = process.argv[2] ?? "index";
await runBundled(`bench/${name}.ts`, `bench-${name}`);
