import { afterEach, describe, expect, it } from "vitest";
import type { PodSpec } from "#api/kubernetes/core";
import type { KubeObject } from "#api/kubernetes/meta";
import type { User } from "../../request.ts";
import { podOf, pods, startCluster, type TestCluster } from "../../testing/cluster.ts";
import { authorityOf, listen, type TestListener } from "../../testing/tls.ts";
import { detailOf, policyOf, violationsOf } from "./policy.ts";

const container = (more: object = {}, name = "a"): object => ({ name, image: "x", ...more });
const secure = (context: object): object => container({ securityContext: context });
const GOOD = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ["ALL"] },
  runAsNonRoot: true,
  seccompProfile: { type: "RuntimeDefault" },
};

describe("the policy", () => {
  it.each<[string, string, object, string]>([
    ["baseline:latest", "an ordinary pod", { containers: [container()] }, ""],
    [
      "restricted:latest",
      "an ordinary pod",
      { containers: [container(), container({}, "b")] },
      'allowPrivilegeEscalation != false (containers "a", "b" must set securityContext.allowPrivilegeEscalation=false), ' +
        'unrestricted capabilities (containers "a", "b" must set securityContext.capabilities.drop=["ALL"]), ' +
        'runAsNonRoot != true (pod or containers "a", "b" must set securityContext.runAsNonRoot=true), ' +
        'seccompProfile (pod or containers "a", "b" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")',
    ],
    ["restricted:latest", "a careful pod", { containers: [secure(GOOD)], volumes: [{ name: "v", projected: {} }] }, ""],
    [
      "baseline:latest",
      "host namespaces",
      { hostNetwork: true, hostPID: true, containers: [container()] },
      "host namespaces (hostNetwork=true, hostPID=true)",
    ],
    [
      "baseline:latest",
      "a privileged container",
      { initContainers: [secure({ privileged: true })], containers: [container()] },
      'privileged (container "a" must not set securityContext.privileged=true)',
    ],
    [
      "baseline:latest",
      "capabilities",
      { containers: [secure({ capabilities: { add: ["NET_ADMIN", "CHOWN"] } })] },
      'non-default capabilities (container "a" must not include "NET_ADMIN" in securityContext.capabilities.add)',
    ],
    [
      "restricted:latest",
      "capabilities",
      { containers: [secure({ ...GOOD, capabilities: { add: ["CHOWN"], drop: ["ALL"] } })] },
      'unrestricted capabilities (container "a" must not include "CHOWN" in securityContext.capabilities.add)',
    ],
    [
      "baseline:latest",
      "host paths",
      { containers: [container()], volumes: [{ name: "v", hostPath: { path: "/" } }] },
      'hostPath volumes (volume "v")',
    ],
    [
      "restricted:latest",
      "host paths",
      {
        containers: [secure(GOOD)],
        volumes: [
          { name: "v", hostPath: { path: "/" } },
          { name: "w", nfs: {} },
        ],
      },
      'restricted volume types (volumes "v", "w" use restricted volume types "hostPath", "nfs")',
    ],
    [
      "baseline:latest",
      "host ports",
      {
        containers: [
          container({
            ports: [
              { containerPort: 80, hostPort: 80 },
              { containerPort: 81, hostPort: 81 },
            ],
          }),
        ],
      },
      'hostPort (container "a" uses hostPorts 80, 81)',
    ],
    [
      "baseline:latest",
      "hosts of probes",
      { containers: [container({ livenessProbe: { httpGet: { host: "1.2.3.4", port: 1 } } })] },
      'probe or lifecycle host (container "a" uses probe or lifecycle host "1.2.3.4")',
    ],
    ["baseline:v1.33", "hosts of probes", { containers: [container({ livenessProbe: { httpGet: { host: "1.2.3.4", port: 1 } } })] }, ""],
    [
      "baseline:latest",
      "seccomp",
      { securityContext: { seccompProfile: { type: "Unconfined" } }, containers: [container()] },
      'seccompProfile (pod must not set securityContext.seccompProfile.type to "Unconfined")',
    ],
    [
      "baseline:latest",
      "SELinux",
      { containers: [secure({ seLinuxOptions: { type: "spc_t", user: "u" } })] },
      'seLinuxOptions (container "a" set forbidden securityContext.seLinuxOptions: type "spc_t"; user may not be set)',
    ],
    [
      "baseline:latest",
      "sysctls",
      { securityContext: { sysctls: [{ name: "kernel.msgmax" }, { name: "net.ipv4.tcp_rmem" }] }, containers: [container()] },
      "forbidden sysctls (kernel.msgmax)",
    ],
    [
      "baseline:v1.31",
      "sysctls",
      { securityContext: { sysctls: [{ name: "net.ipv4.tcp_rmem" }] }, containers: [container()] },
      "forbidden sysctls (net.ipv4.tcp_rmem)",
    ],
    [
      "baseline:latest",
      "host processes",
      { containers: [secure({ windowsOptions: { hostProcess: true } })] },
      'hostProcess (container "a" must not set securityContext.windowsOptions.hostProcess=true)',
    ],
    [
      "restricted:latest",
      "root",
      { securityContext: { runAsUser: 0, runAsNonRoot: false }, containers: [secure(GOOD)] },
      "runAsNonRoot != true (pod must not set securityContext.runAsNonRoot=false), runAsUser=0 (pod must not set runAsUser=0)",
    ],
    ["restricted:latest", "a pod with users of its own", { hostUsers: false, containers: [secure({ ...GOOD, runAsNonRoot: false })] }, ""],
    [
      "baseline:latest",
      "an open /proc",
      { containers: [secure({ procMount: "Unmasked" })] },
      'procMount (container "a" must not set securityContext.procMount to "Unmasked")',
    ],
  ])("%s finds in %s what is wrong", (text, _, spec, detail) => {
    const [level, version = "latest"] = text.split(/:(.*)/s);
    const { enforce } = policyOf({
      "pod-security.kubernetes.io/enforce": level ?? "",
      "pod-security.kubernetes.io/enforce-version": version,
    });
    expect(detailOf(violationsOf({ annotations: {}, spec: spec as PodSpec }, enforce))).toBe(detail);
  });

  it("finds AppArmor profiles in annotations too", () => {
    const annotations = { "container.apparmor.security.beta.kubernetes.io/a": "unconfined" };
    const spec = { containers: [container()] } as PodSpec;
    expect(detailOf(violationsOf({ annotations, spec }, { level: "baseline", version: "latest" }))).toBe(
      'forbidden AppArmor profile (annotation must not set AppArmor profile type to "container.apparmor.security.beta.kubernetes.io/a="unconfined"")',
    );
  });
});

