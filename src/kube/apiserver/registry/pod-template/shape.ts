import { alwaysOf, listOf, mapOf, objectOf, type Shape } from "../shape.ts";

/** Metadata beyond what the server checks for every object. */
export const METADATA: Shape = objectOf("ObjectMeta", {
  labels: mapOf("text"),
  annotations: mapOf("text"),
  finalizers: listOf("text"),
  ownerReferences: listOf(
    objectOf("OwnerReference", {
      apiVersion: "filled",
      kind: "filled",
      name: "filled",
      uid: "filled",
      controller: "bool",
      blockOwnerDeletion: "bool",
    }),
  ),
});

/** `metav1.LabelSelector`. */
export const LABEL_SELECTOR: Shape = objectOf("LabelSelector", {
  matchLabels: mapOf("text"),
  matchExpressions: listOf(objectOf("LabelSelectorRequirement", { key: "filled", operator: "filled", values: listOf("text") })),
});

/** Amounts by resource. */
export const RESOURCE_LIST: Shape = mapOf("quantity");

/** `spec.containers[].resources`. */
export const RESOURCES: Shape = objectOf("ResourceRequirements", { requests: RESOURCE_LIST, limits: RESOURCE_LIST });

/** Conditions of any status. */
export const CONDITIONS: Shape = listOf(
  objectOf("Condition", { type: "filled", status: "filled", reason: "text", message: "text", lastTransitionTime: "time" }),
);

const REQUIREMENTS: Shape = listOf(objectOf("NodeSelectorRequirement", { key: "filled", operator: "filled", values: listOf("text") }));
const NODE_TERM = objectOf("NodeSelectorTerm", { matchExpressions: REQUIREMENTS, matchFields: REQUIREMENTS });

/** `v1.NodeSelector`, also of volumes. */
export const NODE_SELECTOR: Shape = objectOf("NodeSelector", { nodeSelectorTerms: listOf(NODE_TERM) });

const POD_TERM = objectOf("PodAffinityTerm", {
  labelSelector: LABEL_SELECTOR,
  namespaceSelector: LABEL_SELECTOR,
  namespaces: listOf("text"),
  topologyKey: "filled",
});

const podAffinity = (goName: string): Shape =>
  objectOf(goName, {
    requiredDuringSchedulingIgnoredDuringExecution: listOf(POD_TERM),
    preferredDuringSchedulingIgnoredDuringExecution: listOf(
      objectOf("WeightedPodAffinityTerm", { weight: "int32", podAffinityTerm: alwaysOf(POD_TERM) }),
    ),
  });

const AFFINITY = objectOf("Affinity", {
  nodeAffinity: objectOf("NodeAffinity", {
    requiredDuringSchedulingIgnoredDuringExecution: NODE_SELECTOR,
    preferredDuringSchedulingIgnoredDuringExecution: listOf(
      objectOf("PreferredSchedulingTerm", { weight: "int32", preference: alwaysOf(NODE_TERM) }),
    ),
  }),
  podAffinity: podAffinity("PodAffinity"),
  podAntiAffinity: podAffinity("PodAntiAffinity"),
});

const SCHEME = { scheme: "text", path: "text", host: "text", port: "intOrString" } as const;
const PROBE = objectOf("Probe", {
  httpGet: objectOf("HTTPGetAction", SCHEME),
  tcpSocket: objectOf("TCPSocketAction", { port: "intOrString", host: "text" }),
  exec: objectOf("ExecAction", { command: listOf("text") }),
  grpc: objectOf("GRPCAction", { port: "int32", service: "text" }),
  initialDelaySeconds: "int32",
  timeoutSeconds: "int32",
  periodSeconds: "int32",
  successThreshold: "int32",
  failureThreshold: "int32",
});

