import { afterEach, describe, expect, it } from "vitest";
import type { KubeTransport } from "#api/kubernetes/transport";
import { type ApiServer, builtInKinds, createApiServer } from "#kube/apiserver";
import { seededRandom, silentLogger, VirtualClock } from "#lib";
import { openMemoryStore } from "#store";
import { runScript } from "../run.ts";

const WEB = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {app: web}}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - {name: web, image: nginx:1.25, env: [{name: A, value: "1"}, {name: B, value: "2"}]}
      - {name: side, image: busybox}
`;
const POD = `apiVersion: v1
kind: Pod
metadata: {name: one, labels: {tier: front}}
spec: {containers: [{name: c, image: nginx}]}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: kube-system}
data: {a: b}
`;

let server: ApiServer | undefined;
afterEach(async () => {
  await server?.stop();
  server = undefined;
});

interface Cluster {
  readonly transport: KubeTransport;
  readonly clock: VirtualClock;
  readonly files: Map<string, string>;
  /** Runs a script; resolves with its exit code before its lines. */
  sh(script: string): Promise<readonly (string | number)[]>;
}

async function cluster(): Promise<Cluster> {
  const clock = new VirtualClock();
  server = createApiServer({
    store: openMemoryStore(),
    keyPrefix: "/k/",
    kinds: builtInKinds,
    clock,
    random: seededRandom(3),
    log: silentLogger,
    version: "1.33.12",
    serviceCidr: "10.0.0.0/16",
    credentials: { caCertificatePem: "", tokens: () => undefined },
  });
  await server.start();
  const transport = server.transport({ name: "admin", groups: ["system:masters"] });
  for (const name of ["n1", "n2"]) {
    const body = { apiVersion: "v1", kind: "Node", metadata: { name, labels: { agentpool: "nodepool1" } } };
    await transport.call({ method: "POST", path: "/api/v1/nodes", body });
  }
  const files = new Map([
    ["web.yaml", WEB],
    ["k8s/pod.yaml", POD],
  ]);
  return {
    transport,
    clock,
    files,
    async sh(script) {
      const { exitCode, logs } = await runScript(script, { transport, clock, signal: new AbortController().signal, files });
      return [exitCode, ...logs.split("\n").slice(0, -1)];
    },
  };
}

describe("kubectl get", () => {
  it("prints the API's own table, wide, with labels, and without headers", async () => {
    const { sh } = await cluster();
    expect(await sh("kubectl get nodes")).toEqual([
      0,
      "NAME   STATUS    ROLES    AGE   VERSION",
      expect.stringMatching(/^n1 {5}\S+ +<none> +\S+ +$/),
      expect.stringMatching(/^n2 {5}/),
    ]);
    expect((await sh("kubectl get no -o wide"))[1]).toMatch(/^NAME +STATUS +ROLES +AGE +VERSION +INTERNAL-IP +EXTERNAL-IP +OS-IMAGE/);
    expect((await sh("kubectl get node/n1 --no-headers --show-labels"))[1]).toMatch(/^n1 .*agentpool=nodepool1$/);
    expect((await sh("kubectl get nodes -L agentpool"))[1]).toMatch(/AGENTPOOL$/);
  });

  it("prints names and whole objects, alone or as a list", async () => {
    const { sh } = await cluster();
    expect(await sh("kubectl get nodes -o name")).toEqual([0, "node/n1", "node/n2"]);
    const one = JSON.parse((await sh("kubectl get node n1 -ojson")).slice(1).join("\n")) as { kind: string };
    expect(one.kind).toBe("Node");
    const list = JSON.parse((await sh("kubectl get nodes -l agentpool=nodepool1 -o json")).slice(1).join("\n")) as { items: unknown[] };
    expect([Object.keys(list), list.items.length]).toEqual([["apiVersion", "items", "kind", "metadata"], 2]);
    expect((await sh("kubectl get ns default -o yaml")).slice(1, 4)).toEqual(["apiVersion: v1", "kind: Namespace", "metadata:"]);
  });

  it("tells namespaces apart and several kinds by their names", async () => {
    const { sh } = await cluster();
    await sh("kubectl apply -f k8s/ -f web.yaml");
    expect((await sh("kubectl get cm -A")).at(1)).toMatch(/^NAMESPACE +NAME +DATA +AGE$/);
    const lines = await sh("kubectl get pods,deploy");
    expect(lines[2]).toMatch(/^pod\/one /);
    expect(lines[3]).toBe("");
    expect(lines[5]).toMatch(/^deployment\.apps\/web /);
    expect(await sh("kubectl -n kube-system get cm settings -o name")).toEqual([0, "configmap/settings"]);
  });

  it.each([
    ["kubectl get pods", 0, "No resources found in default namespace."],
    ["kubectl get pods -A", 0, "No resources found"],
    ["kubectl get pv", 0, "No resources found"],
    ["kubectl get pod x", 1, 'Error from server (NotFound): pods "x" not found'],
    ["kubectl get pod x --ignore-not-found", 0],
    [
      "kubectl get node,ns n1 nope -o name",
      1,
      "node/n1",
      'Error from server (NotFound): nodes "nope" not found',
      'Error from server (NotFound): namespaces "n1" not found',
      'Error from server (NotFound): namespaces "nope" not found',
    ],
    ["kubectl logs x", 1, 'error: error from server (NotFound): pods "x" not found in namespace "default"'],
    [
      "kubectl get nodes -l 'a in (b'",
      1,
      `Error from server (BadRequest): Unable to find "/v1, Resource=nodes" that match label selector "a in (b", field selector "": unable to parse requirement: found '', expected: ',' or ')'`,
    ],
    ["kubectl get foo", 1, `error: the server doesn't have a resource type "foo"`],
    ["kubectl get pods --foo", 1, "error: unknown flag: --foo", "See 'kubectl get --help' for usage."],
    [`kubectl get no -o jsonpath='{range .items[*]}{.metadata.name}{"\\n"}{end}'`, 0, "n1", "n2"],
    ["kubectl get no n1 -o jsonpath='{.metadata.name' ", 1, "error: error parsing jsonpath {.metadata.name, unclosed action"],
    ["kubectl get pods -o custom-columns=A:.x", 1, `error: output format "custom-columns" is not emulated: use one of json,yaml,name,wide`],
    [
      "kubectl get pods -o x",
      1,
      `error: unable to match a printer suitable for the output format "x", allowed formats are: json,yaml,name,wide`,
    ],
    ["kubectl describe pods", 1, "error: kubectl describe is not emulated"],
    ["kubectl frobnicate", 1, `error: unknown command "frobnicate" for "kubectl"`],
    ["kubectl version", 0, "Client Version: v1.33.12", "Server Version: v1.33.12"],
  ])("%s", async (script, ...wanted) => {
    const { sh } = await cluster();
    expect(await sh(script)).toEqual(wanted);
  });
});

