import { afterEach, beforeEach, expect, it } from "vitest";
import { resources } from "#api/kubernetes/resources";
import { startTestMachine, type TestMachine } from "./testing/machine.ts";

let machine: TestMachine;
beforeEach(async () => {
  machine = await startTestMachine("1.30.0");
});
afterEach(() => machine.stop());

const ephemeral = async (): Promise<unknown[]> =>
  ((await machine.pod("a")).status?.ephemeralContainerStatuses ?? []).map(({ name, ready, state }) => [
    name,
    ready,
    Object.keys(state ?? {})[0],
  ]);

async function add(name: string, image: string): Promise<void> {
  const body = { spec: { ephemeralContainers: [{ name, image }] } };
  await machine.client.patch(
    resources.pods,
    { name: "a", namespace: "default" },
    { type: "strategic", body },
    { subresource: "ephemeralcontainers" },
  );
}

it("starts ephemeral containers beside those that run, and leaves the pod as it was", async () => {
  await machine.run("a", { containers: [{ name: "web", image: "nginx:1" }] });
  await machine.until(() => machine.isReady("a"));
  await add("debug", "busybox:1");
  await machine.until(async () => (await ephemeral()).join() === "debug,false,running");
  await add("broken", "registry.invalid/x:1");
  await machine.until(async () => (await ephemeral()).join() === "broken,false,waiting,debug,false,running");
  expect(await machine.isReady("a")).toBe(true);
  expect((await machine.pod("a")).status?.phase).toBe("Running");
  expect(await machine.events("a")).toContain("Started: Started container debug");
  await machine.restart();
  await machine.clock.advance(60_000);
  expect(await ephemeral()).toEqual([
    ["broken", false, "waiting"],
    ["debug", false, "running"],
  ]);
});

it("starts them also while an init container keeps failing", async () => {
  await machine.run("a", {
    initContainers: [{ name: "first", image: "registry.invalid/x:1" }],
    containers: [{ name: "web", image: "nginx:1" }],
  });
  await machine.until(async () => (await machine.pod("a")).status?.podIP !== undefined);
  await add("debug", "busybox:1");
  await machine.until(async () => (await ephemeral()).join() === "debug,false,running");
  expect((await machine.pod("a")).status?.phase).toBe("Pending");
});