const HANDLER = objectOf("LifecycleHandler", { httpGet: objectOf("HTTPGetAction", SCHEME) });
const POD_FIELD = {
  fieldRef: objectOf("ObjectFieldSelector", { apiVersion: "text", fieldPath: "text" }),
  resourceFieldRef: objectOf("ResourceFieldSelector", { containerName: "text", resource: "text", divisor: "quantity" }),
} as const;

const ENV_VAR = objectOf("EnvVar", {
  name: "filled",
  value: "text",
  valueFrom: objectOf("EnvVarSource", {
    ...POD_FIELD,
    configMapKeyRef: objectOf("ConfigMapKeySelector", { name: "text", key: "text", optional: "bool" }),
    secretKeyRef: objectOf("SecretKeySelector", { name: "text", key: "text", optional: "bool" }),
  }),
});

const CONTAINER = objectOf("Container", {
  name: "filled",
  image: "text",
  command: listOf("text"),
  args: listOf("text"),
  workingDir: "text",
  ports: listOf(objectOf("ContainerPort", { name: "text", containerPort: "int32", hostPort: "int32", hostIP: "text", protocol: "text" })),
  envFrom: listOf(objectOf("EnvFromSource", { prefix: "text", configMapRef: "any", secretRef: "any" })),
  env: listOf(ENV_VAR),
  resources: RESOURCES,
  restartPolicy: "text",
  volumeMounts: listOf(
    objectOf("VolumeMount", {
      name: "filled",
      readOnly: "bool",
      mountPath: "filled",
      subPath: "text",
      subPathExpr: "text",
      mountPropagation: "text",
    }),
  ),
  volumeDevices: listOf(objectOf("VolumeDevice", { name: "text", devicePath: "text" })),
  livenessProbe: PROBE,
  readinessProbe: PROBE,
  startupProbe: PROBE,
  lifecycle: objectOf("Lifecycle", { postStart: HANDLER, preStop: HANDLER, stopSignal: "text" }),
  terminationMessagePath: "text",
  terminationMessagePolicy: "text",
  imagePullPolicy: "text",
  securityContext: objectOf("SecurityContext", { privileged: "bool", runAsUser: "int64", runAsNonRoot: "bool" }),
  stdin: "bool",
  stdinOnce: "bool",
  tty: "bool",
});

const NAMED = objectOf("LocalObjectReference", { name: "text" });
const projected = (goName: string): Shape => objectOf(goName, { defaultMode: "int32", items: listOf(objectOf("KeyToPath", {})) });
const DOWNWARD_ITEMS = listOf(objectOf("DownwardAPIVolumeFile", { path: "text", mode: "int32", ...POD_FIELD }));
const DISK = (goName: string): Shape => objectOf(goName, {});

const VOLUME = objectOf("Volume", {
  name: "filled",
  hostPath: objectOf("HostPathVolumeSource", { path: "text", type: "text" }),
  emptyDir: objectOf("EmptyDirVolumeSource", { medium: "text", sizeLimit: "quantity" }),
  secret: projected("SecretVolumeSource"),
  configMap: projected("ConfigMapVolumeSource"),
  downwardAPI: objectOf("DownwardAPIVolumeSource", { defaultMode: "int32", items: DOWNWARD_ITEMS }),
  iscsi: DISK("ISCSIVolumeSource"),
  azureDisk: DISK("AzureDiskVolumeSource"),
  rbd: DISK("RBDVolumeSource"),
  scaleIO: DISK("ScaleIOVolumeSource"),
  ephemeral: objectOf("EphemeralVolumeSource", {
    volumeClaimTemplate: objectOf("PersistentVolumeClaimTemplate", {
      metadata: METADATA,
      spec: objectOf("PersistentVolumeClaimSpec", { volumeMode: "text" }),
    }),
  }),
  projected: objectOf("ProjectedVolumeSource", {
    defaultMode: "int32",
    sources: listOf(
      objectOf("VolumeProjection", {
        downwardAPI: objectOf("DownwardAPIProjection", { items: DOWNWARD_ITEMS }),
        serviceAccountToken: objectOf("ServiceAccountTokenProjection", { expirationSeconds: "int64", path: "text" }),
      }),
    ),
  }),
  persistentVolumeClaim: objectOf("PersistentVolumeClaimVolumeSource", { claimName: "text", readOnly: "bool" }),
});

