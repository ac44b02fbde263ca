import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createCluster, kubeconfigOf } from "../support/aks.ts";
import { find, helms, run } from "../support/clients.ts";
import { type Lido, startLido } from "../support/lido.ts";

/** A chart with a deployment, a stateful set with disks, a share, a load balancer, a kind of its own and an object of it, hooks before and a test. */
const CHART: Readonly<Record<string, string>> = {
  "Chart.yaml": "apiVersion: v2\nname: web\nversion: 0.1.0\n",
  "values.yaml": "replicas: 1\nimage: nginx:1.25\n",
  "crds/widgets.yaml": `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: widgets.example.com }
spec:
  group: example.com
  scope: Namespaced
  names: { plural: widgets, singular: widget, kind: Widget }
  versions:
    - name: v1
      served: true
      storage: true
      additionalPrinterColumns: [{ name: Size, type: integer, jsonPath: .spec.size }]
      schema: { openAPIV3Schema: { type: object, properties: { spec: { type: object, properties: { size: { type: integer } } } } } }
`,
  "templates/widget.yaml": `apiVersion: example.com/v1
kind: Widget
metadata: { name: "{{ .Release.Name }}" }
spec: { size: {{ .Values.replicas }} }
`,
  "templates/deployment.yaml": `apiVersion: apps/v1
kind: Deployment
metadata: { name: "{{ .Release.Name }}", labels: { app: web } }
spec:
  replicas: {{ .Values.replicas }}
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: "{{ .Values.image }}", ports: [{ containerPort: 80 }] }] }
`,
  "templates/service.yaml": `apiVersion: v1
kind: Service
metadata: { name: "{{ .Release.Name }}" }
spec: { type: LoadBalancer, selector: { app: web }, ports: [{ port: 80 }] }
`,
  "templates/claim.yaml": `apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: "{{ .Release.Name }}-files" }
spec: { accessModes: [ReadWriteMany], storageClassName: azurefile-csi, resources: { requests: { storage: 5Gi } } }
`,
  "templates/database.yaml": `apiVersion: apps/v1
kind: StatefulSet
metadata: { name: "{{ .Release.Name }}-db" }
spec:
  replicas: 2
  serviceName: db
  selector: { matchLabels: { app: db } }
  template:
    metadata: { labels: { app: db } }
    spec: { containers: [{ name: db, image: "postgres:16", volumeMounts: [{ name: data, mountPath: /data }] }] }
  volumeClaimTemplates:
    - metadata: { name: data }
      spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 8Gi } } }
`,
  "templates/hook.yaml": `apiVersion: batch/v1
kind: Job
metadata:
  name: "{{ .Release.Name }}-migrate"
  annotations: { helm.sh/hook: "pre-install,pre-upgrade", helm.sh/hook-delete-policy: before-hook-creation }
spec: { template: { spec: { restartPolicy: Never, containers: [{ name: migrate, image: busybox }] } } }
`,
  "templates/test.yaml": `apiVersion: v1
kind: Pod
metadata: { name: "{{ .Release.Name }}-test", annotations: { helm.sh/hook: test } }
spec: { restartPolicy: Never, containers: [{ name: test, image: busybox }] }
`,
};

const found = helms();
const kubectl = find("kubectl");

if (found.length === 0) it.skip("helm: none on this machine");

describe.each(found)("helm $version", ({ path }) => {
  let lido: Lido;
  let folder: string;
  beforeAll(async () => {
    lido = await startLido("--memory", "--speed", "instant");
    folder = mkdtempSync(join(tmpdir(), "lido-helm-"));
    await createCluster(lido, "1.35.6");
    writeFileSync(join(folder, "config"), await kubeconfigOf(lido));
    for (const [file, text] of Object.entries(CHART)) {
      const place = join(folder, "web", file);
      mkdirSync(dirname(place), { recursive: true });
      writeFileSync(place, text);
    }
  });
  afterAll(async () => {
    await lido.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  });

  async function type(program: string, ...args: string[]): Promise<string> {
    const env = { ...process.env, HOME: folder, KUBECONFIG: join(folder, "config") };
    const { code, stdout, stderr } = await run(program, args, { cwd: folder, env });
    expect({ code, stderr: code === 0 ? "" : stderr }).toEqual({ code: 0, stderr: "" });
    return stdout;
  }
  const helm = (...args: string[]): Promise<string> => type(path, ...args);
  const get = async (...args: string[]): Promise<string> => (kubectl === undefined ? "" : (await type(kubectl, "get", ...args)).trim());

  it("installs a chart with hooks and kinds of its own, and waits until it runs", async () => {
    expect(await helm("install", "shop", "web", "--wait", "--timeout", "60s")).toContain("STATUS: deployed");
    if (kubectl === undefined) return;
    expect(await get("deployment", "shop", "-o", "jsonpath={.status.availableReplicas}")).toBe("1");
    expect(await get("statefulset", "shop-db", "-o", "jsonpath={.status.readyReplicas}")).toBe("2");
    expect(await get("job", "shop-migrate", "-o", "jsonpath={.status.succeeded}")).toBe("1");
    expect(await get("service", "shop", "-o", "jsonpath={.status.loadBalancer.ingress[0].ip}")).toBe("203.0.113.1");
    expect(await get("pvc", "-o", "jsonpath={.items[*].status.phase}")).toBe("Bound Bound Bound");
    expect(await get("pvc", "data-shop-db-0", "-o", "jsonpath={.spec.storageClassName}")).toBe("default");
    expect(await get("widgets")).toMatch(/^NAME +SIZE\nshop +1$/);
  });

  it("upgrades, tests and rolls back", async () => {
    await helm("upgrade", "shop", "web", "--set", "replicas=3", "--wait", "--timeout", "60s");
    if (kubectl !== undefined) expect(await get("deployment", "shop", "-o", "jsonpath={.status.availableReplicas}")).toBe("3");
    expect(await helm("test", "shop", "--timeout", "60s")).toMatch(/Phase: +Succeeded/);
    await helm("rollback", "shop", "1", "--wait", "--timeout", "60s");
    if (kubectl !== undefined) expect(await get("deployment", "shop", "-o", "jsonpath={.spec.replicas}")).toBe("1");
    expect((await helm("history", "shop")).trim().split("\n")).toHaveLength(4);
  });

  it("uninstalls all but the kinds", async () => {
    await helm("uninstall", "shop", "--wait", "--timeout", "60s");
    expect((await helm("list", "--short")).trim()).toBe("");
    if (kubectl === undefined) return;
    expect(await get("deployment,statefulset,service,widgets", "-l", "app.kubernetes.io/managed-by=Helm", "-o", "name")).toBe("");
    expect(await get("crd", "widgets.example.com", "-o", "name")).toContain("widgets.example.com");
  });
});
