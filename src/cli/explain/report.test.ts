import { describe, expect, it } from "vitest";
import type { PodExplanation } from "#api/explain";
import { explanationText } from "./report.ts";

const waiting: PodExplanation = {
  apiVersion: "lido/v1",
  kind: "PodExplanation",
  namespace: "default",
  name: "web",
  standing: "waiting",
  nodeCount: 5,
  feasibleCount: 0,
  pools: [],
  bestNodes: [],
};

describe("explanationText", () => {
  it("counts what refuses a pod by pool and plugin", () => {
    const text = explanationText({
      ...waiting,
      feasibleCount: 1,
      message: "0/5 nodes are available: 2 Insufficient cpu.",
      pools: [
        {
          name: "gpupool",
          nodeCount: 2,
          feasibleCount: 0,
          refusals: [{ plugin: "TaintToleration", reason: "node(s) had untolerated taint(s)", nodeCount: 2 }],
        },
        {
          name: "nodepool1",
          nodeCount: 3,
          feasibleCount: 1,
          refusals: [
            { plugin: "NodeResourcesFit", reason: "Insufficient cpu", nodeCount: 2 },
            { plugin: "NodeResourcesFit", reason: "Too many pods", nodeCount: 1 },
          ],
        },
      ],
      bestNodes: [
        {
          name: "aks-nodepool1-12345678-vmss000000",
          pool: "nodepool1",
          total: 391,
          scores: [
            { plugin: "TaintToleration", weight: 3, score: 100 },
            { plugin: "NodeResourcesFit", weight: 1, score: 91 },
          ],
        },
      ],
    });
    expect(text).toBe(`Pod default/web waits for a node. Of 5 nodes, 1 could take it now.
Last said: 0/5 nodes are available: 2 Insufficient cpu.

POOL       NODES  FIT  REFUSED  PLUGIN            REASON
gpupool    2      0    2        TaintToleration   node(s) had untolerated taint(s)
nodepool1  3      1    2        NodeResourcesFit  Insufficient cpu
                       1        NodeResourcesFit  Too many pods

NODE                               POOL       TOTAL  TaintToleration x3  NodeResourcesFit
aks-nodepool1-12345678-vmss000000  nodepool1  391    100                 91
`);
  });

  it.each<[Partial<PodExplanation>, string]>([
    [
      { standing: "placed", nodeName: "n1", nodeCount: 1, feasibleCount: 1 },
      "Pod default/web is on n1. Of 1 node, 1 could take it if it were placed now.\n",
    ],
    [{ standing: "ended", nodeName: "n1" }, "Pod default/web has ended on n1. Of 5 nodes, 0 could take it if it were placed now.\n"],
    [{ standing: "gated" }, "Pod default/web is held back by its scheduling gates. Of 5 nodes, 0 could take it now.\n"],
    [{ standing: "deleted" }, "Pod default/web is being deleted and gets no node any more. Of 5 nodes, 0 could take it now.\n"],
    [{ standing: "foreign" }, "Pod default/web is left to another scheduler. Of 5 nodes, 0 could take it now.\n"],
    [{ nominatedNodeName: "n2" }, "Pod default/web waits until room has been made for it on n2. Of 5 nodes, 0 could take it now.\n"],
    [
      { refusal: 'persistentvolumeclaim "data" not found' },
      'Pod default/web waits for a node. Of 5 nodes, 0 could take it now.\nNo node was looked at: persistentvolumeclaim "data" not found\n',
    ],
  ])("says where it stands: %j", (rest, want) => {
    expect(explanationText({ ...waiting, ...rest })).toBe(want);
  });

  it("says what the pod's profile compares nodes by", () => {
    const scores = [
      { plugin: "TaintToleration", weight: 3 },
      { plugin: "NodeResourcesFit", weight: 1 },
    ];
    const profile = { name: "packing", filters: ["NodeName"], scores, percentageOfNodesToScore: 0 };
    expect(explanationText({ ...waiting, profile })).toContain("Profile packing compares nodes by TaintToleration x3, NodeResourcesFit.\n");
    const part = { ...profile, scores: [], percentageOfNodesToScore: 40 };
    expect(explanationText({ ...waiting, profile: part })).toContain(
      "Profile packing compares no nodes. It looks no further once 40 % of them would do.\n",
    );
  });
});
