/** A right object of a kind, and where its kind is. */
export interface Sample {
  /** Collection, `/api/v1/namespaces/default/pods`. */
  readonly path: string;
  readonly object: Readonly<Record<string, unknown>>;
  /** Subresources that take objects. */
  readonly subresources?: readonly string[];
}

const labels = { app: "fuzz" };
const selector = { matchLabels: labels };
const container = {
  name: "c",
  image: "nginx:1.25",
  ports: [{ name: "http", containerPort: 80, protocol: "TCP" }],
  env: [{ name: "A", value: "1" }],
  resources: { requests: { cpu: "100m", memory: "64Mi" }, limits: { memory: "128Mi" } },
  readinessProbe: { httpGet: { path: "/", port: "http" }, periodSeconds: 5 },
};
const podSpec = {
  containers: [container],
  nodeSelector: { disk: "ssd" },
  tolerations: [{ key: "a", operator: "Equal", value: "b", effect: "NoExecute", tolerationSeconds: 60 }],
  affinity: {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [{ matchExpressions: [{ key: "zone", operator: "In", values: ["1"] }] }],
      },
    },
    podAntiAffinity: {
      preferredDuringSchedulingIgnoredDuringExecution: [
        { weight: 10, podAffinityTerm: { topologyKey: "kubernetes.io/hostname", labelSelector: selector } },
      ],
    },
  },
  topologySpreadConstraints: [
    { maxSkew: 1, topologyKey: "topology.kubernetes.io/zone", whenUnsatisfiable: "ScheduleAnyway", labelSelector: selector },
  ],
  volumes: [{ name: "v", emptyDir: {} }],
};
const template = { metadata: { labels }, spec: podSpec };
const jobTemplate = { metadata: { labels }, spec: { ...podSpec, restartPolicy: "Never" } };
const named = (name: string): object => ({ name, labels: { a: "b" }, annotations: { note: "x" } });

const core = "/api/v1";
const inDefault = "/namespaces/default";

