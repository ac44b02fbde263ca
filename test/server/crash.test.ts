import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Node } from "#api/kubernetes/core";
import { resources } from "#api/kubernetes/resources";
import { createCluster, kubeClient, poolPath, putPool, registerPreview } from "../support/aks.ts";
import { type Answer, type Lido, startLido, waitUntil } from "../support/lido.ts";

const isReady = (node: Node): boolean =>
  node.status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ?? false;

describe("kill -9 and a restart on the same data directory", () => {
  let folder: string;
  let lido: Lido;
  const start = (): Promise<Lido> => startLido("--data-dir", folder, "--speed", "fast");

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "lido-crash-"));
    lido = await start();
    await registerPreview(lido);
    await createCluster(lido, "1.12.6");
  });
  afterEach(async () => {
    await lido.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  });

  /** Kills the server while the operation runs, starts another, and waits there for the operation's end. */
  async function crashDuring(begun: Answer, reached: () => Promise<boolean>): Promise<void> {
    const operation = new URL(begun.headers["azure-asyncoperation"] ?? "");
    await waitUntil("the operation is in its middle", reached);
    expect((await lido.raw("GET", operation.href)).body.status).toBe("InProgress");
    await lido.kill("SIGKILL");
    lido = await start();
    const moved = new URL(operation.pathname + operation.search, lido.address.endpoint).href;
    const end = await lido.finish({ ...begun, headers: { "azure-asyncoperation": moved } });
    expect(end.status).toBe("Succeeded");
  }

  async function poolNodes(): Promise<readonly Node[]> {
    return (await (await kubeClient(lido)).list(resources.nodes, { labelSelector: "agentpool=mypool" })).items;
  }

  async function expectPool(count: number, version: string): Promise<void> {
    const { properties } = (await lido.arm("GET", poolPath("mypool"))).body;
    expect({ state: properties.provisioningState, count: properties.count, version: properties.orchestratorVersion }).toEqual({
      state: "Succeeded",
      count,
      version,
    });
    const nodes = await poolNodes();
    expect(nodes.map(({ metadata }) => metadata.name.slice(-6))).toEqual(
      Array.from({ length: count }, (_, index) => index.toString(36).padStart(6, "0")),
    );
    expect(nodes.every(isReady)).toBe(true);
    expect(new Set(nodes.map(({ status }) => status?.nodeInfo?.["kubeletVersion"]))).toEqual(new Set([`v${version}`]));
    expect(nodes.some(({ spec }) => spec.unschedulable === true)).toBe(false);
  }

  it("a pool under creation is created", async () => {
    const begun = await putPool(lido, "mypool", { count: 3 });
    expect(begun.status).toBe(201);
    await crashDuring(begun, () => Promise.resolve(true));
    await expectPool(3, "1.12.6");
  });

  it("a scale under way is completed, up and down", async () => {
    await lido.finish(await putPool(lido, "mypool", { count: 2 }));
    await crashDuring(await putPool(lido, "mypool", { count: 5 }), () => Promise.resolve(true));
    await expectPool(5, "1.12.6");
    await crashDuring(await putPool(lido, "mypool", { count: 2 }), () => Promise.resolve(true));
    await expectPool(2, "1.12.6");
  });

  it("an upgrade under way is completed, with no surge node left", async () => {
    await lido.finish(await putPool(lido, "mypool", { count: 3 }));
    const begun = await putPool(lido, "mypool", { count: 3, orchestratorVersion: "1.12.7" });
    await crashDuring(begun, async () => (await poolNodes()).some(({ status }) => status?.nodeInfo?.["kubeletVersion"] === "v1.12.7"));
    await expectPool(3, "1.12.7");
  });

  it("a pool under deletion is deleted", async () => {
    await lido.finish(await putPool(lido, "mypool", { count: 2 }));
    const begun = await lido.arm("DELETE", poolPath("mypool"));
    expect(begun.status).toBe(202);
    await crashDuring(begun, () => Promise.resolve(true));
    expect((await lido.arm("GET", poolPath("mypool"))).status).toBe(404);
    expect(await poolNodes()).toEqual([]);
  });
});
