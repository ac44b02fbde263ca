import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import type { Pod } from "#api/kubernetes/core";
import type { KubeObject } from "#api/kubernetes/meta";
import type { Status } from "#api/kubernetes/status";
import { podOf, pods, startCluster, type TestCluster } from "../../testing/cluster.ts";
import { startWebhookServer, type WebhookServer } from "../../testing/webhook-server.ts";

const GROUP = "/apis/admissionregistration.k8s.io/v1";

interface Request {
  readonly uid: string;
  readonly operation: string;
  readonly subResource?: string;
  readonly namespace?: string;
  readonly object: KubeObject & { readonly command?: readonly string[] };
}

let server: WebhookServer;
let url: string;
let caBundle: string;
let asked: Request[] = [];
/** What the webhook answers; undefined for nothing. */
let answer: (request: Request) => object | undefined = () => ({ allowed: true });
let cluster: TestCluster;

beforeAll(async () => {
  server = await startWebhookServer((_path, text) => {
    const { request: review, apiVersion } = JSON.parse(text) as { request: Request; apiVersion: string };
    asked.push(review);
    const said = answer(review);
    return said && { text: JSON.stringify({ kind: "AdmissionReview", apiVersion, response: { uid: review.uid, ...said } }) };
  });
  caBundle = server.caBundle;
  url = `${server.url}/`;
});
afterAll(() => server.close());
beforeEach(async () => {
  cluster = await startCluster({ version: "1.35.4" });
  asked = [];
  answer = () => ({ allowed: true });
});

const RULE = { apiGroups: [""], apiVersions: ["v1"], operations: ["*"] };

function configure(kind: "mutating" | "validating", resources: string[], more: object = {}): Promise<KubeObject> {
  const webhook = { name: "a.example.com", admissionReviewVersions: ["v1"], sideEffects: "None", clientConfig: { url, caBundle }, ...more };
  const body = { metadata: { name: "w" }, webhooks: [{ rules: [{ ...RULE, resources }], ...webhook }] };
  return cluster.call("POST", `${GROUP}/${kind}webhookconfigurations`, body);
}

const patchOf = (...operations: object[]): object => ({
  allowed: true,
  patchType: "JSONPatch",
  patch: Buffer.from(JSON.stringify(operations)).toString("base64"),
});

it("gives what webhooks add the same as what users write", async () => {
  const limits = [{ type: "Container", default: { cpu: "200m" }, defaultRequest: { cpu: "100m" } }];
  await cluster.call("POST", "/api/v1/namespaces/default/limitranges", { metadata: { name: "l" }, spec: { limits } });
  await configure("mutating", ["pods"]);
  answer = () => patchOf({ op: "add", path: "/spec/containers/-", value: { name: "sidecar", image: "proxy" } });
  const pod = await cluster.call<Pod>("POST", pods(), podOf("p"));
  const [, sidecar] = pod.spec.containers;
  expect(sidecar).toMatchObject({
    name: "sidecar",
    imagePullPolicy: "Always",
    resources: { requests: { cpu: "100m" }, limits: { cpu: "200m" } },
    volumeMounts: [{ mountPath: "/var/run/secrets/kubernetes.io/serviceaccount" }],
  });
  expect(pod.metadata.uid).toMatch(/^[0-9a-f-]{36}$/);
});

it("lets a webhook mend a pod before its security is looked at", async () => {
  const labels = { "pod-security.kubernetes.io/enforce": "baseline" };
  await cluster.call("POST", "/api/v1/namespaces", { metadata: { name: "safe", labels } });
  await cluster.call("POST", "/api/v1/namespaces/safe/serviceaccounts", { metadata: { name: "default" } });
  await configure("mutating", ["pods"]);
  answer = () => patchOf({ op: "remove", path: "/spec/hostNetwork" });
  const path = "/api/v1/namespaces/safe/pods";
  const made = await cluster.call<Pod>("POST", path, podOf("p", { namespace: "safe", spec: { hostNetwork: true } }));
  expect(made.spec["hostNetwork"]).toBeUndefined();
});

