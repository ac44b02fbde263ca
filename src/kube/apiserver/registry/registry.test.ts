import type { KubeObject } from "#api/kubernetes/meta";
import { isStatus, StatusError } from "#api/kubernetes/status";
import { cloneJson, formatFieldError } from "#kube/apimachinery";
import { describe, expect, it } from "vitest";
import { builtInKinds } from "./index.ts";
import type { Cell, Kind, StrategyContext } from "./kind.ts";

type Draft = KubeObject & Record<string, unknown>;

const NOON = Date.UTC(2019, 4, 17, 12);
const context: StrategyContext = { nowMs: NOON, version: "1.34.1" };
const in2019: StrategyContext = { nowMs: NOON, version: "1.12.6" };

function kindOf(kind: string, group = ""): Kind {
  const found = builtInKinds.find((each) => each.kind === kind && each.group === group && each.storedAs === undefined);
  if (found === undefined) throw new Error(`no kind ${group}/${kind}`);
  return found;
}

/** The object as a create would store it. */
function created(kind: Kind, sent: unknown, at = context): Draft {
  const object = cloneJson(sent) as Draft;
  kind.strategy.applyDefaults?.(object, at);
  kind.strategy.prepareForCreate?.(object, at);
  return object;
}

function errorsOf(kind: Kind, sent: unknown): string[] {
  return (kind.strategy.validate?.(created(kind, sent), context) ?? []).map(formatFieldError);
}

function updateErrorsOf(kind: Kind, previous: unknown, next: unknown): string[] {
  return (kind.strategy.validateUpdate?.(created(kind, next), created(kind, previous), context) ?? []).map(formatFieldError);
}

function row(kind: Kind, object: unknown, at = context): Record<string, Cell | undefined> {
  const cells = kind.table.cells(object as KubeObject, at);
  return Object.fromEntries(kind.table.columns.map(({ name }, index) => [name, cells[index]]));
}

const created5m = { name: "x", namespace: "default", creationTimestamp: "2019-05-17T11:55:00Z" };
const container = { name: "c", image: "nginx:1.15.9" };
const pod = (spec: object = {}): unknown => ({ metadata: created5m, spec: { containers: [container], ...spec } });
const template = { metadata: { labels: { app: "web" } }, spec: { containers: [container] } };
const workload = (spec: object = {}): unknown => ({
  metadata: created5m,
  spec: { selector: { matchLabels: { app: "web" } }, template, ...spec },
});

