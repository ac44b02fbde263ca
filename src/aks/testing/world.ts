import { ArmError, type ArmRequest, type ArmResponse, type Method, type Operation, ProviderError } from "#arm";
import { type Compute, openCompute, type Quotas } from "#compute";
import { type Pace, seededRandom, silentLogger, VirtualClock } from "#lib";
import { openMemoryStore, type Store } from "#store";
import { type Aks, createAks } from "../service.ts";
import { FakeArm } from "./arm.ts";
import { FakeControlPlanes } from "./kubernetes.ts";

/** The one subscription. */
export const SUBSCRIPTION = "19da35d3-9a1a-4f3b-9b9c-3c56ef409565";

/** What a call was answered with, or refused with. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  // oxlint-disable-next-line typescript/no-explicit-any -- a body is looked into by tests that know its shape.
  readonly body: any;
}

interface Call {
  readonly body?: unknown;
  readonly apiVersion?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
}

interface WorldOptions {
  /** Real time when absent: the clock is virtual. */
  readonly pace: Pace | undefined;
  readonly supportWindow: string | undefined;
}

/** The service on a memory store, real machines, a virtual clock, and stand-ins for its neighbours. It can be restarted. */
export class World {
  readonly clock: VirtualClock;
  readonly random = seededRandom(7);
  readonly controlPlanes = new FakeControlPlanes();
  readonly store: Store;
  readonly arm: FakeArm;
  readonly #pace: Pace;
  #aks: Aks | undefined;
  #compute: (Compute & Quotas) | undefined;

  readonly #supportWindow: string | undefined;

  private constructor(store: Store, clock: VirtualClock, arm: FakeArm, { pace, supportWindow }: WorldOptions) {
    this.store = store;
    this.clock = clock;
    this.#pace = pace ?? ((realMs) => realMs);
    this.#supportWindow = supportWindow;
    this.arm = arm;
  }

  /** @param startMs first moment of the clock. */
  static async open(pace?: Pace, supportWindow?: string, startMs?: number): Promise<World> {
    const store = openMemoryStore();
    const clock = new VirtualClock(startMs);
    const arm = await FakeArm.open({ store, clock, random: seededRandom(1) });
    arm.groups.set("myresourcegroup", { name: "myResourceGroup", location: "eastus" });
    for (const feature of ["MultiAgentpoolPreview", "VMSSPreview"]) arm.features.set(feature, "Registered");
    const world = new World(store, clock, arm, { pace, supportWindow });
    await world.restart();
    return world;
  }

  get compute(): Compute & Quotas {
    if (this.#compute === undefined) throw new Error("the world has not started");
    return this.#compute;
  }

  get aks(): Aks {
    if (this.#aks === undefined) throw new Error("the world has not started");
    return this.#aks;
  }

  /** Stops what runs, as it stands, and starts anew on the same store. */
  async restart(): Promise<void> {
    await this.stop();
    const parts = { store: this.store, clock: this.clock, pace: this.#pace, random: this.random, log: silentLogger };
    this.#compute = await openCompute(parts);
    this.#aks = await createAks({
      ...parts,
      arm: this.arm,
      compute: this.#compute,
      controlPlanes: this.controlPlanes,
      generation: "auto",
      supportWindow: this.#supportWindow,
    });
    await this.#aks.start();
    await this.#compute.attach(this.controlPlanes.machines);
  }

  async stop(): Promise<void> {
    await this.#aks?.stop();
    await this.#compute?.stop();
  }

  /** @param path below the namespace: `managedClusters/c/agentPools/p`. */
  async call(method: Method, path: string, { body, apiVersion = "2019-04-01", headers = {}, query = {} }: Call = {}): Promise<Answer> {
    const inGroup = !path.startsWith("locations") && path !== "operations";
    const request: ArmRequest = {
      method,
      path: {
        subscriptionId: SUBSCRIPTION,
        ...(inGroup && { resourceGroup: "myResourceGroup" }),
        namespace: "Microsoft.ContainerService",
        segments: path.split("/"),
      },
      apiVersion,
      query: new URLSearchParams(query),
      headers,
      body,
      baseUrl: "https://localhost:8443",
      principal: { tenantId: "11111111-1111-1111-1111-111111111111", objectId: "o", name: "n" },
      correlationId: "c",
    };
    return this.aks.handle(request).then(answered, refused);
  }

  /** The operation that an answer names. */
  operation(answer: Answer): Operation | undefined {
    return this.arm.operations.get(SUBSCRIPTION, answer.headers["Azure-AsyncOperation"] ?? "");
  }

  /** Moves time on until the answer's operation has ended. */
  async ended(answer: Answer): Promise<Operation> {
    await this.clock.advanceUntil(() => this.operation(answer)?.status !== "InProgress");
    const operation = this.operation(answer);
    if (operation === undefined) throw new Error(`no operation follows ${JSON.stringify(answer)}`);
    return operation;
  }
}

function answered({ status, headers = {}, body }: ArmResponse): Answer {
  return { status, headers, body };
}

function refused(error: unknown): Answer {
  if (error instanceof ProviderError) return { status: error.response.status, headers: {}, body: error.response.body };
  if (error instanceof ArmError)
    return { status: error.status, headers: {}, body: { error: { code: error.code, message: error.message } } };
  throw error;
}
