// `npm run descriptions`: writes what kinds and fields are for, in the words of Kubernetes, to the file that OpenAPI documents take it
// from: of every type of types-table.ts, out of the release's own documents in the Go module k8s.io/kubernetes. Needs Go.
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./build.mjs";

const TABLE = join(root, "src", "api", "kubernetes", "types-table.ts");
const TARGET = join(root, "src", "kube", "apiserver", "documents", "descriptions.txt");
const table = readFileSync(TABLE, "utf8");
const [, release] = /release (\d+\.\d+\.\d+)\./.exec(table);

/** The release's OpenAPI v3 documents. */
function documents() {
  const { status, stdout } = spawnSync("go", ["mod", "download", "-json", `k8s.io/kubernetes@v${release}`], {
    stdio: ["ignore", "pipe", 2],
  });
  if (status !== 0) process.exit(1);
  const folder = join(JSON.parse(stdout).Dir, "api", "openapi-spec", "v3");
  return readdirSync(folder).map((name) => JSON.parse(readFileSync(join(folder, name), "utf8")));
}

/** `core.v1.Pod`, of every type of the table. */
function* typesOfTable() {
  let group;
  for (const line of table.split("\n")) {
    const [, heading] = /^# (\S+)$/.exec(line) ?? [];
    if (heading !== undefined) group = heading;
    else if (group !== undefined && /^\w+!?(?: \(.+\))?$/.test(line)) yield `${group}.${/^\w+/.exec(line)[0]}`;
  }
}

const schemas = new Map(
  documents()
    .flatMap(({ components }) => Object.entries(components?.schemas ?? {}))
    .map(([name, schema]) => [
      name.replace(/^io\.k8s\.(?:api|apimachinery\.pkg\.apis|apiextensions-apiserver\.pkg\.apis|kube-aggregator\.pkg\.apis)\./, ""),
      schema,
    ]),
);
const escaped = (text) => text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
const lines = [...typesOfTable()].sort().flatMap((type) => {
  const { description = "", properties = {} } = schemas.get(type) ?? {};
  const fields = Object.entries(properties).filter(([, field]) => field.description !== undefined);
  return [`${type} ${escaped(description)}`.trimEnd(), ...fields.map(([name, field]) => ` ${name} ${escaped(field.description)}`)];
});
const origin = `# kubernetes/kubernetes api/openapi-spec/v3, release ${release}. Copyright The Kubernetes Authors. Apache License 2.0, https://www.apache.org/licenses/LICENSE-2.0.`;
writeFileSync(TARGET, `${[origin, ...lines].join("\n")}\n`);
console.log(`${lines.length} descriptions of Kubernetes ${release}`);