describe("every kind", () => {
  it.each(builtInKinds.map((kind) => [`${kind.group}/${kind.version} ${kind.kind}`, kind] as const))("%s", (_, kind) => {
    // A body may be as bare as this, and what is stored has been through the same defaults.
    const bare = created(kind, { metadata: { name: "x", uid: "1" } });
    kind.strategy.validate?.(bare, context);
    kind.strategy.validateUpdate?.(bare, cloneJson(bare), context);
    const cells = kind.table.cells(bare, context);
    // Kubernetes itself shows an age of addresses without a column for it.
    expect(cells.length).toBe(kind.table.columns.length + (kind.kind === "IPAddress" ? 1 : 0));
    expect(cells.filter((cell) => cell === undefined || (typeof cell === "string" && /undefined|\[object/.test(cell)))).toEqual([]);
    const again = cloneJson(bare);
    kind.strategy.applyDefaults?.(again, context);
    expect(again).toEqual(bare);
    const blank = { metadata: { name: "" }, spec: {}, status: {}, involvedObject: {} } as KubeObject;
    expect(Object.values(kind.selectableFields?.(blank) ?? {}).every((value) => typeof value === "string")).toBe(true);
    expect(kind.resource).toBe(kind.resource.toLowerCase());
  });

  it("each resource of a group is there once", () => {
    const paths = builtInKinds.flatMap(({ group, version, resource, aliases = [] }) =>
      [version, ...aliases.map((each) => each.version)].map((each) => `${group}/${each}/${resource}`),
    );
    expect(new Set(paths).size).toBe(paths.length);
    expect(paths).toContain("policy/v1beta1/poddisruptionbudgets");
  });

  it.each([
    ["a text for the spec", "Pod", { spec: "x" }, "json: cannot unmarshal string into Go struct field Pod.spec of type v1.PodSpec"],
    [
      "an object for a list",
      "Pod",
      { spec: { containers: {} } },
      "json: cannot unmarshal object into Go struct field PodSpec.spec.containers of type []v1.Container",
    ],
    [
      "a number for a text",
      "Pod",
      { spec: { containers: [{ env: [{ name: "a", value: 1 }] }] } },
      "json: cannot unmarshal number into Go struct field EnvVar.spec.containers.env.value of type string",
    ],
    [
      "a malformed quantity",
      "Pod",
      { spec: { containers: [{ resources: { limits: { cpu: "much" } } }] } },
      "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
    ],
    [
      "a malformed status",
      "Node",
      { status: { conditions: "x" } },
      "json: cannot unmarshal string into Go struct field NodeStatus.status.conditions of type []v1.Condition",
    ],
    [
      "a list for a map",
      "ConfigMap",
      { data: [] },
      "json: cannot unmarshal array into Go struct field ConfigMap.data of type map[string]string",
    ],
  ])("%s is refused as Go's decoder does", (_, kind, fields, text) => {
    const run = (): unknown => created(kindOf(kind), { metadata: { name: "x" }, ...fields });
    const message = `${kind} in version "v1" cannot be handled as a ${kind}: ${text}`;
    expect(run).toThrow(expect.objectContaining({ message }) as StatusError);
    expect(run).toThrow(StatusError);
    expect(kindOf(kind).malformation?.({ metadata: { name: "x" }, ...fields })).toBe(text);
  });

  it("a refusal of the shape is a bad request", () => {
    let refusal: unknown;
    try {
      created(kindOf("Pod"), { metadata: { name: "x" }, spec: [] });
    } catch (error) {
      refusal = error;
    }
    expect(isStatus(refusal, "BadRequest")).toBe(true);
  });
});

describe("defaults", () => {
  it("a pod gets what every pod has", () => {
    expect(created(kindOf("Pod"), pod())["spec"]).toEqual({
      containers: [
        {
          ...container,
          imagePullPolicy: "IfNotPresent",
          terminationMessagePath: "/dev/termination-log",
          terminationMessagePolicy: "File",
          resources: {},
        },
      ],
      restartPolicy: "Always",
      dnsPolicy: "ClusterFirst",
      schedulerName: "default-scheduler",
      terminationGracePeriodSeconds: 30,
      securityContext: {},
      enableServiceLinks: true,
    });
    expect(created(kindOf("Pod"), pod(), in2019)["spec"]).not.toHaveProperty("enableServiceLinks");
    expect(created(kindOf("Pod"), pod())["status"]).toEqual({ phase: "Pending", qosClass: "BestEffort" });
  });

  it.each([
    ["nginx", "Always"],
    ["nginx:latest", "Always"],
    ["nginx:1.15", "IfNotPresent"],
    ["registry:5000/nginx", "Always"],
    ["registry:5000/nginx:1", "IfNotPresent"],
    ["nginx@sha256:abc", "IfNotPresent"],
  ])("image %s is pulled %s", (image, policy) => {
    const spec = created(kindOf("Pod"), pod({ containers: [{ name: "c", image }] }))["spec"] as {
      containers: { imagePullPolicy: string }[];
    };
    expect(spec.containers[0]?.imagePullPolicy).toBe(policy);
  });

  it("what a pod's container is limited to is also requested, canonical and without nulls", () => {
    const resources = { limits: { cpu: 0.5, memory: "1024Mi", "nvidia.com/gpu": 1 }, requests: null };
    const spec = created(kindOf("Pod"), pod({ containers: [{ ...container, resources }], nodeName: null }))["spec"] as Record<
      string,
      unknown
    >;
    const amounts = { cpu: "500m", memory: "1Gi", "nvidia.com/gpu": "1" };
    expect(spec["containers"]).toMatchObject([{ resources: { limits: amounts, requests: amounts } }]);
    expect(spec).not.toHaveProperty("nodeName");
  });

  it("a deployment rolls by quarters", () => {
    expect(created(kindOf("Deployment", "apps"), workload())["spec"]).toMatchObject({
      replicas: 1,
      strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: "25%", maxUnavailable: "25%" } },
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
      template: { spec: { restartPolicy: "Always" } },
    });
  });

  it("a job selects its own pods", () => {
    const sent = {
      metadata: { ...created5m, uid: "u" },
      spec: { template: { spec: { containers: [container], restartPolicy: "Never" } } },
    };
    expect(created(kindOf("Job", "batch"), sent)["spec"]).toMatchObject({
      completions: 1,
      parallelism: 1,
      backoffLimit: 6,
      selector: { matchLabels: { "batch.kubernetes.io/controller-uid": "u" } },
      template: { metadata: { labels: { "job-name": "x", "controller-uid": "u" } } },
    });
    expect(created(kindOf("Job", "batch"), sent, in2019)["spec"]).toMatchObject({ selector: { matchLabels: { "controller-uid": "u" } } });
  });

  it("a secret's texts become data", () => {
    const secret = created(kindOf("Secret"), { metadata: created5m, data: { a: "eA==", b: "eA==" }, stringData: { b: "hi" } });
    expect(secret).toMatchObject({ type: "Opaque", data: { a: "eA==", b: "aGk=" } });
    expect(secret).not.toHaveProperty("stringData");
  });

  it("a namespace is active and waits for its content when it goes", () => {
    expect(created(kindOf("Namespace"), { metadata: { name: "dev" } })).toMatchObject({
      metadata: { labels: { "kubernetes.io/metadata.name": "dev" } },
      spec: { finalizers: ["kubernetes"] },
      status: { phase: "Active" },
    });
    expect(created(kindOf("Namespace"), { metadata: { name: "dev" } }, in2019).metadata.labels).toBeUndefined();
  });

  it("a service targets the port it has", () => {
    const service = created(kindOf("Service"), { metadata: created5m, spec: { type: "LoadBalancer", ports: [{ port: 80 }] } });
    expect(service["spec"]).toEqual({
      type: "LoadBalancer",
      ports: [{ port: 80, targetPort: 80, protocol: "TCP" }],
      sessionAffinity: "None",
      externalTrafficPolicy: "Cluster",
      internalTrafficPolicy: "Cluster",
      allocateLoadBalancerNodePorts: true,
    });
  });
});

