import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { find } from "../support/clients.ts";
import { openSession, type Session } from "../support/session.ts";

const az = find("az");
const kubectl = find("kubectl");
const NAMED = ["-g", "rg", "-n", "c"];
const POOL = ["-g", "rg", "--cluster-name", "c", "-n", "two"];

const missing = [az === undefined ? "az" : "", kubectl === undefined ? "kubectl" : ""].filter((name) => name !== "");

/** Pods of which a node of the pool takes one. */
const WEB = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web" },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: "web" } },
    template: {
      metadata: { labels: { app: "web" } },
      spec: {
        nodeSelector: { agentpool: "two" },
        containers: [{ name: "web", image: "nginx", resources: { requests: { cpu: "1" } } }],
      },
    },
  },
};

describe.skipIf(missing.length > 0)(
  `the cluster autoscaler with an unmodified az${missing.length === 0 ? "" : `: ${missing.join(" and ")} missing on this machine`}`,
  () => {
    let session: Session;

    beforeAll(async () => {
      session = await openSession();
      await ok(az, "group", "create", "-n", "rg", "-l", "eastus");
      writeFileSync(join(session.folder, "web.json"), JSON.stringify(WEB));
      await ok(az, "aks", "create", ...NAMED, "--node-count", "1", "--no-ssh-key");
      await ok(az, "aks", "nodepool", "add", ...POOL, "--node-count", "0");
      await ok(az, "aks", "get-credentials", ...NAMED);
    });
    afterAll(() => session.close());

    const call: Session["call"] = (...args) => session.call(...args);
    const ok: Session["ok"] = (...args) => session.ok(...args);
    const poolState = (): Promise<string> =>
      ok(az, "aks", "nodepool", "show", ...POOL, "--query", "[count, minCount, maxCount, enableAutoScaling]", "-o", "tsv");

    it("is turned on, adds nodes for pods, refuses to be scaled by hand, and takes them away again", async () => {
      await ok(az, "aks", "nodepool", "update", ...POOL, "--enable-cluster-autoscaler", "--min-count", "0", "--max-count", "3");
      expect(await poolState()).toBe("0\n0\n3\ntrue");
      await ok(kubectl, "apply", "-f", "web.json");
      await ok(kubectl, "rollout", "status", "deployment/web", "--timeout=120s");
      expect(await poolState()).toBe("2\n0\n3\ntrue");
      expect(await ok(kubectl, "get", "events", "--field-selector", "reason=TriggeredScaleUp")).toContain("-vmss 0->2 (max: 3)}]");
      const byHand = await call(az, "aks", "nodepool", "scale", ...POOL, "--node-count", "1");
      expect([byHand.code, byHand.stderr]).toEqual([1, expect.stringContaining("Cannot scale cluster autoscaler enabled node pool.")]);

      await ok(az, "aks", "nodepool", "update", ...POOL, "--update-cluster-autoscaler", "--min-count", "0", "--max-count", "5");
      await ok(kubectl, "delete", "deployment", "web");
      await ok(kubectl, "wait", "--for=delete", "node", "-l", "agentpool=two", "--timeout=120s");
      const status = await ok(kubectl, "get", "configmap", "cluster-autoscaler-status", "-n", "kube-system", "-o", "yaml");
      expect(status).toContain("Healthy");
    });

    it("is turned off, and the cluster's settings are kept", async () => {
      await ok(az, "aks", "update", ...NAMED, "--cluster-autoscaler-profile", "scan-interval=30s", "expander=least-waste");
      expect(await ok(az, "aks", "show", ...NAMED, "--query", "autoScalerProfile.[scanInterval, expander]", "-o", "tsv")).toBe(
        "30s\nleast-waste",
      );
      await ok(az, "aks", "nodepool", "update", ...POOL, "--disable-cluster-autoscaler");
      expect(await poolState()).toBe("0\nNone\nNone\nfalse");
    });
  },
);
