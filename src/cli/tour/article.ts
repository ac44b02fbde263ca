import { CLUSTER, GROUP, INTOLERANT_PODS, TAINT } from "./files.ts";
import type { Guide } from "./guide.ts";
import { poolTable, type PoolRow } from "./pool-table.ts";

const PROVIDER = "/providers/Microsoft.ContainerService";
const CLUSTER_PATH = `/resourceGroups/${GROUP}${PROVIDER}/managedClusters/${CLUSTER}`;
const FEATURES = ["MultiAgentpoolPreview", "VMSSPreview"] as const;
const VERSION = "api-version=2022-11-01";
const LIST = `az aks nodepool list -g ${GROUP} --cluster-name ${CLUSTER} -o table`;

const FIRST: PoolRow = { count: 1, name: "nodepool1", version: "1.12.6", state: "Succeeded", size: "Standard_DS2_v2" };

/** One node as kubectl prints it. */
interface NodeRow {
  readonly name: string;
  readonly status: string;
  readonly roles: string;
  readonly version: string;
}

async function nodes(guide: Guide): Promise<NodeRow[]> {
  const { stdout } = await guide.run("kubectl get nodes");
  return stdout
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .map(([name = "", status = "", roles = "", , version = ""]) => ({ name, status, roles, version }));
}

function poolPath(name: string): string {
  return `${CLUSTER_PATH}/agentPools/${name}?${VERSION}`;
}

function stateOf(body: unknown): string {
  return (body as { properties?: { provisioningState?: string } }).properties?.provisioningState ?? "";
}

/** "Before you begin": an older cluster, the extension, the two features, the provider. */
export async function prepare(guide: Guide): Promise<void> {
  guide.heading("Before you begin");
  await guide.run("az extension add --name aks-preview");
  guide.note("A cluster made before the features are registered, to see the first limitation.");
  await guide.run("az group create --name before --location eastus -o none");
  await guide.run("az aks create -g before -n before --node-count 1 --no-ssh-key --kubernetes-version 1.12.6 -o none");
  await guide.refused("az aks nodepool add -g before --cluster-name before -n second --node-count 1", "MultiAgentpoolPreview");
  await guide.run("az group delete --name before --yes --no-wait");

  for (const feature of FEATURES) {
    const { stdout } = await guide.run(`az feature register --name ${feature} --namespace Microsoft.ContainerService`);
    guide.claim(`${feature} is Registering`, stdout.includes('"state": "Registering"'), stdout);
  }
  for (const feature of FEATURES) {
    const path = `/providers/Microsoft.Features/providers/Microsoft.ContainerService/features/${feature}?api-version=2021-07-01`;
    await guide.until(
      `${feature} becomes Registered`,
      path,
      (_, body) => (body as { properties: { state: string } }).properties.state === "Registered",
    );
    const name = `Microsoft.ContainerService/${feature}`;
    const { stdout } = await guide.run(
      `az feature list -o table --query "[?contains(name, '${name}')].{Name:name,State:properties.state}"`,
    );
    const width = name.length;
    guide.claimText(
      "the query prints name and state",
      `${"Name".padEnd(width)}  State\n${"-".repeat(width)}  ----------\n${name}  Registered`,
      stdout,
    );
  }
  await guide.run("az provider register --namespace Microsoft.ContainerService");
}

/** "Create an AKS cluster". */
export async function createCluster(guide: Guide): Promise<void> {
  guide.heading("Create an AKS cluster");
  await guide.run(`az group create --name ${GROUP} --location eastus`);
  const { stdout } = await guide.run(
    `az aks create --resource-group ${GROUP} --name ${CLUSTER} --enable-vmss --node-count 1 --generate-ssh-keys --kubernetes-version 1.12.6`,
  );
  guide.claim("the cluster is Succeeded", stdout.includes('"provisioningState": "Succeeded"'), stdout);
  await guide.run(`az aks get-credentials --resource-group ${GROUP} --name ${CLUSTER}`);
  const [node, ...others] = await nodes(guide);
  guide.claim(
    "it has one node",
    others.length === 0 && /^aks-nodepool1-\d{8}-vmss000000$/.test(node?.name ?? ""),
    JSON.stringify([node, ...others]),
  );
  guide.claim(
    "which is Ready, an agent, at v1.12.6",
    node?.status === "Ready" && node.roles === "agent" && node.version === "v1.12.6",
    JSON.stringify(node),
  );
  const pods = await guide.run("kubectl get pods --all-namespaces");
  guide.claim("the system's pods run", /coredns\S*\s+1\/1\s+Running/.test(pods.stdout), pods.stdout);
}

