import type { Random } from "#lib";
import { type Draft, setBody, setHeader, valueOf } from "./draft.ts";
import { oneOf, type Poison } from "./poison.ts";

const DEEP = 100_000;
const NO_JSON: readonly (() => Buffer | string)[] = [
  () => "{",
  () => '{"properties":',
  () => '{"properties":{"count":1}',
  () => '{"a":1}}',
  () => '{"a":"\\u12"}',
  () => '{"a":"\\x"}',
  () => '{"a":01x}',
  () => '{"a":1e}',
  () => '{"a":--1}',
  () => '{"a" 1}',
  () => '"unterminated',
  () => "\0\0\0\0",
  () => Buffer.from([0xff, 0xfe, 0x7b, 0x00, 0x7d, 0x00]),
  () => Buffer.from([0xc0, 0xaf, 0xe0, 0x80, 0xaf]),
  () => Buffer.from([0x1f, 0x8b, 0x08, 0, 0, 0, 0, 0]),
  () => Buffer.from([0x6b, 0x38, 0x73, 0x00, 0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f]),
  () => "[".repeat(DEEP),
  () => '{"a":'.repeat(DEEP),
  () => `${"[".repeat(DEEP)}${"]".repeat(DEEP)}`,
  () => "<xml/>",
  () => "properties=1&location=2",
  () => "a: &a [x]\nb: &b [*a,*a,*a]\nc: [*b,*b,*b]\n  : :",
  () => `{"a":"${"x".repeat(1_000_000)}`,
];
/** JSON, but no object. */
const NO_OBJECT = ["42", '"text"', "[]", "[[]]", "true", "1e400", "-0", '[{"location":"eastus"}]'];

type Path = readonly string[];
/** Values of a member, by its place, that no version takes. */
const WRONG: readonly { readonly of: RegExp; readonly path: Path; readonly values: readonly unknown[] }[] = [
  ...["count", "maxPods", "osDiskSizeGB"].map((name) => ({
    of: /agentpools\/\{pool\}$/,
    path: ["properties", name],
    values: [-1, 1.5, 1e308, 2 ** 63, "three", {}, [], true, "9".repeat(400)],
  })),
  ...["vmSize", "osType", "mode", "type", "orchestratorVersion"].map((name) => ({
    of: /agentpools\/\{pool\}$/,
    path: ["properties", name],
    values: [5, {}, [], true, "\u0000", "../..", "x".repeat(100_000), "__proto__", "constructor"],
  })),
  ...["nodeTaints", "availabilityZones"].map((name) => ({
    of: /agentpools\/\{pool\}$/,
    path: ["properties", name],
    values: [5, {}, "text", [5], [{}], [[]], ["no=such:Effect"], [`${"x".repeat(100_000)}=y:NoSchedule`]],
  })),
  ...["nodeLabels", "tags"].map((name) => ({
    of: /agentpools\/\{pool\}$/,
    path: ["properties", name],
    values: [5, [], "text", { a: 5 }, { a: {} }, { "-bad-/key!": "x" }, { ["x".repeat(1000)]: "y" }],
  })),
  { of: /agentpools\/\{pool\}$/, path: ["properties"], values: [5, "text", [], true] },
  { of: /managedclusters\/\{cluster\}$/, path: ["properties"], values: [5, "text", [], true] },
  {
    of: /managedclusters\/\{cluster\}$/,
    path: ["properties", "agentPoolProfiles"],
    values: [5, {}, "text", [5], [[]], [{ name: 5 }], Array.from({ length: 2000 }, () => ({ name: "x", count: 1 }))],
  },
  { of: /managedclusters\/\{cluster\}$/, path: ["properties", "kubernetesVersion"], values: [5, {}, [], "../..", "1.99.99", "__proto__"] },
  { of: /managedclusters\/\{cluster\}$/, path: ["properties", "dnsPrefix"], values: [5, {}, []] },
  { of: /managedclusters\/\{cluster\}$/, path: ["properties", "enableRBAC"], values: [5, {}, "text"] },
  {
    of: /managedclusters\/\{cluster\}$/,
    path: ["properties", "networkProfile"],
    values: [5, [], "text", { podCidr: 5 }, { serviceCidr: {} }],
  },
  {
    of: /(?:managedclusters\/\{cluster\}|resourcegroups\/\{group\})$/,
    path: ["tags"],
    values: [5, [], "text", { a: {} }, { a: [] }, { ["x".repeat(1000)]: "y" }],
  },
  { of: /resourcegroups\/\{group\}$/, path: ["location"], values: [5, {}, [], true, "../..", "nowhere", "x".repeat(100_000)] },
];

function placed(value: unknown, [name, ...rest]: Path, wrong: unknown): unknown {
  if (name === undefined) return wrong;
  const object = typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  return { ...object, [name]: placed(object[name], rest, wrong) };
}

