import type { Namespace } from "#api/kubernetes/core";
import { describe, expect, it } from "vitest";
import { deletionConditions, isTerminating } from "./plan.ts";

const NOW = "2024-01-01T12:00:00Z";
const leaving: Namespace = { metadata: { name: "team", deletionTimestamp: NOW }, spec: { finalizers: ["kubernetes"] } };

describe("isTerminating", () => {
  it.each([
    { name: "a deleted namespace with the finalizer", namespace: leaving, want: true },
    { name: "a namespace that stands", namespace: { metadata: { name: "team" }, spec: { finalizers: ["kubernetes"] } }, want: false },
    { name: "a namespace that others hold", namespace: { ...leaving, spec: { finalizers: ["example.com/x"] } }, want: false },
  ])("$name", ({ namespace, want }) => expect(isTerminating(namespace)).toBe(want));
});

describe("deletionConditions", () => {
  const pod = (name: string, finalizers: string[] = []) => ({ metadata: { name, finalizers } });

  it("tells what is left and which finalizers hold it", () => {
    const remaining = [
      { resource: "pods", objects: [pod("a"), pod("b", ["example.com/hold"])] },
      { resource: "deployments.apps", objects: [pod("c", ["example.com/hold"])] },
      { resource: "secrets", objects: [] },
    ];
    const conditions = deletionConditions(leaving, { remaining, failures: [] }, NOW);
    expect(conditions.map(({ type, status, message }) => [type, status, message])).toEqual([
      ["NamespaceDeletionDiscoveryFailure", "False", "All resources successfully discovered"],
      ["NamespaceDeletionGroupVersionParsingFailure", "False", "All legacy kube types successfully parsed"],
      ["NamespaceDeletionContentFailure", "False", "All content successfully deleted, may be waiting on finalization"],
      [
        "NamespaceContentRemaining",
        "True",
        "Some resources are remaining: deployments.apps has 1 resource instances, pods has 2 resource instances",
      ],
      [
        "NamespaceFinalizersRemaining",
        "True",
        "Some content in the namespace has finalizers remaining: example.com/hold in 2 resource instances",
      ],
    ]);
  });

  it("tells what was refused", () => {
    const conditions = deletionConditions(leaving, { remaining: [], failures: ["no", "never"] }, NOW);
    expect(conditions[2]).toMatchObject({
      status: "True",
      reason: "ContentDeletionFailed",
      message: "Failed to delete all resource types, 2 remaining: never, no",
    });
  });

  it("keeps the time of a condition whose status stays", () => {
    const before = deletionConditions(leaving, { remaining: [], failures: [] }, "2024-01-01T11:00:00Z");
    const after = deletionConditions({ ...leaving, status: { conditions: before } }, { remaining: [], failures: [] }, NOW);
    expect(after).toEqual(before);
  });
});