/** `v1.Toleration`. */
export const TOLERATION: Shape = objectOf("Toleration", {
  key: "text",
  operator: "text",
  value: "text",
  effect: "text",
  tolerationSeconds: "int64",
});

/** `v1.PodSpec`. */
export const POD_SPEC: Shape = objectOf("PodSpec", {
  volumes: listOf(VOLUME),
  initContainers: listOf(CONTAINER),
  containers: listOf(CONTAINER),
  ephemeralContainers: listOf(CONTAINER),
  restartPolicy: "text",
  terminationGracePeriodSeconds: "int64",
  activeDeadlineSeconds: "int64",
  dnsPolicy: "text",
  nodeSelector: mapOf("text"),
  serviceAccountName: "text",
  serviceAccount: "text",
  automountServiceAccountToken: "bool",
  nodeName: "text",
  hostNetwork: "bool",
  hostPID: "bool",
  hostIPC: "bool",
  shareProcessNamespace: "bool",
  securityContext: objectOf("PodSecurityContext", {}),
  imagePullSecrets: listOf(NAMED),
  hostname: "text",
  subdomain: "text",
  affinity: AFFINITY,
  schedulerName: "text",
  tolerations: listOf(TOLERATION),
  hostAliases: listOf(objectOf("HostAlias", { ip: "text", hostnames: listOf("text") })),
  priorityClassName: "text",
  priority: "int32",
  readinessGates: listOf(objectOf("PodReadinessGate", { conditionType: "text" })),
  runtimeClassName: "text",
  enableServiceLinks: "bool",
  preemptionPolicy: "text",
  overhead: RESOURCE_LIST,
  topologySpreadConstraints: listOf(
    objectOf("TopologySpreadConstraint", {
      maxSkew: "int32",
      topologyKey: "filled",
      whenUnsatisfiable: "filled",
      labelSelector: LABEL_SELECTOR,
      minDomains: "int32",
    }),
  ),
  schedulingGates: listOf(objectOf("PodSchedulingGate", { name: "text" })),
  resources: RESOURCES,
});

const STATE = objectOf("ContainerState", {
  waiting: objectOf("ContainerStateWaiting", { reason: "text", message: "text" }),
  running: objectOf("ContainerStateRunning", { startedAt: "time" }),
  terminated: objectOf("ContainerStateTerminated", {
    exitCode: "int32",
    signal: "int32",
    reason: "text",
    message: "text",
    startedAt: "time",
    finishedAt: "time",
    containerID: "text",
  }),
});

const CONTAINER_STATUSES = listOf(
  objectOf("ContainerStatus", {
    name: "filled",
    state: STATE,
    lastState: STATE,
    ready: "bool",
    restartCount: "int32",
    image: "text",
    started: "bool",
  }),
);

/** `v1.PodStatus`. */
export const POD_STATUS: Shape = objectOf("PodStatus", {
  phase: "text",
  conditions: CONDITIONS,
  message: "text",
  reason: "text",
  nominatedNodeName: "text",
  hostIP: "text",
  hostIPs: listOf(objectOf("HostIP", { ip: "text" })),
  podIP: "text",
  podIPs: listOf(objectOf("PodIP", { ip: "text" })),
  startTime: "time",
  initContainerStatuses: CONTAINER_STATUSES,
  containerStatuses: CONTAINER_STATUSES,
  ephemeralContainerStatuses: CONTAINER_STATUSES,
  qosClass: "text",
});

/** `v1.PodTemplateSpec`. */
export const POD_TEMPLATE: Shape = objectOf("PodTemplateSpec", { metadata: METADATA, spec: POD_SPEC });
