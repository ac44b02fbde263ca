import type { ArmRequest, ArmResponse } from "#arm";
import type { AksContext } from "../context.ts";
import type { ClusterName } from "../documents.ts";
import { refusals } from "../errors.ts";
import { requireCluster } from "../lookup.ts";
import { beginClusterWork } from "./begin.ts";

/**
 * POST `rotateClusterCertificates`: 202. The cluster gets a new authority and new credentials — those handed out before open
 * it no more — and every node is made anew, all at once. Source: azure-docs articles/aks/rotate-certificates.md.
 * @throws 404; 409 while something is under way; 400 for a cluster that does not run.
 */
export function rotateClusterCertificates(context: AksContext, request: ArmRequest, route: ClusterName): Promise<ArmResponse> {
  return beginClusterWork(context, { request, route, action: "rotateClusterCertificates" }, (cluster, pools) => ({
    kind: "RotatingClusterCertificates",
    cluster: { ...cluster, certificateRotation: (cluster.certificateRotation ?? 0) + 1 },
    pools,
  }));
}

/**
 * POST `rotateServiceAccountSigningKeys`. No token of a service account is signed here, so there is no key to replace.
 * @throws 404, and 400 for every cluster that there is.
 */
export function rotateServiceAccountSigningKeys(context: AksContext, _request: ArmRequest, route: ClusterName): never {
  requireCluster(context, route);
  throw refusals.notEmulated("Rotation of service account signing keys");
}
