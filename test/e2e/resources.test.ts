import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { environmentOf } from "../support/article.ts";
import { find, type Outcome, run } from "../support/clients.ts";
import { type Lido, startLido } from "../support/lido.ts";

const az = find("az");
const kubectl = find("kubectl");
const missing = [az === undefined ? "az" : "", kubectl === undefined ? "kubectl" : ""].filter((name) => name !== "");
const GROUP = ["-g", "rg"];
const CLUSTER = [...GROUP, "--cluster-name", "c"];

/** What of two prints of the same thing at different seconds is the same. */
const ageless = (text: string): string => text.replaceAll(/\b\d+[smh](?:\d+[smh])?\b/g, "AGE").replaceAll(/ +/g, " ");

const WEB = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: c, image: nginx}]}
`;

/** Snapshot and window as a template has them. */
const TEMPLATE = JSON.stringify({
  $schema: "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
  contentVersion: "1.0.0.0",
  resources: [
    {
      type: "Microsoft.ContainerService/snapshots",
      apiVersion: "2024-09-01",
      name: "deployed",
      location: "westus2",
      properties: {
        creationData: { sourceResourceId: "[resourceId('Microsoft.ContainerService/managedClusters/agentPools', 'c', 'nodepool1')]" },
      },
    },
    {
      type: "Microsoft.ContainerService/managedClusters/maintenanceConfigurations",
      apiVersion: "2024-09-01",
      name: "c/aksManagedNodeOSUpgradeSchedule",
      properties: { maintenanceWindow: { schedule: { daily: { intervalDays: 1 } }, durationHours: 4, startTime: "01:00" } },
    },
  ],
});

describe.skipIf(missing.length > 0)(
  `resources beside clusters and pools with an unmodified az${missing.length === 0 ? "" : `: ${missing.join(" and ")} missing on this machine`}`,
  () => {
    let lido: Lido;
    let folder: string;
    let env: NodeJS.ProcessEnv;
    beforeAll(async () => {
      lido = await startLido("--memory", "--speed", "instant");
      folder = mkdtempSync(join(tmpdir(), "lido-resources-"));
      env = { ...process.env, ...environmentOf(lido.address), HOME: folder };
      writeFileSync(join(folder, "web.yaml"), WEB);
      writeFileSync(join(folder, "template.json"), TEMPLATE);
      await ok(az, "group", "create", "-n", "rg", "-l", "westus2");
      await ok(az, "aks", "create", ...GROUP, "-n", "c", "--node-count", "1", "--no-ssh-key");
      await ok(az, "aks", "get-credentials", ...GROUP, "-n", "c", "--admin");
    });
    afterAll(async () => {
      await lido.kill("SIGKILL");
      rmSync(folder, { recursive: true, force: true });
    });

    const call = (program: string | undefined, ...args: string[]): Promise<Outcome> => run(program ?? "", args, { env, cwd: folder });
    async function ok(program: string | undefined, ...args: string[]): Promise<string> {
      const { code, stdout, stderr } = await call(program, ...args);
      expect(code, stderr).toBe(0);
      return stdout;
    }
    /** What `az aks command invoke` says that was printed, and its exit code. */
    async function invoke(command: string, ...more: string[]): Promise<{ exitCode: number; logs: string }> {
      return JSON.parse(await ok(az, "aks", "command", "invoke", ...GROUP, "-n", "c", "--command", command, ...more, "-o", "json")) as {
        exitCode: number;
        logs: string;
      };
    }

    it("makes a pool from a snapshot", async () => {
      const pool = (await ok(az, "aks", "nodepool", "show", ...CLUSTER, "-n", "nodepool1", "--query", "id", "-o", "tsv")).trim();
      await ok(az, "aks", "nodepool", "snapshot", "create", ...GROUP, "-n", "s", "--nodepool-id", pool);
      expect(await ok(az, "aks", "nodepool", "snapshot", "list", ...GROUP, "-o", "table")).toMatch(
        /^Name +Location +ResourceGroup +NodeImageVersion +KubernetesVersion +OsType/,
      );
      const id = (await ok(az, "aks", "nodepool", "snapshot", "show", ...GROUP, "-n", "s", "--query", "id", "-o", "tsv")).trim();
      await ok(az, "aks", "nodepool", "add", ...CLUSTER, "-n", "np2", "--node-count", "1", "--snapshot-id", id);
      const source = await ok(
        az,
        "aks",
        "nodepool",
        "show",
        ...CLUSTER,
        "-n",
        "np2",
        "--query",
        "creationData.sourceResourceId",
        "-o",
        "tsv",
      );
      expect(source.trim()).toBe(id);
    });

    it("prints through run command what kubectl prints", async () => {
      for (const words of [
        "get nodes -o wide",
        "get pods -A",
        "get ns -o json",
        "get nodes -o jsonpath={.items[*].metadata.name}",
        "get foo",
        "cordon nope",
        "create ns default",
      ]) {
        const own = await call(kubectl, ...words.split(" "));
        const { exitCode, logs } = await invoke(`kubectl ${words}`);
        expect(ageless(logs), words).toBe(ageless(own.stdout + own.stderr));
        expect(exitCode, words).toBe(own.code);
      }
    });

    it("applies attached files, as kubectl would", async () => {
      expect(await invoke("kubectl apply -f web.yaml", "--file", "web.yaml")).toMatchObject({
        exitCode: 0,
        logs: "deployment.apps/web created\n",
      });
      expect(await ok(kubectl, "apply", "-f", "web.yaml")).toBe("deployment.apps/web unchanged\n");
    });

    it("deploys a snapshot and a window from a template, and deletes the group with them", async () => {
      await ok(az, "deployment", "group", "create", ...GROUP, "-n", "d", "-f", "template.json");
      const types = await ok(az, "resource", "list", ...GROUP, "--query", "[].type", "-o", "tsv");
      expect(types.split("\n").filter((type) => type === "Microsoft.ContainerService/snapshots")).toHaveLength(2);
      await ok(az, "group", "delete", "-n", "rg", "--yes");
      expect((await ok(az, "group", "exists", "-n", "rg")).trim()).toBe("false");
    });
  },
);
