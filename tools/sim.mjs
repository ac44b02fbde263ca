// `npm run sim -- --seed N --seeds M --steps K [--trace]`: builds the simulation and runs M seeds from N on, K moves each.
import { build as esbuild } from "esbuild";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { loader, root } from "./build.mjs";

const outfile = join(root, "dist", "sim.mjs");
await esbuild({
  absWorkingDir: root,
  entryPoints: ["test/simulation/main.ts"],
  outfile,
  bundle: true,
  format: "esm",
  platform: "node",
  target: "node20.19",
  loader,
  external: ["lmdb", "pino", "@peculiar/x509"],
  banner: { js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);' },
  sourcemap: "inline",
  logLevel: "warning",
});
await import(pathToFileURL(outfile).href);
