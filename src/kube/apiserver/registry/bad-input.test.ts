import type { KubeObject } from "#api/kubernetes/meta";
import { StatusError } from "#api/kubernetes/status";
import { cloneJson, isJsonObject } from "#kube/apimachinery";
import { assert, constantFrom, integer, property } from "fast-check";
import { describe, expect, it } from "vitest";
import { builtInKinds } from "./index.ts";
import type { Kind, StrategyContext } from "./kind.ts";

const context: StrategyContext = { nowMs: Date.UTC(2026, 0, 1), version: "1.34.1" };

const container = {
  name: "c",
  image: "i",
  ports: [{ containerPort: 80, name: "http" }],
  env: [{ name: "A", valueFrom: { fieldRef: { fieldPath: "x" } } }],
  resources: { limits: { cpu: "1" }, requests: { cpu: "1" } },
  volumeMounts: [{ name: "v", mountPath: "/v" }],
  readinessProbe: { httpGet: { port: 80 } },
};
const podSpec = {
  containers: [container],
  initContainers: [{ ...container, name: "i", restartPolicy: "Always" }],
  volumes: [{ name: "v", projected: { sources: [{ serviceAccountToken: {} }] } }],
  tolerations: [{ key: "a", operator: "Exists" }],
  nodeSelector: { a: "b" },
  affinity: {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [
          {
            matchExpressions: [{ key: "a", operator: "In", values: ["b"] }],
            matchFields: [{ key: "metadata.name", operator: "In", values: ["n"] }],
          },
        ],
      },
      preferredDuringSchedulingIgnoredDuringExecution: [
        { weight: 1, preference: { matchExpressions: [{ key: "a", operator: "Exists" }] } },
      ],
    },
  },
  readinessGates: [{ conditionType: "x" }],
  schedulingGates: [{ name: "g" }],
  overhead: { cpu: "1m" },
  resources: { requests: { cpu: "1" } },
};
const template = { metadata: { labels: { a: "b" } }, spec: podSpec };
const rich = {
  metadata: { name: "x", namespace: "default", uid: "u", labels: { a: "b" }, annotations: { a: "b" } },
  spec: {
    ...podSpec,
    template,
    jobTemplate: { spec: { template, selector: { matchLabels: { a: "b" } } } },
    selector: { matchLabels: { a: "b" }, matchExpressions: [{ key: "a", operator: "In", values: ["b"] }] },
    strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1 } },
    updateStrategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: "10%" } },
    volumeClaimTemplates: [{ metadata: { name: "x" }, spec: {} }],
    ports: [{ port: 80, targetPort: "http" }],
    taints: [{ key: "a", effect: "NoSchedule" }],
    podCIDRs: ["10.0.0.0/24"],
    accessModes: ["ReadWriteOnce"],
    capacity: { storage: "1Gi" },
    claimRef: { name: "x" },
    hard: { cpu: "1" },
    rules: [{ host: "h", http: { paths: [{ path: "/" }] } }],
    egress: [{ ports: [{ port: 80 }] }],
    scaleTargetRef: { kind: "Deployment", name: "x" },
    metrics: [{ type: "Resource", resource: { name: "cpu", target: { averageUtilization: 50 } } }],
    tokenRequests: [{ audience: "a" }],
    drivers: [{ name: "d" }],
    source: { persistentVolumeName: "v" },
    finalizers: ["kubernetes"],
    usages: ["client auth"],
    parameters: { kind: "x" },
    minAvailable: "50%",
  },
  status: {
    phase: "Running",
    conditions: [{ type: "Ready", status: "True" }],
    containerStatuses: [
      { name: "c", state: { terminated: { exitCode: 1 } }, lastState: { terminated: { finishedAt: "2019-05-17T11:56:00Z" } } },
    ],
    initContainerStatuses: [{ name: "i", state: { waiting: { reason: "x" } } }],
    podIPs: [{ ip: "1.2.3.4" }],
    addresses: [{ type: "InternalIP", address: "1.2.3.4" }],
    nodeInfo: { kubeletVersion: "v1" },
    capacity: { cpu: "1" },
    allocatable: { cpu: "1" },
    loadBalancer: { ingress: [{ ip: "1.2.3.4" }] },
    hard: { cpu: "1" },
    used: { cpu: "1" },
    active: [{}],
    currentMetrics: [{ type: "Resource", resource: { current: { averageUtilization: 10 } } }],
    succeeded: 1,
    startTime: "2019-05-17T11:56:00Z",
  },
  template,
  data: { a: "eA==" },
  stringData: { b: "x" },
  secrets: [{ name: "s" }],
  involvedObject: { kind: "Pod", name: "p", namespace: "default" },
  series: { count: 1, lastObservedTime: "2019-05-17T11:56:00Z" },
  source: { component: "x" },
  subsets: [{ addresses: [{ ip: "1.2.3.4" }], ports: [{ port: 80 }] }],
  subjects: [{ kind: "User", name: "u" }],
  roleRef: { kind: "Role", name: "r" },
  rules: [{ verbs: ["get"] }],
  webhooks: [{ name: "w" }],
  endpoints: [{ addresses: ["1.2.3.4"] }],
  ports: [{ port: 80 }],
  parameters: { a: "b" },
};

