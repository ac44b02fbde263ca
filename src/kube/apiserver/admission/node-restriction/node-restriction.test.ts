import { generateKeyPairSync } from "node:crypto";
import { beforeEach, describe, expect, it } from "vitest";
import type { KubeObject } from "#api/kubernetes/meta";
import { StatusError } from "#api/kubernetes/status";
import type { KubeCall } from "#api/kubernetes/transport";
import type { User } from "../../request.ts";
import { podOf, pods, startCluster, type TestCluster } from "../../testing/cluster.ts";

const NODE: User = { name: "system:node:n", groups: ["system:nodes", "system:authenticated"] };
const MERGE = "application/merge-patch+json";

const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const key = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
const signingKeys = { issuer: "https://issuer", keys: () => Promise.resolve([key]) };

let cluster: TestCluster;
let node: KubeObject;
const startOf = async (version: string): Promise<void> => {
  cluster = await startCluster({ version, signingKeys });
  node = await cluster.call("POST", "/api/v1/nodes", { metadata: { name: "n" } });
};
beforeEach(() => startOf("1.35.4"));

/** What the node is told: how it is refused, or nothing. */
async function told(method: KubeCall["method"], path: string, body?: unknown, contentType?: string): Promise<string> {
  try {
    await cluster.api.transport(NODE).call({ method, path, body, ...(contentType !== undefined && { contentType }) });
    return "";
  } catch (error) {
    if (error instanceof StatusError) return error.message;
    throw error;
  }
}

describe("a mirror pod", () => {
  const mirror = (name: string, spec: object): object => ({
    ...podOf(name, { spec: { nodeName: "n", ...spec } }),
    metadata: {
      name,
      annotations: { "kubernetes.io/config.mirror": "x" },
      ownerReferences: [{ apiVersion: "v1", kind: "Node", name: "n", uid: node.metadata.uid, controller: true }],
    },
  });
  const volumes = (source: object): object => ({ volumes: [{ name: "v", ...source }] });

  it.each<[string, object, string]>([
    ["1.35.4", volumes({ emptyDir: {} }), ""],
    ["1.35.4", volumes({ projected: { sources: [{ downwardAPI: {} }] } }), ""],
    ["1.35.4", volumes({ configMap: { name: "c" } }), "configmaps"],
    ["1.35.4", volumes({ csi: { driver: "d" } }), "csidrivers (via CSI volumes)"],
    ["1.33.0", volumes({ csi: { driver: "d" } }), ""],
    ["1.35.4", volumes({ persistentVolumeClaim: { claimName: "c" } }), "persistentvolumeclaims"],
    ["1.33.0", volumes({ persistentVolumeClaim: { claimName: "c" } }), "persistentvolumeclaims"],
    ["1.35.4", { resourceClaims: [{ name: "a", resourceClaimName: "b" }] }, "resourceclaims"],
  ])("%s: with %o refers to: %s", async (version, spec, reference) => {
    await startOf(version);
    const expected = reference === "" ? "" : `pods "m" is forbidden: node "n" can not create pods that reference ${reference}`;
    expect(await told("POST", pods(), mirror("m", spec))).toBe(expected);
  });
});

describe("a node's own object", () => {
  it.each([
    ["1.31.11", ""],
    ["1.31.12", 'nodes "n" is forbidden: node "n" is not allowed to modify ownerReferences'],
    ["1.33.3", ""],
    ["1.33.4", 'nodes "n" is forbidden: node "n" is not allowed to modify ownerReferences'],
    ["1.30.14", ""],
  ])("of %s: its owners: %s", async (version, expected) => {
    await startOf(version);
    const ownerReferences = [{ apiVersion: "v1", kind: "Node", name: "x", uid: "u" }];
    expect(await told("PATCH", "/api/v1/nodes/n", { metadata: { ownerReferences } }, MERGE)).toBe(expected);
  });

  it("is for others to label, and for itself before it was held to it", async () => {
    const labels = { "node-role.kubernetes.io/x": "" };
    await cluster.call("PATCH", "/api/v1/nodes/n", { metadata: { labels } }, { contentType: MERGE });
    expect(await told("PATCH", "/api/v1/nodes/n", { metadata: { labels } }, MERGE)).toBe("");
    expect(await told("PATCH", "/api/v1/nodes/n", { metadata: { labels: null } }, MERGE)).toBe(
      'nodes "n" is forbidden: is not allowed to modify labels: node-role.kubernetes.io/x',
    );
  });

  it("keeps its taints when its whole status is put", async () => {
    const held = await cluster.call<KubeObject & { spec: object }>("GET", "/api/v1/nodes/n");
    expect(await told("PUT", "/api/v1/nodes/n/status", { ...held, status: { phase: "Running" } })).toBe("");
    expect(await told("PUT", "/api/v1/nodes/n/status", { metadata: { name: "n" }, status: {} })).toBe(
      'nodes "n" is forbidden: node "n" is not allowed to modify taints',
    );
  });
});

