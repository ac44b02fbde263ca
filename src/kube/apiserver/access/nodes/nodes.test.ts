import { beforeEach, describe, expect, it } from "vitest";
import type { Pod } from "#api/kubernetes/core";
import type { PersistentVolume } from "#api/kubernetes/storage";
import type { User } from "../../request.ts";
import { podOf, pods, startCluster, type TestCluster } from "../../testing/cluster.ts";
import { claimsOf, configMapsOf, readsSecret, resourceClaimsOf, secretsOf } from "./references.ts";

const NODE: User = { name: "system:node:n", groups: ["system:nodes", "system:authenticated"] };

let cluster: TestCluster;
const startOf = async (version: string, enforcesRoles = true): Promise<void> => {
  cluster = await startCluster({ version, enforcesRoles });
};
beforeEach(() => startOf("1.35.4"));

/** Whether the node may, or why it may not. */
async function decision(verb: string, resource: string, more: object = {}): Promise<boolean | string> {
  const spec = { user: NODE.name, groups: NODE.groups, resourceAttributes: { verb, resource, ...more } };
  const review = await cluster.call<never>("POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews", { spec });
  const { allowed, reason } = (review as { status: { allowed: boolean; reason?: string } }).status;
  return reason ?? allowed;
}

const UNRELATED = "no relationship found between node 'n' and this object";

describe("releases differ in what nodes may do", () => {
  it.each<[string, string, object, boolean | string]>([
    ["1.23.0", "list secrets", {}, true],
    ["1.23.0", "list deployments", { group: "apps" }, false],
    ["1.24.0", "list secrets", {}, "can only read namespaced object of this type"],
    ["1.24.0", "list pods", {}, true],
    ["1.31.0", "get nodes", { name: "other" }, true],
    ["1.31.0", "list pods", { fieldSelector: { rawSelector: "" } }, true],
    ["1.32.0", "get nodes", { name: "other" }, "node 'n' cannot read 'other', only its own Node object"],
    ["1.32.0", "get serviceaccounts", { name: "a", namespace: "b" }, "can only create tokens for individual service accounts"],
    ["1.33.0", "get serviceaccounts", { name: "a", namespace: "b" }, "not allowed to get service accounts"],
    ["1.34.0", "get serviceaccounts", { name: "a", namespace: "b" }, UNRELATED],
    ["1.31.0", "list resourceslices", { group: "resource.k8s.io" }, true],
  ])("%s: %s %o", async (version, what, more, expected) => {
    const [verb = "", resource = ""] = what.split(" ");
    await startOf(version);
    expect(await decision(verb, resource, more)).toBe(expected);
  });
});

