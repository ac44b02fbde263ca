import type { Random } from "#lib";
import { type Draft, setHeader } from "./draft.ts";
import { oneOf, type Poison } from "./poison.ts";

/** No resource may have one of these names, encoded as they stand. */
const BAD_NAMES: readonly string[] = [
  "..",
  ".",
  "..%2f..%2f..%2fetc%2fpasswd",
  "%2e%2e%2f%2e%2e%2f",
  "..%5c..%5cwindows",
  "rg%2f..%2frg",
  "%2f",
  "rg%00",
  "%00",
  "c%00.json",
  "%c0%ae%c0%ae%c0%af",
  "%e0%80%af",
  "%f8%80%80%80%af",
  "%ed%a0%80",
  "%ff%fe",
  "%252e%252e%252f",
  "rg%252f..",
  "%25%30%30",
  "%",
  "%zz",
  "%u002e%u002e",
  "rg%20%20",
  "rg%0d%0aX-Injected:%20yes",
  "rg%0aSet-Cookie:%20a=b",
  "rg%3fapi-version=1",
  "rg%23x",
  "rg#x",
  "rg;x=1",
  "rg%7f",
  "%3cscript%3ealert(1)%3c%2fscript%3e",
  "$%7bjndi:ldap:%2f%2flocalhost%7d",
  "'%20or%20'1'='1",
  "%2a",
  "*",
  "a".repeat(300),
  "a".repeat(3000),
  "%41".repeat(700),
  "%e2%80%ae",
  "%f0%9f%92%a9",
  "__proto__%2fconstructor",
  "{group}",
  "\u00ff\u00fe",
];
/** Names that an object of JavaScript has, whether or not anybody put them there. */
const INHERITED = ["__proto__", "constructor", "toString", "hasOwnProperty", "valueOf", "prototype"];

const BAD_VERSIONS: readonly (readonly string[])[] = [
  [],
  ["api-version="],
  ["api-version=yesterday"],
  ["api-version=%00"],
  ["api-version=2022-11-01%27%20OR%201=1"],
  ["api-version=99999999999999999999"],
  ["api-version=2022-13-45-preview-preview"],
  ["api-version=__proto__"],
  [`api-version=${"2".repeat(5000)}`],
  ["api-version[]=2022-11-01"],
  ["api%2dversion%5b%5d=2022-11-01"],
];
const QUERIES: readonly string[] = [
  "api-version=2022-11-01",
  "api-version=1999-01-01",
  "$top=-1",
  "$top=99999999999999999999",
  "$filter=%28%28%28%28%28%28%28",
  `$filter=${"(".repeat(4000)}`,
  "$filter=resourceType%20eq%20%27",
  "$expand=__proto__",
  "$skiptoken=%00%ff",
  "__proto__[x]=1",
  "constructor=1",
  "%",
  "%ff=%fe",
  "=&=&=",
  "a".repeat(4000),
  "&".repeat(4000),
  "limit=-1",
  "limit=999999999999999999999",
  "limit=1&continue=%00garbage",
  "continue=eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6LTF9",
  "labelSelector=%28%28%21%21%2c%2c",
  "labelSelector=a%20in%20%28",
  "fieldSelector=metadata.name%3d%3d%3d",
  "fieldSelector=__proto__.x%3d1",
  "resourceVersion=99999999999999999999",
  "resourceVersion=-1",
  "resourceVersion=garbage",
  "resourceVersionMatch=Exact",
  "watch=true&resourceVersion=garbage",
  "watch=true&timeoutSeconds=-5",
  "watch=true&timeoutSeconds=1&sendInitialEvents=maybe",
  "timeoutSeconds=garbage",
  "pretty=%00",
  "resource-type=%00",
  "server-fqdn=..%2f..&format=__proto__",
];

function renamed(draft: Draft, random: Random, names: readonly string[]): void {
  const place = oneOf(random, draft.names);
  draft.segments[place] = oneOf(random, names);
}

/** What is wrong with what is asked for. */
export const pathPoisons: readonly Poison[] = [
  {
    name: "a name that none can have",
    // A POST often makes nothing and looks at no body: the name is all that can be refused. Tags may be called nearly anything.
    fits: ({ names, side, segments }) => names.length > 0 && side !== "plain" && !segments.includes("tagnames"),
    isSure: true,
    spoil: (draft, random) => renamed(draft, random, BAD_NAMES),
  },
  {
    name: "an inherited name",
    fits: ({ names }) => names.length > 0,
    isSure: false,
    spoil: (draft, random) => renamed(draft, random, INHERITED),
  },
  {
    name: "an api-version that is none",
    fits: ({ side }) => side === "arm",
    isSure: true,
    spoil: (draft, random) => void (draft.query = [...oneOf(random, BAD_VERSIONS)]),
  },
  {
    name: "a strange query",
    fits: () => true,
    isSure: false,
    spoil(draft, random) {
      for (let count = 1 + random.int(3); count > 0; count--) draft.query.push(oneOf(random, QUERIES));
    },
  },
  { name: "a path of 64 KB", fits: () => true, isSure: true, spoil: (draft) => void draft.segments.push("x".repeat(65_536)) },
  {
    name: "a path of 5,000 parts",
    fits: () => true,
    isSure: true,
    spoil: (draft) => void draft.segments.push(...Array<string>(5000).fill("x")),
  },
  {
    name: "an absolute URI of another host",
    fits: () => true,
    isSure: false,
    spoil(draft) {
      draft.segments[0] = "https://elsewhere.example:99999";
      setHeader(draft, "Host", "elsewhere.example");
    },
  },
  {
    name: "a target that is no path",
    fits: () => true,
    isSure: true,
    spoil: (draft, random) =>
      void draft.segments.splice(0, Infinity, oneOf(random, ["*", "subscriptions", "http:", "://", "\\\\x", "?", "%", "//[", "https://["])),
  },
  {
    name: "a method that is none",
    fits: () => true,
    isSure: true,
    spoil: (draft, random) =>
      void (draft.method = oneOf(random, [
        "PROPFIND",
        "TRACE",
        "CONNECT",
        "FOO",
        "get",
        "SEARCH",
        "M-SEARCH",
        "LINK",
        "\u00ffGET",
        "GET\tX",
        "OPTIONS",
        "__proto__",
        "BREW",
      ])),
  },
];
