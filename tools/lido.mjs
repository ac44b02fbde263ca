// `npm run -s lido -- ARGS`: runs the program from a checkout, building first when a source is newer than the bundle.
import { existsSync, readdirSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const bundle = join(root, "dist", "lido.js");

/** Newest modification time below the folder, milliseconds. */
function newest(folder) {
  return readdirSync(folder, { withFileTypes: true }).reduce((latest, entry) => {
    const path = join(folder, entry.name);
    return Math.max(latest, entry.isDirectory() ? newest(path) : statSync(path).mtimeMs);
  }, 0);
}

function isStale() {
  if (!existsSync(bundle)) return true;
  const built = statSync(bundle).mtimeMs;
  return [join(root, "src")].some((folder) => newest(folder) > built) || statSync(join(root, "package.json")).mtimeMs > built;
}

if (isStale()) {
  const { build } = await import("./build.mjs");
  rmSync(join(root, "dist"), { recursive: true, force: true });
  await build();
}
// What the program tells the user to type, and what `lido env` turns into a shell function.
process.env.LIDO_COMMAND ??= process.env.npm_lifecycle_event === undefined ? "lido" : "npm run -s lido --";
process.env.LIDO_SCRIPT ??= fileURLToPath(import.meta.url);
process.argv[1] = bundle;
await import(pathToFileURL(bundle).href);
