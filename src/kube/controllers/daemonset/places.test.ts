import * as fc from "fast-check";
import { expect, it } from "vitest";
import type { Node, Pod } from "#api/kubernetes/core";
import type { DaemonSet } from "#api/kubernetes/workloads";
import { REVISION } from "../revisions.ts";
import { Places } from "./places.ts";
import { daemonSetStatus, planDaemonSet } from "./plan.ts";

const NOW = Date.UTC(2024, 0, 1, 12);
const DAEMON_SET: DaemonSet = {
  metadata: { name: "proxy", namespace: "kube-system", uid: "ds", generation: 1 },
  spec: {
    selector: { matchLabels: { app: "proxy" } },
    minReadySeconds: 10,
    template: { metadata: { labels: { app: "proxy" } }, spec: { containers: [] } },
    updateStrategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 2 } },
  },
};
const OPTIONS = { daemonSet: DAEMON_SET, hash: "new" };

type Change =
  | { readonly kind: "node"; readonly node: Node }
  | { readonly kind: "node gone"; readonly name: string }
  | { readonly kind: "pod"; readonly pod: Pod }
  | { readonly kind: "pod gone"; readonly pod: Pod };

const nodeName = fc.constantFrom("n1", "n2", "n3");
const node = fc
  .record({ name: nodeName, effect: fc.constantFrom(undefined, "NoSchedule" as const, "NoExecute" as const) })
  .map(({ name, effect }): Node => ({
    metadata: { name, labels: {} },
    spec: { taints: effect === undefined ? [] : [{ key: "sku", value: "gpu", effect }] },
  }));
const pod = fc
  .record({
    name: fc.constantFrom("a", "b", "c", "d", "e"),
    nodeName: fc.option(nodeName, { nil: undefined }),
    app: fc.constantFrom("proxy", "proxy", "proxy", "other"),
    hash: fc.constantFrom("new", "old"),
    phase: fc.constantFrom("Running" as const, "Failed" as const),
    readyForMs: fc.constantFrom(undefined, 5_000, 20_000),
    isLeaving: fc.boolean(),
    age: fc.nat(9),
  })
  .map(({ name, nodeName, app, hash, phase, readyForMs, isLeaving, age }): Pod => ({
    metadata: {
      name,
      namespace: "kube-system",
      labels: { app, [REVISION]: hash },
      creationTimestamp: new Date(NOW - age * 1000).toISOString(),
      ...(isLeaving && { deletionTimestamp: new Date(NOW).toISOString() }),
    },
    spec: { containers: [], ...(nodeName !== undefined && { nodeName }) },
    status: {
      phase,
      ...(readyForMs !== undefined && {
        conditions: [{ type: "Ready", status: "True", lastTransitionTime: new Date(NOW - readyForMs).toISOString() }],
      }),
    },
  }));
const change: fc.Arbitrary<Change> = fc.oneof(
  node.map((each) => ({ kind: "node" as const, node: each })),
  nodeName.map((name) => ({ kind: "node gone" as const, name })),
  { weight: 3, arbitrary: pod.map((each) => ({ kind: "pod" as const, pod: each })) },
  pod.map((each) => ({ kind: "pod gone" as const, pod: each })),
);

function apply(places: Places, made: Change): void {
  if (made.kind === "node") places.setNode(made.node);
  else if (made.kind === "node gone") places.removeNode(made.name);
  else if (made.kind === "pod") places.setPod(made.pod);
  else places.removePod(made.pod);
}

/** What follows from places, whatever the order in which they came. */
function resultsOf(places: Places, nowMs: number): unknown {
  places.look(nowMs);
  const planned = planDaemonSet(places, DAEMON_SET, nowMs);
  const deletions = planned.delete.map((each) => `${each.pod.metadata.name} ${each.failed}`);
  return {
    status: daemonSetStatus(places, DAEMON_SET),
    create: planned.create.toSorted(),
    // Which of several pods a rolling update takes first is the order's.
    delete: places.count("crowded") > 0 ? deletions.toSorted() : deletions.length,
    strangers: places.strangers.map(({ metadata }) => metadata.name).toSorted(),
    ripening: [...places.those("ripening")].map(({ name }) => name).toSorted(),
    revisions: ["new", "old"].filter((hash) => places.isInUse(hash)),
  };
}

it("places that are told of each change are as those made of what is there at the end", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(change, fc.boolean()), { maxLength: 40 }), (changes) => {
      const told = new Places(OPTIONS, [], []);
      const [nodes, pods] = [new Map<string, Node>(), new Map<string, Pod>()];
      for (const [made, isLookedAt] of changes) {
        apply(told, made);
        if (made.kind === "node") nodes.set(made.node.metadata.name, made.node);
        else if (made.kind === "node gone") nodes.delete(made.name);
        else if (made.kind === "pod") pods.set(made.pod.metadata.name, made.pod);
        else pods.delete(made.pod.metadata.name);
        if (isLookedAt) told.look(NOW);
      }
      for (const nowMs of [NOW, NOW + 6_000]) {
        expect(resultsOf(told, nowMs)).toEqual(resultsOf(new Places(OPTIONS, nodes.values(), pods.values()), nowMs));
      }
    }),
  );
});
