import { build } from "esbuild";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { loader, root } from "./build.mjs";

/** Bundles a program of the checkout to `dist/NAME.mjs`, and runs it in this process. @param entry path below the root. */
export async function runBundled(entry, name, options = {}) {
  const outfile = join(root, "dist", `${name}.mjs`);
  await build({
    absWorkingDir: root,
    entryPoints: [entry],
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20.19",
    loader,
    external: ["lmdb", "pino", "@peculiar/x509"],
    banner: { js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);' },
    logLevel: "warning",
    ...options,
  });
  await import(pathToFileURL(outfile).href);
}
