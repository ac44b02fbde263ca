import { resources } from "#api/kubernetes/resources";
import type { CronJob, Job } from "#api/kubernetes/workloads";
import { formatTime } from "#kube/apimachinery";
import { afterEach, describe, expect, it } from "vitest";
import { startCluster, type TestCluster } from "../testing/cluster.ts";
import { dueAt, parseSchedule } from "./schedule.ts";

const at = (text: string): number => Date.parse(text);

describe("a schedule", () => {
  // Source: robfig/cron v3 spec_test.go and kubernetes pkg/controller/cronjob/utils_test.go, for times in UTC unless a zone is named.
  it.each([
    ["* * * * *", undefined, "2024-01-01T12:00:30Z", "2024-01-01T12:01:00Z"],
    ["0/15 * * * *", undefined, "2024-01-01T12:00:00Z", "2024-01-01T12:15:00Z"],
    ["20-35/15 * * * *", undefined, "2024-01-01T12:20:00Z", "2024-01-01T12:35:00Z"],
    ["0 0 1 * *", undefined, "2024-01-15T00:00:00Z", "2024-02-01T00:00:00Z"],
    ["0 0 * * Mon-Fri", undefined, "2024-01-05T00:00:00Z", "2024-01-08T00:00:00Z"],
    ["0 0 1,15 * Sun", undefined, "2024-01-02T00:00:00Z", "2024-01-07T00:00:00Z"],
    ["@hourly", undefined, "2024-01-01T12:00:30Z", "2024-01-01T13:00:00Z"],
    ["@daily", undefined, "2024-01-01T12:00:30Z", "2024-01-02T00:00:00Z"],
    ["@every 1h30m", undefined, "2024-01-01T12:00:00Z", "2024-01-01T13:30:00Z"],
    ["0 9 * * *", "Europe/Berlin", "2024-07-01T00:00:00Z", "2024-07-01T07:00:00Z"],
  ])("%s in %s after %s is %s", (text, zone, after, next) => {
    expect(formatTime(parseSchedule(text, zone).next(at(after)) ?? 0)).toBe(next);
  });

  it.each(["", "* * * *", "61 * * * *", "* * * * * *", "nonsense", "@every never"])("is not %j", (text) => {
    expect(() => parseSchedule(text, undefined)).toThrow();
  });

  it.each([
    ["nothing yet", "12:00:00", "12:00:30", undefined, false],
    ["one", "12:00:00", "12:01:30", "12:01:00", false],
    ["the last of several", "12:00:00", "12:59:30", "12:59:00", false],
    ["the last of far too many", "02:00:00", "12:59:30", "12:59:00", true],
  ])("has due %s", (...row) => {
    const [, since, now, want, isMany] = row;
    const due = dueAt(parseSchedule("* * * * *", undefined), at(`2024-01-01T${since}Z`), at(`2024-01-01T${now}Z`));
    expect([due.atMs === undefined ? undefined : formatTime(due.atMs).slice(11, 19), due.isManyMissed]).toEqual([want, isMany]);
    expect(formatTime(due.nextMs ?? 0).slice(11, 19)).toBe(
      `${now.slice(0, 3)}${now.startsWith("12:59") ? "00" : String(Number(now.slice(3, 5)) + 1).padStart(2, "0")}:00`.replace(
        /^12:00:00$/,
        "13:00:00",
      ),
    );
  });
});

let cluster: TestCluster;
afterEach(() => cluster?.stop());

async function create(name: string, spec: Partial<CronJob["spec"]>): Promise<void> {
  cluster = await startCluster("1.35.0");
  cluster.runPods(["n1"]);
  await cluster.addNode("n1");
  const template = { spec: { restartPolicy: "Never" as const, containers: [{ name: "main", image: "busybox" }] } };
  const jobTemplate = { metadata: { labels: { from: name } }, spec: { template } };
  await cluster.client.create(resources.cronJobs, {
    metadata: { name, namespace: "default" },
    spec: { schedule: "*/5 * * * *", jobTemplate, ...spec },
  });
}

