import { StartError } from "#api/server";
import type { Namespace } from "#api/kubernetes/core";
import { isStatus, StatusError } from "#api/kubernetes/status";
import { type HttpTransport, httpTransport, type HttpTransportOptions, KubeconfigError, readKubeconfig } from "#kube/client";
import type { Clock } from "#lib";

/** A control plane that others run: an API server with its own scheduler and controllers. */
export interface Outside {
  readonly access: HttpTransportOptions;
  readonly transport: HttpTransport;
  /** Tells it from every other, whatever address it has: the uid of its namespace kube-system. */
  readonly identity: string;
  /** `1.35.4`. */
  readonly version: string;
}

/** How long an API server may take to say who it is. */
const ANSWER_MS = 15_000;

/**
 * Reaches the API server of a kubeconfig as a user who may do everything there.
 * @throws {StartError} when the kubeconfig is wrong, nobody answers at its address, or its user is not known or may not do everything.
 */
export async function reachOutside(file: string, clock: Clock): Promise<Outside> {
  const access = accessOf(file);
  const transport = httpTransport(access);
  try {
    return { access, transport, ...(await within(clock, factsOf(transport))) };
  } catch (error) {
    transport.close();
    throw new StartError(`The API server ${access.server} of the kubeconfig ${file} ${complaint(error)}`);
  }
}

function accessOf(file: string): HttpTransportOptions {
  try {
    return readKubeconfig(file);
  } catch (error) {
    throw error instanceof KubeconfigError ? new StartError(error.message) : error;
  }
}

async function factsOf(transport: HttpTransport): Promise<Pick<Outside, "identity" | "version">> {
  const { gitVersion } = (await transport.call({ method: "GET", path: "/version" })) as { gitVersion: string };
  if (!(await mayDoEverything(transport))) throw new Forbidden();
  return { identity: await identityOf(transport), version: gitVersion.replace(/^v/, "").replace(/[-+].*$/, "") };
}

/** What {@link Outside.identity} is now. */
export async function identityOf(transport: HttpTransport): Promise<string> {
  const namespace = (await transport.call({ method: "GET", path: "/api/v1/namespaces/kube-system" })) as Namespace;
  return namespace.metadata.uid ?? "";
}

class Forbidden extends Error {}

async function mayDoEverything(transport: HttpTransport): Promise<boolean> {
  const review = await transport.call({
    method: "POST",
    path: "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
    body: {
      apiVersion: "authorization.k8s.io/v1",
      kind: "SelfSubjectAccessReview",
      spec: { resourceAttributes: { verb: "*", group: "*", resource: "*" } },
    },
  });
  return (review as { status?: { allowed?: boolean } }).status?.allowed === true;
}

/** Rejects when the promise has not settled in time. */
async function within<T>(clock: Clock, promise: Promise<T>): Promise<T> {
  let timer: { cancel(): void } | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = clock.after(ANSWER_MS, () => reject(new Error(`has not answered within ${ANSWER_MS / 1000} s.`)));
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    timer?.cancel();
  }
}

/** What is wrong, as the rest of a sentence about the API server. */
function complaint(error: unknown): string {
  if (error instanceof Forbidden)
    return "does not let its user do everything, as nodes, pods and their controllers need: use a cluster administrator's.";
  if (isStatus(error, "Unauthorized")) return "does not know the user: its certificate or token is not valid there.";
  if (error instanceof StatusError) return `refuses to say who it is: ${error.message}`;
  const { message, code } = error as NodeJS.ErrnoException;
  return code === undefined ? message : `cannot be reached: ${message}.`;
}
