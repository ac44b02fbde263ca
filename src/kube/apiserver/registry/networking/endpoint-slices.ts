import type { KubeObject } from "#api/kubernetes/meta";
import { type FieldError, required } from "#kube/apimachinery";
import { immutable, oneOf } from "../checks.ts";
import { AGE, age, NAME, text } from "../columns.ts";
import { defineKind } from "../define.ts";
import { METADATA } from "../pod-template/shape.ts";
import { alwaysOf, listOf, objectOf } from "../shape.ts";

interface EndpointSlice extends KubeObject {
  addressType?: string;
  endpoints?: { addresses?: string[] }[];
  /** Null where there are none. */
  ports?: { name?: string; port?: number; protocol?: string }[] | null;
}

/** Addresses or ports that a row names; the others are only counted. */
const SHOWN = 3;

function firstFew(all: readonly string[], otherwise: string): string {
  if (all.length === 0) return otherwise;
  const shown = all.slice(0, SHOWN).join(",");
  return all.length > SHOWN ? `${shown} + ${all.length - SHOWN} more...` : shown;
}

/** Source: pkg/apis/discovery/validation/validation.go, ValidateEndpointSlice. */
function validate({ addressType, endpoints = [], ports }: EndpointSlice): FieldError[] {
  return [
    ...(addressType ? oneOf("addressType", addressType, ["FQDN", "IPv4", "IPv6"]) : [required("addressType")]),
    ...(ports ?? []).flatMap(({ protocol }, index) => oneOf(`ports[${index}].protocol`, protocol, ["SCTP", "TCP", "UDP"])),
    ...endpoints
      .map(({ addresses = [] }, index) => ({ count: addresses.length, field: `endpoints[${index}].addresses` }))
      .filter(({ count }) => count === 0)
      .map(({ field }) => required(field, "must contain at least 1 address")),
  ];
}

/** discovery.k8s.io/v1 endpointslices. Source: pkg/apis/discovery/v1/defaults.go, pkg/apis/discovery/validation. */
export const endpointSlices = defineKind<EndpointSlice>({
  apiVersion: "discovery.k8s.io/v1",
  kind: "EndpointSlice",
  resource: "endpointslices",
  shape: objectOf("EndpointSlice", {
    metadata: METADATA,
    addressType: "text",
    endpoints: listOf(
      objectOf("Endpoint", {
        addresses: listOf("text"),
        conditions: alwaysOf(objectOf("EndpointConditions", { ready: "bool", serving: "bool", terminating: "bool" })),
        nodeName: "text",
        hostname: "text",
        zone: "text",
      }),
    ),
    ports: listOf(objectOf("EndpointPort", { name: "text", port: "int32", protocol: "text", appProtocol: "text" })),
  }),
  strategy: {
    applyDefaults({ ports }) {
      for (const port of ports ?? []) {
        port.name ??= "";
        port.protocol ??= "TCP";
      }
    },
    validate,
    validateUpdate: (slice, previous) => immutable("addressType", slice.addressType, previous.addressType),
  },
  table: {
    columns: [
      NAME,
      text("AddressType", "Type of the addresses."),
      text("Ports", "Ports of what serves."),
      text("Endpoints", "Addresses of what serves."),
      AGE,
    ],
    cells(slice, context) {
      const ports = (slice.ports ?? []).map(({ port, name }) => (port === undefined ? (name ?? "") : String(port)));
      const addresses = (slice.endpoints ?? []).flatMap((endpoint) => endpoint.addresses ?? []);
      return [
        slice.metadata.name,
        slice.addressType ?? "",
        firstFew(ports, "<unset>"),
        firstFew(addresses, "<unset>"),
        age(slice, context),
      ];
    },
  },
});
