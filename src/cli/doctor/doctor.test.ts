import { X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync, type Stats, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ServerAddress } from "#api/server";
import { createCertificateAuthority, VirtualClock } from "#lib";
import { pythonOf } from "./client-checks.ts";
import { examine } from "./doctor.ts";
import { type Finding, findingsJson, findingsText, isHealthy } from "./finding.ts";
import type { Machine } from "./machine.ts";

const NOW = Date.UTC(2026, 0, 15);
const DAY_MS = 86_400_000;
const OLD_AZ = "2.30.0";

let folder: string;
let address: ServerAddress;
let certificate: X509Certificate;
let healthy: NodeJS.ProcessEnv;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "lido-doctor-"));
  const { certPem } = await createCertificateAuthority({ commonName: "Lido", clock: new VirtualClock(NOW), validDays: 365 });
  certificate = new X509Certificate(certPem);
  const ca = join(folder, "ca.pem");
  writeFileSync(ca, certPem);
  writeFileSync(join(folder, "az"), "#!/usr/bin/python3\n");
  address = {
    endpoint: "https://localhost:8443",
    httpEndpoint: "http://localhost:8444",
    ca,
    tenantId: "t",
    subscriptionId: "s",
    clientId: "c",
    clientSecret: "secret",
    dataDir: folder,
    pid: 4711,
  };
  healthy = {
    LIDO_ENDPOINT: address.endpoint,
    AZURE_CONFIG_DIR: join(folder, "azure"),
    AZURE_CLIENT_SECRET: "secret",
    KUBECONFIG: join(folder, "kubeconfig"),
    REQUESTS_CA_BUNDLE: ca,
    SSL_CERT_FILE: ca,
    NODE_EXTRA_CA_CERTS: ca,
  };
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Changes extends Partial<Omit<Machine, "run">> {
  readonly az?: { readonly version: string; readonly extensions?: Record<string, string> } | null;
  readonly kubectl?: string | null;
  readonly pip?: boolean;
  readonly mode?: number;
}

/** A machine on which everything is well, but for the changes. */
function machine(changes: Changes = {}): Machine {
  const { az = { version: "2.91.0" }, kubectl = "v1.30.1", pip = true, mode = 0o700, ...rest } = changes;
  return {
    environment: healthy,
    platform: "linux",
    userId: 1000,
    now: () => NOW,
    find: (program) => ((program === "az" ? az : kubectl) === null ? undefined : join(folder, program)),
    run: async (program) => {
      if (program.endsWith("python3")) return pip ? "pip 23" : undefined;
      if (program.endsWith("az")) return JSON.stringify({ "azure-cli": az?.version, extensions: az?.extensions ?? {} });
      return JSON.stringify({ clientVersion: { gitVersion: kubectl } });
    },
    withFolder: (use) => use(folder),
    stat: () => ({ mode, uid: 1000, isDirectory: () => true }) as Stats,
    isFree: async () => true,
    greet: async () => ({ status: 200, dateMs: NOW, certificate }),
    ...rest,
  };
}

const examined = (changes: Changes = {}, running = true): Promise<readonly Finding[]> =>
  examine(machine(changes), { dataDir: folder, address: running ? address : undefined, lido: "lido" });

