import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:http2";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CLUSTER, createCluster, GROUP, kubeClient, poolPath, putPool } from "../support/aks.ts";
import { type Outcome, run } from "../support/clients.ts";
import { BUNDLE, type Lido, startLido, waitUntil } from "../support/lido.ts";
import { resources } from "#api/kubernetes/resources";

describe("lido fault", () => {
  let folder: string;
  let lido: Lido;
  const start = (): Promise<Lido> => startLido("--data-dir", folder, "--speed", "instant");
  const fault = (...words: readonly string[]): Promise<Outcome> => run(process.execPath, [BUNDLE, "fault", ...words, "--data-dir", folder]);

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "lido-faults-"));
    lido = await start();
    await createCluster(lido, "1.34.8");
  });
  afterAll(async () => {
    await lido.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  });

  it("says what it takes", async () => {
    expect((await fault("list")).stdout).toBe("Nothing goes wrong on purpose.\n");
    expect(await fault("add", "earthquake")).toMatchObject({ code: 2, stderr: expect.stringContaining("There are respond,") });
    expect(await fault("add", "drop", "--status", "500")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('"status" belongs to the faults respond'),
    });
    expect(await fault("add", "drop", "--expires-in", "soon")).toMatchObject({ code: 2, stderr: expect.stringContaining("90s") });
    expect((await fault("remove", "77")).code).toBe(3);
    expect((await fault("remove")).code).toBe(2);
  });

  it("breaks a connection once, though the call is carried out", async () => {
    await fault("add", "drop", "--operation", "*agentPools/write", "--afterwards", "--count", "1");
    await expect(putPool(lido, "dropped", { count: 1 })).rejects.toThrow();
    const { status, body } = await lido.arm("GET", poolPath("dropped"));
    expect([status, body.name]).toEqual([200, "dropped"]);
    await waitUntil(
      "the pool is made",
      async () => (await lido.arm("GET", poolPath("dropped"))).body.properties.provisioningState === "Succeeded",
    );
  });

  it("ends one stream of HTTP/2 and leaves the others", async () => {
    await fault("add", "drop", "--method", "GET", "--path", "*/agentPools/dropped", "--count", "1");
    const session = connect(lido.address.endpoint, { ca: lido.ca });
    const get = (path: string): Promise<number | undefined> =>
      new Promise((resolve) => {
        const [scope, query] = [`/subscriptions/${lido.address.subscriptionId}`, "?api-version=2022-11-01"];
        const stream = session.request({ ":path": `${scope}${path}${query}`, authorization: `Bearer ${lido.token}` });
        let status: number | undefined;
        stream.on("response", (headers) => (status = headers[":status"]));
        stream.on("error", () => undefined);
        stream.on("close", () => resolve(status));
        stream.resume();
      });
    expect(await Promise.all([get(poolPath("dropped")), get(CLUSTER)])).toEqual([undefined, 200]);
    expect(await get(poolPath("dropped"))).toBe(200);
    session.close();
  });

  it("goes on after the server was killed, and no more often than it was told", async () => {
    const add = ["add", "allocation-failed", "--nodepool", "unlucky", "--count", "2", "--json"];
    expect(JSON.parse((await fault(...add)).stdout)).toMatchObject({ kind: "allocationFailed", count: 2, target: { pool: "unlucky" } });
    const failed = { status: "Failed", error: { code: "AllocationFailed" } };
    expect(await lido.finish(await putPool(lido, "unlucky", { count: 1 }))).toMatchObject(failed);
    await lido.kill("SIGKILL");
    lido = await start();
    expect(await lido.finish(await putPool(lido, "unlucky", { count: 1 }))).toMatchObject(failed);
    expect(await lido.finish(await putPool(lido, "unlucky", { count: 1 }))).toMatchObject({ status: "Succeeded" });
    expect((await fault("list")).stdout).toMatch(/allocation-failed +pool=unlucky +always, 2 times +2 of 2 +never/);
  });

  it("hangs until the caller gives up, and nobody else waits", async () => {
    await fault("add", "hang", "--method", "GET", "--path", "*/agentPools/dropped", "--count", "1");
    const hanging = lido.arm("GET", poolPath("dropped")).then(
      () => "answered",
      () => "broken",
    );
    await waitUntil("the fault strikes", async () => (await fault("list")).stdout.includes("1 of 1"));
    expect((await lido.arm("GET", CLUSTER)).status).toBe(200);
    expect((await lido.arm("GET", GROUP, undefined, "2021-04-01")).status).toBe(200);
    await lido.kill("SIGKILL");
    expect(await hanging).toBe("broken");
    lido = await start();
  });

  it("silences a kubelet until its machine boots anew", async () => {
    expect((await fault("remove", "--all")).code).toBe(0);
    const client = await kubeClient(lido);
    const before = await client.list(resources.nodes);
    const node = before.items.find(({ metadata }) => metadata.name.includes("-dropped-"))?.metadata.name ?? "";
    await fault("add", "kubelet-lost", "--node", node, "--count", "1");
    await waitUntil("the fault strikes", async () => (await fault("list")).stdout.includes("1 of 1"));
    const ready = async (): Promise<string | undefined> =>
      (await client.get(resources.nodes, { name: node })).status?.conditions?.find(({ type }) => type === "Ready")?.status;
    await waitUntil("the node is lost", async () => (await ready()) === "Unknown", 75_000);
    await waitUntil("the node is repaired", async () => (await ready()) === "True");
  }, 150_000);
});
