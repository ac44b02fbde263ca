import type { Pod } from "#api/kubernetes/core";
import { resources } from "#api/kubernetes/resources";
import type { Job, JobSpec } from "#api/kubernetes/workloads";
import { formatTime, isPodTerminal } from "#kube/apimachinery";
import { afterEach, describe, expect, it } from "vitest";
import { startCluster, type TestCluster } from "../testing/cluster.ts";
import { countPods } from "./count.ts";
import { formatIndexes, parseIndexes } from "./indexes.ts";
import { planJob } from "./plan.ts";

describe("sets of indexes", () => {
  // Source: kubernetes pkg/controller/job/indexed_job_utils_test.go.
  it.each([
    [[], ""],
    [[0], "0"],
    [[0, 1], "0,1"],
    [[0, 1, 2, 4, 6, 7], "0-2,4,6,7"],
    [[3, 5, 6, 7, 8], "3,5-8"],
  ])("%j are written %j, and read", (indexes, text) => {
    expect(formatIndexes(new Set(indexes))).toBe(text);
    expect([...parseIndexes(text, 10)]).toEqual(indexes);
  });

  it("have none beyond the completions, and none that cannot be read", () => {
    expect([...parseIndexes("0-2,9,x,5-3", 3)]).toEqual([0, 1, 2]);
  });
});

const NOW = Date.UTC(2024, 0, 1, 12);

function jobOf(spec: JobSpec, status: Job["status"] = {}): Job {
  return { metadata: { name: "j", namespace: "default", uid: "u" }, spec: { parallelism: 1, backoffLimit: 6, ...spec }, status };
}

interface Made {
  readonly phase?: "Pending" | "Running" | "Succeeded" | "Failed";
  readonly index?: number;
  readonly endedSecondsAgo?: number;
  readonly tracked?: boolean;
  readonly deleted?: boolean;
}

function podOf(number: number, { phase = "Running", index, endedSecondsAgo = 0, tracked = true, deleted = false }: Made): Pod {
  const finishedAt = formatTime(NOW - endedSecondsAgo * 1000);
  const ended = phase === "Succeeded" || phase === "Failed";
  return {
    metadata: {
      name: `p${number}`,
      uid: `p${number}`,
      ...(tracked && { finalizers: ["batch.kubernetes.io/job-tracking"] }),
      ...(index !== undefined && { annotations: { "batch.kubernetes.io/job-completion-index": String(index) } }),
      ...(deleted && { deletionTimestamp: finishedAt }),
    },
    spec: { containers: [] },
    status: {
      phase,
      ...(ended && {
        containerStatuses: [
          { name: "c", image: "i", imageID: "", ready: false, restartCount: 0, state: { terminated: { exitCode: 0, finishedAt } } },
        ],
      }),
    },
  };
}

