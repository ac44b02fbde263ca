import type { KubeList, KubeObject, WatchEvent } from "#api/kubernetes/meta";
import { type Status, StatusError } from "#api/kubernetes/status";
import type { KubeCall } from "#api/kubernetes/transport";
import { type Clock, type Logger, seededRandom, silentLogger, VirtualClock } from "#lib";
import { openMemoryStore, type Store } from "#store";
import type { ApiServer, ApiServerOptions, Credentials } from "../options.ts";
import { builtInKinds } from "../registry/index.ts";
import { createApiServer } from "../server.ts";

export interface TestOptions {
  readonly store?: Store;
  readonly clock?: Clock;
  readonly version?: string;
  readonly credentials?: Credentials;
  readonly log?: Logger;
  readonly enforcesRoles?: boolean;
  readonly signingKeys?: NonNullable<ApiServerOptions["signingKeys"]>;
  readonly explainPod?: ApiServerOptions["explainPod"];
}

/** What a test says of one call beside method, path and body. */
export interface CallOptions {
  readonly query?: Record<string, string>;
  readonly contentType?: string;
}

/** A watch that remembers. */
export interface TestWatch {
  readonly events: WatchEvent[];
  /** `ADDED web-1`, in order. */
  readonly lines: () => string[];
  /** Set when the stream has ended: `closed`, or the error's message. */
  readonly end: () => string | undefined;
  stop(): void;
}

/** An API server of the built-in kinds over a memory store. */
export interface TestCluster {
  readonly api: ApiServer;
  readonly store: Store;
  /** Undefined behaviour when the options gave another clock. */
  readonly clock: VirtualClock;
  call<T = KubeObject>(method: KubeCall["method"], path: string, body?: unknown, options?: CallOptions): Promise<T>;
  /** The refusal of a call that must be refused. */
  refusal(method: KubeCall["method"], path: string, body?: unknown, options?: CallOptions): Promise<Status>;
  list(path: string, query?: Record<string, string>): Promise<KubeList>;
  watch(path: string, query?: Record<string, string>): TestWatch;
}

const NOBODY: Credentials = { caCertificatePem: "", tokens: () => undefined };

export async function startCluster(options: TestOptions = {}): Promise<TestCluster> {
  const clock = options.clock ?? new VirtualClock();
  const store = options.store ?? openMemoryStore();
  const api = createApiServer({
    store,
    keyPrefix: "/kubernetes/test/",
    kinds: builtInKinds,
    clock,
    random: seededRandom(1),
    log: options.log ?? silentLogger,
    version: options.version ?? "1.12.6",
    serviceCidr: "10.0.0.0/16",
    credentials: options.credentials ?? NOBODY,
    enforcesRoles: options.enforcesRoles ?? true,
    ...(options.signingKeys !== undefined && { signingKeys: options.signingKeys }),
    ...(options.explainPod === undefined ? {} : { explainPod: options.explainPod }),
  });
  await api.start();
  const transport = api.transport({ name: "tester", groups: ["system:masters"] });
  const call = async <T>(method: KubeCall["method"], path: string, body?: unknown, more: CallOptions = {}): Promise<T> =>
    (await transport.call({ method, path, ...more, ...(body === undefined ? {} : { body }) })) as T;
  return {
    api,
    store,
    clock: clock as VirtualClock,
    call,
    async refusal(method, path, body, more) {
      try {
        await call(method, path, body, more);
      } catch (error) {
        if (error instanceof StatusError) return error.status;
        throw error;
      }
      throw new Error(`${method} ${path} was not refused`);
    },
    list: (path, query) => call("GET", path, undefined, query === undefined ? {} : { query }),
    watch(path, query = {}) {
      const events: WatchEvent[] = [];
      let end: string | undefined;
      const { stop } = transport.watch(
        { path, query: { ...query, watch: "true" } },
        { event: (event) => void events.push(event), end: (error) => void (end = error?.message ?? "closed") },
      );
      return { events, lines: () => events.map(({ type, object }) => `${type} ${object.metadata.name}`), end: () => end, stop };
    },
  };
}

/** A pod that Kubernetes accepts. */
export function podOf(name: string, more: { labels?: Record<string, string>; spec?: object; namespace?: string } = {}): KubeObject {
  const { labels, spec, namespace = "default" } = more;
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace, ...(labels === undefined ? {} : { labels }) },
    spec: { containers: [{ name: "web", image: "nginx:1.15.9" }], ...spec },
  } as KubeObject;
}

/** Path of pods, or of one. */
export const pods = (name = ""): string => `/api/v1/namespaces/default/pods${name === "" ? "" : `/${name}`}`;

export function namesOf(list: KubeList): string[] {
  return list.items.map(({ metadata }) => metadata.name);
}