describe("validation of pods", () => {
  const LABEL_TEXT =
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
  const with1 = (fields: object): object => ({ containers: [{ ...container, ...fields }] });
  it.each<[string, object, string[]]>([
    ["a good pod", {}, []],
    ["no containers", { containers: [] }, ["spec.containers: Required value"]],
    [
      "a container without anything",
      { containers: [{}] },
      ["spec.containers[0].name: Required value", "spec.containers[0].image: Required value"],
    ],
    ["a bad name", with1({ name: "A" }), [`spec.containers[0].name: Invalid value: "A": ${LABEL_TEXT}`]],
    ["two of a name", { containers: [container, container] }, ['spec.containers[1].name: Duplicate value: "c"']],
    [
      "more requested than allowed",
      with1({ resources: { requests: { cpu: "2" }, limits: { cpu: "1" } } }),
      ['spec.containers[0].resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1'],
    ],
    [
      "a device without a limit",
      with1({ resources: { requests: { "nvidia.com/gpu": "1" } } }),
      ["spec.containers[0].resources.limits: Required value: Limit must be set for non overcommitable resources"],
    ],
    [
      "half a device",
      with1({ resources: { limits: { "nvidia.com/gpu": "500m" } } }),
      [
        'spec.containers[0].resources.limits[nvidia.com/gpu]: Invalid value: "500m": must be an integer',
        'spec.containers[0].resources.requests[nvidia.com/gpu]: Invalid value: "500m": must be an integer',
      ],
    ],
    [
      "less than nothing",
      with1({ resources: { requests: { cpu: "-1" } } }),
      ['spec.containers[0].resources.requests[cpu]: Invalid value: "-1": must be greater than or equal to 0'],
    ],
    [
      "no such volume",
      with1({ volumeMounts: [{ name: "v", mountPath: "/v" }] }),
      ['spec.containers[0].volumeMounts[0].name: Not found: "v"'],
    ],
    ["port 0", with1({ ports: [{ containerPort: 0 }] }), ["spec.containers[0].ports[0].containerPort: Required value"]],
    [
      "port 70000",
      with1({ ports: [{ containerPort: 70000 }] }),
      ["spec.containers[0].ports[0].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive"],
    ],
    [
      "an unknown restart policy",
      { restartPolicy: "Maybe" },
      ['spec.restartPolicy: Unsupported value: "Maybe": supported values: "Always", "OnFailure", "Never"'],
    ],
    [
      "a toleration of everything without Exists",
      { tolerations: [{ value: "x" }] },
      [
        'spec.tolerations[0].operator: Invalid value: "": operator must be Exists when `key` is empty, which means "match all values and all keys"',
      ],
    ],
    [
      "a toleration of every value with a value",
      { tolerations: [{ key: "a", operator: "Exists", value: "x" }] },
      ["spec.tolerations[0].operator: Invalid value: \"x\": value must be empty when `operator` is 'Exists'"],
    ],
    [
      "seconds for another effect",
      { tolerations: [{ key: "a", operator: "Exists", effect: "NoSchedule", tolerationSeconds: 5 }] },
      [`spec.tolerations[0].effect: Invalid value: "NoSchedule": effect must be 'NoExecute' when \`tolerationSeconds\` is set`],
    ],
    [
      "an unknown effect",
      { tolerations: [{ key: "a", operator: "Exists", effect: "Never" }] },
      ['spec.tolerations[0].effect: Unsupported value: "Never": supported values: "NoSchedule", "PreferNoSchedule", "NoExecute"'],
    ],
    [
      "no terms",
      { affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: {} } } },
      [
        "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms: Required value: must have at least one node selector term",
      ],
    ],
  ])("%s", (_, spec, errors) => {
    expect(errorsOf(kindOf("Pod"), pod(spec))).toEqual(errors);
  });

  it.each<[string, object, object, RegExp | undefined]>([
    ["the image", {}, { containers: [{ name: "c", image: "other" }] }, undefined],
    ["tolerations that are added", {}, { tolerations: [{ operator: "Exists" }] }, undefined],
    ["the deadline", {}, { activeDeadlineSeconds: 5 }, undefined],
    [
      "the command",
      {},
      { containers: [{ ...container, command: ["x"] }] },
      /^spec: Forbidden: pod updates may not change fields other than/,
    ],
    ["another container", {}, { containers: [container, { name: "d", image: "x" }] }, /may not add or remove containers/],
    ["tolerations that go", { tolerations: [{ operator: "Exists" }] }, {}, /existing toleration can not be modified/],
    ["node selector", {}, { nodeSelector: { a: "b" } }, /^spec: Forbidden/],
    ["gates that go, and a selector under them", { schedulingGates: [{ name: "g" }] }, { nodeSelector: { a: "b" } }, undefined],
    ["gates that come", {}, { schedulingGates: [{ name: "g" }] }, /only deletion is allowed, but found new scheduling gate 'g'/],
  ])("an update of %s", (_, before, after, error) => {
    const errors = updateErrorsOf(
      kindOf("Pod"),
      pod({ containers: [{ ...container, imagePullPolicy: "Always" }], ...before }),
      pod(withPolicy(after)),
    );
    if (error === undefined) expect(errors).toEqual([]);
    else expect(errors.join("\n")).toMatch(error);
  });

  function withPolicy(spec: object): object {
    const { containers = [container] } = spec as { containers?: object[] };
    return { ...spec, containers: containers.map((each) => ({ imagePullPolicy: "Always", ...each })) };
  }
});

