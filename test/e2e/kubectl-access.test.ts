import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse, stringify } from "yaml";
import { requestOf } from "#lib";
import { createCluster, kubeconfigOf } from "../support/aks.ts";
import { minorOf, run, someKubectls } from "../support/clients.ts";
import { type Lido, startLido, waitUntil } from "../support/lido.ts";

const found = someKubectls();

if (found.length === 0) it.skip("kubectl: none on this machine");

describe.each(found)("kubectl $version", ({ path, version }) => {
  let lido: Lido;
  let folder: string;
  beforeAll(async () => {
    lido = await startLido("--memory", "--speed", "instant");
    folder = mkdtempSync(join(tmpdir(), "lido-kubectl-access-"));
    await createCluster(lido, "1.33");
    writeFileSync(join(folder, "config"), await kubeconfigOf(lido));
  });
  afterAll(async () => {
    await lido.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  });

  async function attempt(...args: string[]): Promise<{ code: number | null; text: string }> {
    const { code, stdout, stderr } = await run(path, [...args, "--kubeconfig", "config", "--cache-dir", join(folder, "cache")], {
      cwd: folder,
      env: { ...process.env, HOME: folder },
    });
    return { code, text: `${stdout}${stderr.replace(/^warning:.*\n/gim, "")}`.trim() };
  }
  async function kubectl(...args: string[]): Promise<string> {
    const { code, text } = await attempt(...args);
    expect({ code, text: code === 0 ? "" : text }).toEqual({ code: 0, text: "" });
    return text;
  }

  it("lets a role hold where it is bound", async () => {
    const asJane = ["--as", "jane", "--as-group", "developers"];
    expect(await attempt("get", "pods", ...asJane)).toEqual({
      code: 1,
      text: 'Error from server (Forbidden): pods is forbidden: User "jane" cannot list resource "pods" in API group "" in the namespace "default"',
    });
    await kubectl("create", "rolebinding", "developers", "--clusterrole", "view", "--group", "developers");
    expect(await kubectl("get", "pods", ...asJane)).toBe("No resources found in default namespace.");
    expect((await attempt("get", "secrets", ...asJane)).text).toContain('cannot list resource "secrets"');
    expect((await attempt("get", "pods", "-n", "kube-system", ...asJane)).code).toBe(1);
    expect(await kubectl("auth", "can-i", "list", "pods", ...asJane)).toBe("yes");
    expect(await attempt("auth", "can-i", "delete", "pods", ...asJane)).toEqual({ code: 1, text: "no" });
    expect(await kubectl("auth", "can-i", "--list", ...asJane)).toMatch(/^pods +\[\] +\[\] +\[get list watch\]$/m);
    await kubectl("delete", "rolebinding", "developers");
    expect(await attempt("auth", "can-i", "list", "pods", ...asJane)).toEqual({ code: 1, text: "no" });
  });

  it("lets a service account in by its token", async () => {
    await kubectl("create", "serviceaccount", "robot");
    const secret = { apiVersion: "v1", kind: "Secret", metadata: { name: "robot-token" }, type: "kubernetes.io/service-account-token" };
    const annotations = { "kubernetes.io/service-account.name": "robot" };
    writeFileSync(join(folder, "secret.json"), JSON.stringify({ ...secret, metadata: { ...secret.metadata, annotations } }));
    await kubectl("create", "-f", "secret.json");
    const tokens = [await tokenOfSecret("robot-token")];
    if (minorOf(version) >= 24) tokens.push(await kubectl("create", "token", "robot", "--duration", "1h"));
    for (const token of tokens) {
      addRobot(token);
      expect((await attempt("get", "pods", "--user", "robot")).text).toBe(
        'Error from server (Forbidden): pods is forbidden: User "system:serviceaccount:default:robot" cannot list resource "pods" in API group "" in the namespace "default"',
      );
    }
    await kubectl("create", "rolebinding", "robot", "--clusterrole", "edit", "--serviceaccount", "default:robot");
    await kubectl("run", "mine", "--image", "nginx", "--user", "robot");
    expect(await kubectl("get", "pod", "mine", "-o", "jsonpath={.spec.volumes[0].projected.sources[0].serviceAccountToken.path}")).toBe(
      "token",
    );
    const server = new URL(await kubectl("config", "view", "-o", "jsonpath={.clusters[0].cluster.server}"));
    // From 1.34 on kubectl puts the path of the server before that of --raw.
    const raw = `${minorOf(version) >= 34 ? "" : server.pathname}/openid/v1/jwks`;
    expect(await kubectl("get", "--raw", raw, "--user", "robot")).toContain('"alg":"RS256"');
    await kubectl("delete", "serviceaccount", "robot");
    expect((await attempt("get", "pods", "--user", "robot")).text).toContain("You must be logged in to the server");
  });

  /** By hand: Debian's kubectl of 1.20 breaks down in `config set-credentials`. */
  function addRobot(token: string): void {
    const file = join(folder, "config");
    const config = parse(readFileSync(file, "utf8")) as { users: { name: string }[] };
    const others = config.users.filter(({ name }) => name !== "robot");
    writeFileSync(file, stringify({ ...config, users: [...others, { name: "robot", user: { token } }] }));
  }

  async function tokenOfSecret(name: string): Promise<string> {
    let token = "";
    await waitUntil("the secret has its token", async () => {
      token = Buffer.from(await kubectl("get", "secret", name, "-o", "jsonpath={.data.token}"), "base64").toString();
      return token !== "";
    });
    return token;
  }

  it("holds pods to the quotas, limits and levels of their namespace", async () => {
    await kubectl("create", "namespace", "bounded");
    const inside = ["-n", "bounded"];
    await kubectl("create", "quota", "q", "--hard=pods=1", ...inside);
    await waitUntil("the quota is counted", async () => (await kubectl("get", "quota", "q", ...inside)).includes("pods: 0/1"));
    await kubectl("run", "one", "--image", "nginx", ...inside);
    expect(await kubectl("get", "quota", "q", ...inside)).toContain("pods: 1/1");
    expect((await attempt("run", "two", "--image", "nginx", ...inside)).text).toBe(
      'Error from server (Forbidden): pods "two" is forbidden: exceeded quota: q, requested: pods=1, used: pods=1, limited: pods=1',
    );
    await kubectl("delete", "quota", "q", ...inside);
    const limits = [{ type: "Container", default: { cpu: "250m" } }];
    writeFileSync(
      join(folder, "limits.json"),
      JSON.stringify({ apiVersion: "v1", kind: "LimitRange", metadata: { name: "l" }, spec: { limits } }),
    );
    await kubectl("create", "-f", "limits.json", ...inside);
    await kubectl("run", "three", "--image", "nginx", ...inside);
    expect(await kubectl("get", "pod", "three", ...inside, "-o", "jsonpath={.spec.containers[0].resources.requests.cpu}")).toBe("250m");
    await kubectl("label", "namespace", "bounded", "pod-security.kubernetes.io/enforce=restricted");
    expect((await attempt("run", "four", "--image", "nginx", ...inside)).text).toContain(
      'pods "four" is forbidden: violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false (container "four" must set',
    );
    expect(await attempt("create", "deployment", "five", "--image", "nginx", ...inside)).toMatchObject({ code: 0 });
    await kubectl("delete", "namespace", "bounded", "--wait=false");
  });

  it("holds a node to what is its own, impersonated or with a certificate that was asked for", async () => {
    const node = await kubectl("get", "nodes", "-o", "jsonpath={.items[0].metadata.name}");
    const asNode = ["--as", `system:node:${node}`, "--as-group", "system:nodes"];
    const why = `node '${node}' cannot read all nodes, only its own Node object`;
    expect((await attempt("get", "nodes", ...asNode)).text).toMatch(new RegExp(`: ${why}$`));
    expect((await attempt("auth", "can-i", "list", "nodes", ...asNode)).text).toContain(why);
    expect((await attempt("label", "node", node, "node-role.kubernetes.io/x=", ...asNode)).text).toBe(
      `Error from server (Forbidden): nodes "${node}" is forbidden: is not allowed to modify labels: node-role.kubernetes.io/x`,
    );
    await kubectl("label", "node", node, "mine=yes", ...asNode);

    const { request, keyPem } = await requestOf({ commonName: `system:node:${node}`, organizations: ["system:nodes"] });
    const spec = { request, signerName: "kubernetes.io/kube-apiserver-client-kubelet", usages: ["digital signature", "client auth"] };
    const asked = { apiVersion: "certificates.k8s.io/v1", kind: "CertificateSigningRequest", metadata: { name: "n" }, spec };
    writeFileSync(join(folder, "request.json"), JSON.stringify(asked));
    await kubectl("create", "-f", "request.json", ...asNode);
    expect(await kubectl("get", "csr", "n")).toMatch(new RegExp(`system:node:${node} +(<none> +)?Pending$`));
    await kubectl("certificate", "approve", "n");
    const issued = (): Promise<string> => kubectl("get", "csr", "n", "-o", "jsonpath={.status.certificate}");
    await waitUntil("the certificate is issued", async () => (await issued()) !== "");
    const { clusters } = parse(readFileSync(join(folder, "config"), "utf8")) as { clusters: { cluster: object }[] };
    const user = { "client-certificate-data": await issued(), "client-key-data": Buffer.from(keyPem).toString("base64") };
    const config = {
      apiVersion: "v1",
      kind: "Config",
      clusters,
      users: [{ name: "node", user }],
      contexts: [{ name: "node", context: { cluster: (clusters[0] as { name?: string }).name, user: "node" } }],
      "current-context": "node",
    };
    writeFileSync(join(folder, "node-config"), stringify(config));
    const own = async (...args: string[]): Promise<string> => {
      const { stdout, stderr } = await run(path, [...args, "--kubeconfig", "node-config"], {
        cwd: folder,
        env: { ...process.env, HOME: folder },
      });
      return stdout + stderr;
    };
    expect(await own("get", "node", node, "-o", "name")).toBe(`node/${node}\n`);
    expect(await own("get", "pods", "-A", "--field-selector", `spec.nodeName=${node}`, "-o", "name")).toMatch(/^pod\//);
    expect(await own("get", "secrets", "-A")).toContain("can only read namespaced object of this type");
  });

  it("tells the administrator who it is and what it may", async () => {
    if (minorOf(version) >= 28)
      expect(await kubectl("auth", "whoami")).toMatch(/Username +masterclient\nGroups +\[system:masters system:authenticated\]/);
    expect(await kubectl("auth", "can-i", "*", "*", "--all-namespaces")).toBe("yes");
    expect(await kubectl("get", "clusterroles")).toMatch(/^system:kube-scheduler +/m);
  });
});
