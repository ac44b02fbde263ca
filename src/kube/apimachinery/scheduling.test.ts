import type { Container, NodeSelectorTerm, Pod, PodSpec, Taint, Toleration } from "#api/kubernetes/core";
import { describe, expect, it } from "vitest";
import { resolveFenceposts, scaledValue } from "./int-or-string.ts";
import { compileNodeSelectorTerm, compileNodeSelectorTerms, preferredNodeScore, requiredNodeMatcher } from "./node-selector.ts";
import { controllerOf, controllerReference, isControlledBy } from "./owner-references.ts";
import { podLimits, podRequests, podScoringRequests, qosClass } from "./pod-resources.ts";
import { isPodActive, isPodAvailable, isPodReady, withCondition } from "./pods.ts";
import { findUntoleratedTaint, taintEviction, toleratesTaint, withDefaultTolerations } from "./taints.ts";

// Rows follow kubernetes/api core/v1/toleration_test.go.
describe("tolerations", () => {
  const taint: Taint = { key: "foo", value: "bar", effect: "NoSchedule" };
  it.each<[string, Toleration, Taint, boolean]>([
    ["Exists and no value", { key: "foo", operator: "Exists", effect: "NoSchedule" }, taint, true],
    ["any effect", { key: "foo", operator: "Exists" }, taint, true],
    ["any key", { operator: "Exists", effect: "NoSchedule" }, taint, true],
    ["everything", { operator: "Exists" }, taint, true],
    ["another key", { key: "baz", operator: "Exists" }, taint, false],
    ["Equal and the same value", { key: "foo", operator: "Equal", value: "bar" }, taint, true],
    ["no operator is Equal", { key: "foo", value: "bar", effect: "NoSchedule" }, taint, true],
    ["Equal and another value", { key: "foo", operator: "Equal", value: "baz" }, taint, false],
    ["another effect", { key: "foo", operator: "Exists", effect: "NoExecute" }, taint, false],
    ["no value equals the empty value", { key: "foo" }, { key: "foo", effect: "NoSchedule" }, true],
    ["an unknown operator", { key: "foo", operator: "Near" as "Exists" }, taint, false],
    ["comparison that is switched off", { key: "n", operator: "Gt", value: "1" }, { key: "n", value: "2", effect: "NoSchedule" }, false],
  ])("%s", (_, toleration, against, want) => {
    expect(toleratesTaint(toleration, against)).toBe(want);
  });

  it.each<[Toleration["operator"], string, string, boolean]>([
    ["Gt", "950", "800", true],
    ["Gt", "800", "800", false],
    ["Lt", "5", "10", true],
    ["Lt", "abc", "10", false],
    ["Lt", "05", "10", false],
    ["Gt", "-1", "-5", true],
  ])("%s: taint %s against %s is %s", (operator, taintValue, value, want) => {
    const compared: Taint = { key: "n", value: taintValue, effect: "NoExecute" };
    expect(toleratesTaint({ key: "n", operator: operator ?? "Gt", value }, compared, { comparison: true })).toBe(want);
  });

  it("only NoSchedule and NoExecute keep pods away", () => {
    const soft: Taint = { key: "a", effect: "PreferNoSchedule" };
    expect(findUntoleratedTaint([soft], [])).toBeUndefined();
    expect(findUntoleratedTaint([soft, taint], undefined)).toBe(taint);
    expect(findUntoleratedTaint([taint], [{ key: "foo", operator: "Exists" }])).toBeUndefined();
  });

  const noExecute = (key: string): Taint => ({ key, effect: "NoExecute" });
  it.each<[string, Taint[], Toleration[], ReturnType<typeof taintEviction>]>([
    ["no NoExecute taint", [taint], [], { kind: "stays" }],
    ["not tolerated", [noExecute("a")], [], { kind: "evict", afterMs: 0 }],
    ["tolerated for ever", [noExecute("a")], [{ key: "a", operator: "Exists" }], { kind: "stays" }],
    [
      "tolerated for a time",
      [noExecute("a")],
      [{ key: "a", operator: "Exists", tolerationSeconds: 60 }],
      { kind: "evict", afterMs: 60_000 },
    ],
    ["tolerated for no time", [noExecute("a")], [{ key: "a", operator: "Exists", tolerationSeconds: -1 }], { kind: "evict", afterMs: 0 }],
    [
      "the shortest time counts",
      [noExecute("a"), noExecute("b")],
      [
        { key: "a", operator: "Exists", tolerationSeconds: 60 },
        { key: "b", operator: "Exists", tolerationSeconds: 5 },
      ],
      { kind: "evict", afterMs: 5000 },
    ],
  ])("eviction: %s", (_, taints, tolerations, want) => {
    expect(taintEviction(taints, tolerations)).toEqual(want);
  });

  it("pods stay five minutes on nodes that fail, unless they say otherwise", () => {
    expect(withDefaultTolerations([]).map(({ key, tolerationSeconds }) => [key, tolerationSeconds])).toEqual([
      ["node.kubernetes.io/not-ready", 300],
      ["node.kubernetes.io/unreachable", 300],
    ]);
    expect(withDefaultTolerations([{ operator: "Exists" }])).toEqual([{ operator: "Exists" }]);
    const own: Toleration = { key: "node.kubernetes.io/not-ready", operator: "Exists", effect: "NoExecute", tolerationSeconds: 0 };
    expect(withDefaultTolerations([own]).map(({ key }) => key)).toEqual(["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"]);
    expect(withDefaultTolerations([{ key: "node.kubernetes.io/not-ready", operator: "Exists", effect: "NoSchedule" }])).toHaveLength(3);
  });
});

