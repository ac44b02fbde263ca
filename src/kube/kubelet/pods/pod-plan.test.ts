import { describe, expect, it } from "vitest";
import { type ContainerRecord, containerRecords, endContainer } from "./containers.ts";
import { phaseOf, planPod } from "./pod-plan.ts";

/** `a` a container, `i` an init container, `s` a sidecar; then `w` waiting, `r` running, `u` running and not started, `0` or `1` its exit code. */
function records(text: string): ContainerRecord[] {
  return text.split(" ").map((word) => {
    const [kind, state = ""] = word;
    const spec = { name: word, image: "x", ...(kind === "s" ? { restartPolicy: "Always" } : {}) };
    const containers = [{ name: "unused" }];
    const [each] = containerRecords({
      metadata: { name: "p" },
      spec: kind === "a" ? { containers: [spec] } : { initContainers: [spec], containers },
    });
    if (each === undefined) throw new Error("a pod has containers");
    if (state === "w") return each;
    each.id = "id";
    each.state = "running";
    each.isStarted = state === "r";
    if (state !== "r" && state !== "u") endContainer(each, { exitCode: Number(state) }, 0);
    return each;
  });
}

describe("planPod", () => {
  it.each([
    { containers: "iw iw aw", policy: "Always", want: "start iw" },
    { containers: "ir iw aw", policy: "Always", want: "wait" },
    { containers: "i0 i1 aw", policy: "Always", want: "start i1" },
    { containers: "i0 i1 aw", policy: "Never", want: "over" },
    { containers: "su aw", policy: "Always", want: "wait" },
    { containers: "sr aw", policy: "Always", want: "start aw" },
    { containers: "s1 ar", policy: "Always", want: "start s1" },
    { containers: "i1 ar", policy: "Always", want: "wait" },
    { containers: "ar aw", policy: "Always", want: "start aw" },
    { containers: "ar a0", policy: "Always", want: "start a0" },
    { containers: "ar a0", policy: "OnFailure", want: "wait" },
    { containers: "a1 ar", policy: "OnFailure", want: "start a1" },
    { containers: "sr a0 a1", policy: "Never", want: "over" },
  ] as const)("$containers, restarted $policy: $want", ({ containers, policy, want }) => {
    const step = planPod(records(containers), policy, 1);
    expect(step.kind === "start" ? `start ${step.container.name}` : step.kind).toBe(want);
  });

  it("waits for the first of those that back off", () => {
    const [one, other] = records("a1 a1");
    if (one === undefined || other === undefined) throw new Error("two containers");
    one.notBeforeMs = 30;
    other.notBeforeMs = 20;
    expect(planPod([one, other], "Always", 10)).toEqual({ kind: "wait", untilMs: 20 });
  });
});

describe("phaseOf", () => {
  it.each([
    { containers: "iw aw", policy: "Always", want: "Pending" },
    { containers: "i1 aw", policy: "Never", want: "Failed" },
    { containers: "i1 aw", policy: "OnFailure", want: "Pending" },
    { containers: "i0 ar", policy: "Always", want: "Running" },
    { containers: "su aw", policy: "Always", want: "Pending" },
    { containers: "ar aw", policy: "Always", want: "Pending" },
    { containers: "ar a1", policy: "Never", want: "Running" },
    { containers: "a0 a0", policy: "Always", want: "Running" },
    { containers: "a0 a0", policy: "Never", want: "Succeeded" },
    { containers: "a0 a1", policy: "Never", want: "Failed" },
    { containers: "a0 a1", policy: "OnFailure", want: "Running" },
    { containers: "sr a0", policy: "OnFailure", want: "Succeeded" },
  ] as const)("$containers, restarted $policy: $want", ({ containers, policy, want }) => {
    expect(phaseOf(records(containers), policy)).toBe(want);
  });
});
