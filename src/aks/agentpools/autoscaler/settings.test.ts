import { describe, expect, it } from "vitest";
import { autoscalerSettings } from "./settings.ts";

// Source: azure-docs articles/aks/cluster-autoscaler.md, "Cluster autoscaler profile settings".
describe("autoscalerSettings", () => {
  it("has AKS's defaults where the profile says nothing", () => {
    const defaults = autoscalerSettings(undefined);
    expect(defaults).toMatchObject({
      scanMs: 10_000,
      delayAfterAddMs: 600_000,
      delayAfterDeleteMs: 10_000,
      delayAfterFailureMs: 180_000,
      unneededMs: 600_000,
      unreadyMs: 1_200_000,
      utilizationThreshold: 0.5,
      maxGracefulTerminationMs: 600_000,
      maxNodeProvisionMs: 900_000,
      balanceSimilar: false,
      expander: "random",
      skipLocalStorage: false,
      skipSystemPods: true,
      maxEmptyBulkDelete: 10,
    });
    expect(autoscalerSettings({ "scan-interval": "soon", expander: 7, "scale-down-unneeded-time": "10" })).toEqual(defaults);
  });

  it.each([
    [{ "scan-interval": "1m30s" }, { scanMs: 90_000 }],
    [{ "scan-interval": "0s" }, { scanMs: 1_000 }],
    [{ "scale-down-unneeded-time": "2h" }, { unneededMs: 7_200_000 }],
    [{ "max-graceful-termination-sec": "30" }, { maxGracefulTerminationMs: 30_000 }],
    [{ "scale-down-utilization-threshold": "0.25" }, { utilizationThreshold: 0.25 }],
    [
      { expander: "most-pods", "balance-similar-node-groups": "true" },
      { expander: "most-pods", balanceSimilar: true },
    ],
    [{ expander: "priority" }, { expander: "priority" }],
    [{ expander: "price" }, { expander: "random" }],
    [{ "daemonset-eviction-for-empty-nodes": true }, { evictsDaemons: { fromEmpty: true, fromOccupied: true } }],
  ])("reads %j", (profile, want) => {
    expect(autoscalerSettings(profile)).toMatchObject(want);
  });
});
