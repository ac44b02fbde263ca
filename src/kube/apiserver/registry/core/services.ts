import type { Service, ServicePort } from "#api/kubernetes/core";
import {
  dns1123LabelErrors,
  duplicate,
  type FieldError,
  invalid,
  isReleaseAtLeast,
  notSupported,
  portNumberErrors,
  required,
} from "#kube/apimachinery";
import { labelsErrors } from "../checks.ts";
import { AGE, age, formatLabels, NAME, orElse, SELECTOR, text } from "../columns.ts";
import { defineKind } from "../define.ts";
import type { StrategyContext, TablePrinter } from "../kind.ts";
import { CONDITIONS, METADATA } from "../pod-template/shape.ts";
import { listOf, mapOf, objectOf } from "../shape.ts";

const TYPES = ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"];
const PROTOCOLS = ["SCTP", "TCP", "UDP"];
const AFFINITIES = ["ClientIP", "None"];
const CLIENT_IP_SECONDS = 10_800;
const PENDING_WIDTH = 16;

function isExposed({ spec }: Service): boolean {
  return spec.type === "NodePort" || spec.type === "LoadBalancer";
}

/** Source: pkg/apis/core/v1/defaults.go, SetDefaults_Service; internalTrafficPolicy since 1.22. */
function applyDefaults(service: Service, { version }: StrategyContext): void {
  service.spec ??= {};
  const { spec } = service;
  spec["sessionAffinity"] ||= "None";
  if (spec["sessionAffinity"] === "ClientIP") spec["sessionAffinityConfig"] ??= { clientIP: { timeoutSeconds: CLIENT_IP_SECONDS } };
  spec.type ||= "ClusterIP";
  for (const port of spec.ports ?? []) {
    port.protocol ||= "TCP";
    if (port.targetPort === undefined || port.targetPort === 0 || port.targetPort === "") port.targetPort = port.port;
  }
  if (isExposed(service)) spec["externalTrafficPolicy"] ||= "Cluster";
  if (isReleaseAtLeast(version, "1.22") && spec.type !== "ExternalName") spec["internalTrafficPolicy"] ??= "Cluster";
  if (isReleaseAtLeast(version, "1.20") && spec.type === "LoadBalancer") spec["allocateLoadBalancerNodePorts"] ??= true;
}

function portErrors(port: ServicePort, path: string, isOnly: boolean): FieldError[] {
  const errors: FieldError[] = [];
  if (!port.name) {
    if (!isOnly) errors.push(required(`${path}.name`));
  } else for (const detail of dns1123LabelErrors(port.name)) errors.push(invalid(`${path}.name`, port.name, detail));
  for (const detail of portNumberErrors(port.port)) errors.push(invalid(`${path}.port`, port.port ?? 0, detail));
  if (!PROTOCOLS.includes(port.protocol ?? "")) errors.push(notSupported(`${path}.protocol`, port.protocol, PROTOCOLS));
  if (typeof port.targetPort === "number") {
    for (const detail of portNumberErrors(port.targetPort)) errors.push(invalid(`${path}.targetPort`, port.targetPort, detail));
  }
  return errors;
}

function portsErrors(ports: readonly ServicePort[]): FieldError[] {
  const names = new Set<string>();
  const numbers = new Set<string>();
  return ports.flatMap((port, index) => {
    const path = `spec.ports[${index}]`;
    const errors = portErrors(port, path, ports.length === 1);
    if (port.name !== undefined && port.name !== "" && names.has(port.name)) errors.push(duplicate(`${path}.name`, port.name));
    names.add(port.name ?? "");
    const number = `${port.protocol}/${port.port}`;
    if (numbers.has(number)) errors.push(duplicate(path, { protocol: port.protocol, port: port.port }));
    numbers.add(number);
    return errors;
  });
}

/** Source: pkg/apis/core/validation/validation.go, ValidateService: the essentials. */
function validate({ spec }: Service): FieldError[] {
  const errors = [...portsErrors(spec.ports ?? []), ...labelsErrors(spec.selector, "spec.selector")];
  const { type, clusterIP } = spec;
  const affinity = spec["sessionAffinity"] as string;
  if (!TYPES.includes(type ?? "")) errors.push(notSupported("spec.type", type, TYPES));
  if (!AFFINITIES.includes(affinity)) errors.push(notSupported("spec.sessionAffinity", affinity, AFFINITIES));
  if ((spec.ports ?? []).length === 0 && type !== "ExternalName" && clusterIP !== "None") errors.push(required("spec.ports"));
  if (type === "ExternalName" && !spec["externalName"]) errors.push(required("spec.externalName"));
  if (type === "LoadBalancer" && clusterIP === "None") {
    errors.push(invalid("spec.clusterIPs[0]", clusterIP, "may not be set to 'None' for LoadBalancer services"));
  }
  return errors;
}

