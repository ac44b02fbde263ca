import { afterEach, describe, expect, it } from "vitest";
import type { PodSpec } from "#api/kubernetes/core";
import { resources } from "#api/kubernetes/resources";
import { findCondition } from "#kube/apimachinery";
import { startTestMachine, type TestMachine } from "./testing/machine.ts";

const WEB: PodSpec = { containers: [{ name: "web", image: "nginx:1.25" }] };

describe("pods in trouble", () => {
  let machine: TestMachine;
  afterEach(() => machine.stop());
  const waitingFor = async (name: string, reason: string): Promise<void> =>
    machine.until(async () => (await machine.container(name))?.state?.waiting?.reason === reason);

  it.each([
    {
      name: "of a registry that cannot exist",
      image: "registry.invalid/team/app:1",
      annotations: {},
      want: 'rpc error: code = Unknown desc = failed to pull and unpack image "registry.invalid/team/app:1": failed to resolve reference "registry.invalid/team/app:1": failed to do request: Head "https://registry.invalid/v2/team/app/manifests/1": dial tcp: lookup registry.invalid on 168.63.129.16:53: no such host',
    },
    {
      name: "that is said not to be found",
      image: "nginx:nosuch",
      annotations: { "lido.dev/pull-error": "not-found" },
      want: 'rpc error: code = NotFound desc = failed to pull and unpack image "docker.io/library/nginx:nosuch": failed to resolve reference "docker.io/library/nginx:nosuch": docker.io/library/nginx:nosuch: not found',
    },
  ])("do not get an image $name, in the kubelet's words", async ({ image, annotations, want }) => {
    machine = await startTestMachine("1.33.0");
    await machine.run("app", { containers: [{ name: "web", image }] }, annotations);
    await waitingFor("app", "ErrImagePull");
    expect((await machine.container("app"))?.state?.waiting?.message).toBe(want);
    await waitingFor("app", "ImagePullBackOff");
    expect((await machine.container("app"))?.state?.waiting?.message).toBe(`Back-off pulling image "${image}": ErrImagePull: ${want}`);
    expect((await machine.pod("app")).status?.phase).toBe("Pending");
    await machine.clock.advance(1_000);
    expect(await machine.events("app")).toEqual([
      `Pulling: Pulling image "${image}"`,
      `Failed: Failed to pull image "${image}": ${want}`,
      "Failed: Error: ErrImagePull",
      `BackOff: Back-off pulling image "${image}"`,
      "Failed: Error: ImagePullBackOff",
    ]);
  });

  it("pull again after 10, 20, 40 seconds, and start once the image is there", async () => {
    machine = await startTestMachine("1.33.0");
    await machine.run("app", { containers: [{ name: "web", image: "busybox" }] }, { "lido.dev/web.pull-error": "denied" });
    const pulls: number[] = [];
    const startMs = machine.clock.now();
    for (let seconds = 0; seconds < 90; seconds++) {
      await machine.clock.advance(1_000);
      const pulling = (await machine.events("app")).find((text) => text.startsWith("Pulling")) ?? "";
      const count = Number(/×(\d+)$/.exec(pulling)?.[1] ?? 1);
      if (pulling !== "" && count > pulls.length) pulls.push(machine.clock.now() - startMs);
    }
    expect(pulls).toEqual([2_000, 13_000, 34_000, 75_000].map((ms) => expect.closeTo(ms, -4)));
    expect(pulls).toHaveLength(4);
    await machine.annotate("app", { "lido.dev/web.pull-error": null });
    await machine.until(() => machine.isReady("app"));
  });

  it.each([
    {
      name: "a name that is none",
      container: { name: "web", image: "Nginx" },
      reason: "InvalidImageName",
      message: `Failed to apply default image tag "Nginx": couldn't parse image name "Nginx": invalid reference format: repository name (library/Nginx) must be lowercase`,
    },
    {
      name: "an image that is never pulled",
      container: { name: "web", image: "nginx:1", imagePullPolicy: "Never" },
      reason: "ErrImageNeverPull",
      message: 'Container image "nginx:1" is not present with pull policy of Never',
    },
    {
      name: "a ConfigMap that is not there",
      container: { name: "web", image: "nginx:1", envFrom: [{ configMapRef: { name: "settings" } }] },
      reason: "CreateContainerConfigError",
      message: 'configmap "settings" not found',
    },
    {
      name: "a key that a Secret has not",
      container: {
        name: "web",
        image: "nginx:1",
        env: [{ name: "A", valueFrom: { secretKeyRef: { name: "known", key: "other" } } }],
      },
      reason: "CreateContainerConfigError",
      message: "couldn't find key other in Secret default/known",
    },
  ])("wait with $name", async ({ container, reason, message }) => {
    machine = await startTestMachine("1.33.0");
    await machine.client.create(resources.secrets, { metadata: { name: "known", namespace: "default" }, data: { one: "MQ==" } });
    await machine.run("app", { containers: [container] });
    await waitingFor("app", reason);
    expect((await machine.container("app"))?.state?.waiting).toEqual({ reason, message });
    expect((await machine.events("app")).some((text) => text.startsWith("Failed: Error: "))).toBe(true);
  });

  it("mount what comes later, and make their environment of it", async () => {
    machine = await startTestMachine("1.33.0");
    await machine.run("app", {
      containers: [{ name: "web", image: "nginx:1", env: [{ name: "A", valueFrom: { configMapKeyRef: { name: "env", key: "a" } } }] }],
      volumes: [{ name: "files", configMap: { name: "files" } }],
    });
    await machine.clock.advance(5_000);
    expect((await machine.container("app"))?.state?.waiting?.reason).toBe("ContainerCreating");
    expect(await machine.events("app")).toEqual(['FailedMount: MountVolume.SetUp failed for volume "files" : configmap "files" not found']);
    await machine.client.create(resources.configMaps, { metadata: { name: "files", namespace: "default" } });
    await waitingFor("app", "CreateContainerConfigError");
    await machine.client.create(resources.configMaps, { metadata: { name: "env", namespace: "default" }, data: { a: "1" } });
    await machine.until(() => machine.isReady("app"));
  });

  it("that cannot be started count as ended, and back off", async () => {
    machine = await startTestMachine("1.33.0");
    await machine.run("app", WEB, { "lido.dev/start-error": 'exec: "nope": executable file not found in $PATH' });
    await waitingFor("app", "RunContainerError");
    expect(await machine.container("app")).toMatchObject({
      state: { waiting: { message: 'exec: "nope": executable file not found in $PATH' } },
      lastState: { terminated: { exitCode: 128, reason: "StartError" } },
    });
    await waitingFor("app", "CrashLoopBackOff");
    expect((await machine.container("app"))?.restartCount).toBe(1);
  });

  it("restart at once, then after 10, 20, 40 seconds, and say so", async () => {
    machine = await startTestMachine("1.33.0");
    await machine.run("app", WEB, {
      "lido.dev/exit-code": "3",
      "lido.dev/run-seconds": "2",
      "lido.dev/termination-message": "no database",
    });
    await waitingFor("app", "CrashLoopBackOff");
    const { uid } = (await machine.pod("app")).metadata;
    const waits: number[] = [];
    for (const delay of ["10s", "20s", "40s", "1m20s", "2m40s", "5m0s", "5m0s"]) {
      await waitingFor("app", "CrashLoopBackOff");
      const at = machine.clock.now();
      expect(await machine.container("app")).toMatchObject({
        restartCount: waits.length + 1,
        state: { waiting: { message: `back-off ${delay} restarting failed container=web pod=app_default(${uid})` } },
        lastState: { terminated: { exitCode: 3, reason: "Error", message: "no database" } },
      });
      await machine.until(async () => (await machine.container("app"))?.state?.running !== undefined);
      waits.push(Math.round((machine.clock.now() - at) / 1000));
    }
    expect(waits).toEqual([10, 20, 40, 80, 160, 300, 300].map((seconds) => expect.closeTo(seconds, -1)));
    expect((await machine.events("app")).filter((text) => text.startsWith("BackOff"))).toEqual([
      expect.stringMatching(`^BackOff: Back-off restarting failed container web in pod app_default\\(${uid}\\)`),
    ]);
  });

  it("count a long run as a good one", async () => {
    machine = await startTestMachine("1.33.0");
    await machine.run("app", WEB, { "lido.dev/exit-code": "1", "lido.dev/run-seconds": "700" });
    for (const restartCount of [0, 1, 2]) {
      await machine.until(async () => {
        const { state, restartCount: count } = (await machine.container("app")) ?? {};
        expect(state?.waiting?.reason).not.toBe("CrashLoopBackOff");
        return state?.terminated !== undefined && count === restartCount;
      });
    }
  });

  it("go on backing off when only this program restarts", async () => {
    machine = await startTestMachine("1.33.0");
    await machine.run("app", WEB, { "lido.dev/exit-code": "1" });
    await machine.until(async () => (await machine.container("app"))?.state?.waiting?.message?.startsWith("back-off 40s") === true);
    const before = await machine.pod("app");
    await machine.restart();
    await machine.clock.advance(30_000);
    expect((await machine.pod("app")).status).toEqual(before.status);
    await machine.until(async () => (await machine.container("app"))?.restartCount === 4);
    await machine.until(async () => (await machine.container("app"))?.state?.waiting?.message?.startsWith("back-off 1m20s") === true);
  });

  it("are killed for using more memory than their limit", async () => {
    machine = await startTestMachine("1.33.0");
    const limited = [{ name: "web", image: "nginx:1.25", resources: { limits: { memory: "64Mi" } } }];
    await machine.run("greedy", { containers: limited }, { "lido.dev/memory": "65Mi" });
    await machine.run("modest", { containers: limited }, { "lido.dev/memory": "64Mi" });
    await waitingFor("greedy", "CrashLoopBackOff");
    expect(await machine.container("greedy")).toMatchObject({ lastState: { terminated: { exitCode: 137, reason: "OOMKilled" } } });
    expect(await machine.isReady("modest")).toBe(true);
  });

  it("fail when they are active for too long", async () => {
    machine = await startTestMachine("1.33.0");
    await machine.run("app", { ...WEB, activeDeadlineSeconds: 60 });
    await machine.until(() => machine.isReady("app"));
    await machine.until(async () => (await machine.pod("app")).status?.phase === "Failed");
    const { status } = await machine.pod("app");
    expect(status).toMatchObject({ reason: "DeadlineExceeded", message: "Pod was active on the node longer than the specified deadline" });
    expect(findCondition(status?.conditions, "Ready")).toMatchObject({ status: "False", reason: "PodFailed" });
    expect(status?.containerStatuses?.[0]?.state?.terminated?.reason).toBe("Completed");
  });

  it("take a new image where they are", async () => {
    machine = await startTestMachine("1.33.0");
    await machine.run("app", WEB);
    await machine.until(() => machine.isReady("app"));
    const body = { spec: { containers: [{ name: "web", image: "nginx:1.27" }] } };
    await machine.client.patch(resources.pods, { name: "app", namespace: "default" }, { type: "strategic", body });
    await machine.until(async () => (await machine.container("app"))?.restartCount === 1);
    expect(await machine.container("app")).toMatchObject({ image: "docker.io/library/nginx:1.27", ready: true });
    expect(await machine.events("app")).toContain("Killing: Container web definition changed, will be restarted");
  });
});
