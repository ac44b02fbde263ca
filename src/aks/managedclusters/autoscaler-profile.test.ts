import { describe, expect, it } from "vitest";
import { checkAutoScalerProfile } from "./autoscaler-profile.ts";

const MESSAGE = (name: string): string => `Invalid value specified for the cluster-autoscaler parameter '${name}'.`;

// Source: Azure/azure-rest-api-specs managedClusters.json 2024-09-01; Azure/azure-sdk-for-go#14311; MicrosoftDocs/azure-docs#123289.
describe("checkAutoScalerProfile", () => {
  it.each([
    { "scan-interval": "10" },
    { "scan-interval": "30s", "scale-down-delay-after-delete": "10s" },
    { "scale-down-delay-after-add": "0m", "scale-down-unneeded-time": "10m" },
    { "new-pod-scale-up-delay": "0s" },
    { "scale-down-utilization-threshold": "1", "max-total-unready-percentage": "0" },
    { expander: "priority", "skip-nodes-with-system-pods": "false" },
    { "daemonset-eviction-for-occupied-nodes": false },
    {},
    undefined,
  ])("takes %j", (profile) => {
    expect(() => checkAutoScalerProfile(profile)).not.toThrow();
  });

  it.each([
    ["scan-interval", "1m"],
    ["scan-interval", "-1s"],
    ["scale-down-delay-after-add", "30s"],
    ["scale-down-delay-after-add", "1.5m"],
    ["scale-down-unneeded-time", "10"],
    ["new-pod-scale-up-delay", "10"],
    ["max-graceful-termination-sec", "600s"],
    ["max-empty-bulk-delete", "0"],
    ["max-total-unready-percentage", "101"],
    ["ok-total-unready-count", "-1"],
    ["scale-down-utilization-threshold", "1.1"],
    ["scale-down-utilization-threshold", "half"],
    ["expander", "Random"],
    ["balance-similar-node-groups", "True"],
  ])("refuses %s %s", (name, value) => {
    expect(() => checkAutoScalerProfile({ [name]: value })).toThrow(MESSAGE(name));
  });
});
