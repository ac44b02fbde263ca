import { beforeEach, describe, expect, it } from "vitest";
import type { User } from "../request.ts";
import { startCluster, type TestCluster } from "../testing/cluster.ts";

const AUTHORIZATION = "/apis/authorization.k8s.io/v1";
const JANE: User = { name: "jane", groups: ["developers", "system:authenticated"] };

let cluster: TestCluster;
beforeEach(async () => {
  cluster = await startCluster();
  const binding = {
    metadata: { name: "viewers" },
    roleRef: { kind: "ClusterRole", name: "system:aggregate-to-view" },
    subjects: [{ kind: "Group", name: "developers" }],
  };
  await cluster.call("POST", "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", binding);
});

const ask = (path: string, spec: object, user = JANE): Promise<unknown> =>
  cluster.api.transport(user).call({ method: "POST", path, body: { spec } });
const PODS = { namespace: "default", verb: "list", resource: "pods" };
const SECRETS = { ...PODS, resource: "secrets" };
const BECAUSE = 'RBAC: allowed by ClusterRoleBinding "viewers" of ClusterRole "system:aggregate-to-view" to Group "developers"';

describe("whoever asks about itself", () => {
  it("is told whether it may, and by which binding", async () => {
    const path = `${AUTHORIZATION}/selfsubjectaccessreviews`;
    expect(await ask(path, { resourceAttributes: PODS })).toEqual({
      kind: "SelfSubjectAccessReview",
      apiVersion: "authorization.k8s.io/v1",
      metadata: { creationTimestamp: null },
      spec: { resourceAttributes: PODS },
      status: { allowed: true, reason: BECAUSE },
    });
    expect(await ask(path, { resourceAttributes: SECRETS })).toMatchObject({ status: { allowed: false } });
    expect(await ask(path, { nonResourceAttributes: { verb: "get", path: "/healthz" } })).toMatchObject({ status: { allowed: true } });
  });

  it("is told its rules", async () => {
    const { status } = (await ask(`${AUTHORIZATION}/selfsubjectrulesreviews`, { namespace: "default" })) as {
      status: { resourceRules: object[]; nonResourceRules: object[]; incomplete: boolean };
    };
    expect(status.incomplete).toBe(false);
    expect(status.resourceRules).toContainEqual({
      verbs: ["create"],
      apiGroups: ["authentication.k8s.io"],
      resources: ["selfsubjectreviews"],
    });
    expect(status.resourceRules).toContainEqual({ verbs: ["get", "list", "watch"], apiGroups: [""], resources: ["namespaces"] });
    expect(status.nonResourceRules).toContainEqual({
      verbs: ["get"],
      nonResourceURLs: ["/healthz", "/livez", "/readyz", "/version", "/version/"],
    });
  });
});

describe("whoever asks about others", () => {
  const tester = { name: "tester", groups: ["system:masters"] };

  it("needs a role for it", async () => {
    await expect(ask(`${AUTHORIZATION}/subjectaccessreviews`, { resourceAttributes: PODS, user: "joe" })).rejects.toThrow(
      'subjectaccessreviews.authorization.k8s.io is forbidden: User "jane" cannot create resource "subjectaccessreviews" in API group "authorization.k8s.io" at the cluster scope',
    );
  });

  it("is told of users and groups, in a namespace too", async () => {
    const path = `${AUTHORIZATION}/subjectaccessreviews`;
    expect(await ask(path, { resourceAttributes: PODS, groups: ["developers"] }, tester)).toMatchObject({ status: { allowed: true } });
    expect(await ask(path, { resourceAttributes: PODS, user: "joe" }, tester)).toMatchObject({ status: { allowed: false } });
    const local = `${AUTHORIZATION}/namespaces/default/localsubjectaccessreviews`;
    expect(await ask(local, { resourceAttributes: PODS, user: "joe", groups: ["developers"] }, tester)).toMatchObject({
      status: { allowed: true, reason: BECAUSE },
    });
  });
});

describe("a review", () => {
  const tester = { name: "tester", groups: ["system:masters"] };

  it.each<[string, object, string]>([
    [
      "selfsubjectaccessreviews",
      {},
      '.authorization.k8s.io "" is invalid: spec.resourceAttributes: Invalid value: null: exactly one of nonResourceAttributes or resourceAttributes must be specified',
    ],
    [
      "subjectaccessreviews",
      { resourceAttributes: PODS },
      '.authorization.k8s.io "" is invalid: spec.user: Invalid value: "": at least one of user or group must be specified',
    ],
    ["selfsubjectrulesreviews", {}, "no namespace on request"],
    [
      "namespaces/default/localsubjectaccessreviews",
      { resourceAttributes: { ...PODS, namespace: "other" }, user: "joe" },
      '.authorization.k8s.io "" is invalid: spec.resourceAttributes.namespace: Invalid value: "other": must match metadata.namespace',
    ],
  ])("%s with %j is refused", async (path, spec, message) => {
    await expect(ask(`${AUTHORIZATION}/${path}`, spec, tester)).rejects.toThrow(message);
  });

  it("is no object, and has no other path", async () => {
    expect((await cluster.refusal("GET", `${AUTHORIZATION}/selfsubjectaccessreviews`)).code).toBe(404);
    expect((await cluster.refusal("POST", `${AUTHORIZATION}/namespaces/default/selfsubjectaccessreviews`, {})).code).toBe(404);
    expect((await cluster.refusal("POST", `${AUTHORIZATION}/selfsubjectaccessreviews`)).code).toBe(400);
  });

  it("of oneself is served as of 1.28", async () => {
    const path = "/apis/authentication.k8s.io/v1/selfsubjectreviews";
    expect((await cluster.refusal("POST", path, {})).code).toBe(404);
    cluster.api.setVersion("1.28.0");
    const answer = await cluster.call("POST", path, {});
    expect(answer).toMatchObject({ apiVersion: "authentication.k8s.io/v1", status: { userInfo: { username: "tester" } } });
  });
});
