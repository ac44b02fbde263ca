import { describe, expect, it } from "vitest";
import type { APIService } from "#api/kubernetes/apiregistration";
import type { Endpoints, Service } from "#api/kubernetes/core";
import { availability } from "./controller.ts";

const API: APIService = { metadata: { name: "v1.b" }, spec: { service: { namespace: "s", name: "m", port: 443 } } };
const SERVICE: Service = { metadata: { name: "m" }, spec: { ports: [{ name: "https", port: 443 }] } };
const NAMED = 'service/m in "s"';

describe("availability of APIServices", () => {
  it.each<{ name: string; api?: APIService; service?: Service; endpoints?: Endpoints; want: [string, string, string] }>([
    { name: "without a service", api: { ...API, spec: {} }, want: ["True", "Local", "Local APIServices are always available"] },
    { name: "of a service that is missing", want: ["False", "ServiceNotFound", `${NAMED} is not present`] },
    {
      name: "of a service with other ports",
      service: { ...SERVICE, spec: { ports: [{ port: 80 }] } },
      want: ["False", "ServicePortError", `${NAMED} is not listening on port 443`],
    },
    { name: "without endpoints", service: SERVICE, want: ["False", "EndpointsNotFound", `cannot find endpoints for ${NAMED}`] },
    {
      name: "without addresses",
      service: SERVICE,
      endpoints: { metadata: { name: "m" }, subsets: [{ ports: [{ name: "https", port: 1 }] }] },
      want: ["False", "MissingEndpoints", `endpoints for ${NAMED} have no addresses with port name "https"`],
    },
    {
      name: "that answers",
      service: SERVICE,
      endpoints: { metadata: { name: "m" }, subsets: [{ addresses: [{ ip: "1.2.3.4" }], ports: [{ name: "https", port: 1 }] }] },
      want: ["True", "Passed", "all checks passed"],
    },
  ])("$name", ({ api = API, service, endpoints, want }) => {
    const { status, reason = "", message = "" } = availability(api, { service, endpoints });
    expect([status, reason, message]).toEqual(want);
  });
});
