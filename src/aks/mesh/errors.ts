import type { ProviderError } from "#arm";
import { refusal } from "../errors.ts";

/** What a cluster's mesh is refused with. */
export const meshRefusals = {
  /** Source: the answer for a machine that is not there. Unverified: that profiles of meshes are refused so. */
  notFound: (): ProviderError => refusal(404, "NotFound", "The entity was not found."),

  /** Source: answers quoted in MicrosoftDocs/azure-docs#120606 and Azure/ARO-HCP#750. */
  unsupported: (revision: string): ProviderError => change(`Revision ${revision} is not supported by the service mesh add-on.`),

  /** Unverified: text of the reason. */
  incompatible: (revision: string, version: string): ProviderError =>
    change(`Revision ${revision} is not compatible with cluster version ${version}.`),

  /** Unverified: text of the reason. */
  notUpgradable: (from: string, to: string, upgrades: readonly string[]): ProviderError =>
    change(`Revision ${from} cannot be upgraded to ${to}. Available upgrades: [${upgrades.join(" ")}].`),

  /** Unverified: text of the reason. */
  notAtOnce: (from: string, to: string): ProviderError =>
    change(`Revision ${from} cannot be replaced by ${to} at once. Both run until the upgrade is completed or rolled back.`),

  /** Source: Azure/azure-rest-api-specs, IstioServiceMesh, `revisions` has two items at most. Unverified: text of the reason. */
  tooMany: (revisions: readonly string[]): ProviderError =>
    change(`A new mesh has one revision and an upgrade has two, but [${revisions.join(" ")}] were asked for.`),
} as const;

function change(reason: string): ProviderError {
  return refusal(400, "BadRequest", `Requested change in revisions is not allowed. Reason: ${reason}`);
}
