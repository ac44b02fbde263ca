import type { Pod } from "#api/kubernetes/core";
import type { KubeObject } from "#api/kubernetes/meta";

/** Source: pkg/apis/storage/util/helpers.go, IsDefaultStorageClassAnnotation and its beta. */
const DEFAULT_ANNOTATIONS = ["storageclass.kubernetes.io/is-default-class", "storageclass.beta.kubernetes.io/is-default-class"];

/** Whether the class is marked as the default one. */
export function isDefaultStorageClass({ metadata }: KubeObject): boolean {
  return DEFAULT_ANNOTATIONS.some((annotation) => metadata.annotations?.[annotation] === "true");
}

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