/** Every place in a document, as the way to it. */
function placesOf(value: unknown, way: readonly string[] = []): string[][] {
  const items = Array.isArray(value) || isJsonObject(value) ? Object.entries(value) : [];
  return items.flatMap(([key, item]) => [[...way, key], ...placesOf(item, [...way, key])]);
}

function replaceAt(document: unknown, way: readonly string[], value: unknown): unknown {
  const [first, ...rest] = way;
  if (first === undefined) return value;
  const holder = (Array.isArray(document) ? [...(document as unknown[])] : { ...(document as object) }) as Record<string, unknown>;
  if (rest.length === 0 && value === undefined) {
    if (Array.isArray(holder)) holder.splice(Number(first), 1);
    else delete holder[first];
  }
  if (rest.length > 0 || value !== undefined) holder[first] = replaceAt(holder[first], rest, value);
  return holder;
}

/** Takes an object the way of a create, of an update, of a status and of a table; refusals are fine, defects are not. */
function exercise(kind: Kind, sent: unknown): void {
  try {
    const object = cloneJson(sent) as KubeObject;
    kind.strategy.applyDefaults?.(object, context);
    kind.table.cells(object, context);
    kind.table.conditions?.(object);
    kind.selectableFields?.(object);
    const next = cloneJson(object);
    kind.strategy.prepareForUpdate?.(next, object, context);
    const errors = [...(kind.strategy.validate?.(next, context) ?? [])];
    if (errors.length === 0) kind.strategy.validateUpdate?.(next, object, context);
    kind.strategy.prepareForCreate?.(object, context);
    kind.strategy.validate?.(object, context);
  } catch (error) {
    if (!(error instanceof StatusError)) throw error;
  }
}

describe("no body makes a kind fail", () => {
  const places = placesOf(rich).filter(([first]) => first !== "metadata");
  const oddities: unknown[] = [undefined, null, "x", 0, true, [], {}, [null], [{}], { a: null }];

  it("the document reaches far enough to be a test", () => {
    expect(places.length).toBeGreaterThan(300);
  });

  it.each(builtInKinds.map((kind) => [`${kind.group}/${kind.version} ${kind.kind}`, kind] as const))("%s", (_, kind) => {
    const document = documentFor(kind);
    exercise(kind, document);
    // Metadata is checked by the server before the kinds see it.
    for (const way of placesOf(document).filter(([first]) => first !== "metadata")) {
      for (const oddity of oddities) exercise(kind, replaceAt(document, way, oddity));
    }
  });

  it("several oddities at once", () => {
    const place = integer({ min: 0, max: places.length - 1 });
    const odd = constantFrom(...oddities);
    assert(
      property(constantFrom(...builtInKinds), place, odd, place, (kind, first, oddity, second) => {
        const once = replaceAt(rich, places[first] ?? [], oddity);
        exercise(kind, safely(once, places[second] ?? [], {}));
      }),
      { numRuns: 2000 },
    );
  });
});

const WITH_TEMPLATE = ["ReplicationController", "ReplicaSet", "Deployment", "DaemonSet", "StatefulSet", "Job"];

/** The document with what the kind is about; what is the same code for several kinds is there in depth for one of them. */
function documentFor({ kind }: Kind): object {
  const { template: pods, spec, ...rest } = rich;
  const { template: _, jobTemplate, ...others } = spec;
  const shallow = { metadata: pods.metadata, spec: { containers: [{ name: "c", image: "i" }] } };
  const own = Object.fromEntries(Object.entries(others).filter(([key]) => kind === "Pod" || !Object.hasOwn(podSpec, key)));
  return {
    ...rest,
    ...(kind === "PodTemplate" ? { template: pods } : {}),
    spec: {
      ...own,
      ...(WITH_TEMPLATE.includes(kind) ? { template: kind === "Deployment" ? pods : shallow } : {}),
      ...(kind === "CronJob" ? { jobTemplate: { spec: { ...jobTemplate.spec, template: shallow } } } : {}),
    },
  };
}

/** The replacement, where the way still leads somewhere. */
function safely(document: unknown, way: readonly string[], value: unknown): unknown {
  let at = document;
  for (const key of way.slice(0, -1)) {
    if (!Array.isArray(at) && !isJsonObject(at)) return document;
    at = (at as Record<string, unknown>)[key];
  }
  return Array.isArray(at) || isJsonObject(at) ? replaceAt(document, way, value) : document;
}
