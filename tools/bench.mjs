// `npm run bench [-- az]`: builds the program and the benchmark, runs it, and prints figures with their method.
import { build as esbuild } from "esbuild";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build, loader, root } from "./build.mjs";

await build();
const name = process.argv[2] ?? "index";
const outfile = join(root, "dist", `bench-${name}.mjs`);
await esbuild({
  absWorkingDir: root,
  entryPoints: [`bench/${name}.ts`],
  outfile,
  bundle: true,
  format: "esm",
  platform: "node",
  target: "node20.19",
  loader,
  external: ["lmdb", "pino", "@peculiar/x509"],
  banner: { js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);' },
});
await import(pathToFileURL(outfile).href);
