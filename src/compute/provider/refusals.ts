import { type ArmError, armErrors } from "#arm";

/** What Microsoft.Compute refuses here. */
export const refusals = {
  /** What there is belongs to node pools, and only their API changes it. */
  change: (what: string): ArmError =>
    armErrors.notEmulated(`A change of '${what}' beside Microsoft.ContainerService/managedClusters/agentPools`),
  notEmulated: (what: string): ArmError => armErrors.notEmulated(what),
  noSuchType: (segments: readonly string[], apiVersion: string): ArmError =>
    armErrors.invalidType(segments.filter((_, index) => index % 2 === 0).join("/"), "Microsoft.Compute", apiVersion),
  notFound: (type: string, group: string): ArmError => armErrors.resourceNotFound(`Microsoft.Compute/${type}`, group),
  methodNotAllowed: (method: string): ArmError => armErrors.methodNotAllowed(method),
  filter: (filter: string): ArmError => armErrors.invalidFilter(filter),
  location: (location: string, version: string, type: string, locations: readonly string[]): ArmError =>
    armErrors.noRegisteredProvider({ location, version, type }, { versions: [version], locations }),
} as const;
