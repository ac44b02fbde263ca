import type { Container } from "#api/kubernetes/core";
import { type FieldError, forbidden, invalid, portNameErrors, portNumberErrors, required } from "#kube/apimachinery";
import { nonNegative, oneOf } from "../checks.ts";

interface Handler {
  readonly exec?: { readonly command?: readonly string[] };
  readonly httpGet?: { readonly path?: string; readonly port?: number | string; readonly scheme?: string };
  readonly tcpSocket?: { readonly port?: number | string };
  readonly grpc?: { readonly port?: number };
}

interface Probe extends Handler {
  readonly initialDelaySeconds?: number;
  readonly timeoutSeconds?: number;
  readonly periodSeconds?: number;
  readonly successThreshold?: number;
  readonly failureThreshold?: number;
  readonly terminationGracePeriodSeconds?: number;
}

const COUNTS = ["initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold"] as const;

function portErrors(port: number | string | undefined, field: string): FieldError[] {
  const details = typeof port === "string" ? portNameErrors(port) : portNumberErrors(port ?? 0);
  return details.map((detail) => invalid(field, port ?? 0, detail));
}

/** Source: pkg/apis/core/validation/validation.go, validateHandler: of several ways, those after the first are refused. */
function handlerErrors({ exec, httpGet, tcpSocket, grpc }: Handler, field: string): FieldError[] {
  const ways: [name: string, errors: FieldError[]][] = [];
  if (exec !== undefined) ways.push(["exec", (exec.command ?? []).length === 0 ? [required(`${field}.exec.command`)] : []]);
  if (httpGet !== undefined) {
    const path = `${field}.httpGet`;
    const errors = httpGet.path ? [] : [required(`${path}.path`)];
    errors.push(...portErrors(httpGet.port, `${path}.port`), ...oneOf(`${path}.scheme`, httpGet.scheme, ["HTTP", "HTTPS"]));
    ways.push(["httpGet", errors]);
  }
  if (tcpSocket !== undefined) ways.push(["tcpSocket", portErrors(tcpSocket.port, `${field}.tcpSocket.port`)]);
  if (grpc !== undefined) ways.push(["grpc", portErrors(grpc.port, `${field}.grpc.port`)]);
  if (ways.length === 0) return [required(field, "must specify a handler type")];
  return ways.flatMap(([name, errors], index) =>
    index === 0 ? errors : [forbidden(`${field}.${name}`, "may not specify more than 1 handler type")],
  );
}

/** Source: pkg/apis/core/validation/validation.go, validateProbe. */
function probeErrors(probe: Probe, field: string): FieldError[] {
  const { terminationGracePeriodSeconds: grace = 1 } = probe;
  return [
    ...handlerErrors(probe, field),
    ...COUNTS.flatMap((name) => nonNegative(`${field}.${name}`, probe[name])),
    ...(grace <= 0 ? [invalid(`${field}.terminationGracePeriodSeconds`, grace, "must be greater than 0")] : []),
  ];
}

/** A container is asked for its life and start until it fails, so one success has to be enough. */
function onceErrors({ successThreshold = 1 }: Probe, field: string): FieldError[] {
  return successThreshold === 1 ? [] : [invalid(`${field}.successThreshold`, successThreshold, "must be 1")];
}

/** What is wrong with a container's probes. Source: pkg/apis/core/validation/validation.go, validateLivenessProbe and its like. */
export function probesErrors(container: Container, path: string): FieldError[] {
  const { livenessProbe, readinessProbe, startupProbe } = container as {
    readonly [name in "livenessProbe" | "readinessProbe" | "startupProbe"]?: Probe;
  };
  const of = (probe: Probe | undefined, name: string, once: boolean): FieldError[] => {
    if (probe === undefined) return [];
    const field = `${path}.${name}`;
    return [...probeErrors(probe, field), ...(once ? onceErrors(probe, field) : [])];
  };
  return [
    ...of(livenessProbe, "livenessProbe", true),
    ...of(readinessProbe, "readinessProbe", false),
    ...of(startupProbe, "startupProbe", true),
  ];
}
