import { afterEach, beforeEach, expect, it } from "vitest";
import type { ClusterRole, PolicyRule } from "#api/kubernetes/rbac";
import { resources } from "#api/kubernetes/resources";
import { startCluster, type TestCluster } from "../testing/cluster.ts";
import { gatheredRules } from "./plan.ts";

const rule = (resource: string): PolicyRule => ({ verbs: ["get"], apiGroups: [""], resources: [resource] });
const role = (name: string, label: string, ...rules: PolicyRule[]): ClusterRole => ({
  metadata: { name, labels: { part: label } },
  rules,
});

it("gathers by selector, then name, each rule once and none of its own", () => {
  const all: ClusterRole = {
    ...role("all", "b"),
    aggregationRule: { clusterRoleSelectors: [{ matchLabels: { part: "b" } }, { matchLabels: { part: "a" } }] },
  };
  const others = [role("z", "a", rule("pods")), role("y", "b", rule("nodes"), rule("pods")), role("x", "c", rule("secrets")), all];
  const rules = gatheredRules(all, others);
  expect(rules).toEqual([rule("nodes"), rule("pods")]);
  expect(gatheredRules({ ...all, rules: rules ?? [] }, others)).toBeUndefined();
  expect(gatheredRules(role("y", "b"), others)).toBeUndefined();
});

let cluster: TestCluster;
beforeEach(async () => {
  cluster = await startCluster("1.33.0");
});
afterEach(() => cluster.stop());

const rulesOf = async (name: string): Promise<readonly PolicyRule[]> =>
  (await cluster.client.get(resources.clusterRoles, { name })).rules ?? [];

it("gives view, edit and admin their rules, and those of roles that join them", async () => {
  const joined = rule("things");
  await cluster.until(async () => (await rulesOf("admin")).length > (await rulesOf("view")).length && (await rulesOf("view")).length > 0);
  const labels = { "rbac.authorization.k8s.io/aggregate-to-view": "true" };
  await cluster.client.create(resources.clusterRoles, { metadata: { name: "things-view", labels }, rules: [joined] });
  const has = async (name: string): Promise<boolean> => (await rulesOf(name)).some(({ resources: names }) => names?.[0] === "things");
  await cluster.until(async () => (await has("view")) && (await has("edit")) && (await has("admin")));
  await cluster.client.delete(resources.clusterRoles, { name: "things-view" });
  await cluster.until(async () => !(await has("view")) && !(await has("edit")) && !(await has("admin")));
});
