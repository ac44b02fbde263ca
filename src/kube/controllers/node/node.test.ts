import type { Condition, Node, Taint } from "#api/kubernetes/core";
import { VirtualClock } from "#lib";
import { describe, expect, it } from "vitest";
import { graceMs, isHeartbeat, silentAt, unknownConditions } from "./health.ts";
import { planLabels, planTaints } from "./taints.ts";
import { ZoneTainter } from "./zone-tainter.ts";
import { taintingRate, zoneOf } from "./zones.ts";

const NOW = "2024-01-01T12:00:00Z";

function node(
  ready: Condition["status"] | undefined,
  taints: Taint[] = [],
  more: { unschedulable?: boolean; conditions?: Condition[] } = {},
): Node {
  return {
    metadata: { name: "n1", creationTimestamp: NOW },
    spec: { taints, ...(more.unschedulable && { unschedulable: true }) },
    status: { conditions: [...(ready === undefined ? [] : [{ type: "Ready", status: ready }]), ...(more.conditions ?? [])] },
  };
}

const text = (taints: readonly Taint[] | undefined): string[] | undefined =>
  taints?.map(({ key, effect }) => `${key.split("/").at(-1)}:${effect}`);
const taint = (key: string, effect: Taint["effect"]): Taint => ({ key: key.includes("/") ? key : `node.kubernetes.io/${key}`, effect });

describe("planTaints", () => {
  const calm = { stopped: false, granted: false };
  const notReady = [taint("not-ready", "NoSchedule")];
  it.each([
    { name: "removes the start-up taint once the node is ready", at: node("True", notReady), state: calm, taints: [], waits: false },
    {
      name: "adds not-ready when Ready is False, and waits for leave to evict",
      at: node("False"),
      state: calm,
      taints: ["not-ready:NoSchedule"],
      waits: true,
    },
    { name: "adds unreachable when Ready is Unknown", at: node("Unknown"), state: calm, taints: ["unreachable:NoSchedule"], waits: true },
    {
      name: "adds the NoExecute taint when granted",
      at: node("Unknown", [taint("unreachable", "NoSchedule")]),
      state: { stopped: false, granted: true },
      taints: ["unreachable:NoSchedule", "unreachable:NoExecute"],
      waits: false,
    },
    {
      name: "swaps both taints at once when the node becomes unreachable",
      at: node("Unknown", [...notReady, taint("not-ready", "NoExecute")]),
      state: calm,
      taints: ["unreachable:NoSchedule", "unreachable:NoExecute"],
      waits: false,
    },
    {
      name: "takes all of them away when the node is ready again",
      at: node("True", [taint("unreachable", "NoSchedule"), taint("unreachable", "NoExecute")]),
      state: calm,
      taints: [],
      waits: false,
    },
    {
      name: "takes NoExecute taints away while evictions are stopped",
      at: node("Unknown", [taint("unreachable", "NoSchedule"), taint("unreachable", "NoExecute")]),
      state: { stopped: true, granted: true },
      taints: ["unreachable:NoSchedule"],
      waits: false,
    },
    {
      name: "follows a cordon",
      at: node("True", [], { unschedulable: true }),
      state: calm,
      taints: ["unschedulable:NoSchedule"],
      waits: false,
    },
    { name: "follows an uncordon", at: node("True", [taint("unschedulable", "NoSchedule")]), state: calm, taints: [], waits: false },
    {
      name: "follows pressure",
      at: node("True", [], { conditions: [{ type: "MemoryPressure", status: "True" }] }),
      state: calm,
      taints: ["memory-pressure:NoSchedule"],
      waits: false,
    },
    {
      name: "leaves the taints of others alone",
      at: node("True", [taint("sku", "NoSchedule"), taint("example.com/x", "NoExecute"), taint("not-ready", "PreferNoSchedule")]),
      state: calm,
      taints: undefined,
      waits: false,
    },
    { name: "leaves a node alone that has posted nothing yet", at: node(undefined, []), state: calm, taints: undefined, waits: false },
  ])("$name", ({ at, state, taints, waits }) => {
    const plan = planTaints(at, NOW, state);
    expect(text(plan.taints)).toEqual(taints);
    expect(plan.waits).toBe(waits);
  });

  it("is done after one application", () => {
    const changed = planTaints(node("False", [taint("sku", "NoSchedule")], { unschedulable: true }), NOW, {
      stopped: false,
      granted: true,
    });
    const again = planTaints(node("False", [...(changed.taints ?? [])], { unschedulable: true }), NOW, { stopped: false, granted: false });
    expect(again).toEqual({ waits: false });
  });
});

