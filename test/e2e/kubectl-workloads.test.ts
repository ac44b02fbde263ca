import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createCluster, kubeconfigOf } from "../support/aks.ts";
import { minorOf, someKubectls, type Outcome, run } from "../support/clients.ts";
import { type Lido, startLido, waitUntil } from "../support/lido.ts";

const WORKLOADS = `
apiVersion: v1
kind: ConfigMap
metadata: { name: script }
data:
  logs: |
    starting
    +1s listening on 80
  exec: |
    - command: nginx -v
      stderr: "nginx version: nginx/1.25.5\\n"
    - command: [sh, -c, "exit 3"]
      stdout: "about to fail\\n"
      exitCode: 3
---
apiVersion: v1
kind: Pod
metadata: { name: web, annotations: { lido.dev/logs: configmap/script, lido.dev/exec: configmap/script } }
spec: { containers: [{ name: web, image: "nginx:1.25" }] }
---
apiVersion: v1
kind: Pod
metadata: { name: crashing, annotations: { lido.dev/exit-code: "1", lido.dev/logs: "cannot connect" } }
spec: { containers: [{ name: web, image: "nginx:1.25" }] }
---
apiVersion: v1
kind: Pod
metadata: { name: unpullable }
spec: { containers: [{ name: web, image: "registry.invalid/team/app:1" }] }
`;

const BUSY = `apiVersion: apps/v1
kind: Deployment
metadata: { name: busy }
spec:
  selector: { matchLabels: { app: busy } }
  template:
    metadata: { labels: { app: busy }, annotations: { lido.dev/cpu: 150m } }
    spec: { containers: [{ name: busy, image: "nginx:1.25", resources: { requests: { cpu: 100m } } }] }
`;

const DAEMON = `apiVersion: apps/v1
kind: DaemonSet
metadata: { name: proxy }
spec:
  selector: { matchLabels: { app: proxy } }
  template:
    metadata: { labels: { app: proxy } }
    spec: { containers: [{ name: proxy, image: "proxy:1" }] }
`;

const found = someKubectls();

if (found.length === 0) it.skip("kubectl: none on this machine");