/** "Add a node pool", "Upgrade", "Scale", "Delete". */
export async function changePools(guide: Guide): Promise<void> {
  const pool: PoolRow = { count: 3, name: "mynodepool", version: "1.12.6", state: "Succeeded", size: "Standard_DS2_v2" };
  const named = `--resource-group ${GROUP} --cluster-name ${CLUSTER} --name mynodepool`;

  guide.heading("Add a node pool");
  await guide.run(`az aks nodepool add ${named} --node-count 3 -o none`);
  await claimTable(guide, "mynodepool has three nodes, at the cluster's version and size", [pool, FIRST]);
  const before = await nodes(guide);

  guide.heading("Upgrade a node pool");
  await guide.run(`az aks nodepool upgrade ${named} --kubernetes-version 1.12.7 --no-wait`);
  await claimTable(guide, "mynodepool is Upgrading to 1.12.7", [{ ...pool, version: "1.12.7", state: "Upgrading" }, FIRST]);
  await guide.until("the upgrade succeeds", poolPath("mynodepool"), (_, body) => stateOf(body) === "Succeeded");
  const after = await nodes(guide);
  const versions = after.map(({ name, version }) => `${name} ${version}`).join(", ");
  guide.claim(
    "its nodes run 1.12.7, nodepool1 stays",
    after.every(({ name, version }) => version === (name.includes("-mynodepool-") ? "v1.12.7" : "v1.12.6")),
    versions,
  );
  guide.claim("under the names they had", after.map(({ name }) => name).join() === before.map(({ name }) => name).join(), versions);

  guide.heading("Scale a node pool");
  await guide.run(`az aks nodepool scale ${named} --node-count 5 --no-wait`);
  await claimTable(guide, "mynodepool is Scaling to 5", [{ ...pool, count: 5, version: "1.12.7", state: "Scaling" }, FIRST]);
  await guide.until("the scale succeeds", poolPath("mynodepool"), (_, body) => stateOf(body) === "Succeeded");
  const scaled = await nodes(guide);
  guide.claim("six nodes are Ready", scaled.length === 6 && scaled.every(({ status }) => status === "Ready"), JSON.stringify(scaled));

  guide.heading("Delete a node pool");
  await guide.run(`az aks nodepool delete -g ${GROUP} --cluster-name ${CLUSTER} --name mynodepool --no-wait`);
  await claimTable(guide, "mynodepool is Deleting", [{ ...pool, count: 5, version: "1.12.7", state: "Deleting" }, FIRST]);
  await guide.until("the pool goes away", poolPath("mynodepool"), (status) => status === 404);
  const left = await nodes(guide);
  guide.claim("with its nodes", left.length === 1, JSON.stringify(left));
}

async function claimTable(guide: Guide, claim: string, rows: readonly PoolRow[]): Promise<void> {
  const { stdout } = await guide.run(LIST);
  guide.claimText(claim, poolTable(rows, GROUP), stdout);
}

/** "Specify a VM size", "Schedule pods using taints and tolerations". */
export async function useGpuPool(guide: Guide): Promise<void> {
  guide.heading("Specify a VM size for a node pool");
  await guide.run(
    `az aks nodepool add --resource-group ${GROUP} --cluster-name ${CLUSTER} --name gpunodepool --node-count 1 --node-vm-size Standard_NC6 --no-wait`,
  );
  await claimTable(guide, "gpunodepool is Creating, of that size", [
    { count: 1, name: "gpunodepool", version: "1.12.6", state: "Creating", size: "Standard_NC6" },
    FIRST,
  ]);
  await guide.until("the pool is created", poolPath("gpunodepool"), (_, body) => stateOf(body) === "Succeeded");

  guide.heading("Schedule pods using taints and tolerations");
  const [gpu, first] = await nodes(guide);
  const suffixes = [gpu, first].map((node) => /-(\d{8})-vmss000000$/.exec(node?.name ?? "")?.[1]);
  guide.claim(
    "one node in each pool, of one suffix, both agents",
    suffixes[0] !== undefined && suffixes[0] === suffixes[1] && gpu?.roles === "agent",
    JSON.stringify([gpu, first]),
  );
  const gpuNode = gpu?.name ?? "";
  await guide.run(`kubectl taint node ${gpuNode} ${TAINT}`);
  await guide.run("kubectl apply -f gpu-toleration.yaml");
  await guide.run("kubectl wait --for=condition=Ready pod/mypod --timeout=30s");
  const { stdout } = await guide.run("kubectl describe pod mypod");
  claimDescription(guide, stdout, gpuNode);

  guide.note("And pods without the toleration:");
  await guide.run("kubectl apply -f other.yaml");
  await guide.run("kubectl wait --for=condition=Ready pod -l app=other --timeout=30s");
  const placed = await guide.run("kubectl get pods -l app=other -o jsonpath={.items[*].spec.nodeName}");
  const places = placed.stdout.trim().split(/\s+/);
  guide.claim(
    "all of them are on nodepool1",
    places.length === INTOLERANT_PODS && places.every((name) => name === first?.name),
    placed.stdout,
  );
}

