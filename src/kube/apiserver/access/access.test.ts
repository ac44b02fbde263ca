import { beforeEach, describe, expect, it } from "vitest";
import type { KubeObject } from "#api/kubernetes/meta";
import type { ClusterRole, PolicyRule } from "#api/kubernetes/rbac";
import { type Status, StatusError } from "#api/kubernetes/status";
import type { KubeCall } from "#api/kubernetes/transport";
import type { User } from "../request.ts";
import { podOf, pods, startCluster, type TestCluster } from "../testing/cluster.ts";

const RBAC = "/apis/rbac.authorization.k8s.io/v1";
const JANE: User = { name: "jane", groups: ["developers", "system:authenticated"] };

let cluster: TestCluster;
beforeEach(async () => {
  cluster = await startCluster({ version: "1.33.0" });
});

const as = async <T = KubeObject>(user: User, method: KubeCall["method"], path: string, body?: unknown): Promise<T> =>
  (await cluster.api.transport(user).call({ method, path, ...(body !== undefined && { body }) })) as T;

async function refusal(...call: Parameters<typeof as>): Promise<Status> {
  try {
    await as(...call);
  } catch (error) {
    if (error instanceof StatusError) return error.status;
    throw error;
  }
  throw new Error(`${call[1]} ${call[2]} was not refused`);
}

const rule = (verbs: string, resources: string, apiGroups = ""): PolicyRule => ({
  verbs: verbs.split(" "),
  apiGroups: [apiGroups],
  resources: resources.split(" "),
});

/** Gives jane a role in a namespace, or everywhere. */
async function grant(rules: PolicyRule[], namespace?: string, subject: object = { kind: "User", name: "jane" }): Promise<void> {
  const [scope, kind] = namespace === undefined ? ["", "ClusterRole"] : [`/namespaces/${namespace}`, "Role"];
  await cluster.call("POST", `${RBAC}${scope}/${kind.toLowerCase()}s`, { metadata: { name: "janes" }, rules });
  const binding = { metadata: { name: "janes" }, roleRef: { kind, name: "janes" }, subjects: [subject] };
  await cluster.call("POST", `${RBAC}${scope}/${kind.toLowerCase()}bindings`, binding);
}

describe("who has no role", () => {
  it.each<[KubeCall["method"], string, string]>([
    ["GET", pods(), 'pods is forbidden: User "jane" cannot list resource "pods" in API group "" in the namespace "default"'],
    ["GET", pods("a"), 'pods "a" is forbidden: User "jane" cannot get resource "pods" in API group "" in the namespace "default"'],
    ["GET", "/api/v1/nodes", 'nodes is forbidden: User "jane" cannot list resource "nodes" in API group "" at the cluster scope'],
    ["GET", pods("a/log"), 'pods "a" is forbidden: User "jane" cannot get resource "pods/log" in API group "" in the namespace "default"'],
    [
      "PATCH",
      "/apis/apps/v1/namespaces/x/deployments/web",
      'deployments.apps "web" is forbidden: User "jane" cannot patch resource "deployments" in API group "apps" in the namespace "x"',
    ],
    ["DELETE", pods(), 'pods is forbidden: User "jane" cannot deletecollection resource "pods" in API group "" in the namespace "default"'],
    ["GET", "/metrics", 'forbidden: User "jane" cannot get path "/metrics"'],
    [
      "GET",
      "/apis/no.such/v1/things",
      'things.no.such is forbidden: User "jane" cannot list resource "things" in API group "no.such" at the cluster scope',
    ],
  ])("%s %s is told so", async (method, path, message) => {
    expect(await refusal(JANE, method, path)).toMatchObject({ code: 403, reason: "Forbidden", message });
  });

  it("may look around and ask about itself", async () => {
    expect(await as(JANE, "GET", "/api")).toMatchObject({ kind: "APIVersions" });
    expect(await as(JANE, "GET", "/version")).toMatchObject({ major: "1" });
    expect(await as(JANE, "POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews", {})).toMatchObject({
      status: { userInfo: { username: "jane", groups: JANE.groups } },
    });
  });

  it("gets no watch", async () => {
    const end = await new Promise<string>((resolve) => {
      cluster.api
        .transport(JANE)
        .watch({ path: pods(), query: { watch: "true" } }, { event: () => undefined, end: (error) => resolve(error?.message ?? "") });
    });
    expect(end).toBe('pods is forbidden: User "jane" cannot watch resource "pods" in API group "" in the namespace "default"');
  });
});