function validateUpdate({ spec }: Service, { spec: previous }: Service): FieldError[] {
  const same =
    spec.clusterIP === previous.clusterIP || !previous.clusterIP || spec.type === "ExternalName" || previous.type === "ExternalName";
  return same ? [] : [invalid("spec.clusterIPs[0]", [spec.clusterIP ?? ""], "may not change once set")];
}

function loadBalancerCell({ status }: Service): string {
  const ingress = (status?.loadBalancer?.ingress ?? []) as { ip?: string; hostname?: string }[];
  const addresses = ingress.map(({ ip, hostname }) => ip || hostname || "").filter((each) => each !== "");
  const all = [...new Set(addresses)].sort().join(",");
  return all.length > PENDING_WIDTH ? `${all.slice(0, PENDING_WIDTH - 3)}...` : all;
}

/** Source: pkg/printers/internalversion/printers.go, getServiceExternalIP. */
function externalCell(service: Service): string {
  const external = (service.spec["externalIPs"] as string[] | undefined) ?? [];
  switch (service.spec.type) {
    case "ClusterIP":
    case "NodePort":
      return orElse(external.join(","), "<none>");
    case "LoadBalancer":
      return orElse([loadBalancerCell(service), ...external].filter((each) => each !== "").join(","), "<pending>");
    case "ExternalName":
      return (service.spec["externalName"] as string | undefined) ?? "";
    default:
      return "<unknown>";
  }
}

function portsCell({ spec }: Service): string {
  const ports = (spec.ports ?? []).map(({ port, nodePort, protocol }) =>
    nodePort ? `${port}:${nodePort}/${protocol}` : `${port}/${protocol}`,
  );
  return orElse(ports.join(","), "<none>");
}

const table: TablePrinter<Service> = {
  columns: [
    NAME,
    text("Type", "How the service is exposed."),
    text("Cluster-IP", "Address of the service inside the cluster."),
    text("External-IP", "Addresses at which the service is reached from outside."),
    text("Port(s)", "Ports that the service exposes."),
    AGE,
    SELECTOR,
  ],
  cells(service, context) {
    const { metadata, spec } = service;
    const clusterIp = orElse(spec.clusterIPs?.[0] ?? spec.clusterIP, "<none>");
    return [
      metadata.name,
      spec.type ?? "",
      clusterIp,
      externalCell(service),
      portsCell(service),
      age(service, context),
      formatLabels(spec.selector),
    ];
  },
};

/** core/v1 services. Cluster IPs and node ports are given by the server when it admits the object. */
export const services = defineKind<Service>({
  apiVersion: "v1",
  kind: "Service",
  resource: "services",
  shortNames: ["svc"],
  categories: ["all"],
  hasStatus: true,
  shape: objectOf("Service", {
    metadata: METADATA,
    spec: objectOf("ServiceSpec", {
      type: "text",
      selector: mapOf("text"),
      clusterIP: "text",
      clusterIPs: listOf("text"),
      externalIPs: listOf("text"),
      externalName: "text",
      loadBalancerIP: "text",
      loadBalancerSourceRanges: listOf("text"),
      sessionAffinity: "text",
      sessionAffinityConfig: objectOf("SessionAffinityConfig", {}),
      externalTrafficPolicy: "text",
      internalTrafficPolicy: "text",
      ipFamilies: listOf("text"),
      ipFamilyPolicy: "text",
      publishNotReadyAddresses: "bool",
      ports: listOf(
        objectOf("ServicePort", {
          name: "text",
          protocol: "text",
          port: "int32",
          targetPort: "intOrString",
          nodePort: "int32",
          appProtocol: "text",
        }),
      ),
    }),
    status: objectOf("ServiceStatus", {
      loadBalancer: objectOf("LoadBalancerStatus", {
        ingress: listOf(objectOf("LoadBalancerIngress", { ip: "text", hostname: "text" })),
      }),
      conditions: CONDITIONS,
    }),
  }),
  strategy: {
    applyDefaults,
    prepareForCreate(service) {
      service.status = { loadBalancer: {} };
    },
    validate,
    validateUpdate,
  },
  table,
  selectableFields: ({ spec }) => ({ "spec.clusterIP": spec?.clusterIP ?? "", "spec.type": spec?.type ?? "" }),
});
