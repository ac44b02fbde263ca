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

/** The folder of the release's Go module. */
function moduleFolder() {
  const { status, stdout } = spawnSync("go", ["mod", "download", "-json", `k8s.io/kubernetes@v${release}`], {
    stdio: ["ignore", "pipe", 2],
  });
  if (status !== 0) process.exit(1);
  return JSON.parse(stdout).Dir;
}

/** The release's OpenAPI v3 documents. */
function documents() {
  const folder = join(module, "api", "openapi-spec", "v3");
  return readdirSync(folder).map((name) => JSON.parse(readFileSync(join(folder, name), "utf8")));
}

/** The fields with a closed set of values, `core.v1.PodSpec restartPolicy`, with the set and the text that explains it. */
function closedSets() {
  const source = readFileSync(join(module, "pkg", "generated", "openapi", "zz_generated.openapi.go"), "utf8");
  const sets = new Map();
  for (const [, from, group, version, type, body] of source.matchAll(
    /^func schema_(k8sio_api|pkg_apis)_([a-z]+)_(v\d\w*?)_(\w+)\(ref[^\n]*\n(.*?)^}/gms,
  )) {
    if (from === "pkg_apis" && !["meta", "apiextensions", "apiregistration"].includes(group)) continue;
    for (const [, field, schema] of body.matchAll(/^\t{5}"(\w+)": {\n(.*?)^\t{5}},/gms)) {
      const values = /Enum:\s+\[\]interface{}{(.*)},$/m.exec(schema)?.[1];
      const text = /Description:\s+("(?:[^"\\]|\\.)*")/.exec(schema)?.[1];
      if (values !== undefined)
        sets.set(`${group}.${version}.${type} ${field}`, { values: JSON.parse(`[${values}]`), text: JSON.parse(text) });
    }
  }
  return sets;
}

const escaped = (text) => text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
const module = moduleFolder();
const sets = closedSets();

/** `core.v1.Pod`, of every type of the table. */
function* typesOfTable() {
  let group;
  for (const line of table.split("\n")) {
    const [, heading] = /^# (\S+)$/.exec(line) ?? [];
    if (heading !== undefined) group = heading;
    else if (group !== undefined && /^\w+!?(?: \(.+\))?$/.test(line)) yield `${group}.${/^\w+/.exec(line)[0]}`;
  }
}

/** Types with a name of their own, which the table does not have. */
const SCALARS = [
  "io.k8s.apimachinery.pkg.api.resource.Quantity",
  "io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1",
  "io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime",
  "io.k8s.apimachinery.pkg.apis.meta.v1.Patch",
  "io.k8s.apimachinery.pkg.apis.meta.v1.Time",
  "io.k8s.apimachinery.pkg.util.intstr.IntOrString",
];
const released = documents();
const documented = released.flatMap(({ components }) => Object.entries(components?.schemas ?? {}));
const scalars = SCALARS.map((name) => `${name} ${escaped(new Map(documented).get(name).description)}`);
const schemas = new Map(
  documented.map(([name, schema]) => [
    name.replace(/^io\.k8s\.(?:api|apimachinery\.pkg\.apis|apiextensions-apiserver\.pkg\.apis|kube-aggregator\.pkg\.apis)\./, ""),
    schema,
  ]),
);
const lines = [...typesOfTable()].sort().flatMap((type) => {
  const { description = "", properties = {} } = schemas.get(type) ?? {};
  const fields = Object.entries(properties).filter(([, field]) => field.description !== undefined);
  const lines = fields.flatMap(([name, field]) => {
    const set = sets.get(`${type} ${name}`);
    if (set === undefined) return [` ${name} ${escaped(field.description)}`];
    return [` ${name} ${escaped(set.text)}`, `  ${name} ${JSON.stringify(set.values)}`];
  });
  return [`${type} ${escaped(description)}`.trimEnd(), ...lines];
});
/** Parameters that calls of many kinds take. */
const PARAMETERS = [
  ..."allowWatchBookmarks continue dryRun fieldManager fieldSelector fieldValidation force gracePeriodSeconds labelSelector".split(" "),
  ..."ignoreStoreReadErrorWithClusterBreakingPotential limit namespace orphanDependents pretty propagationPolicy".split(" "),
  ..."resourceVersion resourceVersionMatch sendInitialEvents timeoutSeconds watch".split(" "),
];

/** `parameters`, and `parameters.patch` for those that say something else of patches; each in the words it has most often. */
function parameters() {
  const counts = { parameters: new Map(), "parameters.patch": new Map() };
  for (const { paths = {} } of released)
    for (const { parameters: shared = [], ...operations } of Object.values(paths))
      for (const [method, { parameters: own = [] }] of Object.entries(operations))
        for (const { name, description } of [...shared, ...own]) {
          const texts = counts[method === "patch" ? "parameters.patch" : "parameters"];
          if (PARAMETERS.includes(name)) texts.set(name, [...(texts.get(name) ?? []), description]);
        }
  const usual = (texts = []) =>
    [...texts].sort((a, b) => texts.filter((each) => each === b).length - texts.filter((each) => each === a).length)[0];
  return Object.entries(counts).flatMap(([type, texts]) => [
    type,
    ...[...texts.keys()]
      .sort((a, b) => (a < b ? -1 : 1))
      .filter((name) => type === "parameters" || usual(texts.get(name)) !== usual(counts.parameters.get(name)))
      .map((name) => ` ${name} ${escaped(usual(texts.get(name)))}`),
  ]);
}

const origin = `# kubernetes/kubernetes api/openapi-spec/v3, release ${release}. Copyright The Kubernetes Authors. Apache License 2.0, https://www.apache.org/licenses/LICENSE-2.0.`;
writeFileSync(TARGET, `${[origin, ...lines, ...parameters(), ...scalars].join("\n")}\n`);
console.log(`${lines.length} descriptions of Kubernetes ${release}`);
