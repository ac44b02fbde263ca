import { isIP } from "node:net";
import type { KubeObject } from "#api/kubernetes/meta";
import {
  dns1123SubdomainErrors,
  type FieldError,
  formatLabelSelector,
  invalid,
  notSupported,
  required,
  wildcardSubdomainErrors,
} from "#kube/apimachinery";
import type { LabelSelector } from "#api/kubernetes/meta";
import { cidrErrors, oneOf } from "../checks.ts";
import { AGE, age, NAME, orElse, text } from "../columns.ts";
import { defineKind } from "../define.ts";
import { CONDITIONS, LABEL_SELECTOR, METADATA } from "../pod-template/shape.ts";
import { listOf, objectOf } from "../shape.ts";

interface IngressPath {
  path?: string;
  pathType?: string;
}

interface Ingress extends KubeObject {
  spec: {
    ingressClassName?: string;
    rules?: { host?: string; http?: { paths?: IngressPath[] } }[];
    tls?: unknown[];
    defaultBackend?: unknown;
  };
  status?: { loadBalancer?: { ingress?: { ip?: string; hostname?: string }[] } };
}

/** Hosts that a row names; the others are only counted. */
const SHOWN = 3;
const PATH_TYPES = ["Exact", "ImplementationSpecific", "Prefix"];
const CLASS_ANNOTATION = "kubernetes.io/ingress.class";

/** Source: pkg/printers/internalversion/printers.go, formatHosts. */
function hostsCell({ spec }: Ingress): string {
  const rules = spec.rules ?? [];
  const hosts = rules.map(({ host }) => host ?? "").filter((host) => host !== "");
  const shown = hosts.slice(0, SHOWN).join(",");
  return orElse(hosts.length > SHOWN ? `${shown} + ${rules.length - SHOWN} more...` : shown, "*");
}

function addressCell({ status }: Ingress): string {
  const addresses = (status?.loadBalancer?.ingress ?? []).map(({ ip, hostname }) => ip || hostname || "");
  return [...new Set(addresses.filter((each) => each !== ""))].sort().join(",");
}

/** Source: pkg/apis/networking/validation/validation.go, ValidateIngressSpec: the essentials. */
function validate({ spec }: Ingress): FieldError[] {
  const rules = spec.rules ?? [];
  if (rules.length === 0 && spec.defaultBackend === undefined) {
    const detail = "either `defaultBackend` or `rules` must be specified";
    return [{ type: "Invalid", field: "spec", value: spec.rules ?? null, detail }];
  }
  return rules.flatMap(({ host, http }, rule) => [
    ...hostErrors(host, `spec.rules[${rule}].host`),
    ...(http?.paths ?? []).flatMap(({ pathType }, index) => {
      const path = `spec.rules[${rule}].http.paths[${index}].pathType`;
      if (pathType === undefined || pathType === "") return [required(path, "pathType must be specified")];
      return PATH_TYPES.includes(pathType) ? [] : [notSupported(path, pathType, PATH_TYPES)];
    }),
  ]);
}

/** Source: pkg/apis/networking/validation/validation.go, validateIngressRules. */
function hostErrors(host: string | undefined, field: string): FieldError[] {
  if (host === undefined || host === "") return [];
  if (isIP(host) !== 0) return [invalid(field, host, "must be a DNS name, not an IP address")];
  const check = host.includes("*") ? wildcardSubdomainErrors : dns1123SubdomainErrors;
  return check(host).map((detail) => invalid(field, host, detail));
}

/** networking.k8s.io/v1 ingresses. */
export const ingresses = defineKind<Ingress>({
  apiVersion: "networking.k8s.io/v1",
  kind: "Ingress",
  resource: "ingresses",
  shortNames: ["ing"],
  hasStatus: true,
  shape: objectOf("Ingress", {
    metadata: METADATA,
    spec: objectOf("IngressSpec", {
      ingressClassName: "text",
      defaultBackend: objectOf("IngressBackend", {}),
      tls: listOf(objectOf("IngressTLS", { hosts: listOf("text"), secretName: "text" })),
      rules: listOf(
        objectOf("IngressRule", {
          host: "text",
          http: objectOf("HTTPIngressRuleValue", { paths: listOf(objectOf("HTTPIngressPath", { path: "text", pathType: "text" })) }),
        }),
      ),
    }),
    status: objectOf("IngressStatus", {
      loadBalancer: objectOf("IngressLoadBalancerStatus", {
        ingress: listOf(objectOf("IngressLoadBalancerIngress", { ip: "text", hostname: "text" })),
      }),
    }),
  }),
  strategy: {
    applyDefaults(ingress) {
      ingress.spec ??= {};
    },
    prepareForCreate(ingress) {
      ingress.status = { loadBalancer: {} };
    },
    validate,
  },
  table: {
    columns: [
      NAME,
      text("Class", "The class of the ingress, which says who serves it."),
      text("Hosts", "Hosts that incoming requests are matched against before the ingress rule"),
      text("Address", "Address is a list containing ingress points for the load-balancer"),
      text("Ports", "Ports of TLS configurations that open"),
      AGE,
    ],
    cells(ingress, context) {
      const { metadata, spec } = ingress;
      const name = spec.ingressClassName ?? metadata.annotations?.[CLASS_ANNOTATION];
      const ports = (spec.tls ?? []).length > 0 ? "80, 443" : "80";
      return [metadata.name, orElse(name, "<none>"), hostsCell(ingress), addressCell(ingress), ports, age(ingress, context)];
    },
  },
});

