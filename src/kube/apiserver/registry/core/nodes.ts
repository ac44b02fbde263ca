import type { Node, Taint } from "#api/kubernetes/core";
import {
  duplicate,
  equalJson,
  type FieldError,
  findCondition,
  forbidden,
  invalid,
  labelValueErrors,
  notSupported,
  qualifiedNameErrors,
  required,
} from "#kube/apimachinery";
import { cidrErrors } from "../checks.ts";
import { AGE, age, NAME, orElse, text, wideText } from "../columns.ts";
import { defineKind } from "../define.ts";
import type { TablePrinter } from "../kind.ts";
import { roundResourceList } from "../pod-template/defaults.ts";
import { CONDITIONS, METADATA, RESOURCE_LIST } from "../pod-template/shape.ts";
import { SUPPORTED_EFFECTS } from "../pod-template/validation.ts";
import { listOf, objectOf } from "../shape.ts";

const ROLE_PREFIX = "node-role.kubernetes.io/";
const ROLE_LABEL = "kubernetes.io/role";

function statusCell({ spec, status }: Node): string {
  const ready = findCondition(status?.conditions, "Ready");
  const state = ready === undefined ? "Unknown" : ready.status === "True" ? "Ready" : "NotReady";
  return spec?.unschedulable === true ? `${state},SchedulingDisabled` : state;
}

function rolesCell({ metadata }: Node): string {
  const roles = new Set<string>();
  for (const [key, value] of Object.entries(metadata.labels ?? {})) {
    const role = key.startsWith(ROLE_PREFIX) ? key.slice(ROLE_PREFIX.length) : key === ROLE_LABEL ? value : "";
    if (role !== "") roles.add(role);
  }
  return roles.size === 0 ? "<none>" : [...roles].sort().join(",");
}

function address({ status }: Node, type: string): string {
  return orElse(status?.addresses?.find((each) => each.type === type)?.address, "<none>");
}

const table: TablePrinter<Node> = {
  columns: [
    NAME,
    text("Status", "The status of the node"),
    text("Roles", "The roles of the node"),
    AGE,
    text("Version", "Kubelet Version reported by the node."),
    wideText("Internal-IP", "Internal address of the node."),
    wideText("External-IP", "External address of the node."),
    wideText("OS-Image", "OS Image reported by the node."),
    wideText("Kernel-Version", "Kernel Version reported by the node."),
    wideText("Container-Runtime", "Container runtime reported by the node."),
  ],
  cells(node, context) {
    const seen = node.status?.nodeInfo ?? {};
    return [
      node.metadata.name,
      statusCell(node),
      rolesCell(node),
      age(node, context),
      seen["kubeletVersion"] ?? "",
      address(node, "InternalIP"),
      address(node, "ExternalIP"),
      orElse(seen["osImage"], "<unknown>"),
      orElse(seen["kernelVersion"], "<unknown>"),
      orElse(seen["containerRuntimeVersion"], "<unknown>"),
    ];
  },
};

/** Source: pkg/apis/core/validation/validation.go, validateNodeTaints; the path is the one Kubernetes gives. */
export function taintsErrors(taints: readonly Taint[], field = "metadata.taints"): FieldError[] {
  const seen = new Set<string>();
  return taints.flatMap((taint, index) => {
    const path = `${field}[${index}]`;
    const { key, value = "", effect } = taint;
    const errors = qualifiedNameErrors(key).map((detail) => invalid(`${path}.key`, key, detail));
    const complaints = labelValueErrors(value);
    if (complaints.length > 0) errors.push(invalid(`${path}.value`, value, complaints.join(";")));
    if ((effect as string) === "") errors.push(required(`${path}.effect`));
    else if (!SUPPORTED_EFFECTS.includes(effect)) errors.push(notSupported(`${path}.effect`, effect, SUPPORTED_EFFECTS));
    const identity = `${key}:${effect}`;
    if (seen.has(identity)) errors.push({ ...duplicate(path, taint), detail: "taints must be unique by key and effect pair" });
    seen.add(identity);
    return errors;
  });
}

