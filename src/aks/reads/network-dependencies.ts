import type { StoredCluster } from "../documents.ts";

/** A host that nodes call, on a port. */
interface Endpoint {
  readonly domainName: string;
  readonly port: number;
  readonly protocol: "Https" | "Http" | "UDP" | "TCP";
  readonly description?: string;
}

const https = (domainName: string, description?: string): Endpoint => ({
  domainName,
  port: 443,
  protocol: "Https",
  ...(description !== undefined && { description }),
});
const http = (domainName: string): Endpoint => ({ domainName, port: 80, protocol: "Http" });

/**
 * What the nodes of a cluster call outside of it, by category. Nothing here is called: the hosts are those of the real service.
 * Source: Azure/azure-rest-api-specs …/examples/OutboundNetworkDependenciesEndpointsList.json.
 * Unverified: that the categories of graphics and Windows nodes show for clusters that have such nodes alone.
 */
export function networkDependencies(
  { location }: Pick<StoredCluster, "location">,
  has: { readonly windows: boolean; readonly gpus: boolean },
): readonly Record<string, unknown>[] {
  const categories: readonly (readonly [string, readonly Endpoint[]])[] = [
    ["azure-resource-management", [https("management.azure.com"), https("login.microsoftonline.com")]],
    ["images", [https("mcr.microsoft.com"), https("*.data.mcr.microsoft.com", "mcr cdn")]],
    ["artifacts", [https("packages.microsoft.com"), https("acs-mirror.azureedge.net")]],
    ["time-sync", [{ domainName: "ntp.ubuntu.com", port: 123, protocol: "UDP" }]],
    ["ubuntu-optional", [http("security.ubuntu.com"), http("azure.archive.ubuntu.com"), http("changelogs.ubuntu.com")]],
    ...(has.gpus ? [["gpu", GPU] as const] : []),
    ...(has.windows ? [["windows", WINDOWS] as const] : []),
    ["apiserver", [https(`*.hcp.${location}.azmk8s.io`)]],
  ];
  return categories.map(([category, endpoints]) => ({
    category,
    endpoints: endpoints.map(({ domainName, ...detail }) => ({ domainName, endpointDetails: [detail] })),
  }));
}

const GPU: readonly Endpoint[] = [https("nvidia.github.io"), https("us.download.nvidia.com"), https("apt.dockerproject.org")];
const WINDOWS: readonly Endpoint[] = [
  https("onegetcdn.azureedge.net"),
  https("go.microsoft.com"),
  http("*.mp.microsoft.com"),
  http("www.msftconnecttest.com"),
  http("ctldl.windowsupdate.com"),
];
