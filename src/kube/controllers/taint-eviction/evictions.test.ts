import type { Node, Pod, Taint } from "#api/kubernetes/core";
import { describe, expect, it } from "vitest";
import { EvictionBook } from "./evictions.ts";

const leave: Taint = { key: "leave", effect: "NoExecute" };
const tainted: Node = { metadata: { name: "n1" }, spec: { taints: [leave] } };
const clean: Node = { metadata: { name: "n1" }, spec: {} };

function pod(tolerationSeconds?: number | "forever", uid = "1"): Pod {
  const seconds = typeof tolerationSeconds === "number" ? { tolerationSeconds } : {};
  const tolerations =
    tolerationSeconds === undefined ? [] : [{ key: "leave", operator: "Exists" as const, effect: "NoExecute" as const, ...seconds }];
  return { metadata: { name: "p", uid }, spec: { containers: [], nodeName: "n1", tolerations } };
}

describe("EvictionBook", () => {
  it.each([
    { name: "a pod that tolerates nothing goes now", of: pod(), want: { kind: "due", atMs: 1000 } },
    { name: "a pod goes after its time", of: pod(60), want: { kind: "due", atMs: 61_000 } },
    { name: "a pod that tolerates for ever stays", of: pod("forever"), want: { kind: "none" } },
  ])("$name", ({ of, want }) => expect(new EvictionBook().assess("ns/p", of, tainted, 1000)).toEqual(want));

  it("counts from when the taint was first seen", () => {
    const book = new EvictionBook();
    book.assess("ns/p", pod(60), tainted, 0);
    expect(book.assess("ns/p", pod(60), tainted, 30_000)).toEqual({ kind: "due", atMs: 60_000 });
  });

  it("cancels when the taint goes, and begins anew when it comes back", () => {
    const book = new EvictionBook();
    book.assess("ns/p", pod(60), tainted, 0);
    expect(book.assess("ns/p", pod(60), clean, 10_000)).toEqual({ kind: "cancelled" });
    expect(book.assess("ns/p", pod(60), clean, 10_000)).toEqual({ kind: "none" });
    expect(book.assess("ns/p", pod(60), tainted, 20_000)).toEqual({ kind: "due", atMs: 80_000 });
  });

  it("asks for a pod's deletion once, and for its successor's of the same name again", () => {
    const book = new EvictionBook();
    book.assess("ns/p", pod(), tainted, 0);
    expect(book.isPlanned("ns/p", "1")).toBe(true);
    book.markDone("ns/p");
    expect(book.isPlanned("ns/p", "1")).toBe(false);
    expect(book.assess("ns/p", pod(), tainted, 5)).toEqual({ kind: "none" });
    expect(book.assess("ns/p", pod(undefined, "2"), tainted, 9)).toEqual({ kind: "due", atMs: 9 });
  });

  it("leaves a pod alone that is being deleted already", () => {
    const leaving = pod();
    leaving.metadata.deletionTimestamp = "2024-01-01T00:00:00Z";
    expect(new EvictionBook().assess("ns/p", leaving, tainted, 0)).toEqual({ kind: "none" });
  });
});