describe("lido doctor", () => {
  it("finds nothing where everything is well", async () => {
    const findings = await examined();
    expect(findings.filter(({ status }) => status !== "ok")).toEqual([]);
    expect(findings.map(({ about }) => about)).toEqual([
      "server",
      "authority",
      "certificate",
      "clock",
      "data",
      "shell",
      "trust",
      "proxy",
      "az",
      "pip",
      "kubectl",
    ]);
    expect(isHealthy(findings)).toBe(true);
  });

  const environment = (changed: NodeJS.ProcessEnv): Changes => ({ environment: { ...healthy, ...changed } });
  it.each<{ what: string; changes: () => Changes; about: string; status: "warn" | "fail"; message: RegExp; mend: RegExp }>([
    {
      what: "a server that does not answer",
      changes: () => ({
        greet: async () => {
          throw new Error("connect ECONNREFUSED");
        },
      }),
      about: "server",
      status: "fail",
      message: /Process 4711 does not answer .*ECONNREFUSED/,
      mend: /lido start/,
    },
    {
      what: "another program on the port",
      changes: () => ({ greet: async () => ({ status: 404, dateMs: NOW, certificate }) }),
      about: "server",
      status: "fail",
      message: /not Lido: status 404/,
      mend: /lido status/,
    },
    {
      what: "a certificate that has ended",
      changes: () => ({ now: () => NOW + 400 * DAY_MS, greet: async () => ({ status: 200, dateMs: NOW + 400 * DAY_MS, certificate }) }),
      about: "certificate",
      status: "fail",
      message: /has ended on/,
      mend: /lido stop/,
    },
    {
      what: "a certificate that ends soon",
      changes: () => ({ now: () => NOW + 360 * DAY_MS }),
      about: "certificate",
      status: "warn",
      message: /ends soon/,
      mend: /lido stop/,
    },
    {
      what: "a clock before the certificate's time",
      changes: () => ({ now: () => NOW - 10 * DAY_MS }),
      about: "authority",
      status: "fail",
      message: /not valid before/,
      mend: /clock/,
    },
    {
      what: "a clock that is behind",
      changes: () => ({ greet: async () => ({ status: 200, dateMs: NOW + 600_000, certificate }) }),
      about: "clock",
      status: "fail",
      message: /600 s behind the server's/,
      mend: /NTP/,
    },
    {
      what: "a clock that is a little ahead",
      changes: () => ({ greet: async () => ({ status: 200, dateMs: NOW - 60_000, certificate }) }),
      about: "clock",
      status: "warn",
      message: /60 s ahead of/,
      mend: /NTP/,
    },
    {
      what: "an open folder",
      changes: () => ({ mode: 0o755 }),
      about: "data",
      status: "warn",
      message: /Others can enter/,
      mend: /^chmod 700/,
    },
    {
      what: "a locked folder",
      changes: () => ({ mode: 0o500 }),
      about: "data",
      status: "fail",
      message: /may not use/,
      mend: /^chmod 700/,
    },
    { what: "another's folder", changes: () => ({ userId: 1001 }), about: "data", status: "fail", message: /another user/, mend: /chown/ },
    {
      what: "a shell without the variables",
      changes: () => ({ environment: {} }),
      about: "shell",
      status: "fail",
      message: /does not point at Lido/,
      mend: /^eval "\$\(lido env --data-dir /,
    },
    {
      what: "a shell of another port",
      changes: () => environment({ LIDO_ENDPOINT: "https://localhost:9" }),
      about: "shell",
      status: "fail",
      message: /points at https:\/\/localhost:9, but Lido is at https:\/\/localhost:8443/,
      mend: /^eval/,
    },
    {
      what: "a shell of before a reset",
      changes: () => environment({ AZURE_CLIENT_SECRET: "old" }),
      about: "shell",
      status: "fail",
      message: /AZURE_CLIENT_SECRET is not/,
      mend: /^eval/,
    },
    {
      what: "a shell that lost a variable",
      changes: () => environment({ KUBECONFIG: undefined }),
      about: "shell",
      status: "fail",
      message: /KUBECONFIG is not set/,
      mend: /^eval/,
    },
    {
      what: "an authority that is not trusted",
      changes: () => environment({ REQUESTS_CA_BUNDLE: join(folder, "az") }),
      about: "trust",
      status: "fail",
      message: /REQUESTS_CA_BUNDLE names .*lacks Lido's authority: az and Python/,
      mend: /^eval/,
    },
    {
      what: "a bundle that is gone",
      changes: () => environment({ SSL_CERT_FILE: join(folder, "none.pem") }),
      about: "trust",
      status: "fail",
      message: /SSL_CERT_FILE names .*does not exist/,
      mend: /^eval/,
    },
    {
      what: "a proxy in front of localhost",
      changes: () => environment({ HTTPS_PROXY: "http://proxy:3128", NO_PROXY: "intern" }),
      about: "proxy",
      status: "fail",
      message: /NO_PROXY does not name localhost/,
      mend: /^eval/,
    },
    { what: "no az", changes: () => ({ az: null }), about: "az", status: "warn", message: /none on PATH/, mend: /lido az/ },
    {
      what: "an old az",
      changes: () => ({ az: { version: OLD_AZ } }),
      about: "az",
      status: "warn",
      message: /older than 2\.45/,
      mend: /az upgrade/,
    },
    {
      what: "the az whose upgrade is broken",
      changes: () => ({ az: { version: "2.45.0" } }),
      about: "az",
      status: "warn",
      message: /broken by itself/,
      mend: /extension add --name aks-preview/,
    },
    { what: "no pip", changes: () => ({ pip: false }), about: "pip", status: "warn", message: /has no pip/, mend: /python3-pip/ },
    {
      what: "no kubectl",
      changes: () => ({ kubectl: null }),
      about: "kubectl",
      status: "warn",
      message: /none on PATH/,
      mend: /kubernetes\.io/,
    },
    {
      what: "an old kubectl",
      changes: () => ({ kubectl: "v1.12.0" }),
      about: "kubectl",
      status: "warn",
      message: /older than 1\.20/,
      mend: /newer/,
    },
  ])("sees $what", async ({ changes, about, status, message, mend }) => {
    const found = (await examined(changes())).find((finding) => finding.about === about);
    expect(found).toMatchObject({ status, message: expect.stringMatching(message), mend: expect.stringMatching(mend) });
  });

  it("is content with az 2.45.0 and the extension", async () => {
    const findings = await examined({ az: { version: "2.45.0", extensions: { "aks-preview": "0.4.1.post1" } } });
    expect(findings.find(({ about }) => about === "az")).toMatchObject({
      status: "ok",
      message: expect.stringContaining("with aks-preview"),
    });
  });

  it("asks az with Lido's configuration, and with none of the user's where Lido has none", async () => {
    const asked: unknown[] = [];
    const run: Machine["run"] = async (program, _, variables) => {
      if (program.endsWith("az")) asked.push(variables?.["AZURE_CONFIG_DIR"]);
      return "{}";
    };
    const place = { dataDir: folder, address: undefined, lido: "lido" };
    await examine({ ...machine(), run }, place);
    await examine({ ...machine({ stat: () => undefined, withFolder: (use) => use("/lent") }), run }, place);
    expect(asked).toEqual([join(folder, "azure"), "/lent"]);
  });

  it("says how to start one where none runs, and whether the port is free for it", async () => {
    expect((await examined({}, false)).slice(0, 2)).toMatchObject([
      { about: "server", status: "fail", mend: "lido start" },
      { about: "port", status: "ok" },
    ]);
    expect((await examined({ isFree: async (port) => port !== 8444 }, false))[1]).toMatchObject({
      about: "port",
      status: "fail",
      mend: expect.stringContaining("--port 0"),
    });
  });

  it("prints aligned lines, each with its mend, and JSON for programs", () => {
    const findings: readonly Finding[] = [
      { about: "server", status: "ok", message: "It answers." },
      { about: "az", status: "fail", message: "It is gone.", mend: "find it" },
    ];
    expect(findingsText(findings, false)).toBe("✓ server  It answers.\n✗ az      It is gone.\n          → find it\n");
    expect(JSON.parse(findingsJson(findings))).toEqual({ ok: false, findings });
  });

  it.each([
    { text: "#!/usr/bin/python3\nimport x\n", want: "/usr/bin/python3" },
    { text: "#!/opt/az-new/bin/python3.11\n", want: "/opt/az-new/bin/python3.11" },
    { text: '#!/usr/bin/env bash\nAZ_INSTALLER=DEB /opt/az/bin/python3 -sm azure.cli "$@"\n', want: "/opt/az/bin/python3" },
    { text: "#!/bin/sh\nexec something\n", want: undefined },
  ])("finds the Python of an az: $want", ({ text, want }) => {
    const path = join(folder, "some-az");
    writeFileSync(path, text);
    expect(pythonOf(path)).toBe(want);
  });
});
