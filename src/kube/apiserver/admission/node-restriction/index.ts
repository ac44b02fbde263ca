import { equalJson, isReleaseAtLeast } from "#kube/apimachinery";
import type { KubeObject } from "#api/kubernetes/meta";
import { areNodesHeld, nodeOf } from "../../access/nodes/identity.ts";
import { forbidden } from "../../status.ts";
import { restrictNodeObject } from "./node-objects.ts";
import { restrictPod } from "./pods.ts";
import { quoted, type Restriction, type RestrictionContext, type Write } from "./restricted.ts";
import { restrictSigningRequest } from "./signing-requests.ts";
import { restrictToken } from "./tokens.ts";

/**
 * Holds nodes to their own objects and pods, beyond what they are authorized to do; lets everybody else through.
 * @throws {StatusError} Forbidden, or NotFound for the pod that it is about.
 * Source: kubernetes plugin/pkg/admission/noderestriction/admission.go, also of every text of this folder.
 */
export function restrictNode(context: RestrictionContext, write: Write): void {
  const { user } = write;
  const node = user === undefined ? undefined : nodeOf(user);
  if (user === undefined || node === undefined || !areNodesHeld(context.version)) return;
  const { group, resource } = write.resource.of;
  const restriction = node === "" ? unnamed : RESTRICTIONS.get(`${group}/${resource}`);
  const why = restriction?.({ ...write, user, node, context });
  // Source: apiserver pkg/admission/errors.go, extractResourceName.
  if (why !== undefined) throw forbidden(write.resource.of, write.name === "" ? "Unknown" : write.name, why);
}

const unnamed: Restriction = ({ user }) => `could not determine node from user ${quoted(user.name)}`;

const RESTRICTIONS: ReadonlyMap<string, Restriction> = new Map<string, Restriction>([
  ["/pods", restrictPod],
  ["/nodes", restrictNodeObject],
  ["/persistentvolumeclaims", restrictClaim],
  ["/serviceaccounts", restrictToken],
  ["coordination.k8s.io/leases", restrictLease],
  ["storage.k8s.io/csinodes", restrictCsiNode],
  ["certificates.k8s.io/certificatesigningrequests", restrictSigningRequest],
]);

const LEASES = "kube-node-lease";

function restrictLease({ namespace, name, node }: Parameters<Restriction>[0]): string | undefined {
  if (namespace !== LEASES) return `can only access leases in the ${quoted(LEASES)} system namespace`;
  return name === node ? undefined : "can only access node lease with the same name as the requesting node";
}

function restrictCsiNode({ name, node }: Parameters<Restriction>[0]): string | undefined {
  return name === node ? undefined : "can only access CSINode with the same name as the requesting node";
}

/** Differs from AKS: the refusal names the members that would change; Kubernetes prints both objects' difference. */
function restrictClaim({ operation, subresource, object, previous, node, context }: Parameters<Restriction>[0]): string | undefined {
  if (subresource !== "status") return "may only update PVC status";
  if (operation !== "UPDATE") return `unexpected operation ${quoted(operation)}`;
  const [before, after] = [heldFast(previous), heldFast(object)];
  const changed = Object.keys({ ...before, ...after }).filter((member) => !equalJson(before[member], after[member]));
  if (changed.length === 0) return undefined;
  const quantity = isReleaseAtLeast(context.version, "1.30") ? "status.quantity" : "status.capacity";
  return `node ${quoted(node)} is not allowed to update fields other than ${quantity} and status.conditions: ${changed.join(", ")}`;
}

/** Members of a claim that its node leaves as they are. */
function heldFast(claim: unknown): Readonly<Record<string, unknown>> {
  const { metadata, spec, status } = claim as KubeObject & { spec?: object; status?: Record<string, unknown> };
  const { resourceVersion: _, managedFields: __, ...kept } = metadata;
  const { capacity: ___, conditions: ____, allocatedResources: _____, allocatedResourceStatuses: ______, ...others } = status ?? {};
  return { metadata: kept, spec, status: others };
}