const jobs = (): Promise<readonly Job[]> => cluster.list(resources.jobs, "default");
const read = (name: string): Promise<CronJob | undefined> => cluster.find(resources.cronJobs, name, "default");

async function finish({ metadata }: Job): Promise<void> {
  const labeled = (await cluster.list(resources.pods, "default")).filter((pod) => pod.metadata.labels?.["job-name"] === metadata.name);
  for (const pod of labeled)
    await cluster.client.patch(
      resources.pods,
      { name: pod.metadata.name, namespace: "default" },
      { type: "merge", body: { status: { phase: "Succeeded" } } },
      { subresource: "status" },
    );
}

describe("cron jobs", () => {
  it("start a job when it is time, by a name that says for when", async () => {
    await create("tick", {});
    await cluster.pass(299_000);
    await cluster.until(async () => (await jobs()).length === 1);
    const [job] = await jobs();
    const minute = Math.floor(cluster.clock.now() / 60_000);
    expect(job?.metadata.name).toBe(`tick-${minute}`);
    expect(job?.metadata).toMatchObject({
      labels: { from: "tick" },
      annotations: { "batch.kubernetes.io/cronjob-scheduled-timestamp": formatTime(minute * 60_000) },
    });
    await cluster.until(async () => (await read("tick"))?.status?.active?.length === 1);
    expect((await read("tick"))?.status?.lastScheduleTime).toBe(formatTime(minute * 60_000));
    expect(await cluster.events("tick")).toEqual([`SuccessfulCreate: Created job tick-${minute}`]);
  });

  it("keep as many ended jobs as wanted", async () => {
    await create("short", { successfulJobsHistoryLimit: 1, schedule: "* * * * *" });
    const names = new Set<string>();
    for (let minute = 0; minute < 3; minute++) {
      await cluster.pass(60_000);
      await cluster.until(async () => (await read("short"))?.status?.active?.length === 1);
      const [active] = (await read("short"))?.status?.active ?? [];
      names.add(active?.name ?? "");
      const job = (await jobs()).find(({ metadata }) => metadata.name === active?.name);
      await cluster.until(async () => {
        if (job !== undefined) await finish(job);
        return (await read("short"))?.status?.active === undefined;
      });
    }
    expect(names.size).toBe(3);
    await cluster.until(async () => (await jobs()).length === 1);
    expect((await read("short"))?.status?.lastSuccessfulTime).toBeDefined();
  });

  it.each([
    ["Allow", 2, "SuccessfulCreate"],
    ["Forbid", 1, "JobAlreadyActive"],
    ["Replace", 1, "SuccessfulDelete"],
  ])("with %s have %i running when the next is due", async (concurrencyPolicy, count, reason) => {
    await create("busy", { concurrencyPolicy, schedule: "* * * * *" });
    await cluster.until(async () => (await read("busy"))?.status?.active?.length === 1);
    const [first] = await jobs();
    await cluster.pass(60_000);
    await cluster.until(async () => (await cluster.events("busy")).slice(1).some((event) => event.startsWith(reason)));
    await cluster.until(async () => (await read("busy"))?.status?.active?.length === count);
    expect((await jobs()).some(({ metadata }) => metadata.uid === first?.metadata.uid)).toBe(concurrencyPolicy !== "Replace");
  });

  it.each([
    [{ suspend: true }, []],
    [{ schedule: "99 * * * *" }, ["UnparseableSchedule"]],
  ])("with %j start nothing", async (spec, reasons) => {
    await create("still", spec);
    await cluster.pass(700_000);
    expect(await jobs()).toEqual([]);
    const told = new Set((await cluster.events("still")).map((event) => event.split(":")[0]));
    expect([...told]).toEqual(reasons);
  });
});