interface IngressClass extends KubeObject {
  spec?: { controller?: string; parameters?: { apiGroup?: string; kind?: string; name?: string } };
}

/** networking.k8s.io/v1 ingressclasses. */
export const ingressClasses = defineKind<IngressClass>({
  apiVersion: "networking.k8s.io/v1",
  kind: "IngressClass",
  resource: "ingressclasses",
  clusterScoped: true,
  shape: objectOf("IngressClass", {
    metadata: METADATA,
    spec: objectOf("IngressClassSpec", {
      controller: "text",
      parameters: objectOf("IngressClassParametersReference", { apiGroup: "text", kind: "text", name: "text" }),
    }),
  }),
  table: {
    columns: [NAME, text("Controller", "Controller that serves the class."), text("Parameters", "Object with more about the class."), AGE],
    cells(ingressClass, context) {
      const { controller = "", parameters } = ingressClass.spec ?? {};
      const group = parameters?.apiGroup ? `.${parameters.apiGroup}` : "";
      const reference = parameters === undefined ? "<none>" : `${parameters.kind ?? ""}${group}/${parameters.name ?? ""}`;
      return [ingressClass.metadata.name, controller, reference, age(ingressClass, context)];
    },
  },
});

interface Peer {
  ipBlock?: { cidr?: string; except?: string[] };
}

/** Source: pkg/apis/networking/validation/validation.go, ValidateIPBlock; whether what is excepted lies within is not looked at. */
function peerErrors({ ipBlock }: Peer, field: string): FieldError[] {
  if (ipBlock === undefined) return [];
  const { cidr, except = [] } = ipBlock;
  if (!cidr) return [required(`${field}.ipBlock.cidr`)];
  return [
    ...cidrErrors(`${field}.ipBlock.cidr`, cidr),
    ...except.flatMap((each, index) => cidrErrors(`${field}.ipBlock.except[${index}]`, each)),
  ];
}

function ruleErrors({ spec }: NetworkPolicy): FieldError[] {
  const of = (peers: readonly Peer[] | undefined, field: string): FieldError[] =>
    (peers ?? []).flatMap((peer, index) => peerErrors(peer, `${field}[${index}]`));
  return [
    ...(spec?.ingress ?? []).flatMap(({ from }, index) => of(from, `spec.ingress[${index}].from`)),
    ...(spec?.egress ?? []).flatMap(({ to }, index) => of(to, `spec.egress[${index}].to`)),
  ];
}

interface NetworkPolicy extends KubeObject {
  spec?: {
    podSelector?: LabelSelector;
    policyTypes?: string[];
    ingress?: { ports?: { protocol?: string }[]; from?: Peer[] }[];
    egress?: { ports?: { protocol?: string }[]; to?: Peer[] }[];
  };
}

const PEERS = listOf(
  objectOf("NetworkPolicyPeer", {
    podSelector: LABEL_SELECTOR,
    namespaceSelector: LABEL_SELECTOR,
    ipBlock: objectOf("IPBlock", { cidr: "text", except: listOf("text") }),
  }),
);
const RULES = (goName: string) =>
  listOf(
    objectOf(goName, { from: PEERS, to: PEERS, ports: listOf(objectOf("NetworkPolicyPort", { protocol: "text", port: "intOrString" })) }),
  );

/** networking.k8s.io/v1 networkpolicies. Source: pkg/apis/networking/v1/defaults.go. */
export const networkPolicies = defineKind<NetworkPolicy>({
  apiVersion: "networking.k8s.io/v1",
  kind: "NetworkPolicy",
  resource: "networkpolicies",
  shortNames: ["netpol"],
  shape: objectOf("NetworkPolicy", {
    metadata: METADATA,
    spec: objectOf("NetworkPolicySpec", {
      podSelector: LABEL_SELECTOR,
      policyTypes: listOf("text"),
      ingress: RULES("NetworkPolicyIngressRule"),
      egress: RULES("NetworkPolicyEgressRule"),
    }),
    status: objectOf("NetworkPolicyStatus", { conditions: CONDITIONS }),
  }),
  strategy: {
    applyDefaults(policy) {
      const spec = (policy.spec ??= {});
      if ((spec.policyTypes ?? []).length === 0) spec.policyTypes = ["Ingress", ...((spec.egress ?? []).length > 0 ? ["Egress"] : [])];
      for (const { ports } of [...(spec.ingress ?? []), ...(spec.egress ?? [])]) for (const port of ports ?? []) port.protocol ||= "TCP";
    },
    validate: (policy) => [
      ...ruleErrors(policy),
      ...(policy.spec?.policyTypes ?? []).flatMap((type, index) => oneOf(`spec.policyTypes[${index}]`, type, ["Ingress", "Egress"])),
    ],
  },
  table: {
    columns: [NAME, text("Pod-Selector", "Pods that the policy is about."), AGE],
    cells: (policy, context) => [policy.metadata.name, formatLabelSelector(policy.spec?.podSelector), age(policy, context)],
  },
});
