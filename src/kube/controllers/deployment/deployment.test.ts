import type { Pod } from "#api/kubernetes/core";
import type { Deployment, ReplicaSet } from "#api/kubernetes/workloads";
import { describe, expect, it } from "vitest";
import { planDeployment } from "./plan.ts";
import { annotationsOfNew, HASH_LABEL, newReplicaSetOf, replicaSetFor } from "./replica-sets.ts";
import { deploymentStatus, progressDeadline } from "./status.ts";

const NOW = Date.UTC(2024, 0, 1, 12);
const NOW_TEXT = "2024-01-01T12:00:00Z";

function deployment(spec: Partial<Deployment["spec"]> = {}, image = "nginx:2"): Deployment {
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "web", namespace: "default", uid: "d", generation: 2 },
    spec: {
      replicas: 4,
      selector: { matchLabels: { app: "web" } },
      template: { metadata: { labels: { app: "web" } }, spec: { containers: [{ name: "web", image }] } },
      strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 1 } },
      progressDeadlineSeconds: 600,
      ...spec,
    },
  };
}

interface Sketch {
  readonly available?: number;
  readonly pods?: number;
  readonly sizedFor?: number;
  readonly max?: number;
  readonly revision?: number;
  readonly age?: number;
}

/** A replica set of the deployment for `image`, of `replicas` of which all are available unless said otherwise. */
function replicaSet(image: string, replicas: number, sketch: Sketch = {}): ReplicaSet {
  const made = replicaSetFor(deployment({}, image), replicas, sketch.revision ?? 1);
  const { available = replicas, pods = replicas } = sketch;
  const sizes = {
    "deployment.kubernetes.io/desired-replicas": String(sketch.sizedFor ?? 4),
    "deployment.kubernetes.io/max-replicas": String(sketch.max ?? 5),
  };
  return {
    ...made,
    metadata: {
      ...made.metadata,
      uid: made.metadata.name,
      generation: 1,
      creationTimestamp: `${new Date(NOW - (sketch.age ?? 60) * 1000).toISOString().slice(0, 19)}Z`,
      annotations: { ...made.metadata.annotations, ...sizes },
    },
    status: { replicas: pods, readyReplicas: available, availableReplicas: available, observedGeneration: 1 },
  };
}

const none = (): readonly Pod[] => [];

/** Image → size, of what a plan resizes. */
function sizes(observed: Deployment, replicaSets: readonly ReplicaSet[]): Record<string, number> {
  const { resize } = planDeployment({ deployment: observed, replicaSets, podsOf: none });
  return Object.fromEntries(resize.map((each) => [each.replicaSet.spec.template?.spec.containers[0]?.image, each.replicas]));
}

describe("planDeployment, rolling", () => {
  it("creates a replica set for a template that has none, as large as the surge leaves room", () => {
    const old = replicaSet("nginx:1", 4);
    const plan = planDeployment({ deployment: deployment(), replicaSets: [old], podsOf: none });
    expect(plan.create).toMatchObject({
      metadata: {
        annotations: {
          "deployment.kubernetes.io/revision": "2",
          "deployment.kubernetes.io/desired-replicas": "4",
          "deployment.kubernetes.io/max-replicas": "5",
        },
        ownerReferences: [{ kind: "Deployment", name: "web", uid: "d", controller: true, blockOwnerDeletion: true }],
      },
      spec: { replicas: 1 },
    });
    const hash = plan.create?.metadata.labels?.[HASH_LABEL];
    expect(hash).toMatch(/^[bcdfghjklmnpqrstvwxz2456789]{1,10}$/);
    expect(plan.create?.metadata.name).toBe(`web-${hash}`);
    expect(plan.create?.spec.selector.matchLabels).toEqual({ app: "web", [HASH_LABEL]: hash });
    expect(plan.create?.spec.template?.metadata?.labels).toEqual({ app: "web", [HASH_LABEL]: hash });
  });

  it.each([
    { name: "takes available old pods down to the minimum", old: { n: 4 }, new: { n: 1, available: 1 }, want: { "nginx:1": 2 } },
    { name: "does not go below the minimum while new pods start", old: { n: 3 }, new: { n: 2, available: 0 }, want: {} },
    { name: "grows the new one as the old shrinks", old: { n: 2 }, new: { n: 1, available: 1 }, want: { "nginx:2": 3 } },
    { name: "ends with none of the old", old: { n: 1 }, new: { n: 4, available: 4 }, want: { "nginx:1": 0 } },
    { name: "takes pods that are not available first", old: { n: 4, available: 1 }, new: { n: 1, available: 0 }, want: { "nginx:1": 3 } },
    { name: "rests when the new one is all there is", old: { n: 0 }, new: { n: 4, available: 4 }, want: {} },
  ])("$name", ({ old, new: newest, want }) => {
    const before = replicaSet("nginx:1", old.n, { available: old.available ?? old.n });
    const after = replicaSet("nginx:2", newest.n, { available: newest.available, revision: 2 });
    expect(sizes(deployment(), [before, after])).toEqual(want);
  });

  it("shrinks a new replica set that is larger than the deployment", () => {
    expect(sizes(deployment({ replicas: 2 }), [replicaSet("nginx:2", 4, { sizedFor: 2 })])).toEqual({ "nginx:2": 2 });
  });

  it("does nothing for a deployment that is being deleted", () => {
    const leaving = deployment();
    leaving.metadata.deletionTimestamp = NOW_TEXT;
    expect(planDeployment({ deployment: leaving, replicaSets: [], podsOf: none })).toMatchObject({ resize: [], remove: [] });
    expect(planDeployment({ deployment: leaving, replicaSets: [], podsOf: none }).create).toBeUndefined();
  });
});