describe("validation of other kinds", () => {
  it.each<[string, string, string, unknown, string[]]>([
    [
      "taints of one key and effect",
      "",
      "Node",
      {
        metadata: { name: "n" },
        spec: {
          taints: [
            { key: "a", effect: "NoSchedule" },
            { key: "a", value: "x", effect: "NoSchedule" },
            { key: "a", effect: "NoExecute" },
          ],
        },
      },
      ['metadata.taints[1]: Duplicate value: {"key":"a","value":"x","effect":"NoSchedule"}: taints must be unique by key and effect pair'],
    ],
    [
      "a taint without effect",
      "",
      "Node",
      { metadata: { name: "n" }, spec: { taints: [{ key: "a" }] } },
      ["metadata.taints[0].effect: Required value"],
    ],
    [
      "a selector of other pods",
      "apps",
      "Deployment",
      workload({ selector: { matchLabels: { app: "other" } } }),
      ['spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`'],
    ],
    [
      "no selector",
      "apps",
      "ReplicaSet",
      { metadata: created5m, spec: { template } },
      [
        "spec.selector: Required value",
        `spec.template.metadata.labels: Invalid value: ${JSON.stringify(template.metadata.labels)}: \`selector\` does not match template \`labels\``,
      ],
    ],
    [
      "an empty selector",
      "apps",
      "DaemonSet",
      workload({ selector: {} }),
      ["spec.selector: Invalid value: {}: empty selector is invalid for daemonset"],
    ],
    [
      "pods that end",
      "apps",
      "Deployment",
      workload({ template: { ...template, spec: { ...template.spec, restartPolicy: "Never" } } }),
      ['spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"'],
    ],
    [
      "fewer than none",
      "apps",
      "StatefulSet",
      workload({ replicas: -1 }),
      ["spec.replicas: Invalid value: -1: must be greater than or equal to 0"],
    ],
    [
      "no way to update",
      "apps",
      "Deployment",
      workload({ strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: "0%" } } }),
      ['spec.strategy.rollingUpdate.maxUnavailable: Invalid value: "0%": may not be 0 when `maxSurge` is 0'],
    ],
    [
      "a job that never ends",
      "batch",
      "Job",
      { metadata: created5m, spec: { template } },
      ['spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"'],
    ],
    [
      "both limits",
      "policy",
      "PodDisruptionBudget",
      { metadata: created5m, spec: { minAvailable: 1, maxUnavailable: "50%" } },
      [
        'spec: Invalid value: {"MinAvailable":1,"Selector":null,"MaxUnavailable":"50%","UnhealthyPodEvictionPolicy":null}: minAvailable and maxUnavailable cannot be both set',
      ],
    ],
    [
      "policy types that are none",
      "networking.k8s.io",
      "NetworkPolicy",
      { metadata: created5m, spec: { podSelector: {}, policyTypes: ["Both"] } },
      ['spec.policyTypes[0]: Unsupported value: "Both": supported values: "Ingress", "Egress"'],
    ],
    [
      "an endpoint without addresses",
      "discovery.k8s.io",
      "EndpointSlice",
      { metadata: created5m, addressType: "IPX", endpoints: [{ addresses: [] }] },
      [
        'addressType: Unsupported value: "IPX": supported values: "FQDN", "IPv4", "IPv6"',
        "endpoints[0].addresses: Required value: must contain at least 1 address",
      ],
    ],
    [
      "a limit above its bound",
      "",
      "LimitRange",
      { metadata: created5m, spec: { limits: [{ type: "Container", max: { cpu: "2" }, default: { cpu: "5" } }] } },
      [
        'spec.limits[0].defaultRequest[cpu]: Invalid value: "5": default request value 5 is greater than max value 2',
        'spec.limits[0].default[cpu]: Invalid value: "2": default value 5 is greater than max value 2',
      ],
    ],
    [
      "a lease of no time",
      "coordination.k8s.io",
      "Lease",
      { metadata: created5m, spec: { leaseDurationSeconds: 0 } },
      ["spec.leaseDurationSeconds: Invalid value: 0: must be greater than 0"],
    ],
    ["a bad key", "", "ConfigMap", { metadata: created5m, data: { "..": "x" } }, [`data[..]: Invalid value: "..": must not be '..'`]],
    ["a service without ports", "", "Service", { metadata: created5m, spec: {} }, ["spec.ports: Required value"]],
    [
      "an event of elsewhere",
      "",
      "Event",
      { metadata: created5m, involvedObject: { namespace: "dev" } },
      ['involvedObject.namespace: Invalid value: "dev": does not match event.namespace'],
    ],
    [
      "too high a priority",
      "scheduling.k8s.io",
      "PriorityClass",
      { metadata: { name: "x" }, value: 2_000_000_000 },
      ["value: Forbidden: maximum allowed value of a user defined priority is 1000000000"],
    ],
    [
      "a class of the system with another value",
      "scheduling.k8s.io",
      "PriorityClass",
      { metadata: { name: "system-node-critical" }, value: 1 },
      [
        "metadata.name: Forbidden: priority class names with 'system-' prefix are reserved for system use only. error: value of system-node-critical PriorityClass must be 2000001000",
      ],
    ],
  ])("%s", (...[, group, kind, sent, errors]) => {
    expect(errorsOf(kindOf(kind, group), sent)).toEqual(errors);
  });

  it.each<[string, string, string, unknown, unknown, string]>([
    [
      "a deployment's selector",
      "apps",
      "Deployment",
      workload(),
      workload({ selector: { matchLabels: { a: "b" } } }),
      'spec.selector: Invalid value: {"matchLabels":{"a":"b"}}: field is immutable',
    ],
    [
      "a node's provider id",
      "",
      "Node",
      { metadata: { name: "n" }, spec: { providerID: "azure:///1" } },
      { metadata: { name: "n" }, spec: { providerID: "azure:///2" } },
      'spec.providerID: Forbidden: node updates may not change providerID except from "" to valid',
    ],
    [
      "a node's pod range",
      "",
      "Node",
      { metadata: { name: "n" }, spec: { podCIDR: "10.244.0.0/24" } },
      { metadata: { name: "n" }, spec: {} },
      'spec.podCIDRs: Forbidden: node updates may not change podCIDR except from "" to valid',
    ],
    [
      "a stateful set's service",
      "apps",
      "StatefulSet",
      workload({ serviceName: "a" }),
      workload({ serviceName: "b" }),
      "spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
    ],
    [
      "frozen data",
      "",
      "ConfigMap",
      { metadata: created5m, immutable: true, data: { a: "1" } },
      { metadata: created5m, immutable: true, data: { a: "2" } },
      "data: Forbidden: field is immutable when `immutable` is set",
    ],
    [
      "a priority",
      "scheduling.k8s.io",
      "PriorityClass",
      { metadata: { name: "x" }, value: 1 },
      { metadata: { name: "x" }, value: 2 },
      "value: Forbidden: may not be changed in an update.",
    ],
    [
      "a binding's role",
      "rbac.authorization.k8s.io",
      "ClusterRoleBinding",
      { metadata: { name: "x" }, roleRef: { kind: "ClusterRole", name: "a" } },
      { metadata: { name: "x" }, roleRef: { kind: "ClusterRole", name: "b" } },
      'roleRef: Invalid value: {"kind":"ClusterRole","name":"b","apiGroup":"rbac.authorization.k8s.io"}: cannot change roleRef',
    ],
  ])("%s may not change", (...[, group, kind, previous, next, error]) => {
    expect(updateErrorsOf(kindOf(kind, group), previous, next)).toEqual([error]);
    expect(updateErrorsOf(kindOf(kind, group), previous, previous)).toEqual([]);
  });
});

