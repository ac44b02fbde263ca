import { createHash } from "node:crypto";

/**
 * What types and their fields are for, in Kubernetes' words. Source: kubernetes/kubernetes api/openapi-spec/v3, release 1.35.2.
 * Differs from AKS: the words are those of one release, whatever the cluster's version.
 */
export interface Descriptions {
  /** Changes whenever a text does. */
  readonly hash: string;
  /** Of a type (`core.v1.Pod`), or of its field; undefined for what Kubernetes says nothing of. */
  of(type: string, field?: string): string | undefined;
  /** The values that a field, or an item of it, may have; undefined where any may be. */
  values(type: string, field: string): readonly string[] | undefined;
}

let loading: Promise<Descriptions> | undefined;

/** The descriptions, which are read when they are first asked for: few servers ever are. */
export function descriptions(): Promise<Descriptions> {
  return (loading ??= import("./descriptions.txt").then(({ default: text }) => readDescriptions(text)));
}

/**
 * Reads lines `type text`, each followed by lines ` field text` of its fields, and `  field ["value"]` of closed sets; in texts `\n` is a line's end and `\\` a backslash.
 * A line that begins with `#` says where they are from. `tools/descriptions.mjs` writes them.
 */
export function readDescriptions(text: string): Descriptions {
  const texts = new Map<string, string>();
  const sets = new Map<string, string>();
  let type = "";
  for (const line of text.split("\n")) {
    if (line.startsWith("#")) continue;
    const isSet = line.startsWith("  ");
    const isField = line.startsWith(" ");
    const begin = isSet ? 2 : isField ? 1 : 0;
    const blank = line.indexOf(" ", begin);
    const end = blank === -1 ? line.length : blank;
    const name = line.slice(begin, end);
    if (!isField) type = name;
    if (isSet) sets.set(`${type} ${name}`, line.slice(blank + 1));
    else if (blank !== -1) texts.set(isField ? `${type} ${name}` : name, line.slice(blank + 1));
  }
  return {
    hash: createHash("sha256").update(text).digest("hex"),
    of: (typeName, field) => unescaped(texts.get(field === undefined ? typeName : `${typeName} ${field}`)),
    values(typeName, field) {
      const set = sets.get(`${typeName} ${field}`);
      return set === undefined ? undefined : (JSON.parse(set) as readonly string[]);
    },
  };
}

function unescaped(text: string | undefined): string | undefined {
  return text?.includes("\\") === true ? text.replaceAll(/\\(.)/g, (_, letter: string) => (letter === "n" ? "\n" : letter)) : text;
}