describe("a role", () => {
  it("holds where it is bound, from its binding on and until it goes", async () => {
    await cluster.call("POST", "/api/v1/namespaces", { metadata: { name: "other" } });
    await grant([rule("get list", "pods")], "default");
    expect(await as(JANE, "GET", pods())).toMatchObject({ kind: "PodList" });
    expect((await refusal(JANE, "GET", "/api/v1/namespaces/other/pods")).code).toBe(403);
    expect((await refusal(JANE, "POST", pods(), podOf("a"))).code).toBe(403);
    await cluster.call("DELETE", `${RBAC}/namespaces/default/rolebindings/janes`);
    expect((await refusal(JANE, "GET", pods())).code).toBe(403);
  });

  it.each<[string, object, User]>([
    ["a group", { kind: "Group", name: "developers" }, JANE],
    [
      "a service account",
      { kind: "ServiceAccount", name: "robot", namespace: "default" },
      { name: "system:serviceaccount:default:robot", groups: ["system:authenticated"] },
    ],
  ])("holds for %s", async (_, subject, user) => {
    await grant([rule("list", "nodes")], undefined, subject);
    expect(await as(user, "GET", "/api/v1/nodes")).toMatchObject({ kind: "NodeList" });
  });

  it("of one object lets that one be listed by its name", async () => {
    await grant([{ ...rule("list watch", "pods"), resourceNames: ["a"] }], "default");
    const query = { fieldSelector: "metadata.name=a" };
    expect(await cluster.api.transport(JANE).call({ method: "GET", path: pods(), query })).toMatchObject({ items: [] });
    expect((await refusal(JANE, "GET", pods())).code).toBe(403);
  });

  it("that does not exist is named in the refusal", async () => {
    const binding = { metadata: { name: "b" }, roleRef: { kind: "ClusterRole", name: "gone" }, subjects: [{ kind: "User", name: "jane" }] };
    await cluster.call("POST", `${RBAC}/clusterrolebindings`, binding);
    expect((await refusal(JANE, "GET", "/api/v1/nodes")).message).toBe(
      'nodes is forbidden: User "jane" cannot list resource "nodes" in API group "" at the cluster scope: RBAC: clusterrole.rbac.authorization.k8s.io "gone" not found',
    );
  });

  it("is needed to create by applying, too", async () => {
    await grant([rule("patch", "configmaps")], "default");
    const path = "/api/v1/namespaces/default/configmaps/c";
    const call = { method: "PATCH" as const, path, query: { fieldManager: "m" }, contentType: "application/apply-patch+yaml" };
    const body = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "c" } };
    await expect(cluster.api.transport(JANE).call({ ...call, body })).rejects.toThrow(/cannot create resource "configmaps"/);
  });

  it("is not asked about in a cluster without roles", async () => {
    cluster = await startCluster({ enforcesRoles: false });
    expect(await as(JANE, "GET", "/api/v1/nodes")).toMatchObject({ kind: "NodeList" });
  });
});

