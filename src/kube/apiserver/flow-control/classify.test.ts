import { describe, expect, it } from "vitest";
import type { FlowSchema } from "#api/kubernetes/flowcontrol";
import { byPrecedence } from "../registry/flowcontrol/flow-schemas.ts";
import { defaultSchemas } from "../registry/flowcontrol/default-schemas.ts";
import { parseRequestInfo } from "../request-info.ts";
import { matchesSchema } from "./classify.ts";

const schemas = (version: string): readonly FlowSchema[] =>
  defaultSchemas(version)
    .map(([name, spec]) => ({ metadata: { name }, spec }))
    .sort(byPrecedence);

/** The first schema that a request is one of. */
function schemaOf(version: string, user: string, groups: readonly string[], call: string): string | undefined {
  const [method = "", path = ""] = call.split(" ");
  const info = parseRequestInfo(method, path, {});
  const digest = { user: { name: user, groups: [...groups, "system:authenticated"] }, info, path };
  return schemas(version).find((schema) => matchesSchema(digest, schema))?.metadata.name;
}

const LEASE = "/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/x";
const ACCOUNTS = ["system:serviceaccounts"];

// Source: what a control plane of 1.35.4 answers in X-Kubernetes-PF-FlowSchema-UID to callers that act as these.
describe("a request is of the schema", () => {
  it.each<[schema: string, user: string, groups: readonly string[], call: string]>([
    ["exempt", "admin", ["system:masters"], "GET /api/v1/nodes"],
    ["probes", "jane", [], "GET /healthz"],
    ["probes", "jane", [], "GET /livez/ping"],
    ["global-default", "jane", [], "GET /version"],
    ["global-default", "jane", [], "GET /api/v1/namespaces/default/pods"],
    ["system-leader-election", "system:kube-scheduler", [], `PUT ${LEASE}`],
    ["kube-scheduler", "system:kube-scheduler", [], "GET /api/v1/pods"],
    ["kube-controller-manager", "system:kube-controller-manager", [], "GET /api/v1/pods"],
    ["system-leader-election", "system:serviceaccount:kube-system:x", ACCOUNTS, `PUT ${LEASE}`],
    ["kube-system-service-accounts", "system:serviceaccount:kube-system:x", ACCOUNTS, `DELETE ${LEASE}`],
    ["service-accounts", "system:serviceaccount:kube-systems:x", ACCOUNTS, `PUT ${LEASE}`],
    ["system-node-high", "system:node:a", ["system:nodes"], "PATCH /api/v1/nodes/a/status"],
    ["system-node-high", "system:node:a", ["system:nodes"], "PUT /apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/a"],
    ["system-nodes", "system:node:a", ["system:nodes"], "GET /api/v1/pods"],
  ])("%s: %s %j %s", (schema, user, groups, call) => {
    expect(schemaOf("1.35.4", user, groups, call)).toBe(schema);
  });

  it("of elections by configuration maps until 1.33", () => {
    const call = "PUT /api/v1/namespaces/kube-system/configmaps/lock";
    const user = "system:serviceaccount:kube-system:x";
    expect(schemaOf("1.33.0", user, ACCOUNTS, call)).toBe("workload-leader-election");
    expect(schemaOf("1.34.0", user, ACCOUNTS, call)).toBe("kube-system-service-accounts");
    expect(schemaOf("1.23.0", user, ACCOUNTS, call)).toBe("system-leader-election");
  });
});
