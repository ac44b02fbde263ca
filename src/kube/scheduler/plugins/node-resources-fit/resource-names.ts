/**
 * Names with a domain that is not Kubernetes' own: devices and the like. Source: pkg/apis/core/v1/helper/helpers.go,
 * IsExtendedResourceName.
 */
export function isExtendedResource(name: string): boolean {
  return name.includes("/") && !name.includes("kubernetes.io/") && !name.startsWith("requests.");
}

/**
 * Resources that count in a score only for pods that ask for them. Source: pkg/scheduler/util/utils.go, IsScalarResourceName.
 */
export function isScalarResource(name: string): boolean {
  return (
    isExtendedResource(name) || name.startsWith("hugepages-") || name.includes("kubernetes.io/") || name.startsWith("attachable-volumes-")
  );
}
