import type { NodeBootstrap } from "#api/kubelet";
import type { Node, Taint } from "#api/kubernetes/core";
import type { StoredPool, Withdrawn } from "../documents.ts";
import { parseTaint } from "../nodes/index.ts";

type Pool = Pick<StoredPool, "properties" | "withdrawn">;

/** The service's label that follows a pool's mode, on nodes of generations with modes. Source: azure-docs articles/aks/use-labels.md. */
const MODE_LABEL = "kubernetes.azure.com/mode";

/** Whether the node carries what the pool wants it to carry. Labels and taints that others put there are left alone. */
export function conforms(node: Node, pool: Pool): boolean {
  const { labels = {} } = node.metadata;
  const present = node.spec.taints ?? [];
  return (
    Object.entries(wantedLabels(node, pool)).every(([key, value]) => labels[key] === value) &&
    pool.withdrawn.labels.every((key) => labels[key] === undefined) &&
    taintsOf(pool.properties.nodeTaints).every((taint) => present.some((other) => equal(taint, other))) &&
    !taintsOf(pool.withdrawn.taints).some((taint) => present.some((other) => equal(taint, other)))
  );
}

/** The merge patch that makes the node conform; pins the version that was seen, so that a taint set meanwhile is not lost. */
export function conformancePatch(node: Node, pool: Pool): unknown {
  const gone = taintsOf(pool.withdrawn.taints);
  const wanted = taintsOf(pool.properties.nodeTaints);
  const others = (node.spec.taints ?? []).filter((taint) => !gone.some((other) => equal(taint, other)));
  const taints = [...others.filter((taint) => !wanted.some((other) => same(taint, other))), ...wanted];
  const labels = { ...Object.fromEntries(pool.withdrawn.labels.map((key) => [key, null])), ...wantedLabels(node, pool) };
  return {
    metadata: { resourceVersion: node.metadata.resourceVersion, labels },
    spec: { taints: taints.length > 0 ? taints : null },
  };
}

function wantedLabels({ metadata }: Node, { properties }: Pool): Readonly<Record<string, string>> {
  const hasMode = metadata.labels?.[MODE_LABEL] !== undefined;
  return { ...properties.nodeLabels, ...(hasMode && { [MODE_LABEL]: properties.mode.toLowerCase() }) };
}

function taintsOf(texts: readonly string[] = []): readonly Taint[] {
  return texts.map(parseTaint).filter((taint) => taint !== undefined);
}

/** What a change of the pool takes away, together with what an earlier one took away and no node has lost yet. */
export function withdraw(before: StoredPool, after: StoredPool["properties"]): Withdrawn {
  const labels = Object.keys(before.properties.nodeLabels ?? {});
  const taints = before.properties.nodeTaints ?? [];
  const kept = after.nodeLabels ?? {};
  const keptTaints = after.nodeTaints ?? [];
  return {
    labels: unique([...before.withdrawn.labels, ...labels]).filter((key) => kept[key] === undefined),
    taints: unique([...before.withdrawn.taints, ...taints]).filter((taint) => !keptTaints.includes(taint)),
  };
}

/**
 * What was taken out of a pool and some machine still registers with, should it have to: its node may come to carry it again
 * at any time until the machine boots anew.
 */
export function stillCarried({ labels, taints }: Withdrawn, machines: readonly Pick<NodeBootstrap, "labels" | "taints">[]): Withdrawn {
  return {
    labels: labels.filter((key) => machines.some((machine) => machine.labels[key] !== undefined)),
    taints: taints.filter((text) => {
      const taint = parseTaint(text);
      return taint !== undefined && machines.some((machine) => machine.taints.some((other) => equal(taint, other)));
    }),
  };
}

/** One node has at most one taint of a key and effect. Source: kubernetes pkg/apis/core/validation, validateNodeTaints. */
function same(a: Taint, b: Taint): boolean {
  return a.key === b.key && a.effect === b.effect;
}

function equal(a: Taint, b: Taint): boolean {
  return same(a, b) && (a.value ?? "") === (b.value ?? "");
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)];
}
