import { expect, it } from "vitest";
import { startCluster } from "../../testing/cluster.ts";

const PATH = "/apis/apps/v1/namespaces/default/statefulsets";
const setOf = (mounted: string): object => ({
  apiVersion: "apps/v1",
  kind: "StatefulSet",
  metadata: { name: "db", namespace: "default" },
  spec: {
    serviceName: "db",
    selector: { matchLabels: { app: "db" } },
    template: {
      metadata: { labels: { app: "db" } },
      spec: { containers: [{ name: "c", image: "nginx", volumeMounts: [{ name: mounted, mountPath: "/data" }] }] },
    },
    volumeClaimTemplates: [
      { metadata: { name: "data" }, spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } } },
    ],
  },
});

/** Source: kubernetes/kubernetes pkg/apis/apps/validation/validation.go, ValidateStatefulSetSpec: claims count as volumes. */
it("lets containers mount the claims that their pods will have, and nothing else", async () => {
  const cluster = await startCluster({ version: "1.30.0" });
  const created = (await cluster.call("POST", PATH, setOf("data"))) as unknown as { spec: { template: { spec: { volumes?: unknown } } } };
  expect(created.spec.template.spec.volumes).toBeUndefined();
  const refusal = await cluster.refusal("POST", PATH, setOf("logs"));
  expect(refusal.message).toContain('spec.template.spec.containers[0].volumeMounts[0].name: Not found: "logs"');
});