describe("node selectors", () => {
  const node = { name: "node-0", labels: { zone: "1", gpus: "4" } };
  it.each<[string, NodeSelectorTerm, boolean]>([
    ["an empty term", {}, false],
    ["In", { matchExpressions: [{ key: "zone", operator: "In", values: ["1", "2"] }] }, true],
    ["NotIn a missing label", { matchExpressions: [{ key: "x", operator: "NotIn", values: ["1"] }] }, true],
    ["Exists", { matchExpressions: [{ key: "gpus", operator: "Exists" }] }, true],
    ["DoesNotExist", { matchExpressions: [{ key: "gpus", operator: "DoesNotExist" }] }, false],
    ["Gt", { matchExpressions: [{ key: "gpus", operator: "Gt", values: ["3"] }] }, true],
    ["Gt with a leading zero", { matchExpressions: [{ key: "gpus", operator: "Gt", values: ["03"] }] }, true],
    ["Lt with a text", { matchExpressions: [{ key: "gpus", operator: "Lt", values: ["many"] }] }, false],
    ["In without values", { matchExpressions: [{ key: "zone", operator: "In" }] }, false],
    ["the node's name", { matchFields: [{ key: "metadata.name", operator: "In", values: ["node-0"] }] }, true],
    ["not the node's name", { matchFields: [{ key: "metadata.name", operator: "NotIn", values: ["node-0"] }] }, false],
    ["two names", { matchFields: [{ key: "metadata.name", operator: "In", values: ["node-0", "node-1"] }] }, false],
    ["another field", { matchFields: [{ key: "metadata.uid", operator: "In", values: ["node-0"] }] }, false],
    [
      "all of expressions and fields",
      {
        matchExpressions: [{ key: "zone", operator: "In", values: ["2"] }],
        matchFields: [{ key: "metadata.name", operator: "In", values: ["node-0"] }],
      },
      false,
    ],
  ])("%s", (_, term, want) => {
    expect(compileNodeSelectorTerm(term)(node)).toBe(want);
  });

  it("one term of several has to match; none match nothing", () => {
    const zone: NodeSelectorTerm = { matchExpressions: [{ key: "zone", operator: "In", values: ["1"] }] };
    expect(compileNodeSelectorTerms([{}, zone])(node)).toBe(true);
    expect(compileNodeSelectorTerms([])(node)).toBe(false);
  });

  it("a pod's node selector and affinity must both match", () => {
    const spec: PodSpec = { containers: [], nodeSelector: { zone: "1" } };
    expect(requiredNodeMatcher(spec)(node)).toBe(true);
    expect(requiredNodeMatcher({ ...spec, nodeSelector: { zone: "2" } })(node)).toBe(false);
    const affinity = { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [] } } };
    expect(requiredNodeMatcher({ ...spec, affinity })(node)).toBe(false);
    expect(requiredNodeMatcher({ containers: [] })(node)).toBe(true);
  });

  it("preferences add up their weights", () => {
    const matchExpressions = [{ key: "zone", operator: "In" as const, values: ["1"] }];
    const preferredDuringSchedulingIgnoredDuringExecution = [
      { weight: 5, preference: { matchExpressions } },
      { weight: 3, preference: { matchExpressions } },
      { weight: 9, preference: { matchExpressions: [{ key: "zone", operator: "In" as const, values: ["2"] }] } },
    ];
    expect(preferredNodeScore(preferredDuringSchedulingIgnoredDuringExecution)(node)).toBe(8);
  });
});

