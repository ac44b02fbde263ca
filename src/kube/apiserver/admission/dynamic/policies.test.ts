import { beforeEach, expect, it } from "vitest";
import type { KubeObject } from "#api/kubernetes/meta";
import { podOf, pods, startCluster, type TestCluster } from "../../testing/cluster.ts";

const GROUP = "/apis/admissionregistration.k8s.io/v1";
const MAPS = "/api/v1/namespaces/default/configmaps";

let cluster: TestCluster;
beforeEach(async () => {
  cluster = await startCluster({ version: "1.35.4" });
});

const RULE = { apiGroups: [""], apiVersions: ["v1"], operations: ["*"] };

async function policy(resources: string[], validations: object[], more: object = {}): Promise<KubeObject> {
  const spec = { matchConstraints: { resourceRules: [{ ...RULE, resources }] }, validations, ...more };
  await cluster.call("POST", `${GROUP}/validatingadmissionpolicies`, { metadata: { name: "p" }, spec });
  const binding = { policyName: "p", validationActions: ["Deny"] };
  return await cluster.call("POST", `${GROUP}/validatingadmissionpolicybindings`, { metadata: { name: "b" }, spec: binding });
}

const messageOf = async (...call: Parameters<TestCluster["refusal"]>): Promise<string | undefined> =>
  (await cluster.refusal(...call)).message;

it("sees what is deleted, and what is connected to", async () => {
  await policy(
    ["configmaps", "pods/exec"],
    [
      { expression: "request.operation != 'DELETE' || oldObject.metadata.name != 'kept'", message: "kept" },
      { expression: "request.operation != 'CONNECT' || !(has(object.stdin) && object.stdin)", message: "nothing is typed" },
    ],
  );
  await cluster.call("POST", MAPS, { metadata: { name: "kept" } });
  await cluster.call("POST", pods(), podOf("p"));
  expect(await messageOf("DELETE", `${MAPS}/kept`)).toMatch(/denied request: kept$/);
  expect(await messageOf("POST", pods("p/exec"), undefined, { query: { stdin: "true" } })).toMatch(/denied request: nothing is typed$/);
});

it("deletes by collection only what may go", async () => {
  await policy(["configmaps"], [{ expression: "oldObject == null || oldObject.metadata.name != 'kept'", message: "kept" }]);
  for (const name of ["gone", "kept"]) await cluster.call("POST", MAPS, { metadata: { name } });
  expect(await messageOf("DELETE", MAPS)).toMatch(/denied request: kept$/);
  expect((await cluster.list(MAPS)).items.map(({ metadata }) => metadata.name)).toEqual(["kept"]);
});

it("holds for the parts of the cluster, too, and not for those who only change a status", async () => {
  await policy(["pods"], [{ expression: "object == null || object.spec.containers.all(c, c.image.startsWith('registry.example/'))" }]);
  const other = cluster.api.transport({ name: "system:serviceaccount:kube-system:replicaset-controller", groups: ["system:masters"] });
  await expect(other.call({ method: "POST", path: pods(), body: podOf("a") })).rejects.toThrow(/denied request: failed expression/);
  const image = "registry.example/web";
  await cluster.call("POST", pods(), podOf("b", { spec: { containers: [{ name: "web", image }] } }));
  await cluster.call("PATCH", pods("b/status"), { status: { phase: "Running" } }, { contentType: "application/merge-patch+json" });
});

it("takes effect, changes and ends with the write of its objects", async () => {
  await policy(["configmaps"], [{ expression: "object.metadata.name != 'a'", message: "not a" }]);
  expect(await messageOf("POST", MAPS, { metadata: { name: "a" } })).toMatch(/not a$/);
  const merge = { contentType: "application/merge-patch+json" };
  const validations = [{ expression: "object.metadata.name != 'b'", message: "not b" }];
  await cluster.call("PATCH", `${GROUP}/validatingadmissionpolicies/p`, { spec: { validations } }, merge);
  await cluster.call("POST", MAPS, { metadata: { name: "a" } });
  expect(await messageOf("POST", MAPS, { metadata: { name: "b" } })).toMatch(/not b$/);
  await cluster.call("DELETE", `${GROUP}/validatingadmissionpolicybindings/b`);
  await cluster.call("POST", MAPS, { metadata: { name: "b" } });
});

it("gives up on what takes too long", async () => {
  const loops = "object.data.l.split(',').all(a, object.data.l.split(',').all(b, object.data.l.split(',').all(c, a + b + c != 'x')))";
  await policy(["configmaps"], [{ expression: loops }]);
  const data = { l: Array.from({ length: 2000 }, () => "a").join(",") };
  expect(await messageOf("POST", MAPS, { metadata: { name: "a" }, data })).toContain("actual cost limit exceeded");
});