describe.each(found)("workloads by kubectl $version", ({ path, version }) => {
  let lido: Lido;
  let folder: string;
  beforeAll(async () => {
    lido = await startLido("--memory", "--speed", "instant");
    folder = mkdtempSync(join(tmpdir(), "lido-workloads-"));
    await createCluster(lido, "1.34");
    writeFileSync(join(folder, "config"), await kubeconfigOf(lido));
    writeFileSync(join(folder, "workloads.yaml"), WORKLOADS);
    writeFileSync(join(folder, "busy.yaml"), BUSY);
    writeFileSync(join(folder, "daemon.yaml"), DAEMON);
  });
  afterAll(async () => {
    await lido.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  });

  const attempt = (...args: string[]): Promise<Outcome> =>
    run(path, ["--kubeconfig", "config", "--cache-dir", join(folder, "cache"), ...args], {
      cwd: folder,
      env: { ...process.env, HOME: folder },
    });
  async function kubectl(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await attempt(...args);
    expect({ code, stderr: stderr.replace(/^(?:warning:|Flag --\S+ has been deprecated).*\n/gim, "") }).toEqual({ code: 0, stderr: "" });
    return stdout;
  }

  it("runs, crashes and cannot pull", async () => {
    await kubectl("apply", "-f", "workloads.yaml");
    await kubectl("wait", "--for=condition=Ready", "pod/web", "--timeout=30s");
    await waitUntil("the crash shows", async () => /crashing +0\/1 +CrashLoopBackOff/.test(await kubectl("get", "pods")));
    await waitUntil("the pull fails", async () => /unpullable +0\/1 +ImagePullBackOff/.test(await kubectl("get", "pods")));
    const text = await kubectl("describe", "pod", "unpullable");
    expect(text).toContain('Back-off pulling image "registry.invalid/team/app:1"');
    expect(text).toMatch(/Warning +Failed .*Error: ErrImagePull/);
    expect(await kubectl("describe", "pod", "crashing")).toMatch(/Last State: +Terminated\n +Reason: +Error\n +Exit Code: +1/);
  });

  it("reads logs, now, before and as they come", async () => {
    await waitUntil("the second line is there", async () => (await kubectl("logs", "web")).includes("listening"));
    expect(await kubectl("logs", "web")).toBe("starting\nlistening on 80\n");
    expect(await kubectl("logs", "web", "--tail=1")).toBe("listening on 80\n");
    expect(await kubectl("logs", "web", "--timestamps", "--tail=1")).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]{18}Z listening on 80\n$/);
    expect(await kubectl("logs", "crashing", "--previous")).toBe("cannot connect\n");
    const { stderr } = await attempt("logs", "unpullable");
    expect(stderr).toBe(
      'Error from server (BadRequest): container "web" in pod "unpullable" is waiting to start: trying and failing to pull image\n',
    );
    expect((await attempt("logs", "web", "--previous")).stderr).toBe(
      'Error from server (BadRequest): previous terminated container "web" in pod "web" not found\n',
    );
  });

  it("runs commands that are scripted, with their exit codes", async () => {
    expect(await attempt("exec", "web", "--", "nginx", "-v")).toMatchObject({ code: 0, stderr: "nginx version: nginx/1.25.5\n" });
    expect(await attempt("exec", "web", "--", "sh", "-c", "exit 3")).toMatchObject({
      code: 3,
      stdout: "about to fail\n",
      stderr: "command terminated with exit code 3\n",
    });
    expect((await attempt("exec", "web", "--", "ls")).stderr).toContain("no process runs in it");
    expect((await attempt("exec", "unpullable", "--", "ls")).stderr).toContain('container not found ("web")');
  });

  it("says of copies and of each forwarded connection that no process is there", async () => {
    expect((await attempt("cp", "workloads.yaml", "web:/tmp/x")).stderr).toContain("no process runs in it");
    const forward = spawn(path, ["--kubeconfig", "config", "port-forward", "pod/web", ":80"], { cwd: folder });
    let said = "";
    for (const stream of [forward.stdout, forward.stderr]) stream.on("data", (text: Buffer) => (said += text.toString()));
    await waitUntil("the port is there", () => Promise.resolve(/127\.0\.0\.1:\d+ -> 80/.test(said)));
    const socket = connect(Number(/127\.0\.0\.1:(\d+)/.exec(said)?.[1]), "127.0.0.1");
    await new Promise((resolve) => socket.on("close", resolve).resume());
    await waitUntil("the refusal is told", () => Promise.resolve(said.includes("nothing listens on port 80")));
    forward.kill();
  });

  it.runIf(minorOf(version) >= 27)("debugs pods and nodes", async () => {
    await kubectl("debug", "pod/web", "--image=busybox:1", "-c", "shell", "--target=web", "--profile=general");
    await waitUntil("it runs", async () =>
      /Ephemeral Containers:\n +shell:[^]*?State: +Running/.test(await kubectl("describe", "pod", "web")),
    );
    expect(await kubectl("logs", "web", "-c", "shell")).toContain("it runs no process");
    expect((await attempt("exec", "web", "-c", "shell", "--", "ls")).stderr).toContain("no process runs in it");
    const node = await kubectl("get", "nodes", "-o", "jsonpath={.items[0].metadata.name}");
    expect(await kubectl("debug", `node/${node}`, "--image=busybox:1", "--profile=general")).toContain("Creating debugging pod");
  });

  it("shows what nodes and pods use, once it is measured", async () => {
    await waitUntil("the metrics server is there", async () => /v1beta1.metrics.k8s.io .*True/.test(await kubectl("get", "apiservices")));
    await kubectl("annotate", "pod", "web", "lido.dev/cpu=250m", "lido.dev/memory=64Mi");
    await waitUntil("the pod is measured", async () => (await attempt("top", "pod", "web")).code === 0, 60_000);
    expect(await kubectl("top", "pod", "web")).toMatch(/^NAME +CPU\(cores\) +MEMORY\(bytes\) *\nweb +250m +64Mi *\n$/);
    expect(await kubectl("top", "nodes")).toMatch(/\naks-nodepool1-\S+ +\d+m +\d+% +\d+Mi +\d+% *\n/);
  });

  it("scales a deployment by what its pods use", async () => {
    await kubectl("apply", "-f", "busy.yaml");
    await kubectl("rollout", "status", "deployment/busy", "--timeout=30s");
    await kubectl("autoscale", "deployment", "busy", "--cpu-percent=50", "--min=1", "--max=3");
    await waitUntil("there are more pods", async () => /busy +3\/3 /.test(await kubectl("get", "deployments")), 120_000);
    expect(await kubectl("describe", "hpa", "busy")).toContain("cpu resource utilization (percentage of request) above target");
  });

  it("shows what a daemon set has been, and undoes its change", async () => {
    await kubectl("apply", "-f", "daemon.yaml");
    await kubectl("rollout", "status", "daemonset/proxy", "--timeout=30s");
    await kubectl("set", "image", "daemonset/proxy", "proxy=proxy:2");
    await kubectl("rollout", "status", "daemonset/proxy", "--timeout=30s");
    expect(await kubectl("rollout", "history", "daemonset/proxy")).toMatch(/REVISION +CHANGE-CAUSE\n1 .*\n2 /);
    await kubectl("rollout", "undo", "daemonset/proxy");
    await kubectl("rollout", "status", "daemonset/proxy", "--timeout=30s");
    expect(await kubectl("get", "daemonset", "proxy", "-o", "jsonpath={.spec.template.spec.containers[0].image}")).toBe("proxy:1");
  });
});