describe("rows of pods", () => {
  const running = { running: { startedAt: "2019-05-17T11:56:00Z" } };
  const ready = { name: "c", ready: true, restartCount: 0, state: running };
  const conditions = (ok: boolean): unknown[] => [{ type: "Ready", status: ok ? "True" : "False" }];
  const status = (fields: object, spec: object = {}, metadata: object = {}): unknown => ({
    metadata: { ...created5m, ...metadata },
    spec: { containers: [container], ...spec },
    status: fields,
  });
  const init = { initContainers: [{ name: "i" }, { name: "j" }] };
  const sidecar = { initContainers: [{ name: "s", restartPolicy: "Always" }] };

  // Rows follow pkg/printers/internalversion/printers_test.go, TestPrintPod.
  it.each<[string, unknown, [string, string, Cell]]>([
    ["pending", status({ phase: "Pending" }), ["0/1", "Pending", "0"]],
    ["running", status({ phase: "Running", containerStatuses: [ready] }), ["1/1", "Running", "0"]],
    [
      "waiting",
      status({ phase: "Pending", containerStatuses: [{ ...ready, ready: false, state: { waiting: { reason: "ImagePullBackOff" } } }] }),
      ["0/1", "ImagePullBackOff", "0"],
    ],
    [
      "restarted",
      status({
        phase: "Running",
        containerStatuses: [{ ...ready, restartCount: 3, lastState: { terminated: { exitCode: 1, finishedAt: "2019-05-17T11:58:00Z" } } }],
      }),
      ["1/1", "Running", "3 (2m ago)"],
    ],
    [
      "ended with a code",
      status({ phase: "Failed", containerStatuses: [{ ...ready, ready: false, state: { terminated: { exitCode: 2 } } }] }),
      ["0/1", "ExitCode:2", "0"],
    ],
    [
      "ended by a signal",
      status({ phase: "Failed", containerStatuses: [{ ...ready, ready: false, state: { terminated: { exitCode: 137, signal: 9 } } }] }),
      ["0/1", "Signal:9", "0"],
    ],
    [
      "completed",
      status({
        phase: "Succeeded",
        containerStatuses: [{ ...ready, ready: false, state: { terminated: { exitCode: 0, reason: "Completed" } } }],
      }),
      ["0/1", "Completed", "0"],
    ],
    [
      "one of two completed, ready",
      status({
        phase: "Running",
        conditions: conditions(true),
        containerStatuses: [{ ...ready, ready: false, state: { terminated: { exitCode: 0, reason: "Completed" } } }, ready],
      }),
      ["1/1", "Running", "0"],
    ],
    [
      "one of two completed, not ready",
      status({
        phase: "Running",
        conditions: conditions(false),
        containerStatuses: [{ ...ready, ready: false, state: { terminated: { exitCode: 0, reason: "Completed" } } }, ready],
      }),
      ["1/1", "NotReady", "0"],
    ],
    ["evicted", status({ phase: "Failed", reason: "Evicted" }), ["0/1", "Evicted", "0"]],
    [
      "gated",
      status({ phase: "Pending", conditions: [{ type: "PodScheduled", status: "False", reason: "SchedulingGated" }] }),
      ["0/1", "SchedulingGated", "0"],
    ],
    [
      "terminating",
      status({ phase: "Running", containerStatuses: [ready] }, {}, { deletionTimestamp: "2019-05-17T12:00:30Z" }),
      ["1/1", "Terminating", "0"],
    ],
    [
      "ended before it was deleted",
      status({ phase: "Succeeded" }, {}, { deletionTimestamp: "2019-05-17T12:00:30Z" }),
      ["0/1", "Succeeded", "0"],
    ],
    ["lost", status({ phase: "Running", reason: "NodeLost" }, {}, { deletionTimestamp: "2019-05-17T12:00:30Z" }), ["0/1", "Unknown", "0"]],
    [
      "initializing",
      status(
        {
          phase: "Pending",
          initContainerStatuses: [
            { name: "i", state: { terminated: { exitCode: 0 } } },
            { name: "j", state: running },
          ],
        },
        init,
      ),
      ["0/1", "Init:1/2", "0"],
    ],
    [
      "failed to initialize",
      status(
        {
          phase: "Pending",
          initContainerStatuses: [{ name: "i", restartCount: 2, state: { terminated: { exitCode: 1, reason: "Error" } } }],
        },
        init,
      ),
      ["0/1", "Init:Error", "2"],
    ],
    [
      "waiting to initialize again",
      status({ phase: "Pending", initContainerStatuses: [{ name: "i", state: { waiting: { reason: "CrashLoopBackOff" } } }] }, init),
      ["0/1", "Init:CrashLoopBackOff", "0"],
    ],
    [
      "initializing by signal",
      status({ phase: "Pending", initContainerStatuses: [{ name: "i", state: { terminated: { exitCode: 137, signal: 9 } } }] }, init),
      ["0/1", "Init:Signal:9", "0"],
    ],
    [
      "with a sidecar",
      status(
        {
          phase: "Running",
          initContainerStatuses: [{ name: "s", ready: true, started: true, restartCount: 1, state: running }],
          containerStatuses: [ready],
        },
        sidecar,
      ),
      ["2/2", "Running", "1"],
    ],
    [
      "with a sidecar that has not started",
      status({ phase: "Pending", initContainerStatuses: [{ name: "s", started: false, state: running }] }, sidecar),
      ["0/2", "Init:0/1", "0"],
    ],
  ])("%s", (_, object, want) => {
    const { Ready, Status, Restarts, Age } = row(kindOf("Pod"), object);
    expect([Ready, Status, Restarts]).toEqual(want);
    expect(Age).toBe("5m");
  });

  it("restarts were a number before 1.22", () => {
    expect(row(kindOf("Pod"), status({ phase: "Running", containerStatuses: [{ ...ready, restartCount: 3 }] }), in2019)["Restarts"]).toBe(
      3,
    );
  });

  it("finished pods say so beside their cells", () => {
    const { table } = kindOf("Pod");
    expect(table.conditions?.(status({ phase: "Succeeded" }) as KubeObject)).toMatchObject([
      { type: "Completed", status: "True", reason: "Succeeded" },
    ]);
    expect(table.conditions?.(status({ phase: "Running" }) as KubeObject)).toEqual([]);
  });

  it("wide cells", () => {
    const object = status({ phase: "Running", podIP: "10.244.0.5" }, { nodeName: "aks-nodepool1-28993262-vmss000000" });
    expect(row(kindOf("Pod"), object)).toMatchObject({
      IP: "10.244.0.5",
      Node: "aks-nodepool1-28993262-vmss000000",
      "Nominated Node": "<none>",
      "Readiness Gates": "<none>",
    });
  });
});

