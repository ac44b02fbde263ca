import * as fc from "fast-check";
import { expect, it } from "vitest";
import type { PersistentVolume, StorageClass } from "#api/kubernetes/storage";
import type { PersistentVolumeClaim } from "#api/kubernetes/workloads";
import { compileNodeSelectorTerms, SELECTED_NODE } from "#kube/apimachinery";
import { type ClassVerdicts, filterNode, filterNodePlainly, prepareFilters } from "../../framework/filters.ts";
import { podToPlace } from "../../pod-to-place.ts";
import { defaultProfile } from "../../profiles/profile.ts";
import { cacheOf } from "../../testing/cluster-of-nodes.ts";
import { makePod } from "../../testing/objects.ts";
import { volumePlan } from "./volume-binding.ts";

const ZONE = "topology.kubernetes.io/zone";
const HOST = "kubernetes.io/hostname";
const CLASSES: readonly StorageClass[] = [
  { metadata: { name: "disks" }, provisioner: "disk.csi.azure.com", volumeBindingMode: "WaitForFirstConsumer" },
  {
    metadata: { name: "zonal" },
    provisioner: "disk.csi.azure.com",
    volumeBindingMode: "WaitForFirstConsumer",
    allowedTopologies: [{ matchLabelExpressions: [{ key: ZONE, values: ["z1"] }] }],
  },
  { metadata: { name: "local" }, provisioner: "kubernetes.io/no-provisioner", volumeBindingMode: "WaitForFirstConsumer" },
];
const className = fc.constantFrom("disks", "zonal", "local");
const size = fc.constantFrom("1Gi", "2Gi", "3Gi");
const place = fc.constantFrom(
  undefined,
  { key: ZONE, value: "z1" },
  { key: ZONE, value: "z2" },
  { key: HOST, value: "n0" },
  { key: HOST, value: "n3" },
);

const volume = fc.record({ className, size, place });
const claim = fc.record({
  className,
  size,
  state: fc.constantFrom("waiting", "waiting", "bound", "selected" as const),
});

function volumeOf(
  name: string,
  {
    className: storageClassName,
    size: storage,
    place: at,
  }: { className: string; size: string; place: { key: string; value: string } | undefined },
): PersistentVolume {
  const affinity = at && {
    required: { nodeSelectorTerms: [{ matchExpressions: [{ key: at.key, operator: "In" as const, values: [at.value] }] }] },
  };
  return {
    metadata: { name },
    spec: { capacity: { storage }, accessModes: ["ReadWriteOnce"], storageClassName, ...(affinity && { nodeAffinity: affinity }) },
    status: { phase: "Available" },
  };
}

it("answers by class what it answers node by node, and plans only what can be done there", () => {
  const input = fc.record({
    claims: fc.array(claim, { minLength: 1, maxLength: 3 }),
    volumes: fc.array(volume, { maxLength: 5 }),
    bound: place,
    limit: fc.constantFrom(undefined, 0, 1, 2),
  });
  const seen = { planned: 0, refused: 0, static: 0 };
  fc.assert(
    fc.property(input, ({ claims, volumes, bound, limit }) => {
      const all = volumes.map((each, index) => volumeOf(`v${index}`, each));
      const own = volumeOf("own", { className: "disks", size: "1Gi", place: bound });
      const made = claims.map(({ className: storageClassName, size: storage, state }, index): PersistentVolumeClaim => {
        const annotations =
          state === "bound" ? { "pv.kubernetes.io/bind-completed": "yes" } : state === "selected" ? { [SELECTED_NODE]: "n1" } : {};
        const spec = { storageClassName, accessModes: ["ReadWriteOnce"], resources: { requests: { storage } } };
        return {
          metadata: { name: `c${index}`, namespace: "default", annotations },
          spec: state === "bound" ? { ...spec, volumeName: "own" } : spec,
        };
      });
      const layout = Object.fromEntries([0, 1, 2, 3, 4, 5].map((index) => [`n${index}`, { labels: { [ZONE]: `z${index % 3}` } }]));
      const drivers = [{ name: "disk.csi.azure.com", nodeID: "n", ...(limit !== undefined && { allocatable: { count: limit } }) }];
      const cache = cacheOf(layout, {
        claim: (_, name) => made.find(({ metadata }) => metadata.name === name),
        volume: (name) => (name === "own" ? own : undefined),
        volumesOfClass: (name) => all.filter(({ spec }) => spec.storageClassName === name),
        storageClass: (name) => CLASSES.find(({ metadata }) => metadata.name === name),
        csiNode: (name) => (name === "n2" ? undefined : { metadata: { name }, spec: { drivers } }),
      });
      const mounts = made.map(({ metadata: { name } }) => ({ name, persistentVolumeClaim: { claimName: name } }));
      const pod = podToPlace(makePod("new", { volumes: mounts }));
      const filters = prepareFilters(pod, defaultProfile("1.35.0"), cache);
      const verdicts: ClassVerdicts = [];
      for (const node of cache.nodes) {
        const status = filterNode(filters, node, verdicts);
        expect(status).toEqual(filterNodePlainly(filters, node));
        if (status !== undefined) {
          seen.refused++;
          continue;
        }
        const plan = volumePlan(pod, node, cache);
        const waiting = claims.filter(({ state }) => state !== "bound").length;
        expect((plan?.bindings.length ?? 0) + (plan?.provisions.length ?? 0)).toBe(waiting);
        if (plan === undefined) continue;
        seen.planned++;
        seen.static += plan.bindings.length;
        expect(new Set(plan.bindings.map(({ volume: { metadata } }) => metadata.name)).size).toBe(plan.bindings.length);
        for (const {
          volume: { spec },
          claim: wants,
        } of plan.bindings) {
          expect(
            compileNodeSelectorTerms(
              spec.nodeAffinity?.required?.nodeSelectorTerms ?? [{ matchExpressions: [{ key: HOST, operator: "Exists" }] }],
            )(node),
          ).toBe(true);
          expect(spec.storageClassName).toBe(wants.spec.storageClassName);
          expect((spec.capacity?.["storage"] ?? "") >= (wants.spec.resources?.requests?.["storage"] ?? "")).toBe(true);
        }
        for (const wants of plan.provisions) {
          expect(wants.spec.storageClassName).not.toBe("local");
          if (wants.spec.storageClassName === "zonal") expect(node.labels?.[ZONE]).toBe("z1");
        }
      }
    }),
    { numRuns: 500, seed: 11 },
  );
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(100);
});