describe("health", () => {
  it("waits 40 seconds, and 50 from 1.32 on", () => {
    expect([graceMs(12), graceMs(31), graceMs(32)]).toEqual([40_000, 40_000, 50_000]);
  });

  it("waits a minute from its creation for a node that has posted nothing", () => {
    expect(silentAt(node(undefined), 0, 30)).toBe(Date.parse(NOW) + 60_000);
    expect(silentAt(node("True"), 1000, 30)).toBe(41_000);
  });

  it("makes the kubelet's conditions Unknown and leaves the network's", () => {
    const conditions: Condition[] = [
      { type: "NetworkUnavailable", status: "False" },
      { type: "MemoryPressure", status: "False", lastHeartbeatTime: "x" },
    ];
    const unknown = unknownConditions(node("True", [], { conditions }), NOW);
    expect(unknown.map(({ type, status, reason }) => `${type} ${status} ${reason ?? ""}`)).toEqual([
      "Ready Unknown NodeStatusUnknown",
      "NetworkUnavailable False ",
      "MemoryPressure Unknown NodeStatusUnknown",
      "DiskPressure Unknown NodeStatusNeverUpdated",
      "PIDPressure Unknown NodeStatusNeverUpdated",
    ]);
    expect(unknown[2]?.lastHeartbeatTime).toBe("x");
  });

  it("takes only a new heartbeat time for a heartbeat", () => {
    const beat = (time: string): Node => ({
      ...node("True"),
      status: { conditions: [{ type: "Ready", status: "True", lastHeartbeatTime: time }] },
    });
    expect(isHeartbeat(beat("1"), beat("2"))).toBe(true);
    expect(isHeartbeat(beat("1"), beat("1"))).toBe(false);
    expect(isHeartbeat(node(undefined), node(undefined))).toBe(false);
  });
});

describe("labels", () => {
  it("keeps the older names in step with the stable ones", () => {
    const labelled = node("True");
    labelled.metadata.labels = { "kubernetes.io/os": "linux", "beta.kubernetes.io/os": "windows", "kubernetes.io/arch": "amd64" };
    expect(planLabels(labelled)).toEqual({ "beta.kubernetes.io/os": "linux", "beta.kubernetes.io/arch": "amd64" });
    labelled.metadata.labels = { "beta.kubernetes.io/os": "linux" };
    expect(planLabels(labelled)).toBeUndefined();
  });
});

describe("zones", () => {
  it.each([
    { name: "the usual rate", counts: { ready: 10, notReady: 2 }, rate: 0.1 },
    { name: "the usual rate for a zone that is wholly down", counts: { ready: 0, notReady: 10 }, rate: 0.1 },
    { name: "none for a small zone that is mostly down", counts: { ready: 4, notReady: 6 }, rate: 0 },
    { name: "a tenth for a large zone that is mostly down", counts: { ready: 40, notReady: 60 }, rate: 0.01 },
    { name: "the usual rate while two are down", counts: { ready: 1, notReady: 2 }, rate: 0.1 },
  ])("$name", ({ counts, rate }) => expect(taintingRate(counts)).toBe(rate));

  it("are told by the stable and by the older labels", () => {
    const zoned = (labels: Record<string, string>): Node => ({ metadata: { name: "n", labels }, spec: {} });
    expect(zoneOf(zoned({ "topology.kubernetes.io/region": "eastus", "topology.kubernetes.io/zone": "eastus-1" }))).toBe("eastus:eastus-1");
    expect(zoneOf(zoned({ "failure-domain.beta.kubernetes.io/region": "eastus", "failure-domain.beta.kubernetes.io/zone": "0" }))).toBe(
      "eastus:0",
    );
    expect(zoneOf(zoned({}))).toBe("");
  });
});

describe("zone tainter", () => {
  function observed(ready: number, notReady: number): { clock: VirtualClock; granted: string[]; stops: boolean[]; tainter: ZoneTainter } {
    const clock = new VirtualClock(0);
    const granted: string[] = [];
    const stops: boolean[] = [];
    const tainter = new ZoneTainter(clock, {
      granted: (name) => granted.push(`${name}@${clock.now() / 1000}`),
      stoppedChanged: (stopped) => stops.push(stopped),
    });
    for (let index = 0; index < ready; index++) tainter.observe(`up${index}`, "", true);
    for (let index = 0; index < notReady; index++) tainter.observe(`down${index}`, "", false);
    return { clock, granted, stops, tainter };
  }

  it("lets the first through at once and the others every ten seconds", async () => {
    const { clock, granted, tainter } = observed(10, 3);
    for (let index = 0; index < 3; index++) tainter.wait(`down${index}`);
    await clock.advance(60_000);
    expect(granted).toEqual(["down0@0", "down1@10", "down2@20"]);
  });

  it("lets nobody through while no node is ready, and goes on after", async () => {
    const { clock, granted, stops, tainter } = observed(0, 2);
    tainter.wait("down0");
    await clock.advance(60_000);
    expect(granted).toEqual([]);
    tainter.observe("down1", "", true);
    await clock.advance(1000);
    expect(granted).toEqual(["down0@60"]);
    expect(stops).toEqual([true, false]);
  });

  it("does not let through who cancelled or went away", async () => {
    const { clock, granted, tainter } = observed(10, 3);
    for (let index = 0; index < 3; index++) tainter.wait(`down${index}`);
    tainter.cancel("down0");
    tainter.forget("down1");
    await clock.advance(60_000);
    expect(granted).toEqual(["down2@0"]);
  });
});
