import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { parse, stringify } from "yaml";
import type { Terminal } from "./client.ts";
import { AzError } from "./grammar.ts";

interface Named {
  name: string;
  [member: string]: unknown;
}

interface Kubeconfig {
  clusters: Named[];
  contexts: (Named & { context: { cluster: string; user: string } })[];
  users: Named[];
  "current-context": string;
  [member: string]: unknown;
}

/** Where credentials go when no file is named: the first entry of KUBECONFIG, else `~/.kube/config`. */
export function defaultKubeconfig(): string {
  const first = process.env["KUBECONFIG"]?.split(":")[0];
  return first === undefined || first === "" ? join(homedir(), ".kube", "config") : first;
}

/**
 * Merges a cluster's kubeconfig into a file and makes it current.
 * @throws {AzError} 1 when the file holds another entry of that name, cannot ask, and may not overwrite.
 * Source: azure-cli acs custom.py, merge_kubernetes_configurations.
 */
export async function mergeKubeconfig(
  file: string,
  addition: string,
  options: { overwrites: boolean; context: string | undefined; terminal: Terminal },
): Promise<void> {
  const added = named(parse(addition) as Kubeconfig, options.context);
  const existing = readKubeconfig(file);
  for (const section of ["clusters", "users", "contexts"] as const) {
    existing[section] = (await mergeSection(existing[section], added[section], { ...options, file, section })) as never;
  }
  existing["current-context"] = added["current-context"];
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, stringify(existing, { lineWidth: 0 }), { mode: 0o600 });
  options.terminal.say(`Merged "${added["current-context"]}" as current context in ${file}`);
}

/** Administrators' contexts are told apart by a suffix. */
function named(config: Kubeconfig, context: string | undefined): Kubeconfig {
  const [entry] = config.contexts;
  if (entry === undefined) throw new AzError("No Kubernetes credentials found.");
  const isAdmin = entry.context.user.startsWith("clusterAdmin");
  const name = context ?? (isAdmin ? `${entry.context.cluster}-admin` : entry.name);
  return { ...config, contexts: [{ ...entry, name }], "current-context": name };
}

function readKubeconfig(file: string): Kubeconfig {
  const text = existsSync(file) ? readFileSync(file, "utf8") : "";
  const config = (parse(text) ?? {}) as Partial<Kubeconfig>;
  return {
    apiVersion: "v1",
    kind: "Config",
    preferences: {},
    "current-context": "",
    ...config,
    clusters: config.clusters ?? [],
    contexts: config.contexts ?? [],
    users: config.users ?? [],
  };
}

interface Merge {
  readonly overwrites: boolean;
  readonly terminal: Terminal;
  readonly file: string;
  readonly section: "clusters" | "users" | "contexts";
}

async function mergeSection(
  existing: readonly Named[],
  added: readonly Named[],
  { overwrites, terminal, file, section }: Merge,
): Promise<Named[]> {
  const kept = [...existing];
  for (const entry of added) {
    const at = kept.findIndex(({ name }) => name === entry.name);
    const clashes = at !== -1 && JSON.stringify(kept[at]) !== JSON.stringify(entry);
    if (clashes && !overwrites) {
      const message = `A different object named ${entry.name} already exists in your kubeconfig file.`;
      if (!terminal.canAsk)
        throw new AzError(`A different object named ${entry.name} already exists in ${section} in ${file}. Use --overwrite-existing.`);
      if (!/^y(es)?$/i.test((await terminal.ask(`${message}\nOverwrite? (y/n): `)).trim())) throw new AzError(message);
    }
    if (at === -1) kept.push(entry);
    else kept[at] = entry;
  }
  return kept;
}
