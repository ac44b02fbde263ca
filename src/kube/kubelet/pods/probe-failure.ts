import type { Probe } from "#api/kubernetes/core";
import type { ProbeKind } from "./behaviour.ts";

const NAMES: Readonly<Record<ProbeKind, string>> = { startup: "Startup", readiness: "Readiness", liveness: "Liveness" };

/** What an Unhealthy event says. Source: pkg/kubelet/prober/prober.go, probe; pkg/probe/http, tcp, grpc and exec. */
export function probeFailure(kind: ProbeKind, probe: Probe, ip: string | undefined): string {
  return `${NAMES[kind]} probe failed: ${outputOf(probe, ip)}`;
}

function outputOf({ httpGet, tcpSocket, grpc }: Probe, ip: string | undefined): string {
  if (httpGet !== undefined) return "HTTP probe failed with statuscode: 503";
  if (tcpSocket !== undefined) return `dial tcp ${ip ?? ""}:${tcpSocket.port}: connect: connection refused`;
  return grpc === undefined ? "" : 'service unhealthy (responded with "NOT_SERVING")';
}
