import type { NodeAffinity, NodeSelectorRequirement, NodeSelectorTerm, Node, PodSpec } from "#api/kubernetes/core";
import { type Labels, matchesRequirement, type Requirement, type RequirementOperator, requirementErrors } from "./requirement.ts";

/** What of a node its selectors look at. */
export interface NodeIdentity {
  readonly name: string;
  readonly labels: Labels;
}

/** Whether a node is chosen. Made once for a pod, asked for each node. */
export type NodeMatcher = (node: NodeIdentity) => boolean;

const OPERATORS: Readonly<Record<NodeSelectorRequirement["operator"], RequirementOperator>> = {
  In: "in",
  NotIn: "notin",
  Exists: "exists",
  DoesNotExist: "!",
  Gt: "gt",
  Lt: "lt",
};

/** Every operator of node selectors. */
export const NODE_SELECTOR_OPERATORS: readonly string[] = Object.keys(OPERATORS);

/** How labels' requirements name an operator of node selectors; undefined for one that there is not. */
export function nodeSelectorOperator(operator: string): RequirementOperator | undefined {
  return Object.hasOwn(OPERATORS, operator) ? OPERATORS[operator as keyof typeof OPERATORS] : undefined;
}

const never: NodeMatcher = () => false;
const always: NodeMatcher = () => true;

/** The label matcher of an expression, or nothing when its form is wrong. */
function compileExpression(expression: NodeSelectorRequirement): Requirement | undefined {
  const operator = nodeSelectorOperator(expression.operator);
  if (operator === undefined) return undefined;
  const requirement = { key: expression.key, operator, values: expression.values ?? [] };
  return requirementErrors(requirement).length === 0 ? requirement : undefined;
}

/** Only `metadata.name` can be asked for, with In or NotIn and one value. */
function compileField(field: NodeSelectorRequirement): NodeMatcher | undefined {
  const [value, ...rest] = field.values ?? [];
  if (field.key !== "metadata.name" || value === undefined || rest.length > 0) return undefined;
  if (field.operator === "In") return (node) => node.name === value;
  return field.operator === "NotIn" ? (node) => node.name !== value : undefined;
}

/**
 * The matcher of one term: all expressions and all fields. A term without any, or with one of the wrong form, matches no node.
 * Source: component-helpers scheduling/corev1/nodeaffinity/nodeaffinity.go, newNodeSelectorTerm.
 */
export function compileNodeSelectorTerm(term: NodeSelectorTerm): NodeMatcher {
  const expressions = (term.matchExpressions ?? []).map(compileExpression);
  const fields = (term.matchFields ?? []).map(compileField);
  if (expressions.length + fields.length === 0 || expressions.includes(undefined) || fields.includes(undefined)) return never;
  return (node) =>
    expressions.every((requirement) => requirement !== undefined && matchesRequirement(requirement, node.labels)) &&
    fields.every((matches) => matches !== undefined && matches(node));
}

/** The matcher of several terms, of which one has to match; none match no node. */
export function compileNodeSelectorTerms(terms: readonly NodeSelectorTerm[]): NodeMatcher {
  const compiled = terms.map(compileNodeSelectorTerm).filter((matches) => matches !== never);
  return compiled.length === 0 ? never : (node) => compiled.some((matches) => matches(node));
}

/**
 * The matcher of what a pod requires of its node: `spec.nodeSelector` and the required node affinity.
 * Source: component-helpers scheduling/corev1/nodeaffinity/nodeaffinity.go, GetRequiredNodeAffinity.
 */
export function requiredNodeMatcher(spec: PodSpec): NodeMatcher {
  const wanted = Object.entries(spec.nodeSelector ?? {});
  const terms = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  const affinity = terms === undefined ? always : compileNodeSelectorTerms(terms);
  if (wanted.length === 0) return affinity;
  return (node) => wanted.every(([key, value]) => node.labels?.[key] === value) && affinity(node);
}

/** Nodes that a pod would rather have, and how much. */
export type PreferredNodeTerm = NonNullable<NodeAffinity["preferredDuringSchedulingIgnoredDuringExecution"]>[number];

/**
 * The sum of the weights of those of the preferred terms that match a node; made once for a pod. An empty preference matches every
 * node. Source: component-helpers nodeaffinity.go, PreferredSchedulingTerms.Score.
 */
export function preferredNodeScore(preferred: readonly PreferredNodeTerm[]): (node: NodeIdentity) => number {
  const terms = preferred
    .filter(({ weight }) => weight !== 0)
    .map(({ weight, preference }) => ({ weight, matches: compileNodeSelectorTerm(preference) }));
  return (node) => terms.reduce((sum, { weight, matches }) => sum + (matches(node) ? weight : 0), 0);
}

/** What selectors look at in a Node object. */
export function nodeIdentity(node: Node): NodeIdentity {
  return { name: node.metadata.name, labels: node.metadata.labels };
}
