import type { Pod } from "#api/kubernetes/core";
import { resources } from "#api/kubernetes/resources";
import type { StatefulSet } from "#api/kubernetes/workloads";
import { formatTime } from "#kube/apimachinery";
import { afterEach, describe, expect, it } from "vitest";
import { startCluster, type TestCluster } from "../testing/cluster.ts";
import { planStatefulSet } from "./plan.ts";

const NOW = Date.UTC(2024, 0, 1, 12);

/** `0` ready at the newest revision; `0old` at the one before; `!` not ready, `-` being deleted, `x` ended. */
function podOf(text: string): Pod {
  const [, ordinal = "", old, mark] = /^(\d+)(old)?([!x-])?$/.exec(text) ?? [];
  const ready = mark === "!" || mark === "x" ? "False" : "True";
  return {
    metadata: {
      name: `web-${ordinal}`,
      labels: { "controller-revision-hash": old === undefined ? "new" : "old" },
      ...(mark === "-" && { deletionTimestamp: formatTime(NOW) }),
    },
    spec: { containers: [] },
    status: {
      phase: mark === "x" ? "Failed" : "Running",
      conditions: [{ type: "Ready", status: ready, lastTransitionTime: formatTime(NOW - 60_000) }],
    },
  };
}

// Source: kubernetes pkg/controller/statefulset/stateful_set_control_test.go.
describe("a plan", () => {
  const rows: [string, number, string, string, Partial<StatefulSet["spec"]>?, number?][] = [
    ["makes the first", 3, "", "+0"],
    ["waits for the first", 3, "0!", ""],
    ["makes the next when the one before is ready", 3, "0", "+1"],
    ["makes all at once in parallel", 3, "0!", "+1 +2", { podManagementPolicy: "Parallel" }],
    ["fills a gap before it goes on", 3, "0 2", "+1"],
    ["replaces what has ended", 2, "0x 1", "-0"],
    ["waits until what is being deleted is gone", 2, "0- 1", ""],
    ["takes the highest away", 1, "0 1 2", "-2"],
    ["takes one at a time", 1, "0 1 2-", ""],
    ["takes all at once in parallel", 1, "0 1 2", "-2 -1", { podManagementPolicy: "Parallel" }],
    ["takes none away while a replica is not ready", 1, "0! 1", ""],
    ["takes the last away that never got ready", 1, "0 1!", "-1"],
    ["waits for a lower one that is not ready", 1, "0 1! 2", "-2"],
    ["starts where it is told to", 2, "", "+5", { ordinals: { start: 5 } }],
    ["takes away what is below its start", 1, "0 5", "-0", { ordinals: { start: 5 } }],
    ["updates from the highest down", 3, "0old 1old 2old", "-2"],
    ["waits for the updated one", 3, "0old 1old 2!", ""],
    ["goes on with the next", 3, "0old 1old 2", "-1"],
    [
      "keeps what is below the partition",
      3,
      "0old 1old 2",
      "",
      { updateStrategy: { type: "RollingUpdate", rollingUpdate: { partition: 2 } } },
    ],
    [
      "makes those below the partition as they were",
      3,
      "1old 2",
      "+0old",
      { updateStrategy: { type: "RollingUpdate", rollingUpdate: { partition: 2 } } },
    ],
    ["updates nothing by itself when told so", 2, "0old 1old", "", { updateStrategy: { type: "OnDelete" } }],
    ["has nothing to do", 2, "0 1", ""],
    ["waits until a pod has been ready for long enough", 2, "0", "", { minReadySeconds: 90 }],
    ["does not wait longer than that", 2, "0", "+1", { minReadySeconds: 60 }],
  ];
  it.each(rows)("%s", (...[, replicas, pods, want, more]) => {
    const set: StatefulSet = {
      metadata: { name: "web" },
      spec: {
        replicas,
        selector: {},
        template: { spec: { containers: [] } },
        updateStrategy: { type: "RollingUpdate", rollingUpdate: { partition: 0 } },
        ...more,
      },
    };
    const made = pods === "" ? [] : pods.split(" ").map(podOf);
    const { create, remove } = planStatefulSet({ set, pods: made, updateRevision: "new", nowMs: NOW });
    const created = create.map(({ ordinal, revision }) => `+${ordinal}${revision === "current" ? "old" : ""}`);
    expect([...created, ...remove.map(({ metadata }) => `-${metadata.name.slice(4)}`)].join(" ")).toBe(want);
  });

  it("is empty for a set that is being deleted", () => {
    const set = {
      metadata: { name: "web", deletionTimestamp: "x" },
      spec: { replicas: 1, selector: {}, template: { spec: { containers: [] } } },
    };
    expect(planStatefulSet({ set, pods: [], updateRevision: "new", nowMs: NOW })).toEqual({ create: [], remove: [] });
  });
});

let cluster: TestCluster;
afterEach(() => cluster?.stop());

