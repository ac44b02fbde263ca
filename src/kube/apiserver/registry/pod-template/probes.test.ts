import { describe, expect, it } from "vitest";
import { formatFieldError } from "#kube/apimachinery";
import { probesErrors } from "./probes.ts";

const complaints = (probes: object): string[] => probesErrors({ name: "c", ...probes }, "c").map(formatFieldError);

describe("the probes of a container", () => {
  it("ask in one way", () => {
    expect(complaints({ livenessProbe: { periodSeconds: -1 } })).toEqual([
      "c.livenessProbe: Required value: must specify a handler type",
      "c.livenessProbe.periodSeconds: Invalid value: -1: must be greater than or equal to 0",
    ]);
    expect(complaints({ readinessProbe: { exec: { command: ["true"] }, tcpSocket: { port: 80 } } })).toEqual([
      "c.readinessProbe.tcpSocket: Forbidden: may not specify more than 1 handler type",
    ]);
  });

  it("name a port that there can be", () => {
    expect(complaints({ startupProbe: { httpGet: { path: "/", port: 0, scheme: "FTP" } } })).toEqual([
      "c.startupProbe.httpGet.port: Invalid value: 0: must be between 1 and 65535, inclusive",
      'c.startupProbe.httpGet.scheme: Unsupported value: "FTP": supported values: "HTTP", "HTTPS"',
    ]);
    expect(complaints({ readinessProbe: { httpGet: { path: "/", port: "http", scheme: "HTTP" }, successThreshold: 3 } })).toEqual([]);
  });

  it("succeed at once where a failure restarts", () => {
    const probe = { tcpSocket: { port: 80 }, successThreshold: 2 };
    expect(complaints({ livenessProbe: probe })).toEqual(["c.livenessProbe.successThreshold: Invalid value: 2: must be 1"]);
  });
});
