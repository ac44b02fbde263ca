import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { describe, expect, it } from "vitest";

const ROOT = join(import.meta.dirname, "..");
const SRC = join(ROOT, "src");

/**
 * Which room may import which, besides itself: the table of docs/architecture.md. A room is the longest of these
 * paths that a file lies under; a file under none is a fault.
 */
const ROOMS: Readonly<Record<string, readonly string[]>> = {
  lib: [],
  api: ["lib"],
  store: ["lib"],
  "kube/apimachinery": ["lib", "api"],
  "kube/apiserver": ["lib", "api", "store", "kube/apimachinery"],
  "kube/client": ["lib", "api", "kube/apimachinery"],
  "kube/scheduler": ["lib", "api", "kube/apimachinery", "kube/client"],
  "kube/controllers": ["lib", "api", "kube/apimachinery", "kube/client"],
  "kube/kubelet": ["lib", "api", "kube/apimachinery", "kube/client"],
  compute: ["lib", "api", "store", "arm"],
  network: ["lib", "api", "store", "arm", "compute"],
  arm: ["lib", "api", "store"],
  aks: ["lib", "api", "store", "arm", "compute", "network", "kube/client", "kube/apimachinery"],
  faults: ["lib", "api", "store"],
  cli: ["lib", "api"],
  main: [
    "lib",
    "api",
    "store",
    "kube/apiserver",
    "kube/client",
    "kube/scheduler",
    "kube/controllers",
    "kube/kubelet",
    "compute",
    "network",
    "arm",
    "aks",
    "faults",
  ],
};
/** The composition root's own file sees the two rooms it joins. */
const ENTRY = { file: "main.ts", imports: ["cli", "main"] };

/** Fewer files than this means that the walk went wrong, not that the project is small. */
const FEWEST_FILES = 150;
const MOST_LINES = 400;
const README_LINES = 40;
const DATA_TABLE = /\/(data|tables?)\/|-table\.ts$|\.data\.ts$/;
const BANNED_NAME = /(?:^|[-/])(?:manager|helper|util|utils|common|base|impl)(?:[-./]|$)/;
const BARE_TIME = /\b(?:Date\.now\(|new Date\(\)|setTimeout\(|setInterval\(|performance\.now\()/;
const PROCESS_WORDS = /\b(?:TODO|FIXME|XXX|HACK)\b|\/work\/|\.\.\/shared/;

interface SourceFile {
  /** Below src, with `/`. */
  readonly path: string;
  readonly text: string;
  readonly room: string | undefined;
}

function walk(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? walk(path) : [path];
  });
}

function roomOf(path: string): string | undefined {
  return Object.keys(ROOMS)
    .filter((room) => path.startsWith(`${room}/`))
    .sort((a, b) => b.length - a.length)[0];
}

const files: readonly SourceFile[] = walk(SRC)
  .filter((path) => path.endsWith(".ts"))
  .map((path) => ({ path: relative(SRC, path), text: readFileSync(path, "utf8"), room: roomOf(relative(SRC, path)) }));
const shipped = files.filter(({ path }) => !/\.(test|contract)\.ts$/.test(path) && !path.includes("/testing/"));

/** Room that an import leads to, undefined for packages; relative ones are followed from the file. */
function target(file: SourceFile, specifier: string): string | undefined {
  if (specifier.startsWith("#")) return roomOf(`${specifier.slice(1)}/`) ?? `unknown room ${specifier}`;
  if (!specifier.startsWith(".")) return undefined;
  const path = relative(SRC, join(SRC, file.path, "..", specifier));
  return path.startsWith("..") ? `outside src: ${specifier}` : (roomOf(path) ?? path);
}

function importsOf(text: string): string[] {
  return [
    ...text.matchAll(/(?:^|\n)\s*(?:import|export)\b[^;"']*?from\s*"([^"]+)"|\bimport\(\s*"([^"]+)"\s*\)|(?:^|\n)import\s+"([^"]+)"/g),
  ].map((match) => match[1] ?? match[2] ?? match[3] ?? "");
}

describe("tidy", () => {
  it("reads the whole source tree", () => {
    expect(files.length).toBeGreaterThan(FEWEST_FILES);
    expect(files.flatMap(({ text }) => importsOf(text)).length).toBeGreaterThan(files.length);
  });

  it("keeps every file in a room", () => {
    expect(files.filter(({ room, path }) => room === undefined && path !== ENTRY.file).map(({ path }) => path)).toEqual([]);
  });

  it("lets rooms import only the rooms they may", () => {
    const faults = shipped.flatMap((file) =>
      importsOf(file.text)
        .map((specifier) => ({ specifier, to: target(file, specifier) }))
        .filter(({ to }) => to !== undefined && to !== file.room)
        .filter(({ to }) => !(file.path === ENTRY.file ? ENTRY.imports : (ROOMS[file.room ?? ""] ?? [])).includes(to ?? ""))
        .map(({ specifier }) => `${file.path} imports ${specifier}`),
    );
    expect(faults).toEqual([]);
  });

  it("crosses rooms by their index alone", () => {
    const faults = files.flatMap((file) =>
      importsOf(file.text)
        .filter((specifier) => specifier.startsWith(".") && target(file, specifier) !== file.room && file.path !== ENTRY.file)
        .map((specifier) => `${file.path} climbs out of its room: ${specifier}`),
    );
    expect(faults).toEqual([]);
  });

  it("keeps files short", () => {
    const long = shipped.filter(({ path, text }) => text.split("\n").length > MOST_LINES && !DATA_TABLE.test(path)).map(({ path }) => path);
    expect(long).toEqual([]);
  });

  it("gives every room a README that fits a screen", () => {
    const faults = Object.keys(ROOMS).filter((room) => {
      const lines = readFileSync(join(SRC, room, "README.md"), "utf8").split("\n").length;
      return lines < 5 || lines > README_LINES;
    });
    expect(faults).toEqual([]);
  });

  it("names files by what they hold", () => {
    expect(files.filter(({ path }) => BANNED_NAME.test(path)).map(({ path }) => path)).toEqual([]);
  });

  it("takes time from the clock alone", () => {
    expect(shipped.filter(({ path, text }) => path !== "lib/clock.ts" && BARE_TIME.test(text)).map(({ path }) => path)).toEqual([]);
  });

  it("speaks of the product alone, and leaves nothing unfinished", () => {
    expect(files.filter(({ text }) => PROCESS_WORDS.test(text)).map(({ path }) => path)).toEqual([]);
  });

  it("exports by name", () => {
    expect(files.filter(({ text }) => /\bexport default\b/.test(text)).map(({ path }) => path)).toEqual([]);
  });
});