function claimDescription(guide: Guide, description: string, node: string): void {
  const events = [
    `default-scheduler\\s+Successfully assigned default/mypod to ${node}`,
    `Pulling\\s+\\S+\\s+kubelet, ${node}\\s+pulling image "nginx:1.15.9"`,
    'Pulled\\s.*Successfully pulled image "nginx:1.15.9"',
    "Created\\s.*Created container",
    "Started\\s.*Started container",
  ];
  guide.claim("the toleration is shown", description.includes("sku=gpu:NoSchedule"), description);
  for (const taint of ["not-ready", "unreachable"]) {
    guide.claim(
      `so is the default one for ${taint}`,
      new RegExp(`node\\.kubernetes\\.io/${taint}:NoExecute( op=Exists)? for 300s`).test(description),
      description,
    );
  }
  // Newer kubectls print the component alone.
  for (const event of events)
    guide.claim(
      `event: ${event.replaceAll(/\\s[+*]?|\\S\+|\.\*/g, " ")}`,
      new RegExp(event.replace(`, ${node}`, `(, ${node})?`)).test(description),
      description,
    );
}

/** "Manage node pools using a Resource Manager template". */
export async function deployTemplate(guide: Guide): Promise<void> {
  guide.heading("Manage node pools using a Resource Manager template");
  guide.note("At a terminal az asks for the two parameters; here they are given.");
  const { stdout } = await guide.run(
    `az group deployment create --resource-group ${GROUP} --template-file aks-agentpools.json --parameters clusterName=${CLUSTER} location=eastus`,
  );
  guide.claim("the deployment is Succeeded", stdout.includes('"provisioningState": "Succeeded"'), stdout);
  const shown = await guide.run(`az aks nodepool show -g ${GROUP} --cluster-name ${CLUSTER} -n myagentpool`);
  const pool = JSON.parse(shown.stdout) as Record<string, unknown>;
  const found = JSON.stringify(pool);
  guide.claim("myagentpool has three nodes", pool["count"] === 3, found);
  guide.claim("at 1.12.8, under a control plane at 1.12.6", pool["orchestratorVersion"] === "1.12.8", found);
  guide.claim("of size Standard_DS2_v2 with 30 pods each", pool["vmSize"] === "Standard_DS2_v2" && pool["maxPods"] === 30, found);
  const rows = (await nodes(guide)).filter(({ name }) => name.includes("-myagentpool-"));
  guide.claim(
    "and three Ready nodes at v1.12.8",
    rows.length === 3 && rows.every(({ status, version }) => status === "Ready" && version === "v1.12.8"),
    JSON.stringify(rows),
  );
}

/** "Limitations". */
export async function tryLimits(guide: Guide): Promise<void> {
  guide.heading("Limitations");
  const add = `az aks nodepool add -g ${GROUP} --cluster-name ${CLUSTER}`;
  await guide.refused(`az aks nodepool delete -g ${GROUP} --cluster-name ${CLUSTER} --name nodepool1`, "nodepool1");
  await guide.refused(`${add} -n auto --node-count 1 --enable-cluster-autoscaler --min-count 1 --max-count 3`, "autoscal");
  await guide.refused(
    `az aks create -g ${GROUP} -n routing --no-ssh-key --kubernetes-version 1.12.6 --enable-addons http_application_routing`,
    "outing",
  );
  await guide.refused(`${add} -n large --node-count 101`, "count");
  for (let number = 4; number <= 8; number++) await guide.run(`${add} -n pool${number} --node-count ${number === 8 ? 1 : 98} --no-wait`);
  await guide.refused(`${add} -n pool9 --node-count 1`, "8");
  await guide.until("the eighth pool is created", poolPath("pool8"), (_, body) => stateOf(body) === "Succeeded");
  await guide.run(`az aks nodepool delete -g ${GROUP} --cluster-name ${CLUSTER} --name pool8`);
  await guide.refused(`${add} -n pool8 --node-count 4`, "400");
}

/** "Clean up resources". */
export async function cleanUp(guide: Guide): Promise<void> {
  guide.heading("Clean up resources");
  await guide.run(`az aks nodepool delete -g ${GROUP} --cluster-name ${CLUSTER} --name gpunodepool`);
  const left = await guide.run(LIST);
  guide.claim("gpunodepool is gone", !left.stdout.includes("gpunodepool"), left.stdout);
  await guide.run(`az group delete --name ${GROUP} --yes --no-wait`);
  await guide.until("the group goes away, with the cluster", `/resourcegroups/${GROUP}?api-version=2021-04-01`, (status) => status === 404);
}
