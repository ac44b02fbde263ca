// Bundles the program into dist/lido.js. `build()` is also what tools/lido.mjs calls when the bundle is stale.
import { build as esbuild } from "esbuild";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** What is bundled as text: the sources of az's extension, and tables of words. */
export const loader = { ".py": "text", ".txt": "text" };

export async function build() {
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  await esbuild({
    absWorkingDir: root,
    entryPoints: ["src/main.ts"],
    outdir: "dist",
    entryNames: "lido",
    bundle: true,
    splitting: true,
    chunkNames: "chunks/[name]-[hash]",
    format: "esm",
    platform: "node",
    // Packages that ship both: their ES modules, whose exports survive splitting.
    mainFields: ["module", "main"],
    target: "node20.19",
    loader,
    // lmdb loads its native part by its own path, so it stays a package beside the bundle.
    external: ["lmdb", "pino"],
    define: { LIDO_VERSION: JSON.stringify(version) },
    banner: { js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);' },
    sourcemap: "linked",
    minifySyntax: true,
    minifyWhitespace: true,
    logLevel: "warning",
  });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) await build();
