import type { ArmRequest, ArmResponse } from "#arm";
import type { AksContext } from "../context.ts";
import type { ClusterName } from "../documents.ts";
import { beginClusterWork } from "./begin.ts";
import { refuseKeysOutside } from "./outside.ts";

/**
 * POST `rotateClusterCertificates`: 202. The cluster gets a new authority and new credentials — those handed out before open
 * it no more — and every node is made anew, all at once. Source: azure-docs articles/aks/rotate-certificates.md.
 * @throws 404; 409 while something is under way; 400 for a cluster that does not run.
 */
export async function rotateClusterCertificates(context: AksContext, request: ArmRequest, route: ClusterName): Promise<ArmResponse> {
  refuseKeysOutside(context, "Rotation of certificates");
  return beginClusterWork(context, { request, route, action: "rotateClusterCertificates" }, (cluster, pools) => ({
    kind: "RotatingClusterCertificates",
    cluster: { ...cluster, certificateRotation: (cluster.certificateRotation ?? 0) + 1 },
    pools,
  }));
}

/**
 * POST `rotateServiceAccountSigningKeys`: 202. Tokens of service accounts are signed with a new key from then on; those of the key
 * before it are good for a day more. Source: azure-aks-docs use-oidc-issuer.md.
 * Unverified: the state of the cluster meanwhile.
 * @throws 404; 409 while something is under way; 400 for a cluster that does not run.
 */
export async function rotateServiceAccountSigningKeys(context: AksContext, request: ArmRequest, route: ClusterName): Promise<ArmResponse> {
  refuseKeysOutside(context, "Rotation of signing keys");
  return beginClusterWork(context, { request, route, action: "rotateServiceAccountSigningKeys" }, (cluster) => ({
    kind: "Updating",
    cluster: { ...cluster, signingKeyRotation: (cluster.signingKeyRotation ?? 0) + 1 },
    pools: [],
  }));
}
