import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createCluster, kubeconfigOf, putPool, registerPreview } from "../support/aks.ts";
import { kubectls, run } from "../support/clients.ts";
import { type Lido, startLido, waitUntil } from "../support/lido.ts";

const DEPLOYMENT = `apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: 2
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: "nginx:1.15.9", resources: { requests: { cpu: 100m } } }] }
`;

const found = kubectls();

if (found.length === 0) it.skip("kubectl: none on this machine");

describe.each(found)("kubectl $version", ({ path }) => {
  let lido: Lido;
  let folder: string;
  beforeAll(async () => {
    lido = await startLido("--memory", "--speed", "instant");
    folder = mkdtempSync(join(tmpdir(), "lido-kubectl-"));
    await registerPreview(lido);
    await createCluster(lido, "1.12.6");
    await lido.finish(await putPool(lido, "second", { count: 2 }));
    writeFileSync(join(folder, "config"), await kubeconfigOf(lido));
    writeFileSync(join(folder, "web.yaml"), DEPLOYMENT);
  });
  afterAll(async () => {
    await lido.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  });

  async function kubectl(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await run(path, ["--kubeconfig", "config", "--cache-dir", join(folder, "cache"), ...args], {
      cwd: folder,
      env: { ...process.env, HOME: folder },
    });
    expect({ code, stderr: stderr.replace(/^warning:.*\n/gim, "") }).toEqual({ code: 0, stderr: "" });
    return stdout;
  }
  const secondNode = async (): Promise<string> =>
    (await kubectl("get", "nodes", "-l", "agentpool=second", "-o", "jsonpath={.items[0].metadata.name}")).trim();

  it("prints nodes, narrow, wide and sorted", async () => {
    const lines = (await kubectl("get", "nodes")).trim().split("\n");
    expect(lines[0]).toMatch(/^NAME +STATUS +ROLES +AGE +VERSION$/);
    expect(lines.slice(1).every((line) => /^aks-\w+-\d{8}-vmss00000\d +Ready +agent +\S+ +v1\.12\.6$/.test(line))).toBe(true);
    expect(lines.length).toBe(4);
    expect(await kubectl("get", "nodes", "-o", "wide")).toMatch(/INTERNAL-IP +EXTERNAL-IP +OS-IMAGE +KERNEL-VERSION +CONTAINER-RUNTIME/);
    expect((await kubectl("get", "nodes", "--sort-by=.metadata.name", "-o", "name")).trim().split("\n").length).toBe(3);
  });

  it("describes a node and lists the kinds that are served", async () => {
    const text = await kubectl("describe", "node", await secondNode());
    for (const part of ["Roles:", "Conditions:", "Capacity:", "Allocatable:", "Lease:", "Non-terminated Pods:", "Allocated resources:"]) {
      // Older kubectls know no lease.
      if (part !== "Lease:") expect(text).toContain(part);
    }
    expect(await kubectl("api-resources", "-o", "name")).toContain("deployments.apps");
  });

  it("applies a deployment, scales it, changes it and deletes it", async () => {
    expect(await kubectl("apply", "-f", "web.yaml")).toBe("deployment.apps/web created\n");
    await kubectl("rollout", "status", "deployment/web", "--timeout=30s");
    expect(await kubectl("apply", "-f", "web.yaml")).toBe("deployment.apps/web unchanged\n");
    await kubectl("scale", "deployment/web", "--replicas=4");
    await kubectl("set", "image", "deployment/web", "web=nginx:1.17");
    await kubectl("rollout", "status", "deployment/web", "--timeout=30s");
    expect(await kubectl("get", "deployment", "web")).toMatch(/web +4\/4 +4 +4/);
    expect(await kubectl("delete", "-f", "web.yaml")).toMatch(/^deployment.apps "web" deleted/);
    await waitUntil("the pods are gone", async () => (await kubectl("get", "pods", "-l", "app=web", "-o", "name")) === "");
  });

  it("taints, cordons, drains and labels a node", async () => {
    const node = await secondNode();
    expect(await kubectl("taint", "node", node, "a=b:NoSchedule")).toBe(`node/${node} tainted\n`);
    expect(await kubectl("taint", "node", node, "a-")).toBe(`node/${node} untainted\n`);
    expect(await kubectl("label", "node", node, "x=y")).toBe(`node/${node} labeled\n`);
    await kubectl("drain", node, "--ignore-daemonsets", "--delete-emptydir-data", "--force", "--timeout=60s");
    expect(await kubectl("get", "node", node)).toContain("Ready,SchedulingDisabled");
    expect(await kubectl("uncordon", node)).toBe(`node/${node} uncordoned\n`);
  });
});
