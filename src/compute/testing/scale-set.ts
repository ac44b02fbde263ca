import type { ScaleSetSpec } from "../compute.ts";

/** A scale set that tests make machines in. */
export const KEY = { subscriptionId: "S", resourceGroup: "MC_rg_c_eastus", name: "aks-p-12345678-vmss" };
export const SPEC: ScaleSetSpec = {
  ...KEY,
  location: "eastus",
  vmSize: "Standard_DS2_v2",
  osType: "Linux",
  osDiskSizeGb: 100,
  zones: [],
  network: { id: "vnet", cidr: "10.240.0.0/24" },
  tags: {},
};
