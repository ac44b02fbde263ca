import { spawn } from "node:child_process";
import { createPublicKey, createSign } from "node:crypto";
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "#lib";
import { CERTIFICATE, CERTIFICATE_KEY } from "../../src/arm/testing/certificate.ts";
import { environmentOf } from "../support/article.ts";
import { find, type Outcome, run } from "../support/clients.ts";
import { BUNDLE, type Lido, startLido, waitUntil } from "../support/lido.ts";

/** Every az of this machine: the one on PATH, and one that LIDO_TEST_AZ names. */
const programs = [find("az"), process.env["LIDO_TEST_AZ"]].flatMap((path) => path || []);
const ISSUER = "https://token.example.org";
const SUBJECT = "repo:o/r:ref:refs/heads/main";

/** A token of an issuer that the server is told of. */
function federatedToken(): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const now = Math.floor(systemClock.now() / 1000);
  const claims = { iss: ISSUER, sub: SUBJECT, aud: "api://AzureADTokenExchange", iat: now, nbf: now, exp: now + 300 };
  const text = `${part({ alg: "RS256", typ: "JWT" })}.${part(claims)}`;
  return `${text}.${createSign("RSA-SHA256").update(text).sign(CERTIFICATE_KEY).toString("base64url")}`;
}

describe.skipIf(programs.length === 0)("sign-in with an unmodified az", () => {
  let lido: Lido;
  let folder: string;
  beforeAll(async () => {
    lido = await startLido("--memory", "--rbac");
    folder = mkdtempSync(join(tmpdir(), "lido-sign-in-"));
    writeFileSync(join(folder, "certificate.pem"), CERTIFICATE);
    writeFileSync(join(folder, "both.pem"), CERTIFICATE_KEY + CERTIFICATE);
    writeFileSync(join(folder, "keys.pem"), createPublicKey(CERTIFICATE_KEY).export({ type: "spki", format: "pem" }));
  });
  afterAll(async () => {
    await lido.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  });

  interface Az {
    (...args: string[]): Promise<Outcome>;
    readonly env: NodeJS.ProcessEnv;
  }

  /** az with a configuration of its own, in which nobody has signed in. */
  function fresh(program: string): Az {
    const { AZURE_CONFIG_DIR = "", ...environment } = environmentOf(lido.address);
    const config = mkdtempSync(join(folder, "config-"));
    copyFileSync(join(AZURE_CONFIG_DIR, "clouds.config"), join(config, "clouds.config"));
    const env = { ...process.env, ...environment, AZURE_CONFIG_DIR: config, HOME: folder };
    writeFileSync(join(config, "config"), "[cloud]\nname = Lido\n[core]\ncollect_telemetry = false\nlogin_experience_v2 = off\n");
    return Object.assign((...args: string[]) => run(program, args, { env, cwd: folder }), { env });
  }

  async function identity(...args: string[]): Promise<Record<string, string>> {
    const outcome = await run(process.execPath, [BUNDLE, "identity", ...args, "--data-dir", lido.address.dataDir]);
    expect(outcome.stderr).toBe("");
    return JSON.parse(outcome.stdout) as Record<string, string>;
  }

  const service = (user: string, ...rest: string[]): string[] => [
    "login",
    "--service-principal",
    "-u",
    user,
    ...rest,
    "--tenant",
    lido.address.tenantId,
  ];
  const users = ({ stdout }: Outcome): unknown => (JSON.parse(stdout) as { user: { name: string } }[]).map(({ user }) => user.name);
  /** Newer versions have an option of its own for a certificate. */
  async function certificateOption(program: string): Promise<string> {
    return (await run(program, ["login", "--help"], { env: { ...process.env, HOME: folder } })).stdout.includes("--certificate")
      ? "--certificate"
      : "-p";
  }

  describe.each(programs)("%s", (program) => {
    it("signs in by secret, and is told why not", async () => {
      const { appId = "", password = "" } = await identity("add-app", "--role", "Reader");
      const az = fresh(program);
      const wrong = await az(...service(appId, "--password=no"));
      expect(wrong.stderr).toContain("AADSTS7000215: Invalid client secret provided.");
      expect(users(await az(...service(appId, `--password=${password}`)))).toEqual([appId]);
      expect((await az("group", "list", "-o", "tsv")).code).toBe(0);
      const refused = await az("group", "create", "-n", "g", "-l", "eastus");
      expect(refused.stderr).toContain("(AuthorizationFailed) The client");
      expect(refused.code).toBe(1);
    });

    it("signs in by certificate", async () => {
      const { appId = "" } = await identity("add-app", "--certificate", join(folder, "certificate.pem"), "--role", "Reader");
      expect(users(await fresh(program)(...service(appId, await certificateOption(program), "both.pem")))).toEqual([appId]);
    });

    it("signs in by a token of another issuer", async () => {
      const federated = ["--federated-issuer", ISSUER, "--federated-subject", SUBJECT, "--federated-keys", join(folder, "keys.pem")];
      const { appId = "" } = await identity("add-app", ...federated, "--role", "Reader");
      expect(users(await fresh(program)(...service(appId, "--federated-token", federatedToken())))).toEqual([appId]);
    });

    it("signs in by name and password", async () => {
      const name = `user-${programs.indexOf(program)}@lido.local`;
      await identity("add-user", name, "--password", "pass word", "--role", "Reader");
      const az = fresh(program);
      expect((await az("login", "-u", name, "-p", "no")).stderr).toContain("AADSTS50126");
      expect(users(await az("login", "-u", name, "-p", "pass word", "--tenant", "local"))).toEqual([name]);
      expect((await az("ad", "signed-in-user", "show", "--query", "userPrincipalName", "-o", "tsv")).stdout.trim()).toBe(name);
    });

    it("signs in by device code when a person has entered it", async () => {
      const { env } = fresh(program);
      const child = spawn(program, ["login", "--use-device-code", "-o", "json"], { env, cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
      let [stdout, stderr] = ["", ""];
      child.stdout.on("data", (text: Buffer) => (stdout += text.toString()));
      child.stderr.on("data", (text: Buffer) => (stderr += text.toString()));
      const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
      const code = (): string => /enter the code ([A-Z0-9]{9}) to authenticate/.exec(stderr)?.[1] ?? "";
      await waitUntil("az prints the code", () => code() !== "");
      expect(await enterCode(code())).toBe(200);
      expect([await ended, users({ code: 0, stdout, stderr })]).toEqual([0, ["admin@lido.local"]]);
    });
  });

  /** Does what a person does in a browser of this machine. */
  async function enterCode(code: string): Promise<number> {
    const page = await lido.raw("GET", "/devicelogin", { token: null });
    const cookie = String(page.headers["set-cookie"]).split(";")[0] ?? "";
    const mark = /name="mark" value="([^"]+)"/.exec(page.text)?.[1] ?? "";
    const body = new URLSearchParams({ mark, user_code: code, username: "admin@lido.local", answer: "continue" }).toString();
    const headers = { cookie, "content-type": "application/x-www-form-urlencoded" };
    return (await lido.raw("POST", "/devicelogin", { token: null, headers, body })).status;
  }
});