const wrongFor = ({ operation, method }: Draft): typeof WRONG =>
  method === "PUT" || method === "PATCH"
    ? WRONG.filter(({ of, path }) => of.test(operation.toLowerCase()) && (method === "PUT" || path[0] === "tags"))
    : [];

/** A body is read by what writes it whole or in part; what a POST of ARM does with it is its own business. */
const readsBody = ({ side, method, body }: Draft): boolean =>
  body !== undefined && (method === "PUT" || method === "PATCH" || (method === "POST" && side === "kubernetes"));

function withMember(draft: Draft, member: string): void {
  const text = JSON.stringify(valueOf(draft));
  setBody(draft, text === "{}" ? `{${member}}` : text.replace(/\}$/, `,${member}}`));
}

const POLLUTION = [
  '"__proto__":{"count":99,"isAdmin":true}',
  '"constructor":{"prototype":{"count":99}}',
  '"toString":{"call":1}',
  '"hasOwnProperty":1',
  '"then":"x"',
];

/** What is wrong with what is sent. */
export const bodyPoisons: readonly Poison[] = [
  { name: "a body that is no JSON", fits: readsBody, isSure: true, spoil: (draft, random) => setBody(draft, oneOf(random, NO_JSON)()) },
  { name: "a body that is no object", fits: readsBody, isSure: true, spoil: (draft, random) => setBody(draft, oneOf(random, NO_OBJECT)) },
  {
    name: "a member of a wrong type or size",
    fits: (draft) => wrongFor(draft).length > 0,
    isSure: true,
    spoil(draft, random) {
      const { path, values } = oneOf(random, wrongFor(draft));
      setBody(draft, JSON.stringify(placed(valueOf(draft), path, oneOf(random, values))));
    },
  },
  {
    name: "an object of a wrong shape",
    fits: (draft) => draft.side === "kubernetes" && draft.method !== "DELETE" && readsBody(draft),
    isSure: true,
    spoil: (draft, random) => wrongObject(draft, random),
  },
  { name: "a body of 5 MB", fits: readsBody, isSure: true, spoil: (draft) => setBody(draft, `{"properties":"${"x".repeat(5_000_000)}"}`) },
  {
    name: "a media type that is none",
    fits: ({ side }) => side === "kubernetes",
    isSure: false,
    spoil(draft, random) {
      setHeader(
        draft,
        "Content-Type",
        oneOf(random, [
          "text/html",
          "application/vnd.kubernetes.protobuf",
          "application/json-patch+json",
          ";;;",
          "application/json; charset=utf-7",
          "application/yaml",
        ]),
      );
      setHeader(
        draft,
        "Accept",
        oneOf(random, [
          "text/html",
          "application/json;as=Table;g=x;v=__proto__",
          ",,,",
          "*/*;q=nan",
          "application/vnd.kubernetes.protobuf",
        ]),
      );
    },
  },
  {
    name: "members that objects inherit",
    fits: ({ body }) => body !== undefined,
    isSure: false,
    spoil: (draft, random) => withMember(draft, oneOf(random, POLLUTION)),
  },
  {
    name: "a member a hundred thousand levels deep",
    // Elsewhere nobody looks at the member: it is read and left.
    fits: (draft) =>
      readsBody(draft) && (draft.side === "kubernetes" || /managedclusters\/\{cluster\}(?:\/agentpools\/\{pool\})?$/.test(draft.operation)),
    isSure: true,
    spoil: (draft) => withMember(draft, `"properties":${'{"a":'.repeat(DEEP)}1${"}".repeat(DEEP)}`),
  },
];

const YAML_BOMB = [
  "a: &a [x,x,x,x,x,x,x,x,x]",
  ..."bcdefghij".split("").map(
    (name, index) =>
      `${name}: &${name} [${Array(9)
        .fill(`*${"abcdefghi"[index] ?? "a"}`)
        .join(",")}]`,
  ),
].join("\n");

function wrongObject(draft: Draft, random: Random): void {
  const shapes: readonly unknown[] = [
    { metadata: 5 },
    { metadata: [] },
    { kind: "NoSuchKind", apiVersion: "v1", metadata: { name: "hostile" } },
    { kind: 5, apiVersion: {}, metadata: { name: "hostile" } },
    { metadata: { name: "..", namespace: "default" } },
    // What has no namespace loses the one that it is given.
    ...(/(^|\/)namespaces\/[^/]+\/./.test(draft.segments.join("/")) ? [{ metadata: { name: "hostile", namespace: "elsewhere" } }] : []),
    { metadata: { name: "a/b" } },
    { metadata: { name: 5, labels: { a: 5 } } },
    { metadata: { name: "a%b" } },
    { metadata: { name: "hostile", labels: { "a/b/c": "x" }, annotations: [] } },
    { metadata: { name: "hostile", uid: "not-this", labels: 5 } },
  ];
  if (draft.method === "POST" && random.int(8) === 0) {
    setHeader(draft, "Content-Type", "application/yaml");
    return setBody(draft, YAML_BOMB);
  }
  setBody(draft, JSON.stringify(oneOf(random, shapes)));
}
