import type { Endpoints } from "#api/kubernetes/core";
import { AGE, age, NAME, orElse, text } from "../columns.ts";
import { defineKind } from "../define.ts";
import { METADATA } from "../pod-template/shape.ts";
import { listOf, objectOf } from "../shape.ts";

/** Addresses that a row names; the others are only counted. */
const SHOWN = 3;

function addressText(ip: string, port: number): string {
  return ip.includes(":") ? `[${ip}]:${port}` : `${ip}:${port}`;
}

/** Source: pkg/printers/internalversion/printers.go, formatEndpoints. */
function endpointsCell({ subsets }: Endpoints): string {
  const all = (subsets ?? []).flatMap(({ ports = [], addresses = [] }) =>
    ports.length === 0 ? addresses.map(({ ip }) => ip) : ports.flatMap(({ port }) => addresses.map(({ ip }) => addressText(ip, port))),
  );
  const shown = all.slice(0, SHOWN).join(",");
  return orElse(all.length > SHOWN ? `${shown} + ${all.length - SHOWN} more...` : shown, "<none>");
}

const ADDRESSES = listOf(objectOf("EndpointAddress", { ip: "filled", nodeName: "text" }));

/** core/v1 endpoints. Source: pkg/apis/core/v1/defaults.go, SetDefaults_Endpoints. */
export const endpoints = defineKind<Endpoints>({
  apiVersion: "v1",
  kind: "Endpoints",
  resource: "endpoints",
  shortNames: ["ep"],
  shape: objectOf("Endpoints", {
    metadata: METADATA,
    subsets: listOf(
      objectOf("EndpointSubset", {
        addresses: ADDRESSES,
        notReadyAddresses: ADDRESSES,
        ports: listOf(objectOf("EndpointPort", { name: "text", port: "int32", protocol: "text" })),
      }),
    ),
  }),
  strategy: {
    applyDefaults({ subsets }) {
      for (const { ports } of subsets ?? []) for (const port of ports ?? []) port.protocol ||= "TCP";
    },
  },
  table: {
    columns: [NAME, text("Endpoints", "Addresses and ports of what serves."), AGE],
    cells: (object, context) => [object.metadata.name, endpointsCell(object), age(object, context)],
  },
});
