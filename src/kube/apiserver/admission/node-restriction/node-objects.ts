import type { Node } from "#api/kubernetes/core";
import { equalJson, isReleaseAtLeast } from "#kube/apimachinery";
import { quoted, type Restriction } from "./restricted.ts";

type NodeWithSource = Node & { readonly spec?: { readonly configSource?: unknown } };

/** A node's own object: its labels, taints, owners and source of configuration. Source: admission.go, admitNode. */
export const restrictNodeObject: Restriction = ({ operation, name, node, object, previous, context }) => {
  if (name !== node) return `node ${quoted(node)} is not allowed to modify node ${quoted(name)}`;
  if (operation === "CREATE") return restrictCreation(node, object as NodeWithSource);
  return operation === "UPDATE" ? restrictUpdate(node, object as NodeWithSource, previous as NodeWithSource, context.version) : undefined;
};

function restrictCreation(node: string, { spec, metadata }: NodeWithSource): string | undefined {
  if (isThere(spec?.configSource)) return `node ${quoted(node)} is not allowed to create pods with a non-nil configSource`;
  const labels = forbiddenLabels(metadata.labels, {});
  if (labels.length === 0) return undefined;
  return `node ${quoted(node)} is not allowed to set the following labels: ${labels.join(", ")}`;
}

/** Releases in which a node's owners became none of its business: CVE-2025-5187. */
const OWNERS_HELD = ["1.31.12", "1.32.8", "1.33.4"];

function areOwnersHeld(version: string): boolean {
  const minor = version.split(".", 2).join(".");
  const since = OWNERS_HELD.find((release) => release.startsWith(`${minor}.`)) ?? "1.34";
  return isReleaseAtLeast(version, since);
}

function restrictUpdate(node: string, next: NodeWithSource, before: NodeWithSource, version: string): string | undefined {
  const { configSource } = next.spec ?? {};
  if (isThere(configSource) && !equalJson(configSource, before.spec?.configSource))
    return `node ${quoted(node)} is not allowed to update configSource to a new non-nil configSource`;
  if (!equalJson(next.spec?.taints ?? [], before.spec?.taints ?? [])) return `node ${quoted(node)} is not allowed to modify taints`;
  if (areOwnersHeld(version) && !equalJson(next.metadata.ownerReferences ?? [], before.metadata.ownerReferences ?? []))
    return `node ${quoted(node)} is not allowed to modify ownerReferences`;
  const labels = forbiddenLabels(next.metadata.labels, before.metadata.labels);
  return labels.length === 0 ? undefined : `is not allowed to modify labels: ${labels.join(", ")}`;
}

function isThere(value: unknown): boolean {
  return value !== undefined && value !== null;
}

type Labels = Readonly<Record<string, string>>;

/** Labels that are another's to set, of those that differ, sorted. Source: admission.go, getForbiddenLabels. */
function forbiddenLabels(next: Labels = {}, before: Labels = {}): readonly string[] {
  return Object.keys({ ...next, ...before })
    .filter((label) => next[label] !== before[label] && isAnothers(label))
    .sort();
}

function isAnothers(label: string): boolean {
  const domain = label.includes("/") ? (label.split("/", 1)[0] ?? "") : "";
  if (isWithin(domain, "node-restriction.kubernetes.io")) return true;
  const isKubernetes = isWithin(domain, "kubernetes.io") || isWithin(domain, "k8s.io");
  return isKubernetes && !KUBELET_LABELS.has(label) && !KUBELET_DOMAINS.some((each) => isWithin(domain, each));
}

function isWithin(domain: string, parent: string): boolean {
  return domain === parent || domain.endsWith(`.${parent}`);
}

/** Source: kubelet pkg/apis/well_known_labels.go. */
const KUBELET_LABELS: ReadonlySet<string> = new Set([
  "kubernetes.io/hostname",
  "topology.kubernetes.io/zone",
  "topology.kubernetes.io/region",
  "failure-domain.beta.kubernetes.io/zone",
  "failure-domain.beta.kubernetes.io/region",
  "beta.kubernetes.io/instance-type",
  "node.kubernetes.io/instance-type",
  "kubernetes.io/os",
  "kubernetes.io/arch",
  "beta.kubernetes.io/os",
  "beta.kubernetes.io/arch",
]);
const KUBELET_DOMAINS = ["kubelet.kubernetes.io", "node.kubernetes.io"];