describe("rows of other kinds", () => {
  const node = (fields: object, labels: object = {}): unknown => ({
    metadata: { ...created5m, labels },
    spec: {},
    status: { nodeInfo: { kubeletVersion: "v1.12.6" }, ...fields },
  });
  it.each<[string, unknown, object]>([
    [
      "a ready node",
      node({ conditions: [{ type: "Ready", status: "True" }] }, { "kubernetes.io/role": "agent" }),
      { Status: "Ready", Roles: "agent", Version: "v1.12.6" },
    ],
    ["a node that is not", node({ conditions: [{ type: "Ready", status: "Unknown" }] }), { Status: "NotReady", Roles: "<none>" }],
    ["a node of which nothing is known", node({}), { Status: "Unknown", "Internal-IP": "<none>", "OS-Image": "<unknown>" }],
    ["two roles", node({}, { "node-role.kubernetes.io/worker": "", "node-role.kubernetes.io/agent": "" }), { Roles: "agent,worker" }],
  ])("%s", (_, object, want) => {
    expect(row(kindOf("Node"), object)).toMatchObject(want);
  });

  it("a cordoned node", () => {
    const cordoned = { ...(node({ conditions: [{ type: "Ready", status: "True" }] }) as object), spec: { unschedulable: true } };
    expect(row(kindOf("Node"), cordoned)["Status"]).toBe("Ready,SchedulingDisabled");
  });

  it.each<[string, unknown, object]>([
    [
      "an event of old",
      {
        metadata: { name: "e" },
        involvedObject: { kind: "Pod", name: "mypod", fieldPath: "spec.containers{mypod}" },
        type: "Normal",
        reason: "Pulled",
        message: "Successfully pulled image\n",
        count: 3,
        firstTimestamp: "2019-05-17T11:50:00Z",
        lastTimestamp: "2019-05-17T11:59:00Z",
        source: { component: "kubelet", host: "aks-1" },
      },
      {
        "Last Seen": "60s",
        "First Seen": "10m",
        Object: "pod/mypod",
        Source: "kubelet, aks-1",
        Message: "Successfully pulled image",
        Count: 3,
      },
    ],
    [
      "an event of the scheduler",
      {
        metadata: { name: "e" },
        involvedObject: { kind: "Pod", name: "mypod" },
        eventTime: "2019-05-17T11:58:00.000000Z",
        reportingComponent: "default-scheduler",
      },
      { "Last Seen": "2m", "First Seen": "2m", Source: "default-scheduler", Count: 1 },
    ],
    [
      "an event of a series",
      {
        metadata: { name: "e" },
        involvedObject: { kind: "Node" },
        eventTime: "2019-05-17T11:00:00Z",
        series: { count: 7, lastObservedTime: "2019-05-17T11:59:30Z" },
      },
      { "Last Seen": "30s", "First Seen": "60m", Object: "node", Count: 7 },
    ],
  ])("%s", (_, object, want) => {
    expect(row(kindOf("Event"), object)).toMatchObject(want);
  });

  it.each<[string, unknown, object]>([
    [
      "a node port",
      {
        spec: {
          type: "NodePort",
          clusterIP: "10.0.0.1",
          ports: [
            { port: 80, nodePort: 30080, protocol: "TCP" },
            { port: 53, protocol: "UDP" },
          ],
          selector: { b: "2", a: "1" },
        },
      },
      { "Cluster-IP": "10.0.0.1", "External-IP": "<none>", "Port(s)": "80:30080/TCP,53/UDP", Selector: "a=1,b=2" },
    ],
    ["a balancer without address", { spec: { type: "LoadBalancer" } }, { "External-IP": "<pending>", "Port(s)": "<none>" }],
    [
      "a balancer",
      { spec: { type: "LoadBalancer" }, status: { loadBalancer: { ingress: [{ ip: "1.2.3.4" }] } } },
      { "External-IP": "1.2.3.4" },
    ],
    [
      "a name elsewhere",
      { spec: { type: "ExternalName", externalName: "example.com" } },
      { "Cluster-IP": "<none>", "External-IP": "example.com" },
    ],
  ])("%s", (_, fields, want) => {
    expect(row(kindOf("Service"), { metadata: created5m, ...(fields as object) })).toMatchObject(want);
  });

  it.each<[string, string, unknown, object]>([
    [
      "Deployment",
      "apps",
      workload({ replicas: 3 }),
      { Ready: "0/3", "Up-to-date": 0, Available: 0, Containers: "c", Images: "nginx:1.15.9", Selector: "app=web" },
    ],
    ["DaemonSet", "apps", workload(), { Desired: 0, "Node Selector": "<none>" }],
    [
      "PodDisruptionBudget",
      "policy",
      { metadata: created5m, spec: { minAvailable: "50%" } },
      { "Min Available": "50%", "Max Unavailable": "N/A", "Allowed Disruptions": 0 },
    ],
    [
      "Endpoints",
      "",
      { metadata: created5m, subsets: [{ addresses: [1, 2, 3, 4].map((each) => ({ ip: `10.0.0.${each}` })), ports: [{ port: 80 }] }] },
      { Endpoints: "10.0.0.1:80,10.0.0.2:80,10.0.0.3:80 + 1 more..." },
    ],
    [
      "PersistentVolumeClaim",
      "",
      {
        metadata: created5m,
        spec: { accessModes: ["ReadWriteMany"], volumeName: "pv" },
        status: { phase: "Bound", capacity: { storage: "5Gi" }, accessModes: ["ReadWriteMany"] },
      },
      { Status: "Bound", Volume: "pv", Capacity: "5Gi", "Access Modes": "RWX" },
    ],
    [
      "Ingress",
      "networking.k8s.io",
      { metadata: created5m, spec: { rules: [{ host: "a" }], tls: [{}] } },
      { Class: "<none>", Hosts: "a", Ports: "80, 443" },
    ],
    [
      "CronJob",
      "batch",
      { metadata: created5m, spec: { schedule: "* * * * *" } },
      { Timezone: "<none>", Suspend: "False", "Last Schedule": "<none>" },
    ],
    [
      "HorizontalPodAutoscaler",
      "autoscaling",
      {
        metadata: created5m,
        spec: {
          scaleTargetRef: { kind: "Deployment", name: "web" },
          maxReplicas: 5,
          metrics: [{ type: "Resource", resource: { name: "cpu", target: { averageUtilization: 80 } } }],
        },
      },
      { Reference: "Deployment/web", Targets: "cpu: <unknown>/80%" },
    ],
    [
      "StorageClass",
      "storage.k8s.io",
      {
        metadata: { ...created5m, annotations: { "storageclass.kubernetes.io/is-default-class": "true" } },
        provisioner: "disk.csi.azure.com",
      },
      { Name: "x (default)" },
    ],
    [
      "Job",
      "batch",
      {
        metadata: created5m,
        spec: { completions: 1 },
        status: {
          succeeded: 1,
          startTime: "2019-05-17T11:56:00Z",
          completionTime: "2019-05-17T11:57:00Z",
          conditions: [{ type: "Complete", status: "True" }],
        },
      },
      { Status: "Complete", Completions: "1/1", Duration: "60s" },
    ],
  ])("%s", (kind, group, object, want) => {
    expect(row(kindOf(kind, group), object)).toMatchObject({ Age: "5m", ...want });
  });
});