describe("kubectl apply", () => {
  it("creates, leaves alone what is so already, and changes what a file changes", async () => {
    const { sh, files, transport } = await cluster();
    expect(await sh("kubectl apply -f web.yaml")).toEqual([0, "deployment.apps/web created"]);
    expect(await sh("kubectl apply -f web.yaml")).toEqual([0, "deployment.apps/web unchanged"]);
    await sh("kubectl label deploy web owner=me");
    files.set(
      "web.yaml",
      WEB.replace("labels: {app: web}}\nspec", "labels: {tier: front}}\nspec")
        .replace(/.*busybox.*\n/, "")
        .replace(/, \{name: B[^}]*\}/, ""),
    );
    expect(await sh("kubectl apply -f web.yaml")).toEqual([0, "deployment.apps/web configured"]);
    const { metadata, spec } = (await transport.call({ method: "GET", path: "/apis/apps/v1/namespaces/default/deployments/web" })) as {
      metadata: { labels: object };
      spec: { template: { spec: { containers: { name: string; env: object[] }[] } } };
    };
    expect(metadata.labels).toEqual({ tier: "front", owner: "me" });
    expect(spec.template.spec.containers.map(({ name }) => name)).toEqual(["web"]);
    expect(spec.template.spec.containers[0]?.env).toEqual([{ name: "A", value: "1" }]);
  });

  it("takes a folder's files in order, and names what fails", async () => {
    const { sh, files } = await cluster();
    expect(await sh("kubectl apply -f ./k8s/")).toEqual([0, "pod/one created", "configmap/settings created"]);
    expect(await sh("kubectl create -f k8s/pod.yaml -n default")).toEqual([
      1,
      `Error from server (AlreadyExists): error when creating "k8s/pod.yaml": pods "one" already exists`,
      `error: the namespace from the provided object "kube-system" does not match the namespace "default". You must pass '--namespace=kube-system' to perform this operation.`,
    ]);
    files.set("bad.yaml", "kind: Pod\nmetadata: {name: x}\n");
    expect(await sh("kubectl apply -f bad.yaml")).toEqual([
      1,
      `error: error validating "bad.yaml": error validating data: apiVersion not set; if you choose to ignore these errors, turn validation off with --validate=false`,
    ]);
    files.set("bare.yaml", "apiVersion: v1\nkind: Pod\nmetadata: {labels: {__proto__: x}}\n");
    expect(await sh("kubectl apply -f bare.yaml")).toEqual([1, 'error: error when reading "bare.yaml": resource name may not be empty']);
    files.set("invalid.yaml", "apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec: {containers: []}\n");
    expect(await sh("kubectl apply -f invalid.yaml")).toEqual([1, 'The Pod "x" is invalid: spec.containers: Required value']);
    expect(await sh("kubectl apply -f none.yaml")).toEqual([1, `error: the path "none.yaml" does not exist`]);
  });

  it("is done on the server when asked to, and refuses what no field is called", async () => {
    const { sh, files } = await cluster();
    expect(await sh("kubectl apply --server-side -f k8s/pod.yaml")).toEqual([
      0,
      "pod/one serverside-applied",
      "configmap/settings serverside-applied",
    ]);
    files.set("typo.yaml", "apiVersion: v1\nkind: Pod\nmetadata: {name: t}\nspec: {containers: [{name: c, image: i}], nodename: x}\n");
    expect((await sh("kubectl apply -f typo.yaml")).at(-1)).toMatch(
      /^Error from server \(BadRequest\): error when creating "typo.yaml": .*unknown field "spec.nodename"$/,
    );
    expect((await sh("kubectl get pod one -o yaml")).join("\n")).not.toContain("managedFields");
  });

  it("makes a namespace by name", async () => {
    const { sh } = await cluster();
    expect(await sh("kubectl create namespace team && kubectl create ns team")).toEqual([
      1,
      "namespace/team created",
      `Error from server (AlreadyExists): namespaces "team" already exists`,
    ]);
  });
});