/** Source: pkg/apis/core/validation/validation.go, ValidateNodeUpdate. */
function updateErrors({ spec }: Node, { spec: previous }: Node): FieldError[] {
  const errors: FieldError[] = [];
  const cidrs = (each: Node["spec"]): readonly string[] => each?.podCIDRs ?? (each?.podCIDR ? [each.podCIDR] : []);
  if (cidrs(previous).length > 0 && !equalJson(cidrs(spec), cidrs(previous))) {
    errors.push(forbidden("spec.podCIDRs", 'node updates may not change podCIDR except from "" to valid'));
  }
  if (previous?.providerID && previous.providerID !== spec?.providerID) {
    errors.push(forbidden("spec.providerID", 'node updates may not change providerID except from "" to valid'));
  }
  return errors;
}

/** Source: pkg/apis/core/validation/validation.go, ValidateNode. */
function podCidrErrors(spec: Node["spec"]): FieldError[] {
  const cidrs: readonly string[] = spec?.podCIDRs ?? (spec?.podCIDR ? [spec.podCIDR] : []);
  return cidrs.flatMap((cidr, index) => cidrErrors(`spec.podCIDRs[${index}]`, cidr));
}

/** Source: kubernetes/api core/v1/types.go, NodeSystemInfo. */
const NO_INFO = {
  machineID: "",
  systemUUID: "",
  bootID: "",
  kernelVersion: "",
  osImage: "",
  containerRuntimeVersion: "",
  kubeletVersion: "",
  kubeProxyVersion: "",
  operatingSystem: "",
  architecture: "",
};

/** core/v1 nodes. Source: pkg/registry/core/node/strategy.go. */
export const nodes = defineKind<Node>({
  apiVersion: "v1",
  kind: "Node",
  resource: "nodes",
  shortNames: ["no"],
  clusterScoped: true,
  hasStatus: true,
  shape: objectOf("Node", {
    metadata: METADATA,
    spec: objectOf("NodeSpec", {
      podCIDR: "text",
      podCIDRs: listOf("text"),
      providerID: "text",
      unschedulable: "bool",
      taints: listOf(objectOf("Taint", { key: "filled", value: "text", effect: "filled", timeAdded: "time" })),
    }),
    status: objectOf("NodeStatus", {
      capacity: RESOURCE_LIST,
      allocatable: RESOURCE_LIST,
      phase: "text",
      conditions: CONDITIONS,
      addresses: listOf(objectOf("NodeAddress", { type: "filled", address: "filled" })),
      daemonEndpoints: objectOf("NodeDaemonEndpoints", { kubeletEndpoint: objectOf("DaemonEndpoint", { Port: "int32" }) }),
      nodeInfo: objectOf("NodeSystemInfo", {
        kubeletVersion: "filled",
        osImage: "filled",
        kernelVersion: "filled",
        containerRuntimeVersion: "filled",
      }),
      images: listOf(objectOf("ContainerImage", { names: listOf("text"), sizeBytes: "int64" })),
    }),
  }),
  strategy: {
    applyDefaults(node) {
      node.spec ??= {};
      if (node.spec.unschedulable === false) delete node.spec.unschedulable;
      roundResourceList(node.status?.capacity);
      roundResourceList(node.status?.allocatable);
    },
    prepareForCreate(node) {
      // Go writes them also when nobody has said anything of them.
      const status: Node["status"] = (node.status ??= {});
      status["daemonEndpoints"] ??= { kubeletEndpoint: { Port: 0 } };
      status.nodeInfo = { ...NO_INFO, ...status.nodeInfo };
    },
    validate: ({ spec }) => [...taintsErrors(spec.taints ?? []), ...podCidrErrors(spec)],
    validateUpdate: updateErrors,
  },
  table,
  selectableFields: ({ spec }) => ({ "spec.unschedulable": String(spec?.unschedulable ?? false) }),
});