describe("planDeployment, scaled", () => {
  it.each([
    { name: "gives a single replica set the new size", to: 10, sets: { "nginx:2": 4 }, want: { "nginx:2": 10 } },
    {
      name: "spreads growth in the middle of a rollout by share",
      to: 8,
      sets: { "nginx:1": 3, "nginx:2": 2 },
      want: { "nginx:1": 5, "nginx:2": 4 },
    },
    { name: "spreads shrinking by share", to: 2, sets: { "nginx:1": 3, "nginx:2": 2 }, want: { "nginx:1": 2, "nginx:2": 1 } },
    { name: "takes everything down to zero", to: 0, sets: { "nginx:1": 3, "nginx:2": 2 }, want: { "nginx:1": 0, "nginx:2": 0 } },
  ])("$name", ({ to, sets, want }) => {
    const replicaSets = Object.entries(sets).map(([image, size]) => replicaSet(image, size, { available: size - 1 }));
    expect(sizes(deployment({ replicas: to }), replicaSets)).toEqual(want);
  });

  it("creates nothing while paused, but follows the size", () => {
    const plan = planDeployment({
      deployment: deployment({ paused: true, replicas: 6 }, "nginx:3"),
      replicaSets: [replicaSet("nginx:2", 4)],
      podsOf: none,
    });
    expect(plan.create).toBeUndefined();
    expect(plan.resize.map(({ replicas }) => replicas)).toEqual([6]);
  });
});

describe("planDeployment, recreate", () => {
  const recreate = deployment({ strategy: { type: "Recreate" } });
  const leaving: Pod = { metadata: { name: "old", deletionTimestamp: NOW_TEXT }, spec: { containers: [] }, status: { phase: "Running" } };

  it("first takes every old pod away", () => {
    const plan = planDeployment({ deployment: recreate, replicaSets: [replicaSet("nginx:1", 4)], podsOf: none });
    expect(plan.resize.map(({ replicas }) => replicas)).toEqual([0]);
    expect(plan.create).toBeUndefined();
  });

  it("waits until the last old pod has gone", () => {
    const plan = planDeployment({ deployment: recreate, replicaSets: [replicaSet("nginx:1", 0)], podsOf: () => [leaving] });
    expect(plan.create).toBeUndefined();
  });

  it("then creates all new ones", () => {
    const plan = planDeployment({ deployment: recreate, replicaSets: [replicaSet("nginx:1", 0)], podsOf: none });
    expect(plan.create?.spec.replicas).toBe(4);
  });
});

describe("history", () => {
  it("removes the oldest empty replica sets beyond the limit once the rollout is done", () => {
    const old = [1, 2, 3].map((revision) => replicaSet(`nginx:old-${revision}`, 0, { revision }));
    const newest = replicaSet("nginx:2", 4, { revision: 4 });
    const plan = planDeployment({ deployment: deployment({ revisionHistoryLimit: 1 }), replicaSets: [...old, newest], podsOf: none });
    expect(plan.remove.map((each) => each.metadata.annotations?.["deployment.kubernetes.io/revision"])).toEqual(["1", "2"]);
  });

  it("gives a template that comes back the next revision and remembers the former", () => {
    const back = replicaSet("nginx:2", 0, { revision: 1 });
    const later = replicaSet("nginx:3", 4, { revision: 2 });
    const plan = planDeployment({ deployment: deployment(), replicaSets: [back, later], podsOf: none });
    expect(plan.newest).toBe(back);
    expect(plan.annotate).toMatchObject({ "deployment.kubernetes.io/revision": "3", "deployment.kubernetes.io/revision-history": "1" });
  });

  it("copies annotations but not what kubectl apply and the rollout keep", () => {
    const annotated = deployment();
    annotated.metadata.annotations = {
      "kubernetes.io/change-cause": "because",
      "kubectl.kubernetes.io/last-applied-configuration": "{}",
      "deployment.kubernetes.io/revision": "7",
    };
    expect(annotationsOfNew(annotated, undefined, 8)).toEqual({
      "kubernetes.io/change-cause": "because",
      "deployment.kubernetes.io/revision": "8",
    });
  });

  it("finds the replica set of a template whatever the order of its keys", () => {
    const same = replicaSet("nginx:2", 1);
    const shuffled = deployment();
    shuffled.spec.template = { spec: { containers: [{ image: "nginx:2", name: "web" }] }, metadata: { labels: { app: "web" } } };
    expect(newReplicaSetOf(shuffled, [replicaSet("nginx:1", 1), same])).toBe(same);
    expect(replicaSetFor(shuffled, 1, 1).metadata.name).toBe(same.metadata.name);
  });
});

