import { X509Certificate } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { CertificateSigningRequest } from "#api/kubernetes/certificates";
import type { KubeObject, ResourceType } from "#api/kubernetes/meta";
import { resources } from "#api/kubernetes/resources";
import { formatTime } from "#kube/apimachinery";
import { type Asked, requestOf } from "#lib";
import { startCluster, type TestCluster } from "../testing/cluster.ts";
import { deadlineOf } from "./deadline.ts";
import { validity } from "./signers.ts";

const TYPE = resources.certificateSigningRequests;
const NODE: Asked = { commonName: "system:node:n", organizations: ["system:nodes"] };
const KUBELET = { signerName: "kubernetes.io/kube-apiserver-client-kubelet", usages: ["digital signature", "client auth"] };
const HOUR_MS = 3_600_000;

let cluster: TestCluster;
beforeEach(async () => {
  cluster = await startCluster("1.35.4");
});
afterEach(() => cluster.stop());

async function make(asked: Asked, spec: Omit<CertificateSigningRequest["spec"], "request">): Promise<CertificateSigningRequest> {
  const { request } = await requestOf(asked);
  return await cluster.client.create(TYPE, { metadata: { name: "r" }, spec: { ...spec, request } });
}

async function say(request: CertificateSigningRequest, type: "Approved" | "Denied"): Promise<void> {
  const conditions = [{ type, status: "True" as const, reason: "ByHand", message: "" }];
  await cluster.client.update(TYPE, { ...request, status: { conditions } }, { subresource: "approval" });
}

const statusOf = async (): Promise<CertificateSigningRequest["status"]> => (await cluster.find(TYPE, "r"))?.status;
const until = (holds: (status: NonNullable<CertificateSigningRequest["status"]>) => boolean): Promise<void> =>
  cluster.until(async () => holds((await statusOf()) ?? {}), 10_000);

describe("a request that is approved", () => {
  it("gets the certificate of a node", async () => {
    await say(await make(NODE, { ...KUBELET, expirationSeconds: 3600 }), "Approved");
    await until(({ certificate }) => certificate !== undefined);
    const certificate = new X509Certificate(Buffer.from((await statusOf())?.certificate ?? "", "base64"));
    expect(certificate.subject).toBe("O=system:nodes\nCN=system:node:n");
    expect(certificate.keyUsage).toEqual(["1.3.6.1.5.5.7.3.2"]);
    expect(Math.abs(Date.parse(certificate.validTo) - cluster.clock.now() - HOUR_MS)).toBeLessThan(60_000);
  });

  it.each<[string, Asked, object, string]>([
    ["of other groups", { ...NODE, organizations: ["a"] }, KUBELET, "subject organization is not system:nodes"],
    ["of another name", { ...NODE, commonName: "n" }, KUBELET, "subject common name does not begin with system:node:"],
    ["with names", { ...NODE, names: [{ type: "dns", value: "n" }] }, KUBELET, "DNS subjectAltNames are not allowed"],
    [
      "for more",
      NODE,
      { ...KUBELET, usages: ["client auth", "server auth"] },
      "usages did not match [client auth digital signature key encipherment]",
    ],
    [
      "for serving without names",
      NODE,
      { signerName: "kubernetes.io/kubelet-serving", usages: ["server auth", "digital signature"] },
      "DNS or IP subjectAltName is required",
    ],
    [
      "of a user for serving",
      { commonName: "jane" },
      { signerName: "kubernetes.io/kube-apiserver-client", usages: ["server auth"] },
      "invalid usage for client certificate: server auth",
    ],
  ])("%s fails", async (_, asked, spec, message) => {
    await say(await make(asked, spec as typeof KUBELET), "Approved");
    await until(({ conditions = [] }) => conditions.length === 2);
    expect((await statusOf())?.conditions?.[1]).toMatchObject({ type: "Failed", reason: "SignerValidationFailure", message });
    expect((await statusOf())?.certificate).toBeUndefined();
  });

  it("of somebody else's signer is left to that one", async () => {
    await say(await make({ commonName: "a" }, { signerName: "example.com/a", usages: ["any"] }), "Approved");
    await cluster.pass(1000);
    expect(await statusOf()).not.toHaveProperty("certificate");
  });
});

