import { describe, expect, it } from "vitest";
import type { Pod } from "#api/kubernetes/core";
import type { PersistentVolume } from "#api/kubernetes/storage";
import { NO_FACTS } from "../cluster-facts.ts";
import { labelled, makeNode, makePod } from "../testing/objects.ts";
import { createRehearsal } from "./rehearsal.ts";

const VERSION = "1.33.1";
const ZONE = "topology.kubernetes.io/zone";
const small = { cpu: "1", memory: "1Gi", pods: "10" };

const web = (name: string, spec: Partial<Pod["spec"]> = {}): Pod => labelled(makePod(name, spec, { cpu: "600m" }), { app: "web" });
const selector = { matchLabels: { app: "web" } };
const apart = (topologyKey: string): Partial<Pod["spec"]> => ({
  affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ labelSelector: selector, topologyKey }] } },
});

function stage() {
  const rehearsal = createRehearsal({ version: VERSION });
  rehearsal.addNode(makeNode("a", { labels: { [ZONE]: "1" }, allocatable: small }), [web("there")]);
  rehearsal.addNode(makeNode("b", { labels: { [ZONE]: "2" }, allocatable: small }));
  return rehearsal;
}

describe("a rehearsal", () => {
  it("refuses in the words of the scheduler, and finds the first node with room", () => {
    const rehearsal = stage();
    expect(rehearsal.refusals(web("new"), "a")).toEqual(["Insufficient cpu"]);
    expect(rehearsal.refusals(web("new"), "b")).toEqual([]);
    expect(rehearsal.refusals(web("new"), "c")).toEqual(["node(s) not found"]);
    expect(rehearsal.find(web("new"), ["a", "c", "b"])).toBe("b");
    expect(rehearsal.find(web("new"), ["a"])).toBeUndefined();
  });

  it("counts pods where they were put, and no longer where they were", () => {
    const rehearsal = stage();
    const there = web("there");
    rehearsal.put(there, "b");
    expect(rehearsal.find(web("new"), ["b", "a"])).toBe("a");
    rehearsal.remove(there);
    expect(rehearsal.find(web("new"), ["b", "a"])).toBe("b");
  });

  it("knows spread, affinity and the pods that keep others away", () => {
    const rehearsal = stage();
    const spread = { maxSkew: 1, topologyKey: ZONE, whenUnsatisfiable: "DoNotSchedule", labelSelector: selector } as const;
    const light = (name: string, spec: Partial<Pod["spec"]>): Pod => labelled(makePod(name, spec), { app: "web" });
    expect(rehearsal.refusals(light("new", { topologySpreadConstraints: [spread] }), "a")).toEqual([
      "node(s) didn't match pod topology spread constraints",
    ]);
    expect(rehearsal.find(light("new", apart(ZONE)), ["a", "b"])).toBe("b");
    rehearsal.put(light("hermit", apart(ZONE)), "b");
    expect(rehearsal.refusals(light("new", {}), "b")).toEqual(["node(s) didn't satisfy existing pods anti-affinity rules"]);
  });

  it("goes by the zone of a bound volume", () => {
    const volume: PersistentVolume = {
      metadata: { name: "disk" },
      spec: { nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [{ key: ZONE, operator: "In", values: ["2"] }] }] } } },
    } as unknown as PersistentVolume;
    const facts = {
      ...NO_FACTS,
      claim: () =>
        ({ metadata: { name: "data", annotations: { "pv.kubernetes.io/bind-completed": "yes" } }, spec: { volumeName: "disk" } }) as never,
      volume: () => volume,
    };
    const rehearsal = createRehearsal({ version: VERSION, facts });
    for (const zone of ["1", "2"]) rehearsal.addNode(makeNode(zone, { labels: { [ZONE]: zone } }));
    const pod = makePod("db", { volumes: [{ name: "data", persistentVolumeClaim: { claimName: "data" } }] });
    expect(rehearsal.find(pod, ["1", "2"])).toBe("2");
    expect(rehearsal.refusals(pod, "1")).toEqual(["node(s) didn't match PersistentVolume's node affinity"]);
  });

  it("undoes an attempt, those within it too, and keeps what is to be kept", () => {
    const rehearsal = stage();
    const there = web("there");
    const room = (): readonly string[] => ["a", "b", "c"].filter((node) => rehearsal.refusals(web("new"), node).length === 0);
    rehearsal.attempt(() => {
      rehearsal.removeNode("b");
      rehearsal.addNode(makeNode("c", { allocatable: small }), [web("other")]);
      rehearsal.attempt(
        () => rehearsal.put(there, "c"),
        () => true,
      );
      expect(room()).toEqual(["a"]);
    });
    expect(room()).toEqual(["b"]);
    rehearsal.attempt(
      () => rehearsal.put(there, "b"),
      () => true,
    );
    expect(room()).toEqual(["a"]);
  });

  it("undoes an attempt that throws", () => {
    const rehearsal = stage();
    const fails = (): never => {
      rehearsal.removeNode("b");
      throw new Error("no");
    };
    expect(() => rehearsal.attempt(fails)).toThrow("no");
    expect(rehearsal.find(web("new"), ["b"])).toBe("b");
  });

  it("takes a pod's own node for no constraint", () => {
    expect(stage().refusals(web("there", { nodeName: "a" }), "b")).toEqual([]);
  });
});
