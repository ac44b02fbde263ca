import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { environmentOf, TEMPLATE, TOLERANT_POD } from "../support/article.ts";
import { find, type Outcome, run } from "../support/clients.ts";
import { type Lido, startLido } from "../support/lido.ts";

const az = find("az");
const kubectl = find("kubectl");
const NAMED = ["-g", "myResourceGroup", "--cluster-name", "myAKSCluster"];

const missing = [az === undefined ? "az" : "", kubectl === undefined ? "kubectl" : ""].filter((name) => name !== "");

describe.skipIf(missing.length > 0)(
  `the article with an unmodified az and kubectl${missing.length === 0 ? "" : `: ${missing.join(" and ")} missing on this machine`}`,
  () => {
    let lido: Lido;
    let folder: string;
    let env: NodeJS.ProcessEnv;
    beforeAll(async () => {
      lido = await startLido("--memory", "--speed", "fast");
      folder = mkdtempSync(join(tmpdir(), "lido-az-"));
      env = { ...process.env, ...environmentOf(lido.address), HOME: folder };
      writeFileSync(join(folder, "template.json"), TEMPLATE);
      writeFileSync(join(folder, "pod.yaml"), TOLERANT_POD);
    });
    afterAll(async () => {
      await lido.kill("SIGKILL");
      rmSync(folder, { recursive: true, force: true });
    });

    const call = (program: string, args: readonly string[]): Promise<Outcome> => run(program, args, { env, cwd: folder });
    async function ok(program: string | undefined, ...args: string[]): Promise<string> {
      const { code, stdout, stderr } = await call(program ?? "", args);
      expect(stderr).not.toContain("ERROR");
      expect(code).toBe(0);
      return stdout;
    }
    const json = async (...args: string[]): Promise<Record<string, unknown>> =>
      JSON.parse(await ok(az, ...args, "-o", "json")) as Record<string, unknown>;
    const pools = async (): Promise<string[]> =>
      (await ok(az, "aks", "nodepool", "list", ...NAMED, "--query", "[].[name,count,provisioningState]", "-o", "tsv"))
        .trim()
        .split("\n")
        .toSorted();

    it("registers the features and the provider", async () => {
      for (const name of ["MultiAgentpoolPreview", "VMSSPreview"]) {
        expect(await json("feature", "register", "--name", name, "--namespace", "Microsoft.ContainerService")).toMatchObject({
          properties: { state: "Registering" },
        });
      }
      for (const name of ["MultiAgentpoolPreview", "VMSSPreview"]) {
        const query = `[?contains(name, 'Microsoft.ContainerService/${name}')].{Name:name,State:properties.state}`;
        let table = "";
        for (let attempt = 0; attempt < 20 && !table.includes("Registered"); attempt++)
          table = await ok(az, "feature", "list", "-o", "table", "--query", query);
        expect(table).toMatch(new RegExp(`^Name +State\n-+ +-+\nMicrosoft.ContainerService/${name} +Registered\n$`));
      }
      await ok(az, "provider", "register", "--namespace", "Microsoft.ContainerService");
    });

    it("creates group and cluster, and gets credentials that kubectl takes", async () => {
      await ok(az, "group", "create", "--name", "myResourceGroup", "--location", "eastus");
      const cluster = await json(
        "aks",
        "create",
        "-g",
        "myResourceGroup",
        "-n",
        "myAKSCluster",
        "--node-count",
        "1",
        "--generate-ssh-keys",
        "--kubernetes-version",
        "1.12.6",
      );
      expect(cluster).toMatchObject({
        provisioningState: "Succeeded",
        kubernetesVersion: "1.12.6",
        nodeResourceGroup: "MC_myResourceGroup_myAKSCluster_eastus",
      });
      await ok(az, "aks", "get-credentials", "-g", "myResourceGroup", "-n", "myAKSCluster");
      expect(await ok(kubectl, "get", "nodes")).toMatch(
        /^NAME +STATUS +ROLES +AGE +VERSION\naks-nodepool1-\d{8}-vmss000000 +Ready +agent +\d+s +v1\.12\.6\n$/,
      );
    });

    it("adds a pool, scales it while the list shows it, and deletes it", async () => {
      await ok(az, "aks", "nodepool", "add", ...NAMED, "--name", "mynodepool", "--node-count", "3");
      expect(await pools()).toEqual(["mynodepool\t3\tSucceeded", "nodepool1\t1\tSucceeded"]);
      await ok(az, "aks", "nodepool", "scale", ...NAMED, "--name", "mynodepool", "--node-count", "5", "--no-wait");
      expect(await pools()).toContain("mynodepool\t5\tScaling");
      await ok(az, "aks", "nodepool", "wait", ...NAMED, "--name", "mynodepool", "--updated", "--interval", "1");
      expect((await ok(kubectl, "get", "nodes", "-o", "name")).trim().split("\n").length).toBe(6);
      await ok(az, "aks", "nodepool", "delete", ...NAMED, "--name", "mynodepool");
      expect(await pools()).toEqual(["nodepool1\t1\tSucceeded"]);
    });

    it("keeps pods off the tainted GPU node, and lets the tolerant one on", async () => {
      await ok(az, "aks", "nodepool", "add", ...NAMED, "--name", "gpunodepool", "--node-count", "1", "--node-vm-size", "Standard_NC6");
      const [gpu = ""] = (
        await ok(kubectl, "get", "nodes", "-l", "agentpool=gpunodepool", "-o", "jsonpath={.items[*].metadata.name}")
      ).split(" ");
      await ok(kubectl, "taint", "node", gpu, "sku=gpu:NoSchedule");
      await ok(kubectl, "apply", "-f", "pod.yaml");
      await ok(kubectl, "wait", "--for=condition=Ready", "pod/mypod", "--timeout=30s");
      const text = await ok(kubectl, "describe", "pod", "mypod");
      expect(text).toMatch(/sku=gpu:NoSchedule/);
      expect(text).toContain(`Successfully assigned default/mypod to ${gpu}`);
      expect(text).toContain('pulling image "nginx:1.15.9"');
    });

    it("deploys the template, and asks for what is missing", async () => {
      const missing = await call(az ?? "", ["deployment", "group", "create", "-g", "myResourceGroup", "--template-file", "template.json"]);
      expect(missing.stderr).toContain("Missing input parameters: clusterName, location");
      const deployed = await json(
        "deployment",
        "group",
        "create",
        "-g",
        "myResourceGroup",
        "--template-file",
        "template.json",
        "--parameters",
        "clusterName=myAKSCluster",
        "location=eastus",
      );
      expect(deployed).toMatchObject({ properties: { provisioningState: "Succeeded" } });
      expect(await json("aks", "nodepool", "show", ...NAMED, "-n", "myagentpool")).toMatchObject({
        count: 3,
        orchestratorVersion: "1.12.8",
        maxPods: 30,
      });
    });

    it("prints the service's refusals as az does", async () => {
      const { code, stderr } = await call(az ?? "", ["aks", "nodepool", "delete", ...NAMED, "--name", "nodepool1"]);
      expect(stderr).toMatch(/^ERROR: \(OperationNotAllowed\) .*\nCode: OperationNotAllowed\nMessage: /);
      expect(code).toBe(1);
      expect((await call(az ?? "", ["aks", "show", "-g", "myResourceGroup", "-n", "none"])).code).toBe(3);
    });

    it("deletes the group with all that is in it", async () => {
      await ok(az, "group", "delete", "--name", "myResourceGroup", "--yes");
      expect((await ok(az, "group", "exists", "--name", "myResourceGroup")).trim()).toBe("false");
      expect((await ok(az, "aks", "list", "-o", "json")).trim()).toBe("[]");
    });
  },
);
