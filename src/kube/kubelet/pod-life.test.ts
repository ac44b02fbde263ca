import { afterEach, describe, expect, it } from "vitest";
import type { PodSpec, Probe } from "#api/kubernetes/core";
import { resources } from "#api/kubernetes/resources";
import { findCondition } from "#kube/apimachinery";
import { startTestMachine, type TestMachine } from "./testing/machine.ts";

const HTTP: Probe = { httpGet: { path: "/", port: 80 }, periodSeconds: 5, failureThreshold: 2 };

function probed(probes: Pick<PodSpec["containers"][number], "readinessProbe" | "livenessProbe" | "startupProbe">): PodSpec {
  return { containers: [{ name: "web", image: "nginx:1.25", ...probes }] };
}

describe("the life of pods", () => {
  let machine: TestMachine;
  afterEach(() => machine.stop());

  it("is not ready while its readiness probe fails, and ready again later", async () => {
    machine = await startTestMachine("1.33.0");
    await machine.run("app", probed({ readinessProbe: HTTP }));
    await machine.until(() => machine.isReady("app"));
    await machine.annotate("app", { "lido.dev/ready": "false" });
    await machine.clock.advance(1_000);
    expect(await machine.isReady("app")).toBe(true);
    await machine.until(async () => !(await machine.isReady("app")));
    expect(findCondition((await machine.pod("app")).status?.conditions, "ContainersReady")).toMatchObject({
      reason: "ContainersNotReady",
      message: "containers with unready status: [web]",
    });
    expect((await machine.events("app")).at(-1)).toBe("Unhealthy: Readiness probe failed: HTTP probe failed with statuscode: 503 ×2");
    await machine.annotate("app", { "lido.dev/ready": null });
    await machine.until(() => machine.isReady("app"));
    expect((await machine.container("app"))?.restartCount).toBe(0);
  });

  it("is restarted when liveness fails, in the end", async () => {
    machine = await startTestMachine("1.33.0");
    const tcp: Probe = { tcpSocket: { port: 80 }, periodSeconds: 5, failureThreshold: 2 };
    await machine.run("app", probed({ livenessProbe: tcp }), { "lido.dev/unhealthy-after-seconds": "60" });
    await machine.until(() => machine.isReady("app"));
    const startMs = machine.clock.now();
    await machine.until(async () => (await machine.container("app"))?.restartCount === 1);
    expect(machine.clock.now() - startMs).toBeGreaterThan(65_000);
    expect((await machine.events("app")).filter((text) => /^(Unhealthy|Killing)/.test(text))).toEqual([
      "Unhealthy: Liveness probe failed: dial tcp 10.244.1.2:80: connect: connection refused ×2",
      "Killing: Container web failed liveness probe, will be restarted",
    ]);
  });

  it("waits for the startup probe before the others are asked", async () => {
    machine = await startTestMachine("1.33.0");
    await machine.run("app", probed({ startupProbe: { ...HTTP, failureThreshold: 10 } }), { "lido.dev/started-after-seconds": "22" });
    await machine.until(async () => (await machine.container("app"))?.state?.running !== undefined);
    const startMs = machine.clock.now();
    expect(await machine.container("app")).toMatchObject({ started: false, ready: false });
    await machine.until(() => machine.isReady("app"));
    expect(machine.clock.now() - startMs).toBe(26_000);
    await machine.run("slow", probed({ startupProbe: HTTP }), { "lido.dev/started-after-seconds": "22" });
    await machine.until(async () => (await machine.container("slow"))?.restartCount === 1);
    expect(await machine.events("slow")).toContain("Killing: Container web failed startup probe, will be restarted");
  });

  it("begins with sidecars, which run until the others have ended", async () => {
    machine = await startTestMachine("1.33.0");
    await machine.run("task", {
      restartPolicy: "Never",
      initContainers: [
        { name: "proxy", image: "envoy", restartPolicy: "Always" },
        { name: "prepare", image: "busybox" },
      ],
      containers: [{ name: "work", image: "busybox" }],
    });
    await machine.until(async () => (await machine.container("task"))?.state?.running !== undefined);
    expect((await machine.pod("task")).status?.initContainerStatuses).toMatchObject([
      { name: "proxy", ready: true, state: { running: {} } },
      { name: "prepare", ready: true, state: { terminated: { reason: "Completed" } } },
    ]);
    await machine.until(async () => (await machine.pod("task")).status?.phase === "Succeeded");
    expect((await machine.pod("task")).status?.initContainerStatuses?.[0]?.state?.terminated).toBeDefined();
  });

  it.each([
    { policy: "Never" as const, want: "Failed", restarts: 0 },
    { policy: "Always" as const, want: "Pending", restarts: 1 },
  ])("ends in $want when an init container fails and pods are restarted $policy", async ({ policy, want, restarts }) => {
    machine = await startTestMachine("1.33.0");
    const spec: PodSpec = {
      restartPolicy: policy,
      initContainers: [{ name: "prepare", image: "busybox" }],
      containers: [{ name: "web", image: "nginx" }],
    };
    await machine.run("app", spec, { "lido.dev/prepare.exit-code": "7" });
    await machine.clock.advance(10_000);
    const { status } = await machine.pod("app");
    expect(status?.phase).toBe(want);
    expect(status?.initContainerStatuses?.[0]?.restartCount).toBe(restarts);
    expect(status?.containerStatuses?.[0]?.state?.waiting?.reason).toBe("PodInitializing");
    expect(findCondition(status?.conditions, "Initialized")).toMatchObject({
      status: "False",
      message: "containers with incomplete status: [prepare]",
    });
  });

  it("is ready when others' gates are open too", async () => {
    machine = await startTestMachine("1.33.0");
    await machine.run("app", { ...probed({}), readinessGates: [{ conditionType: "example.com/ready" }] });
    const ready = async (): Promise<unknown> => findCondition((await machine.pod("app")).status?.conditions, "Ready");
    const setGate = async (status: string): Promise<void> => {
      const body = { status: { conditions: [{ type: "example.com/ready", status }] } };
      await machine.client.patch(
        resources.pods,
        { name: "app", namespace: "default" },
        { type: "strategic", body },
        { subresource: "status" },
      );
      await machine.clock.advance(1_000);
    };
    await machine.until(async () => (await machine.container("app"))?.ready === true);
    expect(await ready()).toMatchObject({
      status: "False",
      reason: "ReadinessGatesNotReady",
      message: 'corresponding condition of pod readiness gate "example.com/ready" does not exist.',
    });
    await setGate("False");
    expect(await ready()).toMatchObject({ message: 'the status of pod readiness gate "example.com/ready" is not "True", but False' });
    await setGate("True");
    expect(await ready()).toMatchObject({ status: "True" });
  });

  it.each([
    { name: "in its own time", stop: "7", grace: 30, want: 7_000 },
    { name: "after its grace, whatever it does", stop: "100", grace: 5, want: 5_000 },
  ])("stops $name", async ({ stop, grace, want }) => {
    machine = await startTestMachine("1.33.0");
    await machine.run("app", { ...probed({}), terminationGracePeriodSeconds: grace }, { "lido.dev/stop-seconds": stop });
    await machine.until(() => machine.isReady("app"));
    const before = machine.clock.now();
    await machine.client.delete(resources.pods, { name: "app", namespace: "default" });
    await machine.until(() => machine.isGone("app"));
    expect(machine.clock.now() - before).toBe(want);
  });

  it("shows its end to who holds it", async () => {
    machine = await startTestMachine("1.33.0");
    await machine.run("task", { ...probed({}), restartPolicy: "Never" }, { "lido.dev/run-seconds": "1000" });
    await machine.until(() => machine.isReady("task"));
    const name = { name: "task", namespace: "default" };
    await machine.client.patch(resources.pods, name, { type: "merge", body: { metadata: { finalizers: ["example.com/hold"] } } });
    await machine.client.delete(resources.pods, name);
    await machine.until(async () => (await machine.pod("task")).status?.phase === "Failed");
    expect((await machine.container("task"))?.state?.terminated?.exitCode).toBe(143);
  });

  it("ends now for who says so while it runs", async () => {
    machine = await startTestMachine("1.33.0", "fast");
    await machine.run("app", probed({}));
    await machine.until(() => machine.isReady("app"));
    await machine.annotate("app", { "lido.dev/exit-code": "9" });
    await machine.until(async () => (await machine.container("app"))?.state?.waiting?.reason === "CrashLoopBackOff");
    await machine.annotate("app", { "lido.dev/exit-code": null });
    await machine.until(() => machine.isReady("app"));
    const { restartCount } = (await machine.container("app")) ?? {};
    await machine.clock.advance(600_000);
    expect((await machine.container("app"))?.restartCount).toBe(restartCount);
  });
});
