import type { FlowPathRule, FlowResourceRule, FlowRules, FlowSchema, FlowSubject } from "#api/kubernetes/flowcontrol";
import { isReleaseAtLeast } from "#kube/apimachinery";

/*
 * The flow schemas of every cluster. Source: apiserver pkg/apis/flowcontrol/bootstrap/default.go of each release.
 */

type Spec = FlowSchema["spec"];

const groups = (...names: readonly string[]): readonly FlowSubject[] => names.map((name) => ({ kind: "Group", group: { name } }));
const users = (...names: readonly string[]): readonly FlowSubject[] => names.map((name) => ({ kind: "User", user: { name } }));
const systemAccounts = (...names: readonly string[]): readonly FlowSubject[] =>
  names.map((name) => ({ kind: "ServiceAccount", serviceAccount: { name, namespace: "kube-system" } }));

const ALL = ["*"];
const EVERYTHING: readonly FlowResourceRule[] = [{ verbs: ALL, apiGroups: ALL, resources: ALL, clusterScope: true, namespaces: ALL }];
const EVERY_PATH: readonly FlowPathRule[] = [{ verbs: ALL, nonResourceURLs: ALL }];
const ELECTION_VERBS = ["get", "create", "update"];
const EVERYBODY = groups("system:unauthenticated", "system:authenticated");

/** Whatever these do. */
const allOf = (subjects: readonly FlowSubject[]): FlowRules => ({ subjects, resourceRules: EVERYTHING, nonResourceRules: EVERY_PATH });

const namespaced = (verbs: readonly string[], group: string, resources: readonly string[], namespaces = ALL): FlowResourceRule => ({
  verbs,
  apiGroups: [group],
  resources,
  namespaces,
});

function schema(level: string, precedence: number, method: "" | "ByUser" | "ByNamespace", rules: FlowRules): Spec {
  return {
    priorityLevelConfiguration: { name: level },
    matchingPrecedence: precedence,
    ...(method !== "" && { distinguisherMethod: { type: method } }),
    rules: [rules],
  };
}

/** Those that nobody may change. */
const MANDATORY: Readonly<Record<string, Spec>> = {
  exempt: schema("exempt", 1, "", allOf(groups("system:masters"))),
  "catch-all": schema("catch-all", 10_000, "ByUser", allOf(EVERYBODY)),
};

const LEASES = namespaced(ELECTION_VERBS, "coordination.k8s.io", ["leases"]);
const ELECTION_LOCKS = namespaced(ELECTION_VERBS, "", ["endpoints", "configmaps"]);

/** Elections by endpoints and configuration maps ended with 1.24, and with 1.34 the schemas that were there for them. */
function elections(version: string): Readonly<Record<string, Spec>> {
  const isOld = !isReleaseAtLeast(version, "1.24");
  const system = [...(isOld ? [namespaced(ELECTION_VERBS, "", ["endpoints", "configmaps"], ["kube-system"])] : []), LEASES];
  const components = [...users("system:kube-controller-manager", "system:kube-scheduler"), ...systemAccounts("*")];
  const endpoints = namespaced(ELECTION_VERBS, "", ["endpoints"]);
  const endpointControllers = [
    ...users("system:kube-controller-manager"),
    ...systemAccounts("endpoint-controller", "endpointslicemirroring-controller"),
  ];
  return {
    "system-leader-election": schema("leader-election", 100, "ByUser", { subjects: components, resourceRules: system }),
    ...(!isOld &&
      !isReleaseAtLeast(version, "1.34") && {
        "endpoint-controller": schema("workload-high", 150, "ByUser", { subjects: endpointControllers, resourceRules: [endpoints] }),
      }),
    ...(!isReleaseAtLeast(version, "1.34") && {
      "workload-leader-election": schema("leader-election", 200, "ByUser", {
        subjects: systemAccounts("*"),
        resourceRules: [ELECTION_LOCKS, LEASES],
      }),
    }),
  };
}

const NODES = groups("system:nodes");
const NODE_HEALTH: FlowRules = {
  subjects: NODES,
  resourceRules: [
    { verbs: ALL, apiGroups: [""], resources: ["nodes", "nodes/status"], clusterScope: true, namespaces: ALL },
    namespaced(ALL, "coordination.k8s.io", ["leases"]),
  ],
};
const PROBES: FlowRules = {
  subjects: EVERYBODY,
  nonResourceRules: [{ verbs: ["get"], nonResourceURLs: ["/healthz", "/readyz", "/livez"] }],
};

/** The fixed spec of a schema that nobody may change; undefined for others. */
export function mandatorySchema(name: string): Spec | undefined {
  return Object.hasOwn(MANDATORY, name) ? MANDATORY[name] : undefined;
}

/** The schemas of a release, by name, the mandatory ones first. */
export function defaultSchemas(version: string): readonly (readonly [name: string, spec: Spec])[] {
  return Object.entries({
    ...MANDATORY,
    "system-nodes": schema("system", 500, "ByUser", allOf(NODES)),
    ...(isReleaseAtLeast(version, "1.22") && {
      "system-node-high": schema("node-high", 400, "ByUser", NODE_HEALTH),
      probes: schema("exempt", 2, "", PROBES),
    }),
    ...elections(version),
    "kube-controller-manager": schema("workload-high", 800, "ByNamespace", allOf(users("system:kube-controller-manager"))),
    "kube-scheduler": schema("workload-high", 800, "ByNamespace", allOf(users("system:kube-scheduler"))),
    "kube-system-service-accounts": schema("workload-high", 900, "ByNamespace", allOf(systemAccounts("*"))),
    "service-accounts": schema("workload-low", 9000, "ByUser", allOf(groups("system:serviceaccounts"))),
    "global-default": schema("global-default", 9900, "ByUser", allOf(EVERYBODY)),
  });
}