// Source: kubernetes pkg/controller/job/job_controller_test.go, TestControllerSyncJob.
describe("a plan", () => {
  const rows: [string, JobSpec, readonly Made[], string, Job["status"]?][] = [
    ["starts as many as may run", { parallelism: 2, completions: 5 }, [], "create 2"],
    ["starts no more than are missing", { parallelism: 5, completions: 3 }, [{ phase: "Succeeded" }], "create 2"],
    ["counts what was counted before", { parallelism: 5, completions: 5 }, [], "create 2", { succeeded: 3 }],
    [
      "counts nothing twice",
      { parallelism: 5, completions: 2 },
      [{ phase: "Succeeded" }],
      "create 1",
      { uncountedTerminatedPods: { succeeded: ["p0"] } },
    ],
    ["waits while enough run", { parallelism: 2, completions: 5 }, [{}, {}], "wait"],
    ["removes what is too many", { parallelism: 1, completions: 5 }, [{}, {}, {}], "remove 2"],
    ["ends when all have succeeded", { completions: 1 }, [{ phase: "Succeeded" }], "end Complete"],
    ["waits for what still runs", { parallelism: 2, completions: 1 }, [{ phase: "Succeeded" }, {}], "remove 1"],
    ["without completions ends with the first success", { parallelism: 3 }, [{ phase: "Succeeded" }], "end Complete"],
    ["without completions starts none after a success", { parallelism: 3 }, [{ phase: "Succeeded" }, {}], "wait"],
    ["waits ten seconds after a failure", { completions: 1 }, [{ phase: "Failed", endedSecondsAgo: 4 }], "wait until 6"],
    ["waits twice as long after two", { completions: 1 }, [{ phase: "Failed" }, { phase: "Failed", endedSecondsAgo: 30 }], "wait until 20"],
    [
      "does not wait for failures before a success",
      { completions: 2 },
      [
        { phase: "Failed", endedSecondsAgo: 9 },
        { phase: "Succeeded", endedSecondsAgo: 1 },
      ],
      "create 1",
    ],
    ["goes on when the wait is over", { completions: 1 }, [{ phase: "Failed", endedSecondsAgo: 10 }], "create 1"],
    ["takes a pod that was deleted for a failure", { completions: 1 }, [{ deleted: true, endedSecondsAgo: 11 }], "create 1"],
    ["waits for a deleted pod's end when told to", { completions: 1, podReplacementPolicy: "Failed" }, [{ deleted: true }], "wait"],
    ["fails past the limit", { completions: 1, backoffLimit: 1 }, [{ phase: "Failed" }, { phase: "Failed" }], "end BackoffLimitExceeded"],
    [
      "fails at its deadline",
      { completions: 1, activeDeadlineSeconds: 10 },
      [{}],
      "end DeadlineExceeded",
      { startTime: formatTime(NOW - 10_000) },
    ],
    ["has time until its deadline", { completions: 1, activeDeadlineSeconds: 10 }, [{}], "wait", { startTime: formatTime(NOW - 9000) }],
    ["suspended runs nothing", { completions: 3, parallelism: 3, suspend: true }, [{}, {}], "remove 2"],
    [
      "with indexes makes those that are missing",
      { completions: 4, parallelism: 3, completionMode: "Indexed" },
      [{ index: 0, phase: "Succeeded" }, { index: 2 }],
      "create 2: 1 3",
    ],
    [
      "with indexes removes a second pod of one",
      { completions: 3, parallelism: 3, completionMode: "Indexed" },
      [{ index: 0 }, { index: 0 }],
      "remove 1",
    ],
    [
      "with indexes ends when all are done",
      { completions: 2, completionMode: "Indexed" },
      [{ index: 1, phase: "Succeeded" }],
      "end Complete",
      { completedIndexes: "0" },
    ],
  ];
  it.each(rows)("%s", (...row) => {
    const [, spec, made, want, status] = row;
    const job = jobOf(spec, status);
    const pods = made.map((each, index) => podOf(index, each));
    const plan = planJob(job, pods, countPods(job, pods, true), NOW);
    const text = {
      end: () => (plan.kind === "end" ? `end ${plan.verdict.type === "Complete" ? "Complete" : plan.verdict.reason}` : ""),
      remove: () => (plan.kind === "remove" ? `remove ${plan.pods.length}` : ""),
      create: () =>
        plan.kind === "create" ? `create ${plan.count}${plan.indexes[0] === undefined ? "" : `: ${plan.indexes.join(" ")}`}` : "",
      wait: () => (plan.kind === "wait" ? `wait${plan.untilMs === undefined ? "" : ` until ${(plan.untilMs - NOW) / 1000}`}` : ""),
    }[plan.kind]();
    expect(text).toBe(want);
  });
});

let cluster: TestCluster;
afterEach(() => cluster?.stop());

async function start(version = "1.35.0"): Promise<void> {
  cluster = await startCluster(version);
  cluster.runPods(["n1"]);
  await cluster.addNode("n1");
}

async function create(name: string, spec: JobSpec): Promise<void> {
  const template = { spec: { restartPolicy: "Never" as const, containers: [{ name: "main", image: "busybox" }] } };
  await cluster.client.create(resources.jobs, { metadata: { name, namespace: "default" }, spec: { template, ...spec } });
}

const read = (name: string): Promise<Job | undefined> => cluster.find(resources.jobs, name, "default");
const podsOf = async (name: string): Promise<readonly Pod[]> =>
  (await cluster.list(resources.pods, "default")).filter(({ metadata }) => metadata.labels?.["job-name"] === name);
const running = async (name: string): Promise<readonly Pod[]> =>
  (await podsOf(name)).filter((pod) => pod.status?.phase === "Running" && pod.metadata.deletionTimestamp === undefined);
const conditions = async (name: string): Promise<string[]> =>
  ((await read(name))?.status?.conditions ?? []).map(({ type, status, reason }) =>
    [type, status, reason].filter((each) => each !== undefined).join(" "),
  );

async function end(pod: Pod, phase: "Succeeded" | "Failed"): Promise<void> {
  const { name, namespace = "default" } = pod.metadata;
  const body = { status: { phase, conditions: [{ type: "Ready", status: "False", lastTransitionTime: formatTime(cluster.clock.now()) }] } };
  await cluster.client.patch(resources.pods, { name, namespace }, { type: "merge", body }, { subresource: "status" });
}