describe("deploymentStatus", () => {
  const observe = (observed: Deployment, sets: readonly ReplicaSet[], outcome?: Parameters<typeof deploymentStatus>[0]["outcome"]) => {
    const newest = newReplicaSetOf(observed, sets);
    return deploymentStatus({
      deployment: observed,
      newest,
      old: sets.filter((each) => each !== newest),
      outcome,
      nowMs: NOW,
      now: NOW_TEXT,
    });
  };
  const reasons = (status: Deployment["status"]): Record<string, string | undefined> =>
    Object.fromEntries((status?.conditions ?? []).map(({ type, status, reason }) => [type, `${status} ${reason}`]));

  it("tells of a new replica set and that too few pods are available", () => {
    const status = observe(deployment(), [], { kind: "created", name: "web-abc" });
    expect(status.conditions).toEqual([
      {
        type: "Available",
        status: "False",
        reason: "MinimumReplicasUnavailable",
        message: "Deployment does not have minimum availability.",
        lastUpdateTime: NOW_TEXT,
        lastTransitionTime: NOW_TEXT,
      },
      {
        type: "Progressing",
        status: "True",
        reason: "NewReplicaSetCreated",
        message: 'Created new replica set "web-abc"',
        lastUpdateTime: NOW_TEXT,
        lastTransitionTime: NOW_TEXT,
      },
    ]);
  });

  it("counts over all replica sets and leaves out what is 0", () => {
    const status = observe(deployment(), [replicaSet("nginx:1", 3), replicaSet("nginx:2", 2, { available: 1 })]);
    expect(status).toMatchObject({
      observedGeneration: 2,
      replicas: 5,
      updatedReplicas: 2,
      readyReplicas: 4,
      availableReplicas: 4,
      unavailableReplicas: 1,
    });
    expect(observe(deployment(), [replicaSet("nginx:2", 4)])).not.toHaveProperty("unavailableReplicas");
  });

  it("says when the rollout is done, once", () => {
    const done = deployment();
    const set = replicaSet("nginx:2", 4);
    done.status = observe(done, [set]);
    expect(reasons(done.status)).toEqual({ Available: "True MinimumReplicasAvailable", Progressing: "True NewReplicaSetAvailable" });
    expect(done.status.conditions?.[1]?.message).toBe(`ReplicaSet "${set.metadata.name}" has successfully progressed.`);
    const later = deploymentStatus({ deployment: done, newest: set, old: [], nowMs: NOW + 5000, now: "2024-01-01T12:00:05Z" });
    expect(later).toEqual(done.status);
  });

  it("times out when nothing progresses", () => {
    const stuck = deployment();
    const set = replicaSet("nginx:2", 4, { available: 0 });
    stuck.status = observe(stuck, [set]);
    expect(reasons(stuck.status)).toMatchObject({ Progressing: "True ReplicaSetUpdated" });
    const limit = progressDeadline(stuck, stuck.status);
    expect(limit).toBe(NOW + 600_000);
    const late = deploymentStatus({ deployment: stuck, newest: set, old: [], nowMs: NOW + 600_000, now: "2024-01-01T12:10:00Z" });
    expect(reasons(late)).toMatchObject({ Progressing: "False ProgressDeadlineExceeded" });
    expect(progressDeadline(stuck, late)).toBeUndefined();
  });

  it.each([
    { name: "paused", spec: { paused: true }, before: undefined, want: "Unknown DeploymentPaused" },
    { name: "resumed", spec: {}, before: "DeploymentPaused", want: "Unknown DeploymentResumed" },
  ])("tells that it was $name", ({ spec, before, want }) => {
    const observed = deployment(spec);
    if (before !== undefined) observed.status = { conditions: [{ type: "Progressing", status: "Unknown", reason: before }] };
    expect(reasons(observe(observed, [replicaSet("nginx:2", 4, { available: 3 })]))["Progressing"]).toBe(want);
  });

  it("passes on why a replica set could not create pods", () => {
    const failing = replicaSet("nginx:2", 4, { available: 0, pods: 0 });
    failing.status = {
      replicas: 0,
      conditions: [{ type: "ReplicaFailure", status: "True", reason: "FailedCreate", message: "quota", lastTransitionTime: NOW_TEXT }],
    };
    expect(observe(deployment(), [failing]).conditions?.at(-1)).toMatchObject({
      type: "ReplicaFailure",
      reason: "FailedCreate",
      message: "quota",
    });
  });
});
