import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { resources } from "#api/kubernetes/resources";
import { createCluster, kubeClient, registerPreview } from "../support/aks.ts";
import { BUNDLE, type Lido, startLido, waitUntil } from "../support/lido.ts";

describe("lido explain", () => {
  let folder: string;
  let lido: Lido;
  const explain = (...args: string[]): { code: number | null; out: string; err: string } => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [BUNDLE, "explain", ...args, "--data-dir", folder], {
      encoding: "utf8",
    });
    return { code: status, out: stdout, err: stderr };
  };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "lido-explain-"));
    lido = await startLido("--data-dir", folder, "--speed", "instant");
    await registerPreview(lido);
    await createCluster(lido, "1.12.6");
    const client = await kubeClient(lido);
    const container = (cpu: string): { name: string; image: string; resources: { requests: { cpu: string } } } => ({
      name: "main",
      image: "nginx",
      resources: { requests: { cpu } },
    });
    for (const [name, cpu] of [
      ["small", "10m"],
      ["huge", "64"],
    ] as const)
      await client.create(resources.pods, { metadata: { name, namespace: "default" }, spec: { containers: [container(cpu)] } });
    await waitUntil("the scheduler has said that the pod does not fit", async () => {
      const { status } = await client.get(resources.pods, { name: "huge", namespace: "default" });
      return (status?.conditions ?? []).some(({ reason }) => reason === "Unschedulable");
    });
    await waitUntil("the other pod has its node", async () => {
      return (await client.get(resources.pods, { name: "small", namespace: "default" })).spec.nodeName !== undefined;
    });
  });
  afterAll(async () => {
    await lido.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  });

  it("says what keeps a pod off which pool", () => {
    const { code, out } = explain("pod", "huge");
    expect(code).toBe(0);
    expect(out).toContain("Pod default/huge waits for a node. Of 1 node, 0 could take it now.");
    expect(out).toMatch(/^nodepool1 +1 +0 +1 +NodeResourcesFit +Insufficient cpu$/m);
  });

  it("says what speaks for the node of a pod that has one, as JSON too", () => {
    expect(explain("pod", "small").out).toMatch(/^Pod default\/small is on aks-nodepool1-/);
    const explanation = JSON.parse(explain("pod", "small", "--output", "json", "--cluster", "C").out) as {
      standing: string;
      bestNodes: unknown[];
    };
    expect(explanation.standing).toBe("placed");
    expect(explanation.bestNodes).toHaveLength(1);
  });

  it.each([
    { args: ["pod", "nope"], code: 3, says: 'There is no pod "nope" in namespace "default".' },
    { args: ["pod", "small", "-n", "kube-system"], code: 3, says: 'There is no pod "small" in namespace "kube-system".' },
    { args: ["pod", "small", "--cluster", "other"], code: 3, says: 'There is no cluster "other".' },
    { args: ["node", "small"], code: 2, says: "Only pods can be explained" },
    { args: ["pod"], code: 2, says: "missing required argument" },
  ])("refuses $args", ({ args, code, says }) => {
    const result = explain(...args);
    expect(result.code).toBe(code);
    expect(result.err).toContain(says);
  });
});
