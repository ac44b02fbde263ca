import type { FastifyInstance } from "fastify";
import { paceOf, seededRandom, silentLogger, type Speed, VirtualClock } from "#lib";
import { openMemoryStore, type Store } from "#store";
import { type Arm, openArm } from "../arm.ts";
import type { AdministrativeRoute } from "../door/administration.ts";
import type { CallFaults } from "../door/call-faults.ts";
import { SIGNING_KEY } from "../identity/signing-key.ts";
import type { Subscription } from "../subscriptions.ts";
import { createFakeProvider, type FakeProvider } from "./fake-provider.ts";

export const TENANT = "11111111-1111-1111-1111-111111111111";
export const SUBSCRIPTION = "00000000-0000-0000-0000-000000000001";
export const CLIENT = { clientId: "22222222-2222-2222-2222-222222222222", clientSecret: "s3cret" };
export const ROOT = `/subscriptions/${SUBSCRIPTION}`;
export const GROUP = `${ROOT}/resourceGroups/myGroup`;
export const CLUSTERS = `${GROUP}/providers/Microsoft.ContainerService/managedClusters`;
export const HOST = "localhost:8443";

/** Any JSON, to look into without saying what it is. */
export interface Loose {
  readonly [member: string]: Loose;
}

/** An answer, with its JSON read. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
  readonly body: Loose;
}

export interface CallOptions {
  readonly body?: unknown;
  readonly version?: string;
  readonly headers?: Record<string, string>;
  /** Bearer token; null for none, a good one when absent. */
  readonly token?: string | null;
}

/** A front door in memory, with a provider, on a clock that the test moves. */
export interface Harness {
  readonly arm: Arm;
  readonly app: FastifyInstance;
  readonly plain: FastifyInstance;
  readonly store: Store;
  readonly clock: VirtualClock;
  readonly provider: FakeProvider;
  call(method: string, path: string, options?: CallOptions): Promise<Answer>;
  /** Moves time on until what is polled is not 202 and has no status, or one of an end. */
  poll(url: unknown): Promise<Answer>;
  stop(): Promise<void>;
}

/** @param options.store What an earlier harness has left: the start after a crash. */
export async function startHarness(
  options: {
    readonly store?: Store;
    readonly speed?: Speed;
    readonly start?: boolean;
    /** Subscriptions beside {@link SUBSCRIPTION}. */
    readonly others?: readonly Subscription[];
    readonly rbac?: boolean;
    /** Text of the file of identities. */
    readonly identities?: () => string | undefined;
    readonly callFaults?: CallFaults;
    readonly administration?: readonly AdministrativeRoute[];
  } = {},
): Promise<Harness> {
  const { store: _store, speed: _speed, start: _start, others: _others, ...door } = options;
  const store = options.store ?? openMemoryStore();
  const clock = new VirtualClock(Date.UTC(2019, 4, 17, 12, 0, 0));
  const environment = { store, clock, pace: paceOf(options.speed ?? "instant"), random: seededRandom(7), log: silentLogger };
  const subscriptions = [{ id: SUBSCRIPTION, displayName: "Lido" }, ...(options.others ?? [])];
  const { arm, app, plain } = await openArm({
    ...environment,
    tenantId: TENANT,
    subscriptions,
    credentials: [CLIENT],
    ...door,
  });
  const provider = createFakeProvider(arm.services, environment);
  arm.register(provider);
  await shareSigningKey(store);
  if (options.start !== false) await arm.start();
  const token = await arm.issueToken();
  signingKey ??= (await store.get(SIGNING_KEY))?.value;

  async function call(
    method: string,
    path: string,
    { body, version = "2021-04-01", headers = {}, ...rest }: CallOptions = {},
  ): Promise<Answer> {
    const url = version === "" || path.includes("api-version=") ? path : `${path}${path.includes("?") ? "&" : "?"}api-version=${version}`;
    const bearer = rest.token === undefined ? token : rest.token;
    const payload = body === undefined ? {} : { payload: typeof body === "string" ? body : JSON.stringify(body) };
    const response = await app.inject({
      method: method as "GET",
      url: url.replace(/^https?:\/\/[^/]+/, ""),
      headers: {
        host: HOST,
        "content-type": "application/json",
        ...(bearer === null ? {} : { authorization: `Bearer ${bearer}` }),
        ...headers,
      },
      ...payload,
    });
    const text = response.body;
    return { status: response.statusCode, headers: response.headers, text, body: isJson(text) ? (JSON.parse(text) as Answer["body"]) : {} };
  }

  async function poll(url: unknown): Promise<Answer> {
    let answer = await call("GET", String(url));
    const ended: readonly unknown[] = ["Succeeded", "Failed", "Canceled", undefined];
    const isRunning = (): boolean => answer.status === 202 || !ended.includes(answer.body["status"]);
    await clock.advanceUntil(async () => {
      answer = await call("GET", String(url));
      return !isRunning();
    });
    return answer;
  }

  return { arm, app, plain, store, clock, provider, call, poll, stop: () => arm.stop() };
}

/** The first harness's key, for all: to make one takes a tenth of a second. */
let signingKey: Uint8Array | undefined;

async function shareSigningKey(store: Store): Promise<void> {
  if (signingKey === undefined) return;
  await store.transact([{ key: SIGNING_KEY, modRevision: 0 }], [{ kind: "put", key: SIGNING_KEY, value: signingKey }]);
}

function isJson(text: string): boolean {
  return text.startsWith("{") || text.startsWith("[");
}