describe("kinds stored as others", () => {
  const other = (kind: string, apiVersion: string): Kind => {
    const found = builtInKinds.find((each) => each.kind === kind && `${each.group}/${each.version}` === apiVersion);
    if (found === undefined) throw new Error(`no ${kind} at ${apiVersion}`);
    return found;
  };

  it("events have other names for the same fields", () => {
    const { conversion } = other("Event", "events.k8s.io/v1");
    const newer = {
      apiVersion: "events.k8s.io/v1",
      kind: "Event",
      metadata: { name: "e" },
      regarding: { name: "p" },
      note: "n",
      reportingController: "c",
      deprecatedCount: 2,
    };
    const core = {
      apiVersion: "v1",
      kind: "Event",
      metadata: { name: "e" },
      involvedObject: { name: "p" },
      message: "n",
      reportingComponent: "c",
      count: 2,
    };
    expect(conversion?.toStored(newer)).toEqual(core);
    expect(conversion?.fromStored(core)).toEqual(newer);
    const { selectableFields, table } = other("Event", "events.k8s.io/v1");
    for (const event of [newer, core]) {
      expect(selectableFields?.(event)).toMatchObject({ "regarding.name": "p", reportingController: "c" });
      expect(table.cells(event, context)).toContain("n");
    }
  });

  it("autoscalers had a percentage where they have metrics now", () => {
    const { conversion } = other("HorizontalPodAutoscaler", "autoscaling/v1");
    const older = {
      apiVersion: "autoscaling/v1",
      kind: "HorizontalPodAutoscaler",
      metadata: { name: "h" },
      spec: { maxReplicas: 3, targetCPUUtilizationPercentage: 70 },
    };
    const stored = conversion?.toStored(older) as Draft;
    expect(stored["spec"]).toEqual({
      maxReplicas: 3,
      metrics: [{ type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 70 } } }],
    });
    expect(conversion?.fromStored(stored)).toEqual(older);
  });
});
