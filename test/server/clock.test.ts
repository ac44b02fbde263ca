import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ClockView } from "#api/clock";
import { resources } from "#api/kubernetes/resources";
import { CLUSTER, clusterBody, GROUP, kubeClient, poolPath, putPool } from "../support/aks.ts";
import { type Outcome, run } from "../support/clients.ts";
import { type Answer, BUNDLE, type Json, type Lido, startLido, waitUntil } from "../support/lido.ts";
import { systemClock } from "#lib";

const MINUTE_MS = 60_000;
const POOL = { vmSize: "Standard_DS2_v2", osType: "Linux", type: "VirtualMachineScaleSets", mode: "User" };

describe("lido clock", () => {
  let folder: string;
  let lido: Lido;
  const start = (...args: readonly string[]): Promise<Lido> => startLido("--data-dir", folder, "--speed", "realtime", ...args);
  const clock = (...words: readonly string[]): Promise<Outcome> => run(process.execPath, [BUNDLE, "clock", ...words, "--data-dir", folder]);
  const view = async (...words: readonly string[]): Promise<ClockView> => {
    const { code, stdout, stderr } = await clock(...words, "--json");
    expect([code, stderr]).toEqual([0, ""]);
    return JSON.parse(stdout) as ClockView;
  };
  const advance = async (minutes: number): Promise<ClockView> => await view("advance", `${minutes}m`);
  const nowMs = async (): Promise<number> => Date.parse((await view("show")).now);
  const pool = async (name: string): Promise<Json> => (await lido.arm("GET", poolPath(name))).body.properties;
  const operation = async ({ headers }: Answer): Promise<string> => {
    const url = new URL(headers["azure-asyncoperation"] ?? "");
    return (await lido.raw("GET", `${url.pathname}${url.search}`)).body.status;
  };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "lido-clock-"));
    lido = await start("--clock", "virtual");
    await view("pause");
    await lido.arm("PUT", GROUP, { location: "eastus" }, "2021-04-01");
  });
  afterAll(async () => {
    await lido.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  });

  it("says what it takes", async () => {
    expect(await clock("advance", "soon")).toMatchObject({ code: 2, stderr: expect.stringContaining("90s, 15m, 2h or 1d") });
    expect(await clock("advance", "32d")).toMatchObject({ code: 1, stderr: expect.stringContaining("a number from 0.001 to 2678400") });
    expect(await clock("scale", "fast")).toMatchObject({ code: 2, stderr: expect.stringContaining("a number like 60") });
    expect(await clock("scale", "0")).toMatchObject({ code: 1, stderr: expect.stringContaining("a number from 0.01 to 3600") });
    expect((await lido.raw("POST", "/lido/v1/clock/advance", { body: { minutes: 1 } })).status).toBe(400);
    expect((await lido.raw("GET", "/lido/v1/clock", { token: null })).status).toBe(401);
  });

  it("makes a cluster in the time that AKS takes, at once", async () => {
    const begun = await lido.arm("PUT", CLUSTER, clusterBody("1.34.8"));
    expect(await operation(begun)).toBe("InProgress");
    const before = systemClock.now();
    await advance(10);
    expect(systemClock.now() - before).toBeLessThan(10_000);
    expect(await operation(begun)).toBe("Succeeded");
    expect((await (await kubeClient(lido)).list(resources.nodes)).items).toHaveLength(1);
  });

  it("runs an upgrade through its soak, in order, and through kill -9", async () => {
    const upgradeSettings = { maxSurge: "1", nodeSoakDurationInMinutes: 20 };
    const put = (orchestratorVersion: string): Promise<Answer> =>
      lido.arm("PUT", poolPath("soaked"), { properties: { ...POOL, count: 2, orchestratorVersion, upgradeSettings } }, "2025-05-01");
    await put("1.33.12");
    await advance(10);
    expect((await pool("soaked")).provisioningState).toBe("Succeeded");
    const begun = await put("1.34.8");
    await advance(25);
    const upgraded = async (): Promise<number> => {
      const { items } = await (await kubeClient(lido)).list(resources.nodes, { labelSelector: "agentpool=soaked" });
      return items.filter(({ status }) => status?.nodeInfo?.["kubeletVersion"] === "v1.34.8").length;
    };
    expect([await operation(begun), await upgraded()]).toEqual(["InProgress", 2]);
    const reachedMs = await nowMs();
    await lido.kill("SIGKILL");
    lido = await start("--clock", "virtual");
    const resumed = await view("show");
    expect(resumed.state).toBe("paused");
    expect(Date.parse(resumed.now)).toBeGreaterThanOrEqual(reachedMs);
    expect(Date.parse(resumed.now)).toBeLessThan(reachedMs + 6 * MINUTE_MS);
    expect(await operation(begun)).toBe("InProgress");
    await advance(80);
    expect([await operation(begun), await upgraded()]).toEqual(["Succeeded", 2]);
  });

  it("lets the autoscaler take nodes away that were not needed for ten minutes", async () => {
    await putPool(lido, "scaled", { count: 3, enableAutoScaling: true, minCount: 1, maxCount: 5 });
    await advance(10);
    expect((await pool("scaled")).count).toBe(3);
    await advance(15);
    expect((await pool("scaled")).count).toBe(1);
    const { items } = await (await kubeClient(lido)).list(resources.nodes, { labelSelector: "agentpool=scaled" });
    const ready = items.map(({ status }) => status?.conditions?.find(({ type }) => type === "Ready")?.status);
    expect(ready).toEqual(["True"]);
  });

  it("runs faster when told, and signs in by this machine's clock all the while", async () => {
    await view("advance", "2h");
    expect((await view("scale", "3600")).state).toBe("paused");
    await view("resume");
    const before = await nowMs();
    await waitUntil("ten minutes have passed", async () => (await nowMs()) - before > 10 * MINUTE_MS);
    expect((await view("pause")).aheadSeconds).toBeGreaterThan(2 * 3600);
    const { body } = await lido.raw("POST", "/adfs/oauth2/token", {
      body: new URLSearchParams({
        grant_type: "client_credentials",
        client_id: lido.address.clientId,
        client_secret: lido.address.clientSecret,
        scope: `${lido.address.endpoint}/.default`,
      }).toString(),
      headers: { "content-type": "application/x-www-form-urlencoded" },
      token: null,
    });
    const { exp } = JSON.parse(Buffer.from(body.access_token.split(".")[1], "base64url").toString()) as { exp: number };
    expect(Math.abs(exp - Number(body.expires_in) - systemClock.now() / 1000)).toBeLessThan(60);
    await advance(1);
    const nodes = (await (await kubeClient(lido)).list(resources.nodes)).items;
    const leases = await (await kubeClient(lido)).list(resources.leases, { namespace: "kube-node-lease" });
    const ages = await nowMs().then((now) => leases.items.map(({ spec }) => now - Date.parse(spec.renewTime ?? "")));
    expect(Math.max(...ages)).toBeLessThanOrEqual(10_000);
    expect(nodes.every(({ status }) => status?.conditions?.some(({ type, status: is }) => type === "Ready" && is === "True"))).toBe(true);
  });

  it("does not go back to this machine's clock with a state of the future", async () => {
    await lido.kill("SIGTERM");
    await expect(start()).rejects.toThrow("--clock virtual");
    lido = await start("--clock", "virtual");
    expect((await view("show")).state).toBe("paused");
  });
});

describe("lido clock on this machine's clock", () => {
  it("says how to start the server", async () => {
    const folder = mkdtempSync(join(tmpdir(), "lido-clock-real-"));
    const lido = await startLido("--data-dir", folder);
    const outcome = await run(process.execPath, [BUNDLE, "clock", "pause", "--data-dir", folder]);
    expect(outcome).toMatchObject({ code: 1, stderr: expect.stringContaining("lido start --clock virtual") });
    expect((await lido.raw("GET", "/lido/v1/clock")).status).toBe(409);
    await lido.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  });
});
