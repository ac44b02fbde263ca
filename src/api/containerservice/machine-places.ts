/** Where a machine's members are on the wire, and what they are called in a pool of one. */
export const machinePlaces = {
  hardware: { vmSize: "vmSize", gpuInstanceProfile: "gpuInstanceProfile", gpuProfile: "gpuProfile" },
  operatingSystem: {
    osType: "osType",
    osSKU: "osSKU",
    osDiskSizeGB: "osDiskSizeGB",
    osDiskType: "osDiskType",
    enableFIPS: "enableFIPS",
    windowsProfile: "windowsProfile",
  },
  kubernetes: {
    nodeLabels: "nodeLabels",
    orchestratorVersion: "orchestratorVersion",
    kubeletDiskType: "kubeletDiskType",
    kubeletConfig: "kubeletConfig",
    nodeInitializationTaints: "nodeInitializationTaints",
    nodeTaints: "nodeTaints",
    maxPods: "maxPods",
    workloadRuntime: "workloadRuntime",
    artifactStreamingProfile: "artifactStreamingProfile",
  },
  network: {
    vnetSubnetID: "vnetSubnetID",
    podSubnetID: "podSubnetID",
    enableNodePublicIP: "enableNodePublicIP",
    nodePublicIPPrefixID: "nodePublicIPPrefixID",
  },
} as const;

/** Members at the machine's own level that a pool calls the same, or otherwise. */
export const ownPlaces = { mode: "mode", priority: "scaleSetPriority", tags: "tags", localDNSProfile: "localDNSProfile" } as const;

/** The same of an operating system's profile of Linux. */
export const linuxPlaces = { linuxOSConfig: "linuxOSConfig", messageOfTheDay: "messageOfTheDay" } as const;
