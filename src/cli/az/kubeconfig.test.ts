import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import type { Terminal } from "./client.ts";
import { mergeKubeconfig } from "./kubeconfig.ts";

interface Entry {
  name: string;
}

const config = (cluster: string, user: string, token: string): string =>
  JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: cluster, cluster: { server: "https://x" } }],
    users: [{ name: user, user: { token } }],
    contexts: [{ name: cluster, context: { cluster, user } }],
    "current-context": cluster,
  });

describe("mergeKubeconfig", () => {
  let folder: string;
  const said: string[] = [];
  const terminal: Terminal = {
    canAsk: false,
    ask: () => Promise.reject(new Error("never asked")),
    progress: () => undefined,
    clearProgress: () => undefined,
    say: (line) => void said.push(line),
  };
  const options = { overwrites: false, context: undefined, terminal };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "lido-test-"));
    said.length = 0;
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const names = (file: string, section: string): string[] =>
    (parse(readFileSync(file, "utf8")) as Record<string, Entry[]>)[section]?.map(({ name }) => name) ?? [];

  it("makes the file, for its owner alone, and makes the cluster current", async () => {
    const file = join(folder, "deep", "config");
    await mergeKubeconfig(file, config("c", "clusterUser_g_c", "t"), options);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect((parse(readFileSync(file, "utf8")) as Record<string, string>)["current-context"]).toBe("c");
    expect(said).toEqual([`Merged "c" as current context in ${file}`]);
  });

  it("keeps other clusters and tells administrators apart", async () => {
    const file = join(folder, "config");
    await mergeKubeconfig(file, config("c", "clusterUser_g_c", "t"), options);
    await mergeKubeconfig(file, config("c", "clusterAdmin_g_c", "t"), options);
    expect(names(file, "contexts")).toEqual(["c", "c-admin"]);
    expect(names(file, "clusters")).toEqual(["c"]);
  });

  it("overwrites another entry of the same name only when told to", async () => {
    const file = join(folder, "config");
    await mergeKubeconfig(file, config("c", "clusterUser_g_c", "old"), options);
    await expect(mergeKubeconfig(file, config("c", "clusterUser_g_c", "new"), options)).rejects.toThrow("--overwrite-existing");
    expect(readFileSync(file, "utf8")).toContain("old");
    await mergeKubeconfig(file, config("c", "clusterUser_g_c", "new"), { ...options, overwrites: true });
    expect(readFileSync(file, "utf8")).not.toContain("old");
  });
});
