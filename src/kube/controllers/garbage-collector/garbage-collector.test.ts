import type { KubeObject, OwnerReference } from "#api/kubernetes/meta";
import { resources } from "#api/kubernetes/resources";
import { describe, expect, it } from "vitest";
import { OwnerGraph } from "./graph.ts";
import { type OwnerState, planCollection } from "./plan.ts";

const NOW = "2024-01-01T12:00:00Z";
const owner = (uid: string): OwnerReference => ({ apiVersion: "apps/v1", kind: "ReplicaSet", name: uid, uid });

function object(uid: string, owners: string[], more: Partial<KubeObject["metadata"]> = {}): KubeObject {
  return { metadata: { name: uid, namespace: "default", uid, ...(owners.length > 0 && { ownerReferences: owners.map(owner) }), ...more } };
}

describe("planCollection", () => {
  const leaving = { deletionTimestamp: NOW };
  it.each<{ name: string; object: KubeObject; states: OwnerState[]; dependents?: boolean; want: object }>([
    { name: "keeps what has no owners", object: object("a", []), states: [], want: { kind: "keep" } },
    { name: "keeps what has its owner", object: object("a", ["o"]), states: ["solid"], want: { kind: "keep" } },
    {
      name: "deletes what has lost its owner",
      object: object("a", ["o"]),
      states: ["absent"],
      want: { kind: "delete", policy: "Background" },
    },
    {
      name: "only unlinks a lost owner while another is left",
      object: object("a", ["o", "p"]),
      states: ["absent", "solid"],
      want: { kind: "unlink", owners: [owner("p")] },
    },
    {
      name: "unlinks an owner that waits while another is left",
      object: object("a", ["o", "p"]),
      states: ["solid", "waiting"],
      want: { kind: "unlink", owners: [owner("o")] },
    },
    {
      name: "deletes in the background for an owner that waits",
      object: object("a", ["o"]),
      states: ["waiting"],
      want: { kind: "delete", policy: "Background" },
    },
    {
      name: "deletes in the foreground what has dependents itself",
      object: object("a", ["o"]),
      states: ["waiting"],
      dependents: true,
      want: { kind: "delete", policy: "Foreground" },
    },
    {
      name: "keeps to what its own finalizer says",
      object: object("a", ["o"], { finalizers: ["orphan"] }),
      states: ["absent"],
      want: { kind: "delete", policy: "Orphan" },
    },
    { name: "leaves alone what is being deleted", object: object("a", ["o"], leaving), states: ["absent"], want: { kind: "keep" } },
  ])("$name", ({ object, states, dependents = false, want }) => expect(planCollection(object, states, dependents)).toEqual(want));
});

describe("OwnerGraph", () => {
  const uids = (graph: OwnerGraph, of: string): string[] => graph.dependentsOf(of).map(({ uid }) => uid);
  const set = (graph: OwnerGraph, uid: string, owners: string[]): void => graph.set(resources.pods, `default/${uid}`, object(uid, owners));

  it("finds dependents by their owner, and forgets those that change or go", () => {
    const graph = new OwnerGraph();
    set(graph, "a", ["o"]);
    set(graph, "b", ["o", "p"]);
    expect(uids(graph, "o")).toEqual(["a", "b"]);
    set(graph, "b", ["p"]);
    expect([uids(graph, "o"), uids(graph, "p")]).toEqual([["a"], ["b"]]);
    graph.delete("a");
    set(graph, "b", []);
    expect([uids(graph, "o"), uids(graph, "p"), graph.get("b")]).toEqual([[], [], undefined]);
  });

  it("keeps the dependents of an owner that is gone", () => {
    const graph = new OwnerGraph();
    set(graph, "o", ["root"]);
    set(graph, "a", ["o"]);
    graph.delete("o");
    expect(uids(graph, "o")).toEqual(["a"]);
  });
});
