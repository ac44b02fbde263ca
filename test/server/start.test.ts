import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BUNDLE, type Lido, startLido } from "../support/lido.ts";

function run(...args: string[]): { code: number | null; out: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [BUNDLE, ...args], { encoding: "utf8", timeout: 30_000 });
  return { code: status, out: stdout + stderr };
}

describe("lido start", () => {
  let folder: string;
  let lido: Lido;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "lido-start-"));
    lido = await startLido("--data-dir", folder);
  });
  afterAll(async () => {
    await lido.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  });

  it("writes where it is, and what opens it, into the ready file", () => {
    const { address } = lido;
    expect(address.endpoint).toMatch(/^https:\/\/localhost:\d+$/);
    expect(address.httpEndpoint).toMatch(/^http:\/\/localhost:\d+$/);
    expect(existsSync(address.ca)).toBe(true);
    expect(address.dataDir).toBe(folder);
    expect(address.pid).toBeGreaterThan(0);
    for (const id of [address.tenantId, address.subscriptionId, address.clientId]) expect(id).toMatch(/^[0-9a-f-]{36}$/);
    expect(address.clientSecret.length).toBeGreaterThan(30);
  });

  it("listens on loopback alone", async () => {
    const port = Number(new URL(lido.address.endpoint).port);
    const reached = await new Promise<boolean>((resolve) => {
      const socket = connect({ port, host: "127.0.0.2", timeout: 1000 }, () => resolve(true));
      socket.on("error", () => resolve(false));
      socket.on("timeout", () => resolve(false));
    });
    expect(reached).toBe(false);
  });

  it("keeps its secrets for its owner", () => {
    for (const name of ["installation.json", "server.key.pem", "ca.key.pem", "server.json"])
      expect(statSync(join(folder, name)).mode & 0o077).toBe(0);
  });

  it("refuses a second server on the same data directory", () => {
    const { code, out } = run("start", "--port", "0", "--data-dir", folder);
    expect(code).toBe(1);
    expect(out).toContain(`Another Lido (process ${lido.address.pid}) uses the data directory`);
  });

  it("says that a port is in use", () => {
    const port = new URL(lido.address.endpoint).port;
    const { code, out } = run("start", "--port", port, "--memory");
    expect(code).toBe(1);
    expect(out).toContain(`Port ${port} on 127.0.0.1 is in use`);
  });

  it.each([
    { title: "a port that is none", args: ["start", "--port", "x"], text: "--port takes a number" },
    { title: "a support window that is no day", args: ["start", "--support-window", "2024-02-31"], text: "--support-window takes a day" },
    {
      title: "a speed that is none",
      args: ["start", "--speed", "warp"],
      text: "Allowed are realtime, fast, instant and times as fast as AKS",
    },
    { title: "a command that is none", args: ["frobnicate"], text: "unknown command" },
    {
      title: "an az command that is none",
      args: ["az", "aks", "frobnicate"],
      text: "'frobnicate' is misspelled or not recognized by the system.",
    },
  ])("refuses $title with exit code 2", ({ args, text }) => {
    const { code, out } = run(...args);
    expect(out).toContain(text);
    expect(code).toBe(2);
  });

  it("tells its state, its token and its environment to other commands", () => {
    expect(run("status", "--data-dir", folder)).toMatchObject({ code: 0, out: expect.stringContaining(lido.address.endpoint) as string });
    expect(run("token", "--data-dir", folder).out).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
    const { out } = run("env", "--data-dir", folder);
    for (const name of ["AZURE_CONFIG_DIR", "REQUESTS_CA_BUNDLE", "KUBECONFIG"]) expect(out).toContain(`export ${name}=`);
    expect(existsSync(join(folder, "azure", "clouds.config"))).toBe(true);
  });

  it("keeps its state in one place only", () => {
    expect(run("start", "--memory", "--data-dir", folder)).toMatchObject({ code: 2, out: expect.stringContaining("--memory") as string });
  });

  it("refuses to forget the state under a running server", () => {
    expect(run("reset", "--data-dir", folder)).toMatchObject({ code: 1, out: expect.stringContaining("stop it first") as string });
  });
});

describe("lido stop", () => {
  it.each(["SIGINT", "SIGTERM"] as const)("ends cleanly on %s and leaves the directory free", async (signal) => {
    const folder = mkdtempSync(join(tmpdir(), "lido-stop-"));
    const lido = await startLido("--data-dir", folder);
    await lido.kill(signal);
    expect(existsSync(join(folder, "lock"))).toBe(false);
    expect(run("status", "--data-dir", folder)).toMatchObject({ code: 1 });
    expect(run("reset", "--data-dir", folder)).toMatchObject({ code: 0 });
    expect(existsSync(folder)).toBe(false);
  });

  it("is what the command does", async () => {
    const folder = mkdtempSync(join(tmpdir(), "lido-stop-"));
    await startLido("--data-dir", folder);
    expect(run("stop", "--data-dir", folder)).toMatchObject({ code: 0, out: "Stopped.\n" });
    expect(run("stop", "--data-dir", folder)).toMatchObject({ code: 1 });
    rmSync(folder, { recursive: true, force: true });
  });
});
