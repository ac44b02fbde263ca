import type { ExplainedNode, ExplainedPool, ExplainedProfile, PodExplanation, PodStanding } from "#api/explain";

/**
 * An explanation for people: where the pod stands, what refuses it by pool, and what the best nodes are worth.
 *
 * ```
 *   Pod default/web waits for a node. Of 5 nodes, 1 could take it now.
 *   Profile default-scheduler compares nodes by TaintToleration x3, NodeAffinity x2, NodeResourcesFit, …
 *
 *   POOL       NODES  FIT  REFUSED  PLUGIN            REASON
 *   gpupool    2      0    2        TaintToleration   node(s) had untolerated taint(s)
 *   nodepool1  3      1    2        NodeResourcesFit  Insufficient cpu
 * ```
 */
export function explanationText(explanation: PodExplanation): string {
  const { message, refusal, profile, pools, bestNodes } = explanation;
  const parts = [`${standingText(explanation)} ${feasibleText(explanation)}\n`];
  if (profile !== undefined) parts.push(`${profileText(profile)}\n`);
  if (refusal !== undefined) parts.push(`No node was looked at: ${refusal}\n`);
  if (message !== undefined && message !== "") parts.push(`Last said: ${message}\n`);
  if (pools.length > 0) parts.push(`\n${table(poolRows(pools))}`);
  if (bestNodes.length > 0) parts.push(`\n${table(nodeRows(bestNodes))}`);
  return parts.join("");
}

function standingText({ namespace, name, standing, nodeName = "", nominatedNodeName }: PodExplanation): string {
  const pod = `Pod ${namespace}/${name}`;
  const waits = nominatedNodeName === undefined ? "waits for a node." : `waits until room has been made for it on ${nominatedNodeName}.`;
  const says: Readonly<Record<PodStanding, string>> = {
    placed: `is on ${nodeName}.`,
    ended: `has ended${nodeName === "" ? "" : ` on ${nodeName}`}.`,
    gated: "is held back by its scheduling gates.",
    deleted: "is being deleted and gets no node any more.",
    foreign: "is left to another scheduler.",
    waiting: waits,
  };
  return `${pod} ${says[standing]}`;
}

function feasibleText({ standing, nodeCount, feasibleCount }: PodExplanation): string {
  const isPast = standing === "placed" || standing === "ended";
  return `Of ${counted(nodeCount, "node")}, ${feasibleCount} could take it${isPast ? " if it were placed now" : " now"}.`;
}

/** The profile, and what each of its plugins weighs when nodes are compared. */
function profileText({ name, scores, percentageOfNodesToScore }: ExplainedProfile): string {
  const weights = scores.map(({ plugin, weight }) => `${plugin}${weight === 1 ? "" : ` x${weight}`}`);
  const compared = weights.length === 0 ? "compares no nodes" : `compares nodes by ${weights.join(", ")}`;
  const enough = percentageOfNodesToScore === 0 ? "" : ` It looks no further once ${percentageOfNodesToScore} % of them would do.`;
  return `Profile ${name} ${compared}.${enough}`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

function poolRows(pools: readonly ExplainedPool[]): readonly (readonly string[])[] {
  const rows = pools.flatMap(({ name, nodeCount, feasibleCount, refusals }) => {
    const head = [name === "" ? "<none>" : name, String(nodeCount), String(feasibleCount)];
    if (refusals.length === 0) return [[...head, "0", "", ""]];
    return refusals.map((refusal, index) => [
      ...(index === 0 ? head : ["", "", ""]),
      String(refusal.nodeCount),
      refusal.plugin,
      refusal.reason,
    ]);
  });
  return [["POOL", "NODES", "FIT", "REFUSED", "PLUGIN", "REASON"], ...rows];
}

/** A column for each plugin that tells some nodes apart, with its weight; scores as they are before the weight. */
function nodeRows(nodes: readonly ExplainedNode[]): readonly (readonly string[])[] {
  const plugins = nodes[0]?.scores ?? [];
  const head = ["NODE", "POOL", "TOTAL", ...plugins.map(({ plugin, weight }) => `${plugin}${weight === 1 ? "" : ` x${weight}`}`)];
  return [head, ...nodes.map(({ name, pool, total, scores }) => [name, pool, String(total), ...scores.map(({ score }) => String(score))])];
}

const GAP = 2;

function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => cell.padEnd((widths[column] ?? 0) + GAP))
      .join("")
      .trimEnd();
  return `${rows.map(line).join("\n")}\n`;
}
