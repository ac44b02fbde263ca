import { ArmError, type ArmRequest, type ArmResponse, type Method, ProviderError } from "#arm";
import type { FaultSpec } from "#api/faults";
import { StatusError } from "#api/kubernetes/status";
import type { KubeClient } from "#kube/client";
import { paceOf, type Random, seededRandom, type Speed, VirtualClock } from "#lib";
import { type Service, startService } from "#main";
import { openMemoryStore, type Store } from "#store";
import { type EndOfLife, Life } from "./life.ts";
import { Watchman } from "./watchman.ts";

export const SUBSCRIPTION = "19da3500-0000-4000-8000-000000000000";
export const GROUP = "rg";
const INSTALLATION = {
  tenantId: "11111111-1111-1111-1111-111111111111",
  subscriptionId: SUBSCRIPTION,
  clientId: "22222222-2222-2222-2222-222222222222",
  clientSecret: "secret",
};
const SECRETS = { caPem: "authority", caKeyPem: "key", adminCertPem: "certificate", adminKeyPem: "key", adminToken: "token" };
/** Looks at a call that has not returned, each after all that was ready to run has run. */
const MAX_LOOKS = 60;

/** What a call was answered or refused with; `lost` when the service died first. */
export interface Answer {
  readonly status: number | "lost";
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

const LOST: Answer = { status: "lost", headers: {}, body: undefined };

/** The whole service in this process on a store that survives it. It can die at any moment and be started again. */
export class World {
  readonly clock = new VirtualClock();
  readonly store: Store = openMemoryStore({ onDefect: (error) => this.#defect("a watcher throws", error) });
  readonly watchman = new Watchman(this.store, this.clock);
  readonly #random: Random;
  readonly #speed: Speed;
  #life = new Life(this.store, this.clock, () => undefined);
  #service: Service | undefined;
  /** Times that the service was started. */
  starts = 0;

  private constructor(seed: number, speed: Speed) {
    this.#random = seededRandom(seed ^ 0x5eed);
    this.#speed = speed;
  }

  static async open(seed: number, speed: Speed): Promise<World> {
    const world = new World(seed, speed);
    await writeFirstDocuments(world.store);
    await world.start();
    return world;
  }

  get ledger(): Watchman["ledger"] {
    return this.watchman.ledger;
  }

  get isDead(): boolean {
    return this.#life.isOver;
  }

  /** Dies now, or in one of the transactions to come. */
  crash(inTransactions: number, ending: EndOfLife): void {
    if (inTransactions === 0) this.#life.end();
    else this.#life.endIn(inTransactions, ending);
  }

  /** Starts the service on what the store holds; when it dies meanwhile, that is all. */
  async start(): Promise<void> {
    this.starts++;
    this.#life = new Life(this.store, this.clock, (message, error) => this.#defect(message, error));
    const { store, clock, log } = this.#life;
    const service = await this.#settled(
      startService({
        store,
        clock,
        log,
        pace: paceOf(this.#speed),
        random: this.#random,
        generation: "auto",
        installation: INSTALLATION,
        caPem: "authority",
        makeSecrets: () => Promise.resolve(SECRETS),
        signing: { makeKey: () => Promise.resolve("key"), sign: () => Promise.resolve("token") },
      }),
      "a start",
    );
    this.#service = service;
  }

  /** Calls the provider as the door would. @param path below the namespace, with a query after `?`. */
  async call(method: Method, path: string, apiVersion: string, body?: unknown): Promise<Answer> {
    const service = this.#service;
    if (service === undefined || this.isDead) return LOST;
    const [segments = "", query = ""] = path.split("?");
    const request: ArmRequest = {
      method,
      path: { subscriptionId: SUBSCRIPTION, resourceGroup: GROUP, namespace: "Microsoft.ContainerService", segments: segments.split("/") },
      apiVersion,
      query: new URLSearchParams(query),
      headers: {},
      body,
      baseUrl: "https://localhost:8443",
      principal: { tenantId: INSTALLATION.tenantId, objectId: "o", name: "n" },
      correlationId: "c",
    };
    const answering = service.aks.handle(request).then(
      ({ status, headers = {}, body }: ArmResponse): Answer => ({ status, headers, body }),
      (error: unknown) => this.#refused(error, `${method} ${path}`),
    );
    return (await this.#settled(answering, `${method} ${path}`)) ?? LOST;
  }

  /** Calls the cluster's API as its administrator; the answer's status is the Status' code. */
  async kube(uid: string, what: string, call: (client: KubeClient) => Promise<unknown>): Promise<Answer> {
    if (this.#service === undefined || this.isDead) return LOST;
    let client: KubeClient;
    try {
      client = this.#service.controlPlanes.client(uid);
    } catch {
      return { ...LOST, status: 404 };
    }
    const answering = call(client).then(
      (body): Answer => ({ status: 200, headers: {}, body }),
      (error: unknown): Answer => {
        if (!(error instanceof StatusError)) throw error;
        if (error.code >= 500 && error.code !== 503) this.#defect(what, error);
        return { status: error.code, headers: {}, body: error.message };
      },
    );
    return (await this.#settled(answering, what)) ?? LOST;
  }

  /** Lets something go wrong from now on, if the service lives to hear it. */
  async addFault(spec: FaultSpec): Promise<void> {
    if (this.#service !== undefined && !this.isDead) await this.#settled(this.#service.faults.add(spec), "a fault");
  }

  /** Lets nothing more go wrong; what has gone wrong stays so. */
  async removeFaults(): Promise<void> {
    if (this.#service !== undefined && !this.isDead) await this.#settled(this.#service.faults.removeAll(), "the end of faults");
  }

  /** Whether the cluster's control plane runs in this process. */
  answers(uid: string): boolean {
    try {
      return this.#service?.controlPlanes.client(uid) !== undefined;
    } catch {
      return false;
    }
  }

  /** Lets everything run that needs no time. */
  async settle(): Promise<void> {
    await this.clock.advance(0);
  }

  #refused(error: unknown, what: string): Answer {
    if (error instanceof ProviderError) {
      const { status, headers = {}, body } = error.response;
      if (status >= 500) this.#defect(what, error);
      return { status, headers, body };
    }
    if (error instanceof ArmError && error.status < 500) return { status: error.status, headers: {}, body: error.message };
    this.#defect(what, error);
    return { status: 500, headers: {}, body: String(error) };
  }

  /** Undefined when the service died first. */
  async #settled<T>(promise: Promise<T>, what: string): Promise<T | undefined> {
    type Outcome = { readonly value: T } | { readonly error: unknown };
    const life = this.#life;
    const outcomes: Outcome[] = [];
    // Nobody hears what a process says that has ended beside the call.
    const hear = (outcome: Outcome): void => {
      if (!life.isOver) outcomes.push(outcome);
    };
    promise.then(
      (value) => hear({ value }),
      (error: unknown) => hear({ error }),
    );
    for (let look = 0; look < MAX_LOOKS && outcomes.length === 0 && !this.isDead; look++) await this.settle();
    const [outcome] = outcomes;
    if (outcome === undefined) {
      if (!this.isDead) this.watchman.report("noWait", what);
      return undefined;
    }
    if ("error" in outcome) throw outcome.error;
    return outcome.value;
  }

  #defect(message: string, error: unknown): void {
    this.watchman.report("noDefect", `${message}: ${error instanceof Error ? (error.stack ?? error.message) : JSON.stringify(error)}`);
  }
}

/** A group, the features of the preview, and a key that nobody uses: making one takes real time. */
async function writeFirstDocuments(store: Store): Promise<void> {
  const documents: Readonly<Record<string, unknown>> = {
    [`/arm/groups/${SUBSCRIPTION}/${GROUP}`]: {
      subscriptionId: SUBSCRIPTION,
      name: GROUP,
      location: "eastus",
      provisioningState: "Succeeded",
    },
    "/arm/identity/signing-key": { kid: "none" },
  };
  const features = ["MultiAgentpoolPreview", "VMSSPreview"].map((name) => [
    `/arm/features/${SUBSCRIPTION}/microsoft.containerservice/${name.toLowerCase()}`,
    { namespace: "Microsoft.ContainerService", name, to: "Registered", fromMs: 0, untilMs: 0 },
  ]);
  const ops = Object.entries({ ...documents, ...(Object.fromEntries(features) as object) }).map(([key, value]) => ({
    kind: "put" as const,
    key,
    value: Buffer.from(JSON.stringify(value)),
  }));
  await store.transact([], ops);
}
