import { createHash } from "node:crypto";
import { strToU8, type Zippable, zipSync } from "fflate";

/** A Python package of text files. */
export interface PythonPackage {
  /** As pip and az know it, with hyphens. */
  readonly name: string;
  readonly version: string;
  readonly summary: string;
  /** The one package that it installs. */
  readonly module: string;
  /** Files of the module by name. */
  readonly files: Readonly<Record<string, string>>;
}

/** A package ready to be served. */
export interface Wheel {
  readonly fileName: string;
  readonly bytes: Uint8Array;
  /** Lower-case hex. */
  readonly sha256: string;
}

/** The oldest time that a zip can hold, in local time as zips are: the bytes are the same whenever they are made. */
const FIXED_TIME = new Date(1980, 0, 1);
const UNIX = 3;
/** A regular file that all may read, in the upper half as Unix zips have it. */
const FILE_MODE = 0o100644 << 16;

/**
 * A universal wheel of the package: the same bytes for the same package.
 * Source: packaging.python.org, binary distribution format (PEP 427) and core metadata 2.1.
 */
export function buildWheel({ name, version, summary, module, files }: PythonPackage): Wheel {
  const stem = `${name.replaceAll("-", "_")}-${version}`;
  const info = `${stem}.dist-info`;
  const contents: Readonly<Record<string, string>> = {
    ...Object.fromEntries(Object.entries(files).map(([file, text]) => [`${module}/${file}`, text])),
    [`${info}/METADATA`]: lines("Metadata-Version: 2.1", `Name: ${name}`, `Version: ${version}`, `Summary: ${summary}`, "License: MIT"),
    [`${info}/WHEEL`]: lines("Wheel-Version: 1.0", "Generator: lido", "Root-Is-Purelib: true", "Tag: py3-none-any"),
    [`${info}/top_level.txt`]: lines(module),
  };
  const record = lines(...Object.entries(contents).map(([path, text]) => recordOf(path, text)), `${info}/RECORD,,`);
  const entries: Zippable = {};
  for (const [path, text] of Object.entries({ ...contents, [`${info}/RECORD`]: record })) {
    entries[path] = [strToU8(text), { mtime: FIXED_TIME, os: UNIX, attrs: FILE_MODE }];
  }
  const bytes = zipSync(entries, { level: 9 });
  return { fileName: `${stem}-py3-none-any.whl`, bytes, sha256: createHash("sha256").update(bytes).digest("hex") };
}

function recordOf(path: string, text: string): string {
  return `${path},sha256=${createHash("sha256").update(text).digest("base64url")},${Buffer.byteLength(text)}`;
}

function lines(...texts: readonly string[]): string {
  return `${texts.join("\n")}\n`;
}
