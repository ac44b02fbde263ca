import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ContainerStatus } from "#api/kubernetes/core";
import type { Status } from "#api/kubernetes/status";
import { podOf, pods, startCluster, type TestCluster } from "../testing/cluster.ts";

const RUNNING = { running: { startedAt: "2019-05-17T11:59:00Z" } };
const ENDED = { terminated: { exitCode: 1, startedAt: "2019-05-17T11:58:00Z", finishedAt: "2019-05-17T11:58:10Z", containerID: "x" } };

describe("pods/log", () => {
  let cluster: TestCluster;
  beforeEach(async () => {
    cluster = await startCluster();
    await cluster.call("POST", "/api/v1/nodes", { metadata: { name: "n1" } });
  });
  afterEach(() => cluster.api.stop());

  const log = (query: Record<string, string> = {}): Promise<string> => cluster.call("GET", pods("a/log"), undefined, { query });
  const refusal = (query: Record<string, string> = {}): Promise<Status> => cluster.refusal("GET", pods("a/log"), undefined, { query });
  async function run(
    state: Pick<ContainerStatus, "state" | "lastState">,
    { logs, spec, nodeName = "n1" }: { logs?: string; spec?: object; nodeName?: string } = {},
  ): Promise<void> {
    const pod = podOf("a", { spec: { nodeName, ...spec } });
    const annotations = logs === undefined ? {} : { "lido.dev/logs": logs };
    await cluster.call("POST", pods(), { ...pod, metadata: { ...pod.metadata, annotations } });
    const status = {
      containerStatuses: [{ name: "web", image: "x", imageID: "", ready: true, restartCount: 0, containerID: "x", ...state }],
    };
    await cluster.call("PATCH", pods("a/status"), { status }, { contentType: "application/strategic-merge-patch+json" });
  }

  it("says honestly that nothing runs when nobody has said what it writes", async () => {
    await run({ state: RUNNING });
    expect(await log()).toBe('container "web" of pod "default/a" is simulated: it runs no process and writes no log\n');
  });

  it("shows what the annotation says, by the time, the tail and the bytes", async () => {
    await run({ state: RUNNING }, { logs: "one\n+30s two\n+2m three" });
    expect(await log()).toBe("one\ntwo\n");
    expect(await log({ tailLines: "1" })).toBe("two\n");
    expect(await log({ sinceSeconds: "45" })).toBe("two\n");
    expect(await log({ limitBytes: "6" })).toBe("one\ntw");
    expect(await log({ timestamps: "true", tailLines: "1" })).toBe("2019-05-17T11:59:30.000000000Z two\n");
    await cluster.clock.advance(120_000);
    expect(await log()).toBe("one\ntwo\nthree\n");
  });

  it("takes lines from a ConfigMap", async () => {
    const data = { logs: "by default", "web.log": "by key" };
    await cluster.call("POST", "/api/v1/namespaces/default/configmaps", { metadata: { name: "script" }, data });
    await run({ state: RUNNING }, { logs: "configmap/script/web.log" });
    expect(await log()).toBe("by key\n");
    const annotations = { "lido.dev/logs": "configmap/script", "lido.dev/web.logs": "configmap/nosuch" };
    const merge = { contentType: "application/merge-patch+json" };
    await cluster.call("PATCH", pods("a"), { metadata: { annotations } }, merge);
    expect(await log()).toBe("");
    await cluster.call("PATCH", pods("a"), { metadata: { annotations: { "lido.dev/web.logs": null } } }, merge);
    expect(await log()).toBe("by default\n");
  });

  it("shows the run before, and the last one while the next waits", async () => {
    await run({ state: { waiting: { reason: "CrashLoopBackOff" } }, lastState: ENDED }, { logs: "one\n+5s two\n+20s three" });
    expect(await log({ previous: "true" })).toBe("one\ntwo\n");
    expect(await log()).toBe("one\ntwo\n");
  });

  it.each([
    { reason: "ContainerCreating", want: 'container "web" in pod "a" is waiting to start: ContainerCreating' },
    { reason: "ErrImagePull", want: `container "web" in pod "a" is waiting to start: image can't be pulled` },
    { reason: "ImagePullBackOff", want: 'container "web" in pod "a" is waiting to start: trying and failing to pull image' },
  ])("is refused while the container waits: $reason", async ({ reason, want }) => {
    await run({ state: { waiting: { reason } } });
    expect(await refusal()).toMatchObject({ code: 400, reason: "BadRequest", message: want });
    expect((await refusal({ previous: "true" })).message).toBe('previous terminated container "web" in pod "a" not found');
  });

  it.each<[Record<string, string>, string]>([
    [{ container: "x" }, "container x is not valid for pod a"],
    [{ tailLines: "-1" }, 'PodLogOptions "a" is invalid: tailLines: Invalid value: -1: must be greater than or equal to 0'],
    [{ limitBytes: "0" }, 'PodLogOptions "a" is invalid: limitBytes: Invalid value: 0: must be greater than 0'],
    [{ sinceSeconds: "0" }, 'PodLogOptions "a" is invalid: sinceSeconds: Invalid value: 0: must be greater than 0'],
    [{ tailLines: "many" }, 'strconv.ParseInt: parsing "many": invalid syntax'],
    [{ sinceTime: "now" }, 'parsing time "now" as "2006-01-02T15:04:05Z07:00": cannot parse'],
  ])("%j is refused", async (query, want) => {
    await run({ state: RUNNING });
    expect((await refusal(query)).message).toBe(want);
  });

  it("asks which of several containers is meant", async () => {
    const spec = { containers: ["a", "b"].map((name) => ({ name, image: "x" })), initContainers: [{ name: "i", image: "x" }] };
    await run({ state: RUNNING }, { spec });
    expect((await refusal()).message).toBe(
      "a container name must be specified for pod a, choose one of: [a b] or one of the init containers: [i]",
    );
    expect((await refusal({ container: "b" })).message).toBe('container "b" in pod "a" is not available');
  });

  it("is empty before the pod has a node, and needs that node", async () => {
    await run({}, { nodeName: "" });
    expect(await log()).toBe("");
    await cluster.call("DELETE", pods("a"));
    await run({ state: RUNNING });
    await cluster.call("DELETE", "/api/v1/nodes/n1");
    expect(await refusal()).toMatchObject({ code: 404, message: 'nodes "n1" not found' });
  });
});