describe("a token", () => {
  const path = "/api/v1/namespaces/default/serviceaccounts/default/token";
  const claim = { persistentVolumeClaim: { claimName: "c" } };
  let pod: KubeObject;
  async function makePod(...volumes: object[]): Promise<void> {
    if ((await cluster.list("/api/v1/namespaces/default/serviceaccounts")).items.length === 0)
      await cluster.call("POST", "/api/v1/namespaces/default/serviceaccounts", { metadata: { name: "default" } });
    const named = volumes.map((source, index) => ({ name: `v${index}`, ...source }));
    pod = await cluster.call("POST", pods(), podOf("p", { spec: { nodeName: "n", volumes: named } }));
  }
  const ask = (...audiences: string[]): Promise<string> => {
    const boundObjectRef = { apiVersion: "v1", kind: "Pod", name: "p", uid: pod.metadata.uid };
    return told("POST", path, { spec: { audiences, boundObjectRef } });
  };
  const refused = (why: string): string => `serviceaccounts "default" is forbidden: ${why}`;
  const missing = (audience: string): string =>
    refused(`audience "${audience}" not found in pod spec volume, system:node:n is not authorized to request tokens for this audience`);

  it("is for the audiences of the pod's volumes", async () => {
    await makePod({ projected: { sources: [{ serviceAccountToken: { audience: "vault", path: "t" } }] } });
    expect(await ask("vault")).toBe("");
    // Its account's own volume asks for the API's audience.
    expect(await ask()).toBe("");
    expect(await ask("other")).toBe(missing("other"));
    expect(await ask("vault", "other")).toBe(refused("node may only request 0 or 1 audiences"));
  });

  it("is for more audiences where a role says so", async () => {
    await makePod();
    expect(await ask("other")).toBe(missing("other"));
    const rbac = "/apis/rbac.authorization.k8s.io/v1";
    const rules = [
      { verbs: ["request-serviceaccounts-token-audience"], apiGroups: [""], resources: ["other"], resourceNames: ["default"] },
    ];
    await cluster.call("POST", `${rbac}/clusterroles`, { metadata: { name: "r" }, rules });
    const binding = {
      metadata: { name: "r" },
      roleRef: { kind: "ClusterRole", name: "r" },
      subjects: [{ kind: "Group", name: "system:nodes" }],
    };
    await cluster.call("POST", `${rbac}/clusterrolebindings`, binding);
    expect(await ask("other")).toBe("");
    expect(await ask("another")).toBe(missing("another"));
  });

  it("is for what the driver of a volume has tokens made for", async () => {
    const driver = { metadata: { name: "d" }, spec: { tokenRequests: [{ audience: "cloud" }] } };
    await cluster.call("POST", "/apis/storage.k8s.io/v1/csidrivers", driver);
    await makePod({ csi: { driver: "d" } });
    expect(await ask("cloud")).toBe("");
    expect(await ask("other")).toBe(missing("other"));
  });

  it("is for the driver of a claim's volume, once that is there", async () => {
    await makePod(claim);
    expect(await ask("cloud")).toBe(refused('error validating audience "cloud": persistentvolumeclaim "c" not found'));
    const spec = { accessModes: ["ReadWriteOnce"], volumeName: "pv", resources: { requests: { storage: "1Gi" } } };
    await cluster.call("POST", "/api/v1/namespaces/default/persistentvolumeclaims", { metadata: { name: "c" }, spec });
    expect(await ask("cloud")).toBe(refused('error validating audience "cloud": persistentvolume "pv" not found'));
    const volume = { capacity: { storage: "1Gi" }, accessModes: ["ReadWriteOnce"], azureDisk: { diskName: "d", diskURI: "/u" } };
    await cluster.call("POST", "/api/v1/persistentvolumes", { metadata: { name: "pv" }, spec: volume });
    expect(await ask("cloud")).toBe(refused('error validating audience "cloud": csidriver.storage.k8s.io "disk.csi.azure.com" not found'));
    const driver = { metadata: { name: "disk.csi.azure.com" }, spec: { tokenRequests: [{ audience: "cloud" }] } };
    await cluster.call("POST", "/apis/storage.k8s.io/v1/csidrivers", driver);
    expect(await ask("cloud")).toBe("");
  });

  it("of 1.31 is for any audience", async () => {
    await startOf("1.31.0");
    await makePod();
    expect(await ask("other")).toBe("");
  });
});

it("a node whose roles let it do more is still held to its own pods", async () => {
  const rbac = "/apis/rbac.authorization.k8s.io/v1";
  const binding = {
    metadata: { name: "r" },
    roleRef: { kind: "ClusterRole", name: "cluster-admin" },
    subjects: [{ kind: "Group", name: "system:nodes" }],
  };
  await cluster.call("POST", `${rbac}/clusterrolebindings`, binding);
  await cluster.call("POST", pods(), podOf("p", { spec: { nodeName: "n" } }));
  await cluster.call("POST", pods(), podOf("q"));
  const label = { metadata: { labels: { a: "b" } } };
  expect(await told("PATCH", pods("p"), label, MERGE)).toBe(
    'pods "p" is forbidden: unexpected operation "UPDATE", node "n" can only create and delete mirror pods',
  );
  const binds = { target: { name: "n" } };
  expect(await told("POST", pods("q/binding"), binds)).toBe(
    "pods \"q\" is forbidden: unexpected pod subresource \"binding\", only 'status' and 'eviction' are allowed",
  );
  expect(await told("DELETE", "/api/v1/nodes/other")).toBe('nodes "other" not found');
  const claims = "/api/v1/namespaces/default/persistentvolumeclaims";
  const claim = { metadata: { name: "c" }, spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } } };
  expect(await told("POST", claims, claim)).toBe('persistentvolumeclaims "c" is forbidden: may only update PVC status');
  // Objects of a collection are shown without their names, so that none is found: they stay.
  expect(await told("DELETE", pods())).toBe("");
  expect((await cluster.list(pods())).items).toHaveLength(2);
  const unnamed = cluster.api.transport({ ...NODE, name: "system:node:" });
  await expect(unnamed.call({ method: "POST", path: "/api/v1/nodes", body: { metadata: { name: "x" } } })).rejects.toThrow(
    'nodes "x" is forbidden: could not determine node from user "system:node:"',
  );
});