describe("giving roles away", () => {
  const WRITER = [rule("create update patch", "roles rolebindings clusterroles", "rbac.authorization.k8s.io"), rule("get", "pods")];
  const role = (...rules: PolicyRule[]): object => ({ metadata: { name: "made" }, rules });

  it("stops at what one has", async () => {
    await grant(WRITER, "default");
    expect(await as(JANE, "POST", `${RBAC}/namespaces/default/roles`, role(rule("get", "pods")))).toMatchObject({ kind: "Role" });
    expect(await refusal(JANE, "PUT", `${RBAC}/namespaces/default/roles/made`, role(rule("get delete", "pods secrets")))).toMatchObject({
      code: 403,
      message:
        'roles.rbac.authorization.k8s.io "made" is forbidden: user "jane" (groups=["developers" "system:authenticated"]) is attempting to grant RBAC permissions not currently held:\n' +
        '{APIGroups:[""], Resources:["pods"], Verbs:["delete"]}\n{APIGroups:[""], Resources:["secrets"], Verbs:["get" "delete"]}',
    });
  });

  it("goes further for who may escalate or bind", async () => {
    await grant([...WRITER, rule("escalate bind", "roles clusterroles", "rbac.authorization.k8s.io")], "default");
    expect(await as(JANE, "POST", `${RBAC}/namespaces/default/roles`, role(rule("*", "*", "*")))).toMatchObject({ kind: "Role" });
    const binding = { metadata: { name: "b" }, roleRef: { kind: "ClusterRole", name: "cluster-admin" } };
    expect(await as(JANE, "POST", `${RBAC}/namespaces/default/rolebindings`, binding)).toMatchObject({ kind: "RoleBinding" });
  });

  it("does not bind a greater role, nor gather rules", async () => {
    await grant(WRITER);
    const binding = { metadata: { name: "b" }, roleRef: { kind: "ClusterRole", name: "system:node-proxier" } };
    expect((await refusal(JANE, "POST", `${RBAC}/namespaces/default/rolebindings`, binding)).message).toMatch(
      /^rolebindings\.rbac\.authorization\.k8s\.io "b" is forbidden: user "jane" .* is attempting to grant RBAC permissions not currently held:/,
    );
    const gathering = { metadata: { name: "all" }, aggregationRule: { clusterRoleSelectors: [{ matchLabels: { a: "b" } }] } };
    expect((await refusal(JANE, "POST", `${RBAC}/clusterroles`, gathering)).message).toBe(
      'clusterroles.rbac.authorization.k8s.io "all" is forbidden: must have cluster-admin privileges to use the aggregationRule',
    );
  });
});

describe("the default roles", () => {
  it("are there, and let the parts of the cluster work", async () => {
    const role = await cluster.call<ClusterRole>("GET", `${RBAC}/clusterroles/cluster-admin`);
    expect(role.metadata).toMatchObject({
      annotations: { "rbac.authorization.kubernetes.io/autoupdate": "true" },
      labels: { "kubernetes.io/bootstrapping": "rbac-defaults" },
    });
    const scheduler = { name: "system:kube-scheduler", groups: ["system:authenticated"] };
    expect(await as(scheduler, "GET", "/api/v1/pods")).toMatchObject({ kind: "PodList" });
    expect((await refusal(scheduler, "GET", "/api/v1/secrets")).code).toBe(403);
  });

  it("get back what they lost when the cluster starts again, and keep what was added, unless they are left alone", async () => {
    const path = `${RBAC}/clusterroles/system:kube-dns`;
    const discovery = `${RBAC}/clusterroles/system:discovery`;
    const patch = { contentType: "application/merge-patch+json" };
    await cluster.call("PATCH", path, { rules: [rule("list", "endpoints"), rule("get", "nodes")] }, patch);
    const annotations = { "rbac.authorization.kubernetes.io/autoupdate": "false" };
    await cluster.call("PATCH", discovery, { metadata: { annotations }, rules: [] }, patch);
    await cluster.api.stop();
    cluster = await startCluster({ store: cluster.store, version: "1.33.0" });
    expect((await cluster.call<ClusterRole>("GET", path)).rules).toEqual([
      rule("list", "endpoints"),
      rule("get", "nodes"),
      { apiGroups: [""], resources: ["endpoints"], verbs: ["watch"] },
      { apiGroups: [""], resources: ["services"], verbs: ["list"] },
      { apiGroups: [""], resources: ["services"], verbs: ["watch"] },
    ]);
    expect((await cluster.call<ClusterRole>("GET", discovery)).rules).toBeNull();
  });
});
