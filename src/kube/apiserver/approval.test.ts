import { afterAll, beforeAll, expect, it } from "vitest";
import type { KubeObject } from "#api/kubernetes/meta";
import { requestOf } from "#lib";
import { startCluster, type TestCluster } from "./testing/cluster.ts";

const REQUESTS = "/apis/certificates.k8s.io/v1/certificatesigningrequests";

let cluster: TestCluster;
beforeAll(async () => {
  cluster = await startCluster({ version: "1.35.4" });
});
afterAll(() => cluster.api.stop());

// Source: kubectl pkg/cmd/certificates, which puts the whole object with its condition; pkg/registry/certificates/certificates/strategy.go.
it("an approval of a signing request writes its conditions, and nothing else", async () => {
  const spec = { request: (await requestOf({ commonName: "a" })).request, signerName: "example.com/x", usages: ["client auth"] };
  const made = await cluster.call<KubeObject & { spec: object }>("POST", REQUESTS, { metadata: { name: "r" }, spec });
  const condition = { type: "Approved", status: "True", reason: "KubectlApprove", message: "by hand" };
  const sent = { ...made, spec: { ...made.spec, signerName: "other.io/y" }, status: { certificate: "YQ==", conditions: [condition] } };
  const now = new Date(cluster.clock.now()).toISOString().replace(".000", "");
  expect(await cluster.call("PUT", `${REQUESTS}/r/approval`, sent)).toMatchObject({
    spec,
    status: { conditions: [{ ...condition, lastUpdateTime: now, lastTransitionTime: now }] },
  });
  expect((await cluster.call<{ status: object }>("GET", `${REQUESTS}/r`)).status).not.toHaveProperty("certificate");
  // A later one leaves the time of what has not changed.
  await cluster.clock.advance(60_000);
  await cluster.call("PUT", `${REQUESTS}/r/approval`, { ...sent, metadata: { name: "r" } });
  const { status } = await cluster.call<{ status: { conditions: Record<string, string>[] } }>("GET", `${REQUESTS}/r/approval`);
  expect(status.conditions[0]?.["lastTransitionTime"]).toBe(now);
});
