// Collects what the source marks as `Differs from AKS:`, `Differs from Kubernetes:` and `Unverified:` into docs/differences.md.
// With --check it fails when the page is not up to date.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { root } from "./build.mjs";

const PAGE = join(root, "docs", "differences.md");
const MARK = /\b(Differs from \w+|Unverified):\s*(.*)/;

function* sources(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* sources(path);
    else if (entry.name.endsWith(".ts") && !entry.name.endsWith(".test.ts")) yield path;
  }
}

/** The text of a comment line, without its markers; undefined for code. */
function commentText(line) {
  const text = /^\s*(?:\/\*\*?|\*(?!\/)|\/\/)\s?(.*?)(?:\*\/)?\s*$/.exec(line)?.[1];
  return text === undefined ? undefined : text.trim();
}

/** Marks of one file; a mark goes on to the end of its sentence's paragraph, or to the next mark. */
function marks(path) {
  const lines = readFileSync(path, "utf8").split("\n");
  const found = [];
  for (const [index, line] of lines.entries()) {
    const match = MARK.exec(commentText(line) ?? "");
    if (match === null) continue;
    let text = match[2];
    for (let next = index + 1; next < lines.length && !/[.!]$/.test(text); next++) {
      const more = commentText(lines[next]);
      if (more === undefined || more === "" || MARK.test(more) || more.startsWith("@") || more.startsWith("Source:")) break;
      text += ` ${more}`;
    }
    found.push({ kind: match[1], text, file: relative(root, path), line: index + 1 });
  }
  return found;
}

const all = [...sources(join(root, "src"))].flatMap(marks);
const section = (title, kinds) => {
  const rows = all.filter(({ kind }) => kinds(kind)).map(({ text, file }) => `- ${text} (\`${file}\`)`);
  return `## ${title}\n\n${[...new Set(rows)].join("\n")}\n`;
};
const page = `# Where Lido differs\n\nMade by \`npm run differences\` from the comments in the source; edit those.\n\n${section("On purpose", (kind) => kind !== "Unverified")}\n${section("Not verified against the real service", (kind) => kind === "Unverified")}`;

if (process.argv.includes("--check")) {
  if (readFileSync(PAGE, "utf8") !== page) {
    console.error("docs/differences.md is not up to date: run npm run differences");
    process.exit(1);
  }
} else {
  writeFileSync(PAGE, page);
}
