import { bool, type Field, object, string } from "./field.ts";

const setting = (name: string): Field => ({ name, type: string, since: "2020-04-01" });
/** Unverified: the first preview with them. Source: Azure/AKS CHANGELOG.md: generally available from 2024-05-01 on. */
const ofDaemons = (name: string): Field => ({ name, type: bool, since: "2024-05-01", preview: "2023-10-02-preview" });

/** `autoScalerProfile` of a cluster. Source: Azure/azure-rest-api-specs managedClusters.json 2024-09-01. Unverified: the place of the truth values. */
export const autoScalerProfile = object("ManagedClusterPropertiesAutoScalerProfile", [
  setting("balance-similar-node-groups"),
  ofDaemons("daemonset-eviction-for-empty-nodes"),
  ofDaemons("daemonset-eviction-for-occupied-nodes"),
  setting("expander"),
  ofDaemons("ignore-daemonsets-utilization"),
  setting("max-empty-bulk-delete"),
  setting("max-graceful-termination-sec"),
  setting("max-node-provision-time"),
  setting("max-total-unready-percentage"),
  setting("new-pod-scale-up-delay"),
  setting("ok-total-unready-count"),
  setting("scale-down-delay-after-add"),
  setting("scale-down-delay-after-delete"),
  setting("scale-down-delay-after-failure"),
  setting("scale-down-unneeded-time"),
  setting("scale-down-unready-time"),
  setting("scale-down-utilization-threshold"),
  setting("scan-interval"),
  setting("skip-nodes-with-local-storage"),
  setting("skip-nodes-with-system-pods"),
]);