describe("kubectl's changes", () => {
  it("label and annotate", async () => {
    const { sh } = await cluster();
    expect(await sh("kubectl label nodes n1 n2 env=prod")).toEqual([0, "node/n1 labeled", "node/n2 labeled"]);
    expect(await sh("kubectl label node n1 env=prod")).toEqual([0, "node/n1 not labeled"]);
    expect(await sh("kubectl label node n1 env=test")).toEqual([1, "error: 'env' already has a value (prod), and --overwrite is false"]);
    expect(await sh("kubectl label --overwrite node n1 env=test")).toEqual([0, "node/n1 labeled"]);
    expect(await sh("kubectl label node n1 env- none-")).toEqual([0, 'label "none" not found.', "node/n1 unlabeled"]);
    expect(await sh("kubectl annotate node n1 a=b")).toEqual([0, "node/n1 annotated"]);
  });

  it("taint, cordon and uncordon", async () => {
    const { sh } = await cluster();
    expect(await sh("kubectl taint nodes n1 k=v:NoSchedule")).toEqual([0, "node/n1 tainted"]);
    expect(await sh("kubectl taint nodes n1 k=w:NoSchedule")).toEqual([
      1,
      "error: node n1 already has k taint(s) with same effect(s) and --overwrite is false",
    ]);
    expect(await sh("kubectl taint nodes n1 k=w:NoSchedule --overwrite")).toEqual([0, "node/n1 modified"]);
    expect(await sh("kubectl taint nodes n1 k:NoSchedule-")).toEqual([0, "node/n1 untainted"]);
    expect(await sh("kubectl taint nodes n1 k-")).toEqual([1, 'error: taint "k" not found']);
    expect(await sh("kubectl taint nodes n1 k=v:Never")).toEqual([1, "error: invalid taint effect: Never, unsupported taint effect"]);
    expect(await sh("kubectl cordon n1 n2")).toEqual([0, "node/n1 cordoned", "node/n2 cordoned"]);
    expect(await sh("kubectl cordon n1")).toEqual([0, "node/n1 already cordoned"]);
    expect((await sh("kubectl get node n1 --no-headers"))[1]).toMatch(/SchedulingDisabled/);
    expect(await sh("kubectl uncordon n1")).toEqual([0, "node/n1 uncordoned"]);
  });

  it("drain a node of what may go, and say what may not", async () => {
    const { sh, transport, files } = await cluster();
    const pod = (name: string, owner: string): object => ({
      apiVersion: "v1",
      kind: "Pod",
      metadata: {
        name,
        ...(owner !== "" && { ownerReferences: [{ apiVersion: "apps/v1", kind: owner, name: "o", uid: "u", controller: true }] }),
      },
      spec: { nodeName: "n1", terminationGracePeriodSeconds: 0, containers: [{ name: "c", image: "i" }] },
    });
    for (const object of [pod("daemon", "DaemonSet"), pod("alone", ""), pod("replica", "ReplicaSet")]) {
      await transport.call({ method: "POST", path: "/api/v1/namespaces/default/pods", body: object });
    }
    files.clear();
    expect(await sh("kubectl drain n1")).toEqual([
      1,
      "node/n1 cordoned",
      'error: unable to drain node "n1" due to error: [cannot delete DaemonSet-managed Pods (use --ignore-daemonsets to ignore): default/daemon, cannot delete Pods that declare no controller (use --force to override): default/alone], continuing command...',
      "There are pending nodes to be drained:",
      " n1",
      "error: cannot delete DaemonSet-managed Pods (use --ignore-daemonsets to ignore): default/daemon",
      "cannot delete Pods that declare no controller (use --force to override): default/alone",
    ]);
    expect(await sh("kubectl drain n1 --ignore-daemonsets --force")).toEqual([
      0,
      "node/n1 already cordoned",
      "Warning: ignoring DaemonSet-managed Pods: default/daemon; deleting Pods that declare no controller: default/alone",
      "evicting pod default/alone",
      "evicting pod default/replica",
      "pod/alone evicted",
      "pod/replica evicted",
      "node/n1 drained",
    ]);
  });

  it("scale", async () => {
    const { sh } = await cluster();
    await sh("kubectl apply -f web.yaml");
    expect(await sh("kubectl scale deploy/web --replicas=5")).toEqual([0, "deployment.apps/web scaled"]);
    expect((await sh("kubectl get deploy web --no-headers"))[1]).toMatch(/^web +0\/5 /);
    expect(await sh("kubectl scale deploy web --replicas=x")).toEqual([
      1,
      "error: The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0",
    ]);
  });

  it("delete by name, by file and by selector", async () => {
    const { sh } = await cluster();
    await sh("kubectl apply -f k8s -f web.yaml");
    expect(await sh("kubectl delete pod y one x --grace-period=0 --force")).toEqual([
      1,
      'Error from server (NotFound): pods "y" not found',
      'pod "one" force deleted',
      'Error from server (NotFound): pods "x" not found',
    ]);
    expect(await sh("kubectl delete -f web.yaml --ignore-not-found")).toEqual([0, 'deployment.apps "web" deleted']);
    expect(await sh("kubectl delete cm -l none=such -n kube-system")).toEqual([0, "No resources found"]);
    expect(await sh("kubectl delete pods")).toEqual([1, "error: resource(s) were provided, but no name was specified"]);
  });

  it("tell what a container that does not run would log", async () => {
    const { sh } = await cluster();
    await sh("kubectl apply -f k8s/pod.yaml");
    const [code] = await sh("kubectl logs one -c other");
    expect(code).toBe(1);
  });
});
