import type { Node, Pod } from "#api/kubernetes/core";
import type { KubeObject } from "#api/kubernetes/meta";
import type { NodeMetrics, PodMetrics } from "#api/kubernetes/metrics";
import { addQuantities, formatQuantity, isNodeReady, parseQuantity } from "#kube/apimachinery";
import type { Core } from "../core.ts";
import { NAME, text } from "../registry/columns.ts";
import { defineKind } from "../registry/define.ts";
import type { Kind, TablePrinter } from "../registry/kind.ts";
import { METADATA } from "../registry/pod-template/shape.ts";
import { objectOf } from "../registry/shape.ts";
import type { Answer } from "../request.ts";
import { selectionOf } from "../selection.ts";
import { notFound } from "../status.ts";
import { entryKey } from "../storage/storage.ts";
import { answerOf, type ResourceCall } from "../verbs/single.ts";
import { nodeMetricsOf, podMetricsOf } from "./usage.ts";

const GROUP = "metrics.k8s.io";
const USAGE_COLUMNS = [text("cpu", "CPU that is used."), text("memory", "Memory that is used."), text("window", "How long was measured.")];

const nodeTable: TablePrinter<NodeMetrics> = {
  columns: [NAME, ...USAGE_COLUMNS],
  cells: ({ metadata, usage, window }) => [metadata.name, usage["cpu"] ?? "", usage["memory"] ?? "", window],
};

const podTable: TablePrinter<PodMetrics> = {
  columns: [NAME, ...USAGE_COLUMNS],
  cells: ({ metadata, containers, window }) => [metadata.name, total(containers, "cpu"), total(containers, "memory"), window],
};

function total(containers: PodMetrics["containers"], resource: "cpu" | "memory"): string {
  const amounts = containers.map(({ usage }) => parseQuantity(usage[resource] ?? "0"));
  return formatQuantity(amounts.reduce((sum, each) => addQuantities(sum, each), parseQuantity("0")));
}

/** What the metrics server serves. Source: kubernetes-sigs/metrics-server pkg/api. */
export const metricsKinds: readonly Kind[] = [
  readOnly(
    defineKind<NodeMetrics>({
      apiVersion: `${GROUP}/v1beta1`,
      kind: "NodeMetrics",
      resource: "nodes",
      clusterScoped: true,
      shape: objectOf("NodeMetrics", { metadata: METADATA }),
      table: nodeTable,
    }),
  ),
  readOnly(
    defineKind<PodMetrics>({
      apiVersion: `${GROUP}/v1beta1`,
      kind: "PodMetrics",
      resource: "pods",
      shape: objectOf("PodMetrics", { metadata: METADATA }),
      table: podTable,
    }),
  ),
];

function readOnly<T extends KubeObject>(kind: Kind<T>): Kind {
  return { ...kind, singular: "", verbs: ["get", "list"] };
}

/** Whether the call is answered by measuring, not from what is stored. */
export function isMeasured({ kind }: Pick<ResourceCall["resource"], "kind">): boolean {
  return kind.group === GROUP;
}

/** @throws {StatusError} NotFound for what is not there or not measured yet. */
export function serveMetrics(core: Core, { info, resource, request }: ResourceCall): Answer {
  const isOfNodes = resource.kind.resource === "nodes";
  const source = core.resources.preferred("", resource.kind.resource);
  const measure = (object: KubeObject): KubeObject | undefined =>
    isOfNodes ? measuredNode(core, object as Node) : podMetricsOf(core, object as Pod);
  if (info.verb === "get") {
    const object = source?.cache.get(entryKey(isOfNodes ? undefined : info.namespace, info.name))?.object;
    const measured = object === undefined ? undefined : measure(object);
    if (measured !== undefined) return answerOf(200, measured, resource);
    const of = { group: GROUP, resource: isOfNodes ? "nodemetrics" : "podmetrics" };
    throw notFound(of, isOfNodes ? info.name : `${info.namespace}/${info.name}`);
  }
  const { labelSelector, fieldSelector } = request.query;
  const selection = selectionOf(resource, {
    namespace: info.namespace,
    ...(labelSelector === undefined ? {} : { labelSelector }),
    ...(fieldSelector === undefined ? {} : { fieldSelector }),
  });
  const items: { object: KubeObject }[] = [];
  for (const { object } of source?.cache.list(selection.scope) ?? []) {
    const measured = selection.matches(object) ? measure(object) : undefined;
    if (measured !== undefined) items.push({ object: measured });
  }
  return { kind: "list", items, metadata: {}, of: resource };
}

/** Nobody can ask the kubelet of a node that is not Ready. */
function measuredNode(core: Core, node: Node): NodeMetrics | undefined {
  const { name, labels } = node.metadata;
  return isNodeReady(node) ? nodeMetricsOf(core, { name, labels }) : undefined;
}
