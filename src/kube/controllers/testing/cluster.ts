import type { Event, Node, Pod } from "#api/kubernetes/core";
import type { KubeObject, ResourceType } from "#api/kubernetes/meta";
import { resources } from "#api/kubernetes/resources";
import { isStatus } from "#api/kubernetes/status";
import { createCertificateAuthority, type Logger, seededRandom, signCertificateRequest, silentLogger, VirtualClock } from "#lib";
import { formatMicroTime, formatTime } from "#kube/apimachinery";
import { builtInKinds, createApiServer, kindsOfRelease } from "#kube/apiserver";
import { createKubeClient, type KubeClient } from "#kube/client";
import { openMemoryStore } from "#store";
import { type Controllers, createControllers } from "../controllers.ts";

/** A cluster with its API server and controllers on a clock that stands still until it is moved. */
export interface TestCluster {
  readonly clock: VirtualClock;
  readonly client: KubeClient;
  /** Lets everything that is due run, then moves time on bit by bit until the condition holds. */
  until(condition: () => Promise<boolean>, limitMs?: number): Promise<void>;
  /** Moves time on. */
  pass(ms: number): Promise<void>;
  list<T extends KubeObject>(type: ResourceType<T>, namespace?: string): Promise<readonly T[]>;
  find<T extends KubeObject>(type: ResourceType<T>, name: string, namespace?: string): Promise<T | undefined>;
  /** `reason: message` of the events about an object, oldest first. */
  events(name: string): Promise<string[]>;
  addNode(name: string, more?: Partial<Node>): Promise<Node>;
  /** Renews the node's lease. */
  heartbeat(name: string): Promise<void>;
  /** Stands in for scheduler and kubelets: binds pods, runs them and lets deleted ones go, on nodes that it is told to. */
  runPods(nodeNames: readonly string[]): void;
  /** Access as somebody else. */
  as(name: string, ...groups: string[]): KubeClient;
  /** The cluster is of this version from now on. */
  upgrade(version: string): void;
  /** Ends the controllers and starts new ones that know only what is stored. */
  restartControllers(): Promise<void>;
  stop(): Promise<void>;
}

const STEP_MS = 50;
const TURNS = 30;

/** Starts a cluster. @param version `1.12.6` */
export async function startCluster(firstVersion: string, { podCidr = "10.244.0.0/16" } = {}): Promise<TestCluster> {
  let version = firstVersion;
  const clock = new VirtualClock(Date.UTC(2024, 0, 1, 12));
  const random = seededRandom(7);
  const store = openMemoryStore();
  const authority = await createCertificateAuthority({ commonName: "ca", clock, validDays: 1000 });
  const { certPem } = authority;
  const complaints: string[] = [];
  const shared = { clock, random, log: complainingTo(complaints) };
  const server = createApiServer({
    ...shared,
    store,
    keyPrefix: "/kubernetes/test/",
    kinds: builtInKinds,
    version,
    serviceCidr: "10.0.0.0/16",
    credentials: { caCertificatePem: certPem, tokens: () => undefined },
  });
  await server.start();
  const client = createKubeClient(server.transport({ name: "test", groups: ["system:masters"] }));
  const makeControllers = (): Controllers =>
    createControllers({
      ...shared,
      client,
      version: () => version,
      podCidr,
      rootCaPem: certPem,
      certificates: { sign: (request, options) => signCertificateRequest(authority, request, options), wall: clock },
      secretToken: async ({ name, uid }, secretName) => `token of ${name} (${uid}) in ${secretName}`,
      resources: kindsOfRelease(version),
    });
  let controllers = makeControllers();
  await controllers.start();
  const fixture = new Fixture(clock, client);
  return Object.assign(fixture, {
    as: (name: string, ...groups: string[]) => createKubeClient(server.transport({ name, groups })),
    upgrade(next: string) {
      server.setVersion((version = next));
      controllers.serve(kindsOfRelease(next));
    },
    async restartControllers() {
      await controllers.stop();
      controllers = makeControllers();
      await controllers.start();
    },
    async stop() {
      fixture.stopPods();
      await controllers.stop();
      await server.stop();
      await store.close();
      if (complaints.length > 0) throw new Error(`the log complains:\n${complaints.join("\n")}`);
    },
  });
}

/** Notes warnings and errors: a run that fails and is tried again would else pass unseen. */
function complainingTo(complaints: string[]): Logger {
  const note = (message: string, fields: object = {}): void => {
    const { error, ...others } = fields as { error?: unknown };
    complaints.push(`${message} ${JSON.stringify(others)} ${error instanceof Error ? (error.stack ?? error.message) : ""}`);
  };
  const log: Logger = { ...silentLogger, warn: note, error: note, with: () => log };
  return log;
}