describe("what a node's pods refer to", () => {
  const configMap = { name: "c", namespace: "default" };
  const pod = (name: string, nodeName: string, annotations = {}): object => ({
    ...podOf(name, { spec: { nodeName, containers: [{ name: "m", image: "i", envFrom: [{ configMapRef: { name: "c" } }] }] } }),
    metadata: { name, annotations },
  });

  it("is theirs from the pod on until it goes", async () => {
    expect(await decision("get", "configmaps", configMap)).toBe(UNRELATED);
    await cluster.call("POST", pods(), pod("a", "n"));
    expect(await decision("get", "configmaps", configMap)).toBe(true);
    await cluster.call("DELETE", pods("a"), { gracePeriodSeconds: 0 });
    expect(await decision("get", "configmaps", configMap)).toBe(UNRELATED);
  });

  it("is nobody's by pods on other nodes, in other namespaces, and mirrors of a node's own", async () => {
    await cluster.call("POST", pods(), pod("b", "other"));
    await cluster.call("POST", pods(), pod("m", "n", { "kubernetes.io/config.mirror": "x" }));
    expect(await decision("get", "configmaps", configMap)).toBe(UNRELATED);
    await cluster.call("POST", pods(), pod("a", "n"));
    expect(await decision("get", "configmaps", { ...configMap, namespace: "kube-system" })).toBe(UNRELATED);
    expect(await decision("get", "pods", { name: "m", namespace: "default" })).toBe(true);
  });

  it("are names in every place that a kubelet reads", () => {
    const { spec, metadata } = podOf("p") as Pod;
    const of = (volumes: object[]): Pod => ({ metadata, spec: { ...spec, volumes: volumes as Pod["spec"]["volumes"] } }) as Pod;
    expect([
      ...secretsOf(
        of([
          { name: "a", cephfs: { secretRef: { name: "x" } } },
          { name: "b", iscsi: {} },
        ]),
      ),
    ]).toEqual(["x"]);
    expect([...configMapsOf(of([{ name: "a", projected: { sources: [{ configMap: { name: "x" } }, {}] } }]))]).toEqual(["x"]);
    expect([
      ...claimsOf(
        of([
          { name: "a", ephemeral: {} },
          { name: "b", persistentVolumeClaim: { claimName: "x" } },
        ]),
      ),
    ]).toEqual(["p-a", "x"]);
    const claiming: Pod = { metadata, spec: { ...spec, resourceClaims: [{ name: "a", resourceClaimName: "x" }, { name: "b" }] } };
    const status = { resourceClaimStatuses: [{ name: "b", resourceClaimName: "y" }] };
    expect([...resourceClaimsOf({ ...claiming, status } as Pod)]).toEqual(["x", "y"]);
  });

  it.each<[object, string, boolean]>([
    [{ csi: { nodeStageSecretRef: { namespace: "x", name: "s" } } }, "x", true],
    [{ csi: { nodeStageSecretRef: { namespace: "x", name: "s" } } }, "of-claim", false],
    [{ csi: { controllerPublishSecretRef: { namespace: "x", name: "s" } } }, "x", false],
    [{ azureFile: { secretName: "s" } }, "of-claim", true],
    [{ azureFile: { secretName: "s", secretNamespace: "x" } }, "x", true],
    [{ rbd: { secretRef: { name: "s" } } }, "of-claim", true],
    [{ cinder: { secretRef: { name: "s" } } }, "of-claim", false],
    [{ hostPath: { path: "/s" } }, "of-claim", false],
  ])("of volumes: %o reads a secret of %s: %s", (source, namespace, expected) => {
    const volume = { metadata: { name: "v" }, spec: { claimRef: { namespace: "of-claim", name: "c" }, ...source } } as PersistentVolume;
    expect(readsSecret(volume, namespace, "s")).toBe(expected);
  });
});

it("who is a node may do what roles give it, beside what nodes may", async () => {
  const rbac = "/apis/rbac.authorization.k8s.io/v1";
  const roleRef = { kind: "ClusterRole", name: "system:kube-scheduler" };
  await cluster.call("POST", `${rbac}/clusterrolebindings`, {
    metadata: { name: "b" },
    roleRef,
    subjects: [{ kind: "User", name: NODE.name }],
  });
  expect(await decision("list", "pods")).toMatch(/^RBAC: allowed by ClusterRoleBinding "b"/);
  expect(await decision("list", "secrets", { namespace: "default" })).toBe("No Object name found");
});

it("nodes of clusters without roles are not asked", async () => {
  await startOf("1.35.4", false);
  expect(await decision("list", "secrets")).toBe(true);
});

it("a watch of a node's pods opens, and one of all pods does not", async () => {
  const open = (query: Record<string, string>): Promise<string> =>
    new Promise((resolve) => {
      const watch = cluster.api
        .transport(NODE)
        .watch(
          { path: "/api/v1/pods", query: { watch: "true", ...query } },
          { event: () => (watch.stop(), resolve("open")), end: (error) => resolve(error?.message ?? "") },
        );
    });
  await cluster.call("POST", pods(), podOf("a", { spec: { nodeName: "n" } }));
  expect(await open({ fieldSelector: "spec.nodeName=n" })).toBe("open");
  expect(await open({})).toMatch(/: can only list\/watch pods with spec\.nodeName field selector$/);
});