it("chooses a new namespace by its own labels", async () => {
  await configure("validating", ["namespaces"], { namespaceSelector: { matchLabels: { a: "b" } } });
  answer = () => ({ allowed: false });
  await cluster.call("POST", "/api/v1/namespaces", { metadata: { name: "free" } });
  const { code } = await cluster.refusal("POST", "/api/v1/namespaces", { metadata: { name: "bound", labels: { a: "b" } } });
  expect([code, asked.map(({ namespace }) => namespace)]).toEqual([400, ["bound"]]);
});

it("gives up after the time that the webhook has", async () => {
  await configure("validating", ["configmaps"], { timeoutSeconds: 7 });
  answer = () => undefined;
  const refused = cluster.refusal("POST", "/api/v1/namespaces/default/configmaps", { metadata: { name: "c" } });
  await expect.poll(() => asked.length).toBe(1);
  await cluster.clock.advance(7000);
  expect((await refused).message).toBe(
    `Internal error occurred: failed calling webhook "a.example.com": failed to call webhook: Post "${url}?timeout=7s": context deadline exceeded`,
  );
});

it("is not asked of its own configurations", async () => {
  await configure("validating", ["*/*"], { rules: [{ apiGroups: ["*"], apiVersions: ["*"], operations: ["*"], resources: ["*/*"] }] });
  await cluster.call(
    "PATCH",
    `${GROUP}/validatingwebhookconfigurations/w`,
    { metadata: { labels: { a: "b" } } },
    {
      contentType: "application/merge-patch+json",
    },
  );
  expect(asked).toEqual([]);
});

it("hears of connections, bindings and tokens", async () => {
  await configure("validating", ["pods/exec", "pods/binding", "serviceaccounts/token"]);
  await cluster.call("POST", pods(), podOf("p"));
  answer = ({ subResource, object }) => ({ allowed: subResource !== "exec", status: { message: JSON.stringify(object) } });
  const target = { target: { kind: "Node", name: "n" } };
  await cluster.call<Status>("POST", pods("p/binding"), target);
  expect((await cluster.refusal("POST", pods("p/exec"), undefined, { query: { stdin: "true" } })).message).toContain(
    '{"kind":"PodExecOptions","apiVersion":"v1","stdin":true}',
  );
  expect(asked.map(({ operation, subResource }) => `${operation} ${subResource}`)).toEqual(["CREATE binding", "CONNECT exec"]);
});

it("says why nothing answers behind simulated pods", async () => {
  await cluster.call("POST", "/api/v1/namespaces/default/services", { metadata: { name: "s" }, spec: { ports: [{ port: 443 }] } });
  await configure("validating", ["configmaps"], { clientConfig: { service: { name: "s", namespace: "default" } } });
  const { message } = await cluster.refusal("POST", "/api/v1/namespaces/default/configmaps", { metadata: { name: "c" } });
  expect(message).toMatch(
    /Post "https:\/\/s\.default\.svc:443\/\?timeout=10s": dial tcp 10\.0\.\d+\.\d+:443: connect: connection refused$/,
  );
});

it("plans anew when somebody else writes while a webhook thinks", async () => {
  const path = "/api/v1/namespaces/default/configmaps";
  await cluster.call("POST", path, { metadata: { name: "c" }, data: { a: "1" } });
  await configure("mutating", ["configmaps"]);
  const merge = { contentType: "application/merge-patch+json" };
  let other: Promise<unknown> | undefined;
  answer = () => {
    other ??= cluster.call("PATCH", `${path}/c`, { data: { b: "2" } }, merge);
    return { allowed: true };
  };
  await cluster.call("PATCH", `${path}/c`, { data: { c: "3" } }, merge);
  await other;
  expect(await cluster.call("GET", `${path}/c`)).toMatchObject({ data: { a: "1", b: "2", c: "3" } });
});
