import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ServerAddress } from "#api/server";
import { certificatesIn } from "./authorities.ts";
import { environmentOf, isProxied } from "./environment.ts";
import { dotenvLines, githubLines, shells } from "./formats.ts";
import { unsetText } from "./lines.ts";
import { terraformBlock } from "./terraform.ts";

const CA = certificate("lido");
let dataDir: string;
let address: ServerAddress;

function certificate(content: string): string {
  return `-----BEGIN CERTIFICATE-----\n${Buffer.from(content).toString("base64")}\n-----END CERTIFICATE-----`;
}

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "lido-env-"));
  const ca = join(dataDir, "ca.pem");
  writeFileSync(ca, `${CA}\n`);
  address = {
    endpoint: "https://localhost:8443",
    httpEndpoint: "http://localhost:8444",
    ca,
    tenantId: "11111111-1111-1111-1111-111111111111",
    subscriptionId: "00000000-0000-0000-0000-000000000001",
    clientId: "22222222-2222-2222-2222-222222222222",
    clientSecret: "s3cret",
    dataDir,
    pid: process.pid,
  };
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

describe("environmentOf", () => {
  it("trusts the server's authority and all that was trusted before", () => {
    const own = join(dataDir, "corporate.pem");
    writeFileSync(own, certificate("corporate"));
    const variables = environmentOf(address, { REQUESTS_CA_BUNDLE: own, NODE_EXTRA_CA_CERTS: own });
    const bundle = certificatesIn(readFileSync(variables["REQUESTS_CA_BUNDLE"] ?? "", "utf8"));
    expect(bundle.slice(0, 2)).toEqual([CA, certificate("corporate")]);
    expect(bundle.length).toBeGreaterThan(50);
    expect(variables["SSL_CERT_FILE"]).toBe(variables["REQUESTS_CA_BUNDLE"]);
    expect(certificatesIn(readFileSync(variables["NODE_EXTRA_CA_CERTS"] ?? "", "utf8"))).toEqual([CA, certificate("corporate")]);
  });

  it("names the authority's own file where that is all, and passes over files that are not there", () => {
    const variables = environmentOf(address, { REQUESTS_CA_BUNDLE: join(dataDir, "none.pem") });
    expect(variables["NODE_EXTRA_CA_CERTS"]).toBe(address.ca);
  });

  it.each([
    { given: {}, want: undefined },
    { given: { HTTPS_PROXY: "http://proxy:3128" }, want: "localhost,127.0.0.1,::1" },
    { given: { https_proxy: "http://proxy:3128", no_proxy: "intern, localhost" }, want: "intern,localhost,127.0.0.1,::1" },
    { given: { ALL_PROXY: "http://proxy:3128", NO_PROXY: "*" }, want: undefined },
    { given: { HTTPS_PROXY: "", NO_PROXY: "intern" }, want: undefined },
  ])("keeps proxies away from this machine: $given", ({ given, want }) => {
    const variables = environmentOf(address, given);
    expect([variables["NO_PROXY"], variables["no_proxy"]]).toEqual([want, want]);
    expect(isProxied({ ...given, ...variables })).toBe(false);
  });

  it("writes az's configuration for its owner's eyes, and leaves what az has changed in it", () => {
    const folder = environmentOf(address, {})["AZURE_CONFIG_DIR"] ?? "";
    const config = join(folder, "config");
    const profile = join(folder, "azureProfile.json");
    expect(statSync(folder).mode & 0o077).toBe(0);
    writeFileSync(config, `${readFileSync(config, "utf8")}\n[defaults]\ngroup = mine\n`);
    writeFileSync(profile, readFileSync(profile, "utf8").replace('"servicePrincipal"', '"user"'));
    environmentOf({ ...address, endpoint: "https://localhost:9000", clientSecret: "other" }, {});
    expect(readFileSync(config, "utf8")).toContain("group = mine");
    expect(readFileSync(profile, "utf8")).toContain('"user"');
    expect(readFileSync(join(folder, "clouds.config"), "utf8")).toContain("endpoint_resource_manager = https://localhost:9000\n");
    expect(readFileSync(join(folder, "service_principal_entries.json"), "utf8")).toContain("other");
  });

  it("writes the profile again for another subscription", () => {
    const folder = environmentOf(address, {})["AZURE_CONFIG_DIR"] ?? "";
    environmentOf({ ...address, subscriptionId: "00000000-0000-0000-0000-000000000002" }, {});
    expect(readFileSync(join(folder, "azureProfile.json"), "utf8")).toContain("00000000-0000-0000-0000-000000000002");
  });
});

describe("quoting", () => {
  it.each([
    { value: "it's", want: String.raw`export X='it'\''s'` },
    { value: "$x `id`\\", want: "export X='$x `id`\\'" },
  ])("a POSIX shell gets $value as $want", ({ value, want }) => {
    expect(shells.posix.set("X", value)).toBe(want);
  });

  it.each([
    { value: String.raw`a\'b`, want: String.raw`set -gx X 'a\\\'b';` },
    { value: "$x (y)", want: "set -gx X '$x (y)';" },
  ])("fish gets $value as $want", ({ value, want }) => {
    expect(shells.fish.set("X", value)).toBe(want);
  });

  it.each([
    { value: "it's", want: "$env:X = 'it''s'" },
    { value: "\u2018$x\u2019", want: "$env:X = '\u2018\u2018$x\u2019\u2019'" },
  ])("PowerShell gets $value as $want", ({ value, want }) => {
    expect(shells.powershell.set("X", value)).toBe(want);
  });

  it.each([
    { value: "/a/b-c.d:1", want: "X=/a/b-c.d:1\n" },
    { value: "a b#c", want: "X='a b#c'\n" },
    { value: `it's "$x"\n`, want: String.raw`X="it's \"\$x\"\n"` + "\n" },
  ])("a dotenv file has $want", ({ value, want }) => {
    expect(dotenvLines({ X: value })).toBe(want);
  });

  it("GitHub's file has values of several lines between marks that they do not hold", () => {
    expect(githubLines({ X: "a=b", Y: "1\nLIDO_END\n2" })).toBe("X=a=b\nY<<LIDO_END_\n1\nLIDO_END\n2\nLIDO_END_\n");
  });

  it("HCL has no template in a value", () => {
    expect(terraformBlock({ ...address, clientSecret: '${a} %{b} "c" \\' })).toContain('client_secret   = "$${a} %%{b} \\"c\\" \\\\"');
  });
});

describe("what takes lido env back", () => {
  it("is nothing where it never was, and runs nothing that a variable holds", () => {
    expect(unsetText("posix", {})).toBe("");
    const text = unsetText("posix", { LIDO_PREVIOUS: '{"A;id":"x","B":1,"C":"$(id)"}' });
    expect(text).toBe("export C='$(id)'\nunset LIDO_PREVIOUS\n");
    expect(unsetText("posix", { LIDO_PREVIOUS: "no json" })).toBe("unset LIDO_PREVIOUS\n");
  });
});
