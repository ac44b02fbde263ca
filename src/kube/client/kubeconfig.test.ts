import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { KubeconfigError, readKubeconfig } from "./kubeconfig.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "lido-kubeconfig-"));
  writeFileSync(join(folder, "ca.crt"), "the authority");
  writeFileSync(join(folder, "token"), "from a file\n");
});
afterAll(() => rmSync(folder, { recursive: true }));

const base64 = (text: string): string => Buffer.from(text).toString("base64");

/** A kubeconfig, JSON being YAML too, of one cluster and user, with other contexts beside. */
function fileOf(cluster: object, user: object, changes: object = {}): string {
  const file = join(folder, "config");
  const config = {
    clusters: [
      { name: "other", cluster: { server: "https://other" } },
      { name: "c", cluster: { server: "https://c:6443/", ...cluster } },
    ],
    users: [{ name: "u", user }],
    contexts: [
      { name: "other", context: { cluster: "other", user: "nobody" } },
      { name: "x", context: { cluster: "c", user: "u" } },
    ],
    "current-context": "x",
    ...changes,
  };
  writeFileSync(file, JSON.stringify(config));
  return file;
}

describe("readKubeconfig", () => {
  it("takes data before files, and files from its own folder", () => {
    const certificate = { "client-certificate-data": base64("cert"), "client-certificate": "absent", "client-key-data": base64("key") };
    expect(readKubeconfig(fileOf({ "certificate-authority": "ca.crt" }, certificate))).toEqual({
      server: "https://c:6443",
      caPem: "the authority",
      certPem: "cert",
      keyPem: "key",
    });
    expect(readKubeconfig(fileOf({}, { tokenFile: "token" }))).toEqual({ server: "https://c:6443", token: "from a file" });
  });

  it("says how the server's certificate is to be looked at", () => {
    const cluster = { "insecure-skip-tls-verify": true, "tls-server-name": "kubernetes" };
    expect(readKubeconfig(fileOf(cluster, { token: "t" }))).toMatchObject({ isInsecure: true, serverName: "kubernetes", token: "t" });
  });

  it.each([
    { cluster: {}, changes: { "current-context": "" }, message: "it has no current-context" },
    { cluster: {}, changes: { "current-context": "y" }, message: 'it has no context "y"' },
    { cluster: {}, changes: { users: null }, message: 'it has no user "u"' },
    { cluster: { server: "http://c" }, message: "cluster.server is no https address: http://c" },
    { cluster: { "proxy-url": "http://proxy" }, message: "cluster.proxy-url: proxies are not spoken to" },
    { cluster: { "certificate-authority": "none.crt" }, message: "there is no file" },
    { user: {}, message: "its user has neither a client certificate nor a token" },
    { user: { "client-key-data": base64("key") }, message: "a client certificate needs its key, and a key its certificate" },
    { user: { exec: { command: "kubelogin" } }, message: "user.exec: programs that fetch credentials are not run; give a client" },
  ])("refuses: $message", ({ cluster = {}, user = { token: "t" }, changes = {}, message }) => {
    const file = fileOf(cluster, user, changes);
    expect(() => readKubeconfig(file)).toThrow(KubeconfigError);
    expect(() => readKubeconfig(file)).toThrow(`The kubeconfig ${file} cannot be used: ${message}`);
  });

  it("refuses what is absent and what is no kubeconfig", () => {
    expect(() => readKubeconfig(join(folder, "none"))).toThrow("there is no file");
    writeFileSync(join(folder, "text"), "just text");
    expect(() => readKubeconfig(join(folder, "text"))).toThrow("it is no object");
    writeFileSync(join(folder, "broken"), "a: [");
    expect(() => readKubeconfig(join(folder, "broken"))).toThrow("it is no YAML");
  });
});
