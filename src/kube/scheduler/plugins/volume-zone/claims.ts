import type { Pod } from "#api/kubernetes/core";

const NONE: readonly string[] = [];

/** Names of the claims that the pod's volumes are of. An ephemeral volume's is made of the pod's name and its own, but only once somebody made it. */
export function claimNamesOf({ spec }: Pod): readonly string[] {
  const { volumes } = spec;
  if (volumes === undefined || volumes.length === 0) return NONE;
  return volumes.flatMap((volume) => {
    const claim = volume["persistentVolumeClaim"] as { claimName?: string } | undefined;
    return claim?.claimName === undefined || claim.claimName === "" ? [] : [claim.claimName];
  });
}