function container(cpu?: string, memory?: string, more: Partial<Container> = {}): Container {
  const requests = { ...(cpu === undefined ? {} : { cpu }), ...(memory === undefined ? {} : { memory }) };
  return { name: "c", resources: { requests }, ...more };
}

// Rows follow component-helpers resource/helpers_test.go.
describe("what pods ask for", () => {
  const sidecar = { restartPolicy: "Always" };
  it.each<[string, PodSpec, Record<string, number>]>([
    ["containers add up", { containers: [container("100m", "1Mi"), container("1")] }, { cpu: 1100, memory: 1048576 }],
    [
      "init containers take the largest",
      { containers: [container("1")], initContainers: [container("2"), container("500m")] },
      { cpu: 2000 },
    ],
    [
      "sidecars run beside the rest",
      { containers: [container("1")], initContainers: [container("300m", undefined, sidecar)] },
      { cpu: 1300 },
    ],
    [
      "an init container runs beside the sidecars before it",
      {
        containers: [container("1")],
        initContainers: [container("300m", undefined, sidecar), container("1500m"), container("1", undefined, sidecar)],
      },
      { cpu: 2300 },
    ],
    ["overhead is added", { containers: [container("1")], overhead: { cpu: "50m" } }, { cpu: 1050 }],
    ["what the pod asks for as a whole counts", { containers: [container("1")], resources: { requests: { cpu: "3" } } }, { cpu: 3000 }],
    ["nothing", { containers: [{ name: "c" }] }, {}],
  ])("%s", (_, spec, want) => {
    expect(Object.fromEntries(podRequests(spec))).toEqual(want);
  });

  it("scores count 100m and 200Mi for what is left out, but zero as zero", () => {
    const amounts = podScoringRequests({ containers: [{ name: "a" }, container("0", "1Gi")] });
    expect(Object.fromEntries(amounts)).toEqual({ cpu: 100, memory: 200 * 1024 ** 2 + 1024 ** 3 });
  });

  it("limits add up likewise", () => {
    const limited: Container = { name: "a", resources: { limits: { cpu: "1" } } };
    expect(Object.fromEntries(podLimits({ containers: [limited, limited], overhead: { cpu: "1", memory: "1" } }))).toEqual({ cpu: 3000 });
  });

  const resources = (requests: Record<string, string>, limits: Record<string, string>): Container => ({
    name: "c",
    resources: { requests, limits },
  });
  it.each<[string, Container[], string]>([
    ["nothing said", [{ name: "c" }], "BestEffort"],
    ["zero said", [resources({ cpu: "0" }, {})], "BestEffort"],
    ["another resource", [resources({ "nvidia.com/gpu": "1" }, { "nvidia.com/gpu": "1" })], "BestEffort"],
    ["all equal", [resources({ cpu: "100m", memory: "1Gi" }, { cpu: "0.1", memory: "1024Mi" })], "Guaranteed"],
    ["limits without requests", [resources({}, { cpu: "1", memory: "1Gi" })], "Burstable"],
    ["memory left out", [resources({ cpu: "1" }, { cpu: "1" })], "Burstable"],
    ["one container without", [resources({ cpu: "1", memory: "1Gi" }, { cpu: "1", memory: "1Gi" }), { name: "d" }], "Burstable"],
    ["less requested than allowed", [resources({ cpu: "1", memory: "1Gi" }, { cpu: "2", memory: "1Gi" })], "Burstable"],
  ])("quality of service: %s", (_, containers, want) => {
    expect(qosClass({ containers })).toBe(want);
  });
});