describe("a namespace", () => {
  const label = (labels: Record<string, string>): Record<string, string> =>
    Object.fromEntries(Object.entries(labels).map(([name, value]) => [`pod-security.kubernetes.io/${name}`, value]));
  const NAMESPACE = "/api/v1/namespaces/default";

  let listener: TestListener | undefined;
  afterEach(async () => {
    await listener?.close();
    listener = undefined;
  });

  async function start(version: string): Promise<TestCluster> {
    const tokens = (token: string): User | undefined => (token === "t" ? { name: "t", groups: ["system:masters"] } : undefined);
    return await startCluster({ version, credentials: { caCertificatePem: (await authorityOf("ca")).certPem, tokens } });
  }

  /** What is said beside the answer to a call over HTTP. */
  async function warnings(cluster: TestCluster, method: "POST" | "PATCH", path: string, body: KubeObject): Promise<string[]> {
    listener ??= await listen(cluster.api);
    const contentType = method === "PATCH" ? "application/merge-patch+json" : "application/json";
    const headers = { "content-type": contentType, authorization: "Bearer t" };
    const answer = await listener.send({ method, path, headers, body: JSON.stringify(body) });
    expect(answer.code).toBeLessThan(300);
    const { warning = "" } = answer.headers;
    return [...String(warning).matchAll(/299 - "((?:[^"\\]|\\.)*)"/g)].map(([, text = ""]) => text.replaceAll("\\", ""));
  }

  const patch = (labels: Record<string, string>): KubeObject => ({ metadata: { labels: label(labels) } }) as unknown as KubeObject;
  const merge = { contentType: "application/merge-patch+json" };

  it("refuses pods beyond its level, and warns of templates", async () => {
    const cluster = await start("1.33.0");
    await cluster.call("PATCH", NAMESPACE, patch({ enforce: "baseline", warn: "restricted", "warn-version": "v1.24" }), merge);
    const privileged = podOf("p", { spec: { hostNetwork: true } });
    expect(await cluster.refusal("POST", pods(), privileged)).toMatchObject({
      code: 403,
      message: 'pods "p" is forbidden: violates PodSecurity "baseline:latest": host namespaces (hostNetwork=true)',
    });
    expect(await warnings(cluster, "POST", pods(), podOf("a"))).toEqual([
      expect.stringMatching(/^would violate PodSecurity "restricted:v1\.24": allowPrivilegeEscalation != false \(container "web" must set/),
    ]);
    const template = { metadata: { labels: { a: "b" } }, spec: { hostPID: true, containers: [{ name: "web", image: "x" }] } };
    const deployment = { metadata: { name: "d" }, spec: { selector: { matchLabels: { a: "b" } }, template } } as unknown as KubeObject;
    expect((await warnings(cluster, "POST", "/apis/apps/v1/namespaces/default/deployments", deployment))[0]).toContain("hostPID=true");
  });

  it("is told of its pods when its level becomes stricter", async () => {
    const cluster = await start("1.33.0");
    for (const name of ["a", "b"]) await cluster.call("POST", pods(), podOf(name, { spec: { hostNetwork: true } }));
    expect(await warnings(cluster, "PATCH", NAMESPACE, patch({ enforce: "baseline" }))).toEqual([
      'existing pods in namespace "default" violate the new PodSecurity enforce level "baseline:latest"',
      "a (and 1 other pod): host namespaces",
    ]);
    expect(await warnings(cluster, "PATCH", NAMESPACE, patch({ enforce: "privileged" }))).toEqual([]);
  });

  it("has no level that there is not, and none in older clusters", async () => {
    const cluster = await start("1.33.0");
    expect((await cluster.refusal("PATCH", NAMESPACE, patch({ enforce: "strict" }), merge)).message).toBe(
      'Namespace "default" is invalid: metadata.labels[pod-security.kubernetes.io/enforce]: Invalid value: "strict": must be one of privileged, baseline, restricted',
    );
    const older = await start("1.20.9");
    await older.call("PATCH", NAMESPACE, patch({ enforce: "restricted" }), merge);
    await older.call("POST", pods(), podOf("a"));
  });
});
