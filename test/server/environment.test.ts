import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { shells } from "../../src/cli/environment/formats.ts";
import { BUNDLE, type Lido, startLido } from "../support/lido.ts";

const AWKWARD = ["plain", "", "with blank", "it's", '"double"', "$HOME `id` $(id) \\ \\' !!", "a\nb", "\u2018curly\u2019", "-n", "#x"];

let lido: Lido;
let home: string;
beforeAll(async () => {
  lido = await startLido("--memory");
  home = mkdtempSync(join(tmpdir(), "lido-home-"));
});
afterAll(async () => {
  await lido.kill("SIGKILL");
  rmSync(home, { recursive: true, force: true });
});

/** As a user's: neither this process's variables nor its folders. */
function clean(added: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  return { PATH: process.env["PATH"], HOME: home, ...added };
}

function call(
  args: readonly string[],
  env: NodeJS.ProcessEnv = clean(),
  input = "",
): { code: number | null; stdout: string; stderr: string } {
  const given = [args[0] ?? "", "--data-dir", lido.address.dataDir, ...args.slice(1)];
  const { status, stdout, stderr } = spawnSync(process.execPath, [BUNDLE, ...given], { encoding: "utf8", env, input, timeout: 30_000 });
  return { code: status, stdout, stderr };
}

/** The variables after a shell has evaluated a text. */
function evaluated(text: string, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const output = execFileSync("sh", ["-c", `${text}\nenv -0`], { encoding: "utf8", env });
  const lines = output.split("\0").filter((line) => line.includes("="));
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]));
}

describe("lido env", () => {
  it.each(AWKWARD)("quotes so that a shell reads back %j", (value) => {
    expect(execFileSync("sh", ["-c", `${shells.posix.set("X", value)}; printf %s "$X"`], { encoding: "utf8" })).toBe(value);
  });

  it("points a shell at the server, and gives it back what it had, also when it was asked twice", () => {
    const own = clean({ KUBECONFIG: "/my own/it's config", AZURE_CONFIG_DIR: "/mine" });
    const once = evaluated(call(["env"], own).stdout, own);
    expect(once).toMatchObject({ LIDO_ENDPOINT: lido.address.endpoint, KUBECONFIG: join(lido.address.dataDir, "kubeconfig") });
    const twice = evaluated(call(["env"], once).stdout, once);
    const after = evaluated(call(["env", "--unset"], twice).stdout, twice);
    expect(after).toMatchObject({ KUBECONFIG: own["KUBECONFIG"], AZURE_CONFIG_DIR: "/mine" });
    for (const name of ["ARM_CLIENT_SECRET", "LIDO_ENDPOINT", "LIDO_PREVIOUS", "SSL_CERT_FILE"]) expect(after[name]).toBeUndefined();
  });

  it("lets Node.js and curl trust the server without another word", () => {
    const env = evaluated(call(["env"]).stdout, clean());
    const script = `fetch(process.env.LIDO_ENDPOINT + "/metadata/endpoints?api-version=2022-09-01").then((r) => console.log(r.status))`;
    expect(execFileSync(process.execPath, ["-e", script], { encoding: "utf8", env })).toBe("200\n");
  });

  it("writes other formats, one at a time", () => {
    expect(JSON.parse(call(["env", "--json"]).stdout)).toMatchObject({
      AZURE_AUTHORITY_HOST: lido.address.endpoint,
      AZURE_TENANT_ID: "adfs",
    });
    expect(call(["env", "--terraform"]).stdout).toContain(`metadata_host   = "${new URL(lido.address.endpoint).host}"`);
    expect(call(["env", "--dotenv"]).stdout).toContain(`\nARM_CLIENT_SECRET=${lido.address.clientSecret}\n`);
    expect(call(["env", "--dotenv", "--json"])).toMatchObject({ code: 2, stderr: "lido: --dotenv and --json cannot be used together.\n" });
    expect(call(["env", "--unset", "--json"])).toMatchObject({ code: 2, stdout: "" });
  });
});

describe("lido shell", () => {
  it("runs a command with the variables, its options and its exit code", () => {
    const { code, stdout } = call(["shell", "sh", "-c", 'echo "$LIDO_ENDPOINT $1"; exit 7', "sh", "--json"]);
    expect({ code, stdout }).toEqual({ code: 7, stdout: `${lido.address.endpoint} --json\n` });
  });

  it("answers as shells do for a program that is not there, one that cannot be run, and a signal", () => {
    const file = join(home, "not-executable");
    writeFileSync(file, "");
    expect(call(["shell", "no-such-program"])).toMatchObject({ code: 127, stderr: expect.stringContaining("no such program on PATH") });
    expect(call(["shell", file]).code).toBe(126);
    expect(call(["shell", "sh", "-c", "kill -9 $$"]).code).toBe(137);
  });

  it("reads the user's own file, then sets what it must, and marks the prompt", () => {
    writeFileSync(join(home, ".bashrc"), "MINE=yes\nPS1='mine> '\nexport KUBECONFIG=/mine\n");
    const input = 'echo "$MINE|$PS1|$KUBECONFIG"\nexit 3\n';
    const { code, stdout } = call(["shell"], clean({ SHELL: "/bin/bash" }), input);
    expect({ code, stdout }).toEqual({ code: 3, stdout: `yes|(lido) mine> |${join(lido.address.dataDir, "kubeconfig")}\n` });
  });
});

describe("lido doctor and lido trust", () => {
  /** Programs that answer what the doctor asks, in the place of those of this machine. */
  function withPrograms(): string {
    const folder = join(home, "bin");
    mkdirSync(folder, { recursive: true });
    const programs = { az: `echo '{"azure-cli":"2.91.0","extensions":{}}'`, kubectl: `echo '{"clientVersion":{"gitVersion":"v1.30.0"}}'` };
    for (const [name, text] of Object.entries(programs)) {
      writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`);
      chmodSync(join(folder, name), 0o755);
    }
    return `${folder}${delimiter}${process.env["PATH"] ?? ""}`;
  }

  it("fails for a shell that does not point at the server, and is content with one that does", () => {
    const bare = clean({ PATH: withPrograms() });
    const before = call(["doctor"], bare);
    expect(before.code).toBe(1);
    expect(before.stdout).toMatch(/^✓ server .*\n(.*\n)*✗ shell +This shell does not point at Lido.*\n +→ eval "\$\(lido env --data-dir /);
    const { code, stdout } = call(["doctor", "--json"], evaluated(call(["env"], bare).stdout, bare));
    const { ok, findings } = JSON.parse(stdout) as { ok: boolean; findings: { status: string }[] };
    expect(findings.filter(({ status }) => status !== "ok")).toEqual([]);
    expect({ code, ok }).toEqual({ code: 0, ok: true });
  });

  it("prints how to trust the authority", () => {
    expect(call(["trust", "debian"]).stdout).toContain(`sudo cp '${lido.address.ca}' /usr/local/share/ca-certificates/`);
    expect(call(["trust", "beos"]).code).toBe(2);
  });
});