describe("pods and owners", () => {
  const ready = (status: "True" | "False", since = "2019-05-17T12:00:00Z"): Pod => ({
    metadata: { name: "p" },
    spec: { containers: [] },
    status: { conditions: [{ type: "Ready", status, lastTransitionTime: since }] },
  });
  const noon = Date.UTC(2019, 4, 17, 12);

  it("available is ready for long enough", () => {
    expect(isPodReady(ready("True"))).toBe(true);
    expect(isPodAvailable(ready("False"), 0, noon)).toBe(false);
    expect(isPodAvailable(ready("True"), 0, noon)).toBe(true);
    expect(isPodAvailable(ready("True"), 10, noon + 9999)).toBe(false);
    expect(isPodAvailable(ready("True"), 10, noon + 10_000)).toBe(true);
  });

  it("active pods have neither ended nor been deleted", () => {
    expect(isPodActive(ready("True"))).toBe(true);
    expect(isPodActive({ ...ready("True"), status: { phase: "Failed" } })).toBe(false);
    expect(isPodActive({ ...ready("True"), metadata: { name: "p", deletionTimestamp: "2019-05-17T12:00:00Z" } })).toBe(false);
  });

  it("the time of a condition changes with its status only", () => {
    const before = ready("True").status?.conditions;
    const same = withCondition(before, { type: "Ready", status: "True", reason: "Again", lastTransitionTime: "2020-01-01T00:00:00Z" });
    expect(same).toEqual([{ type: "Ready", status: "True", reason: "Again", lastTransitionTime: "2019-05-17T12:00:00Z" }]);
    const other = withCondition(before, { type: "Ready", status: "False", lastTransitionTime: "2020-01-01T00:00:00Z" });
    expect(other[0]?.lastTransitionTime).toBe("2020-01-01T00:00:00Z");
    expect(withCondition(undefined, { type: "A", status: "True" })).toHaveLength(1);
  });

  it("an owner made anew is another owner", () => {
    const owner = { apiVersion: "apps/v1", kind: "ReplicaSet", metadata: { name: "web", uid: "1" } };
    const pod = { metadata: { name: "p", ownerReferences: [controllerReference(owner)] } };
    expect(controllerOf(pod)).toMatchObject({ kind: "ReplicaSet", controller: true, blockOwnerDeletion: true });
    expect(isControlledBy(pod, owner)).toBe(true);
    expect(isControlledBy(pod, { metadata: { name: "web", uid: "2" } })).toBe(false);
  });
});

describe("counts and shares", () => {
  it.each([
    [3, 10, "up" as const, 3],
    ["25%", 10, "up" as const, 3],
    ["25%", 10, "down" as const, 2],
    ["0%", 10, "up" as const, 0],
    ["150%", 10, "down" as const, 15],
    ["3", 10, "up" as const, undefined],
  ])("%s of %d %s is %s", (value, total, rounding, want) => {
    expect(scaledValue(value, total, rounding)).toBe(want);
  });

  it("a rolling update can always go on", () => {
    expect(resolveFenceposts({ maxSurge: "25%", maxUnavailable: "25%" }, 10)).toEqual({ surge: 3, unavailable: 2 });
    expect(resolveFenceposts({ maxSurge: 0, maxUnavailable: "25%" }, 2)).toEqual({ surge: 0, unavailable: 1 });
  });
});