describe("jobs", () => {
  it("run to their end, and keep no pod from going", async () => {
    await start();
    await create("work", { completions: 3, parallelism: 2 });
    for (let done = 0; done < 3; done++) {
      await cluster.until(async () => (await running("work")).length === Math.min(2, 3 - done));
      const [first] = await running("work");
      if (first !== undefined) await end(first, "Succeeded");
    }
    await cluster.until(async () => (await conditions("work")).length === 2);
    expect(await conditions("work")).toEqual(["SuccessCriteriaMet True CompletionsReached", "Complete True CompletionsReached"]);
    const { status } = (await read("work")) ?? {};
    expect(status).toMatchObject({ succeeded: 3, ready: 0, terminating: 0, uncountedTerminatedPods: {} });
    expect([status?.failed, status?.active, typeof status?.completionTime]).toEqual([undefined, undefined, "string"]);
    const pods = await podsOf("work");
    expect(pods.map(({ metadata }) => metadata.finalizers)).toEqual([undefined, undefined, undefined]);
    expect(await cluster.events("work")).toContain("Completed: Job completed");
  });

  it("start again after failures, and give up", async () => {
    await start();
    await create("flaky", { completions: 1, backoffLimit: 1 });
    for (let failures = 0; failures < 2; failures++) {
      await cluster.until(async () => (await running("flaky")).length === 1);
      const [pod] = await running("flaky");
      if (pod !== undefined) await end(pod, "Failed");
    }
    await cluster.until(async () => (await conditions("flaky")).length === 2);
    expect(await conditions("flaky")).toEqual(["FailureTarget True BackoffLimitExceeded", "Failed True BackoffLimitExceeded"]);
    expect((await read("flaky"))?.status?.failed).toBe(2);
    expect(await cluster.events("flaky")).toContain("BackoffLimitExceeded: Job has reached the specified backoff limit");
  });

  it("end at their deadline, with their pods", async () => {
    await start();
    await create("slow", { completions: 1, activeDeadlineSeconds: 30 });
    await cluster.until(async () => (await running("slow")).length === 1);
    await cluster.until(async () => (await conditions("slow")).includes("Failed True DeadlineExceeded"));
    await cluster.until(
      async () =>
        (await podsOf("slow")).every((pod) => isPodTerminal(pod) || pod.metadata.deletionTimestamp !== undefined) ||
        (await podsOf("slow")).length === 0,
    );
  });

  it("with indexes make one pod for each", async () => {
    await start();
    await create("parts", { completions: 2, parallelism: 2, completionMode: "Indexed" });
    await cluster.until(async () => (await running("parts")).length === 2);
    const pods = await running("parts");
    expect(new Set(pods.map(({ spec }) => spec["hostname"]))).toEqual(new Set(["parts-0", "parts-1"]));
    expect(pods[0]?.spec.containers[0]?.env?.[0]?.name).toBe("JOB_COMPLETION_INDEX");
    expect(pods.every(({ metadata }) => /^parts-\d-[a-z0-9]{5}$/.test(metadata.name))).toBe(true);
    for (const pod of pods) await end(pod, "Succeeded");
    await cluster.until(async () => (await conditions("parts")).includes("Complete True CompletionsReached"));
    expect((await read("parts"))?.status).toMatchObject({ succeeded: 2, completedIndexes: "0,1" });
  });

  it("are suspended and resumed", async () => {
    await start();
    await create("pausing", { completions: 1, suspend: true });
    await cluster.until(async () => (await conditions("pausing")).includes("Suspended True JobSuspended"));
    expect(await podsOf("pausing")).toEqual([]);
    await cluster.client.patch(
      resources.jobs,
      { name: "pausing", namespace: "default" },
      { type: "merge", body: { spec: { suspend: false } } },
    );
    await cluster.until(async () => (await running("pausing")).length === 1);
    expect(await conditions("pausing")).toEqual(["Suspended False JobResumed"]);
  });

  it("are deleted when they have been over for long enough, pods and all", async () => {
    await start();
    await create("brief", { completions: 1, ttlSecondsAfterFinished: 60 });
    await cluster.until(async () => (await running("brief")).length === 1);
    for (const pod of await running("brief")) await end(pod, "Succeeded");
    await cluster.until(async () => (await conditions("brief")).length > 0);
    expect(await read("brief")).toBeDefined();
    await cluster.until(async () => (await read("brief")) === undefined && (await podsOf("brief")).length === 0);
  });

  it("let their pods go when they are deleted in the middle", async () => {
    await start();
    await create("gone", { completions: 2, parallelism: 2 });
    await cluster.until(async () => (await running("gone")).length === 2);
    await cluster.client.delete(resources.jobs, { name: "gone", namespace: "default" }, { propagationPolicy: "Background" });
    await cluster.until(async () => (await podsOf("gone")).length === 0);
  });

  it("go on after a restart, counting nothing twice", async () => {
    await start();
    await create("long", { completions: 2 });
    await cluster.until(async () => (await running("long")).length === 1);
    const [first] = await running("long");
    if (first !== undefined) await end(first, "Succeeded");
    await cluster.restartControllers();
    await cluster.until(async () => (await running("long")).length === 1);
    await cluster.until(async () => (await read("long"))?.status?.succeeded === 1);
    expect((await podsOf("long")).length).toBe(2);
  });

  it("of a cluster without finalizers count the pods that are there", async () => {
    await start("1.20.0");
    await create("old", { completions: 1 });
    await cluster.until(async () => (await running("old")).length === 1);
    const [pod] = await running("old");
    expect(pod?.metadata.finalizers).toBeUndefined();
    if (pod !== undefined) await end(pod, "Succeeded");
    await cluster.until(async () => (await conditions("old")).includes("Complete True"));
    expect((await read("old"))?.status).toEqual({
      succeeded: 1,
      startTime: expect.any(String),
      completionTime: expect.any(String),
      conditions: expect.any(Array),
    });
  });
});