class Fixture {
  readonly clock: VirtualClock;
  readonly client: KubeClient;
  stopPods = (): void => undefined;

  constructor(clock: VirtualClock, client: KubeClient) {
    this.clock = clock;
    this.client = client;
  }

  async until(condition: () => Promise<boolean>, limitMs = 1_200_000): Promise<void> {
    const end = this.clock.now() + limitMs;
    for (;;) {
      for (let turn = 0; turn < TURNS; turn++) {
        if (await condition()) return;
        await new Promise((resolve) => setImmediate(resolve));
      }
      if (this.clock.now() >= end) throw new Error(`condition did not hold within ${limitMs} ms`);
      await this.clock.advance(STEP_MS);
    }
  }

  async pass(ms: number): Promise<void> {
    for (let turn = 0; turn < TURNS; turn++) await new Promise((resolve) => setImmediate(resolve));
    await this.clock.advance(ms);
    for (let turn = 0; turn < TURNS; turn++) await new Promise((resolve) => setImmediate(resolve));
  }

  async list<T extends KubeObject>(type: ResourceType<T>, namespace?: string): Promise<readonly T[]> {
    return (await this.client.list(type, namespace === undefined ? {} : { namespace })).items;
  }

  async find<T extends KubeObject>(type: ResourceType<T>, name: string, namespace?: string): Promise<T | undefined> {
    try {
      return await this.client.get(type, namespace === undefined ? { name } : { name, namespace });
    } catch (error) {
      if (isStatus(error, "NotFound")) return undefined;
      throw error;
    }
  }

  async events(name: string): Promise<string[]> {
    // They are written after everything else.
    await this.clock.advance(0);
    const about = (await this.list(resources.events)).filter((event: Event) => event.involvedObject.name === name);
    const ordered = about.toSorted((a, b) => Number(a.metadata.resourceVersion) - Number(b.metadata.resourceVersion));
    return ordered.map(({ reason, message }) => `${reason}: ${message}`);
  }

  async addNode(name: string, more: Partial<Node> = {}): Promise<Node> {
    const conditions = [{ type: "Ready", status: "True" as const, lastHeartbeatTime: formatTime(this.clock.now()) }];
    const node = await this.client.create(resources.nodes, { metadata: { name }, spec: {}, status: { conditions }, ...more });
    await this.client.create(resources.leases, {
      metadata: { name, namespace: "kube-node-lease" },
      spec: { holderIdentity: name, leaseDurationSeconds: 40, renewTime: formatMicroTime(this.clock.now()) },
    });
    return node;
  }

  async heartbeat(name: string): Promise<void> {
    const body = { spec: { renewTime: formatMicroTime(this.clock.now()) } };
    await this.client.patch(resources.leases, { name, namespace: "kube-node-lease" }, { type: "merge", body });
  }

  runPods(nodeNames: readonly string[]): void {
    let turn = 0;
    const busy = new Map<string, Promise<void>>();
    const step = (pod: Pod): void => {
      const key = `${pod.metadata.namespace}/${pod.metadata.name}`;
      const before = busy.get(key) ?? Promise.resolve();
      const pick = (): string => nodeNames[turn++ % nodeNames.length] ?? "";
      busy.set(
        key,
        before.then(() => this.#run(key, pick, nodeNames)).catch(() => undefined),
      );
    };
    const watch = this.client.watch(resources.pods, {}, { event: ({ object }) => step(object), end: () => undefined });
    this.stopPods = () => watch.stop();
  }

  async #run(key: string, pick: () => string, nodeNames: readonly string[]): Promise<void> {
    const [namespace = "", name = ""] = key.split("/");
    const pod = await this.client.get(resources.pods, { namespace, name });
    const target = pod.spec.nodeName || (pinOf(pod) ?? pick());
    if (!nodeNames.includes(target)) return;
    if (pod.metadata.deletionTimestamp !== undefined)
      await this.client.delete(resources.pods, { namespace, name }, { gracePeriodSeconds: 0 });
    else if (!pod.spec.nodeName) await this.client.bind({ namespace, name }, target);
    else if (pod.status?.phase === "Pending") {
      const conditions = [{ type: "Ready", status: "True", lastTransitionTime: formatTime(this.clock.now()) }];
      const number = Number(pod.metadata.resourceVersion) % 65_536;
      const podIP = `10.244.${number >> 8}.${number & 255}`;
      await this.client.patch(
        resources.pods,
        { namespace, name },
        { type: "merge", body: { status: { phase: "Running", podIP, conditions } } },
        { subresource: "status" },
      );
    }
  }
}

function pinOf(pod: Pod): string | undefined {
  const terms = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  return terms?.[0]?.matchFields?.[0]?.values?.[0];
}
