import { RE2JS } from "re2js";
import { isMap, isScalar, isSeq, parseDocument, type YAMLError } from "yaml";
import type { ConfigMap } from "#api/kubernetes/core";
import { resources } from "#api/kubernetes/resources";
import { isStatus } from "#api/kubernetes/status";
import type { KubeClient } from "#kube/client";

/** Where the priorities of pools are. Source: cluster-autoscaler expander/priority/priority.go. */
export const PRIORITIES = { namespace: "kube-system", name: "cluster-autoscaler-priority-expander" } as const;
const KEY = "priorities";

/** Expressions for names of scale sets, by the priority that they give. */
export type Priorities = ReadonlyMap<number, readonly RE2JS[]>;

/** An event about the priorities. Source: as above, logConfigWarning. */
export interface PriorityWarning {
  readonly reason: "PriorityConfigMapInvalid" | "PriorityConfigMapNotMatchedGroup" | "PriorityConfigMapNoGroupMatched";
  readonly message: string;
}

/** Reads the ConfigMap; undefined when there is none, or none that can be read, of which `warn` is told. */
export async function readPriorities(client: KubeClient, warn: (warning: PriorityWarning) => void): Promise<Priorities | undefined> {
  let map: ConfigMap;
  try {
    map = await client.get<ConfigMap>(resources.configMaps, PRIORITIES);
  } catch (error) {
    if (isStatus(error, "NotFound")) return undefined;
    throw error;
  }
  const parsed = parsePriorities(map.data?.[KEY]);
  if (!("problem" in parsed)) return parsed;
  warn({ reason: "PriorityConfigMapInvalid", message: parsed.problem });
  return undefined;
}

/**
 * The priorities, or what is wrong with their text. The last of two lists with the same priority counts.
 * Source: expander/priority/priority.go, reloadConfigMap and parsePrioritiesYAMLString.
 * Unverified: what Go's YAML reader says of a text that is none.
 */
export function parsePriorities(text: string | undefined): Priorities | { readonly problem: string } {
  if (text === undefined) return { problem: `Wrong configmap for priority expander, doesn't contain ${KEY} key. Ignoring update.` };
  const wrong = (problem: string): { readonly problem: string } => ({
    problem: `Wrong configuration for priority expander: ${problem}. Ignoring update.`,
  });
  if (text === "") return wrong(`priority configuration in ${PRIORITIES.name} configmap is empty; please provide valid configuration`);
  const read = readLists(text);
  if (typeof read === "string") return wrong(`Can't parse YAML with priorities in the configmap: yaml: ${read}`);
  const priorities = new Map<number, RE2JS[]>();
  for (const [priority, expressions] of read) {
    const compiled: RE2JS[] = [];
    for (const expression of expressions) {
      try {
        compiled.push(RE2JS.compile(expression));
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        return wrong(`Can't compile regexp rule for priority ${priority} and rule ${expression}: ${reason}`);
      }
    }
    priorities.set(priority, compiled);
  }
  return priorities;
}

/** Lists of texts by whole numbers, as Go reads them into `map[int][]string`; else what is wrong. */
function readLists(text: string): ReadonlyMap<number, readonly string[]> | string {
  const document = parseDocument(text, { uniqueKeys: false, logLevel: "silent" });
  const [error] = document.errors as readonly YAMLError[];
  if (error !== undefined) return `line ${error.linePos?.[0].line ?? 1}: ${error.message.split("\n")[0] ?? ""}`;
  const lists = new Map<number, readonly string[]>();
  const root = document.contents;
  if (root === null) return lists;
  if (!isMap(root)) return "unmarshal errors: cannot unmarshal into map[int][]string";
  for (const { key, value } of root.items) {
    const priority = isScalar(key) ? key.value : undefined;
    if (typeof priority !== "number" || !Number.isInteger(priority)) return `unmarshal errors: cannot unmarshal ${String(key)} into int`;
    const items = isSeq(value) ? value.items : isScalar(value) && value.value === null ? [] : undefined;
    if (items === undefined || !items.every((item) => isScalar(item))) return "unmarshal errors: cannot unmarshal into []string";
    lists.set(
      priority,
      items.map((item) => (isScalar(item) ? (item.source ?? String(item.value)) : "")),
    );
  }
  return lists;
}

/** Those of the highest priority that any of them has; all when none has any. Source: as above, BestOption. */
export function byPriority<T extends { readonly group: string }>(
  options: readonly T[],
  priorities: Priorities,
  warn: (warning: PriorityWarning) => void,
): readonly T[] {
  const rated = options.map((option) => ({ option, priority: priorityOf(option.group, priorities) }));
  const highest = Math.max(...rated.map(({ priority }) => priority ?? -1));
  for (const { option, priority } of rated) {
    if (priority === undefined)
      warn({
        reason: "PriorityConfigMapNotMatchedGroup",
        message: `Priority expander: node group ${option.group} not found in priority expander configuration. The group won't be used.`,
      });
  }
  const best = rated.filter(({ priority }) => priority !== undefined && priority === highest).map(({ option }) => option);
  if (best.length > 0) return best;
  warn({
    reason: "PriorityConfigMapNoGroupMatched",
    message: "Priority expander: no priorities info found for any of the expansion options. Falling back to random choice.",
  });
  return options;
}

function priorityOf(group: string, priorities: Priorities): number | undefined {
  const matching = [...priorities].filter(([, expressions]) => expressions.some((expression) => expression.matcher(group).find()));
  return matching.length === 0 ? undefined : Math.max(...matching.map(([priority]) => priority));
}