/** Kinds that people write. */
export const samples: readonly Sample[] = [
  {
    path: `${core}${inDefault}/pods`,
    object: { apiVersion: "v1", kind: "Pod", metadata: named("p"), spec: podSpec },
    subresources: ["status", "eviction", "binding", "ephemeralcontainers"],
  },
  {
    path: `${core}/nodes`,
    object: { apiVersion: "v1", kind: "Node", metadata: named("n"), spec: { taints: [{ key: "a", value: "b", effect: "NoSchedule" }] } },
    subresources: ["status"],
  },
  {
    path: `${core}/namespaces`,
    object: {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: {
        name: "ns",
        labels: { "pod-security.kubernetes.io/enforce": "baseline", "pod-security.kubernetes.io/enforce-version": "v1.30" },
      },
    },
  },
  {
    path: `${core}${inDefault}/services`,
    object: {
      apiVersion: "v1",
      kind: "Service",
      metadata: named("s"),
      spec: { selector: labels, type: "NodePort", ports: [{ name: "http", port: 80, targetPort: "http", protocol: "TCP" }] },
    },
    subresources: ["status"],
  },
  { path: `${core}${inDefault}/configmaps`, object: { apiVersion: "v1", kind: "ConfigMap", metadata: named("c"), data: { a: "1" } } },
  {
    path: `${core}${inDefault}/secrets`,
    object: { apiVersion: "v1", kind: "Secret", metadata: named("s"), type: "Opaque", data: { a: "MQ==" }, stringData: { b: "2" } },
  },
  {
    path: `${core}${inDefault}/serviceaccounts`,
    object: {
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata: named("sa"),
      imagePullSecrets: [{ name: "s" }],
      secrets: [{ name: "s" }],
    },
    subresources: ["token"],
  },
  {
    path: `${core}${inDefault}/limitranges`,
    object: {
      apiVersion: "v1",
      kind: "LimitRange",
      metadata: named("l"),
      spec: { limits: [{ type: "Container", default: { cpu: "1" }, min: { memory: "1Mi" }, maxLimitRequestRatio: { memory: "4" } }] },
    },
  },
  {
    path: `${core}${inDefault}/resourcequotas`,
    object: { apiVersion: "v1", kind: "ResourceQuota", metadata: named("q"), spec: { hard: { pods: "1000", "requests.cpu": "100" } } },
  },
  {
    path: `${core}${inDefault}/persistentvolumeclaims`,
    object: {
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      metadata: named("pvc"),
      spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
    },
    subresources: ["status"],
  },
  ...["deployments", "replicasets", "statefulsets", "daemonsets"].map((resource, index) => ({
    path: `/apis/apps/v1${inDefault}/${resource}`,
    object: {
      apiVersion: "apps/v1",
      kind: ["Deployment", "ReplicaSet", "StatefulSet", "DaemonSet"][index],
      metadata: named("w"),
      spec: {
        ...(resource !== "daemonsets" && { replicas: 2 }),
        selector,
        template,
        ...(resource === "statefulsets" && { serviceName: "w" }),
      },
    },
    subresources: resource === "daemonsets" ? ["status"] : ["status", "scale"],
  })),
  {
    path: `/apis/batch/v1${inDefault}/jobs`,
    object: {
      apiVersion: "batch/v1",
      kind: "Job",
      metadata: named("j"),
      spec: { completions: 2, parallelism: 1, backoffLimit: 3, template: jobTemplate },
    },
    subresources: ["status"],
  },
  {
    path: `/apis/batch/v1${inDefault}/cronjobs`,
    object: {
      apiVersion: "batch/v1",
      kind: "CronJob",
      metadata: named("cj"),
      spec: { schedule: "*/5 * * * *", jobTemplate: { spec: { template: jobTemplate } } },
    },
  },
  {
    path: `/apis/policy/v1${inDefault}/poddisruptionbudgets`,
    object: { apiVersion: "policy/v1", kind: "PodDisruptionBudget", metadata: named("b"), spec: { minAvailable: "50%", selector } },
    subresources: ["status"],
  },
  {
    path: `/apis/autoscaling/v2${inDefault}/horizontalpodautoscalers`,
    object: {
      apiVersion: "autoscaling/v2",
      kind: "HorizontalPodAutoscaler",
      metadata: named("h"),
      spec: {
        minReplicas: 1,
        maxReplicas: 3,
        scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "w" },
        metrics: [{ type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 80 } } }],
      },
    },
  },
  {
    path: `/apis/networking.k8s.io/v1${inDefault}/ingresses`,
    object: {
      apiVersion: "networking.k8s.io/v1",
      kind: "Ingress",
      metadata: named("i"),
      spec: {
        rules: [
          {
            host: "a.example",
            http: { paths: [{ path: "/", pathType: "Prefix", backend: { service: { name: "s", port: { number: 80 } } } }] },
          },
        ],
      },
    },
  },
  {
    path: `/apis/rbac.authorization.k8s.io/v1${inDefault}/roles`,
    object: {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "Role",
      metadata: named("r"),
      rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }],
    },
  },
  {
    path: `/apis/rbac.authorization.k8s.io/v1${inDefault}/rolebindings`,
    object: {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "RoleBinding",
      metadata: named("r"),
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "r" },
      subjects: [{ kind: "ServiceAccount", name: "sa", namespace: "default" }],
    },
  },
  {
    path: "/apis/rbac.authorization.k8s.io/v1/clusterroles",
    object: {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRole",
      metadata: named("r"),
      aggregationRule: { clusterRoleSelectors: [{ matchLabels: { a: "b" } }] },
      rules: [{ nonResourceURLs: ["/healthz*"], verbs: ["get"] }],
    },
  },
  {
    path: "/apis/authorization.k8s.io/v1/subjectaccessreviews",
    object: {
      apiVersion: "authorization.k8s.io/v1",
      kind: "SubjectAccessReview",
      spec: {
        user: "jane",
        groups: ["a"],
        extra: { b: ["c"] },
        resourceAttributes: { verb: "get", resource: "pods", namespace: "default" },
      },
      metadata: {},
    },
  },
  {
    path: "/apis/authentication.k8s.io/v1/tokenreviews",
    object: {
      apiVersion: "authentication.k8s.io/v1",
      kind: "TokenReview",
      spec: { token: "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJodHRwczovL2Z1enoifQ.AAAA", audiences: ["a"] },
      metadata: {},
    },
  },
  {
    path: "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
    object: {
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "CustomResourceDefinition",
      metadata: { name: "widgets.example.com" },
      spec: {
        group: "example.com",
        scope: "Namespaced",
        names: { plural: "widgets", singular: "widget", kind: "Widget", listKind: "WidgetList" },
        versions: [
          {
            name: "v1",
            served: true,
            storage: true,
            schema: {
              openAPIV3Schema: { type: "object", properties: { spec: { type: "object", properties: { size: { type: "integer" } } } } },
            },
          },
        ],
      },
    },
  },
  {
    path: "/apis/storage.k8s.io/v1/storageclasses",
    object: {
      apiVersion: "storage.k8s.io/v1",
      kind: "StorageClass",
      metadata: named("fast"),
      provisioner: "disk.csi.azure.com",
      parameters: { a: "b" },
    },
  },
  {
    path: "/apis/scheduling.k8s.io/v1/priorityclasses",
    object: { apiVersion: "scheduling.k8s.io/v1", kind: "PriorityClass", metadata: named("high"), value: 1000 },
  },
];
