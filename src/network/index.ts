export type { Networks, SubnetFacts, SubnetLookup } from "./network.ts";
export { openNetworks } from "./open-networks.ts";
export { createNetworkProvider } from "./provider.ts";
export { networkOperations } from "./routes.ts";