describe("a kubelet's request", () => {
  const ROLES = "rbac.authorization.k8s.io/v1";
  const BINDINGS: ResourceType = {
    group: "rbac.authorization.k8s.io",
    version: "v1",
    resource: "clusterrolebindings",
    kind: "ClusterRoleBinding",
    namespaced: false,
  };
  const bind = (role: string): Promise<unknown> =>
    cluster.client.create(BINDINGS, {
      apiVersion: ROLES,
      metadata: { name: role },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: role },
      subjects: [{ kind: "User", apiGroup: "rbac.authorization.k8s.io", name: "bootstrapper" }],
    } as KubeObject);

  it("is approved once a role lets its requester have it", async () => {
    await bind("system:node-bootstrapper");
    const { request } = await requestOf(NODE);
    await cluster.as("bootstrapper").create(TYPE, { metadata: { name: "r" }, spec: { ...KUBELET, request } });
    await cluster.pass(1000);
    expect((await statusOf())?.conditions).toBeUndefined();
    await bind("system:certificates.k8s.io:certificatesigningrequests:nodeclient");
    await cluster.until(async () => (await statusOf())?.certificate !== undefined, 120_000);
    expect((await statusOf())?.conditions).toMatchObject([
      { type: "Approved", reason: "AutoApproved", message: "Auto approving kubelet client certificate after SubjectAccessReview." },
    ]);
  });

  it("for its own name again is approved as such", async () => {
    const { request } = await requestOf(NODE);
    const node = cluster.as("system:node:n", "system:nodes", "system:masters");
    await node.create(TYPE, { metadata: { name: "r" }, spec: { ...KUBELET, request } });
    await until(({ certificate }) => certificate !== undefined);
    expect((await statusOf())?.conditions?.[0]?.message).toBe("Auto approving self kubelet client certificate after SubjectAccessReview.");
  });

  it("of a signer for everybody waits for somebody to approve it", async () => {
    await make({ commonName: "jane" }, { signerName: "kubernetes.io/kube-apiserver-client", usages: ["client auth"] });
    await cluster.pass(120_000);
    expect((await statusOf())?.conditions).toBeUndefined();
  });
});

it.each<[string, CertificateSigningRequest["status"], number]>([
  ["waits", {}, 24],
  ["is approved", { conditions: [{ type: "Approved", status: "True", lastUpdateTime: "1970-01-01T01:00:00Z" }] }, 25],
  ["is issued", { conditions: [{ type: "Approved", status: "True", lastUpdateTime: "1970-01-01T01:00:00Z" }], certificate: "YQ==" }, 2],
  ["has failed", { conditions: [{ type: "Failed", status: "True", lastUpdateTime: "1970-01-01T01:00:00Z" }] }, 2],
  ["is spoken of otherwise", { conditions: [{ type: "Seen", status: "True", lastUpdateTime: "1970-01-01T01:00:00Z" }] }, Infinity],
])("a request that %s stays until", (_, status, hours) => {
  const metadata = { name: "r", creationTimestamp: "1970-01-01T00:00:00Z" };
  expect(deadlineOf({ metadata, spec: { request: "", signerName: "" }, ...(status && { status }) })).toBe(hours * HOUR_MS);
});

it("requests go when their time is over", async () => {
  const request = await make({ commonName: "a" }, { signerName: "example.com/a", usages: ["any"] });
  await cluster.pass(23 * HOUR_MS);
  await say(request, "Denied");
  await cluster.pass(HOUR_MS - 60_000);
  expect(await statusOf()).toBeDefined();
  await cluster.until(async () => (await cluster.find(TYPE, "r")) === undefined, 180_000);
});

it.each([
  [undefined, 365 * 24 * HOUR_MS - 300_000],
  [60, 600_000],
  [3600, HOUR_MS],
  [10 * 3600, 10 * HOUR_MS - 300_000],
  [10 ** 9, 365 * 24 * HOUR_MS - 300_000],
])("asked for %s seconds, a certificate is good for %i ms", (asked, ms) => {
  const nowMs = Date.parse(formatTime(0));
  expect(validity(nowMs, asked)).toEqual({ fromMs: nowMs - 300_000, untilMs: nowMs + ms });
});