const labels = { app: "db" };
const image = async (): Promise<string[]> => (await pods()).map(({ metadata, spec }) => `${metadata.name} ${spec.containers[0]?.image}`);
const pods = (): Promise<readonly Pod[]> => cluster.list(resources.pods, "default");
const read = (): Promise<StatefulSet | undefined> => cluster.find(resources.statefulSets, "db", "default");
const patch = (spec: object): Promise<unknown> =>
  cluster.client.patch(resources.statefulSets, { name: "db", namespace: "default" }, { type: "merge", body: { spec } });
const settled = async (count: number): Promise<boolean> => {
  const { status, metadata } = (await read()) ?? {};
  return (
    status?.replicas === count &&
    (status.readyReplicas ?? 0) === count &&
    status.currentRevision === status.updateRevision &&
    status.observedGeneration === metadata?.generation
  );
};

async function create(): Promise<void> {
  cluster = await startCluster("1.35.0");
  cluster.runPods(["n1"]);
  await cluster.addNode("n1");
  const template = { metadata: { labels }, spec: { containers: [{ name: "db", image: "db:1" }] } };
  const claims = [{ metadata: { name: "data" }, spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } } }];
  await cluster.client.create(resources.statefulSets, {
    metadata: { name: "db", namespace: "default" },
    spec: { replicas: 3, serviceName: "db", selector: { matchLabels: labels }, template, volumeClaimTemplates: claims },
  });
  await cluster.until(() => settled(3));
}

describe("stateful sets", () => {
  it("make pods by name and in order, each with its claim", async () => {
    await create();
    const [first] = await pods();
    expect(first?.metadata).toMatchObject({
      name: "db-0",
      labels: { "statefulset.kubernetes.io/pod-name": "db-0", "apps.kubernetes.io/pod-index": "0" },
    });
    expect(first?.spec).toMatchObject({
      hostname: "db-0",
      subdomain: "db",
      volumes: expect.arrayContaining([{ name: "data", persistentVolumeClaim: { claimName: "data-db-0" } }]),
    });
    expect((await cluster.list(resources.persistentVolumeClaims, "default")).map(({ metadata }) => metadata.name)).toEqual([
      "data-db-0",
      "data-db-1",
      "data-db-2",
    ]);
    const events = await cluster.events("db");
    expect(events.filter((event) => event.includes("Pod db-") && !event.includes("Claim"))).toEqual(
      [0, 1, 2].map((ordinal) => `SuccessfulCreate: create Pod db-${ordinal} in StatefulSet db successful`),
    );
    expect(events).toContain("SuccessfulCreate: create Claim data-db-0 Pod db-0 in StatefulSet db success");
  });

  it("roll a new template out, and back to a revision that they know", async () => {
    await create();
    const before = (await read())?.status?.currentRevision;
    await patch({ template: { spec: { containers: [{ name: "db", image: "db:2" }] } } });
    await cluster.until(async () => (await settled(3)) && (await image()).every((each) => each.endsWith("db:2")));
    expect(await cluster.list(resources.controllerRevisions, "default")).toHaveLength(2);
    await patch({ template: { spec: { containers: [{ name: "db", image: "db:1" }] } } });
    await cluster.until(async () => (await settled(3)) && (await image()).every((each) => each.endsWith("db:1")));
    expect((await read())?.status?.currentRevision).toBe(before);
    const numbers = (await cluster.list(resources.controllerRevisions, "default")).map(({ revision }) => revision);
    expect(new Set(numbers)).toEqual(new Set([2, 3]));
  });

  it("roll out above a partition only", async () => {
    await create();
    await patch({
      updateStrategy: { rollingUpdate: { partition: 2 } },
      template: { spec: { containers: [{ name: "db", image: "db:2" }] } },
    });
    await cluster.until(async () => (await image()).includes("db-2 db:2") && (await read())?.status?.readyReplicas === 3);
    expect(await image()).toEqual(["db-0 db:1", "db-1 db:1", "db-2 db:2"]);
    expect((await read())?.status).toMatchObject({ updatedReplicas: 1, currentReplicas: 2 });
  });

  it("scale down from the highest and keep the claims", async () => {
    await create();
    await patch({ replicas: 1 });
    await cluster.until(() => settled(1));
    expect(await image()).toEqual(["db-0 db:1"]);
    expect(await cluster.list(resources.persistentVolumeClaims, "default")).toHaveLength(3);
  });

  it("make a pod anew that was deleted, by the same name", async () => {
    await create();
    const uid = (await cluster.find(resources.pods, "db-1", "default"))?.metadata.uid;
    await cluster.client.delete(resources.pods, { name: "db-1", namespace: "default" }, {});
    await cluster.until(async () => (await settled(3)) && (await cluster.find(resources.pods, "db-1", "default"))?.metadata.uid !== uid);
  });

  it("go with their pods and revisions when they are deleted", async () => {
    await create();
    await cluster.client.delete(resources.statefulSets, { name: "db", namespace: "default" }, { propagationPolicy: "Background" });
    await cluster.until(
      async () => (await pods()).length === 0 && (await cluster.list(resources.controllerRevisions, "default")).length === 0,
    );
  });
});
