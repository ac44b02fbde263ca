import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { type GroupStatus, statusText } from "./status.ts";

const T0 = Date.UTC(2026, 0, 27, 21, 57, 30);
const group: GroupStatus = {
  name: "aks-one-12345678-vmss",
  counts: { registered: 3, ready: 2, unready: 1, notStarted: 0 },
  target: 4,
  min: 1,
  max: 5,
  scaleUp: "InProgress",
  candidates: 1,
};

describe("statusText", () => {
  it("is text until 1.29", () => {
    const transitions = new Map();
    statusText({ release: "1.29.4", nowMs: T0, healthy: true, groups: [{ ...group, candidates: 0 }] }, transitions);
    const text = statusText({ release: "1.29.4", nowMs: T0 + 10_000, healthy: true, groups: [group] }, transitions);
    expect(text.split("\n").slice(0, 13)).toEqual([
      "Cluster-autoscaler status at 2026-01-27 21:57:40.000000000 +0000 UTC:",
      "Cluster-wide:",
      "  Health:      Healthy (ready=2 unready=1 notStarted=0 longNotStarted=0 registered=3 longUnregistered=0)",
      "               LastProbeTime:      2026-01-27 21:57:40.000000000 +0000 UTC",
      "               LastTransitionTime: 2026-01-27 21:57:30.000000000 +0000 UTC",
      "  ScaleUp:     InProgress (ready=2 registered=3)",
      "               LastProbeTime:      2026-01-27 21:57:40.000000000 +0000 UTC",
      "               LastTransitionTime: 2026-01-27 21:57:30.000000000 +0000 UTC",
      "  ScaleDown:   CandidatesPresent (candidates=1)",
      "               LastProbeTime:      2026-01-27 21:57:40.000000000 +0000 UTC",
      "               LastTransitionTime: 2026-01-27 21:57:40.000000000 +0000 UTC",
      "",
      "NodeGroups:",
    ]);
    expect(text).toContain("longUnregistered=0 cloudProviderTarget=4 (minSize=1, maxSize=5))");
  });

  it("is YAML from 1.30 on", () => {
    const failure = { code: "QuotaExceeded", message: "no cores" };
    const groups = [{ ...group, scaleUp: "Backoff" as const, failure }];
    expect(parse(statusText({ release: "1.34.8", nowMs: T0, healthy: false, groups }, new Map()))).toMatchObject({
      autoscalerStatus: "Running",
      clusterWide: { health: { status: "Unhealthy", nodeCounts: { registered: { total: 3, ready: 2 } } } },
      nodeGroups: [
        {
          name: group.name,
          health: { cloudProviderTarget: 4, minSize: 1, maxSize: 5, lastTransitionTime: "2026-01-27T21:57:30Z" },
          scaleUp: { status: "Backoff", backoffInfo: { errorCode: "QuotaExceeded", errorMessage: "no cores" } },
          scaleDown: { status: "CandidatesPresent", candidates: 1 },
        },
      ],
    });
  });
});
