import { paceOf, seededRandom, silentLogger, VirtualClock } from "#lib";
import { type Service, startService } from "#main";
import { openMemoryStore } from "#store";
import { at } from "./pattern.ts";
import { durationOf, type Step, type TableRequest } from "./table.ts";
import { connect, type Send, type WireResponse } from "./wire.ts";

export interface Answer extends WireResponse {
  /** Decoded JSON; undefined for an empty body or one that is no JSON. */
  readonly body: unknown;
}

const HOST = "localhost:8443";
const PLAIN_HOST = "localhost:8444";
const INSTALLATION = {
  tenantId: "11111111-1111-1111-1111-111111111111",
  subscriptionId: "19da3500-0000-4000-8000-000000000000",
  clientId: "22222222-2222-2222-2222-222222222222",
  clientSecret: "an installation's secret",
};
/** States of an operation that has ended; any other text tells what is being done. */
const ENDED = new Set<unknown>(["Succeeded", "Failed", "Canceled", undefined]);
/** Time moves by this much between two looks at an operation, and by the second at most. Milliseconds. */
const STEP_MS = 1_000;
const LIMIT_MS = 86_400_000;

/** The whole service in this process, on a store in memory and a clock that moves while an operation is waited for. */
export class World {
  readonly service: Service;
  readonly #clock: VirtualClock;
  readonly #secure: Send;
  readonly #plain: Send;
  readonly #names = new Map<string, string>(
    Object.entries({
      sub: INSTALLATION.subscriptionId,
      tenant: INSTALLATION.tenantId,
      client: INSTALLATION.clientId,
      secret: INSTALLATION.clientSecret,
      base: `https://${HOST}`,
    }),
  );

  private constructor(service: Service, clock: VirtualClock) {
    this.service = service;
    this.#clock = clock;
    this.#secure = connect(service.arm.listener, true);
    this.#plain = connect(service.arm.httpListener, false);
  }

  /** @param start first moment of the clock. */
  static async open(start?: string): Promise<World> {
    const clock = new VirtualClock(start === undefined ? undefined : Date.parse(start));
    const service = await startService({
      store: openMemoryStore(),
      clock,
      pace: paceOf("fast"),
      random: seededRandom(7),
      log: silentLogger,
      generation: "auto",
      installation: INSTALLATION,
      caPem: "the listener's authority",
    });
    service.arm.setEndpoint(`https://${HOST}`);
    return new World(service, clock);
  }

  /** Gives texts names. */
  name(names: Readonly<Record<string, string>>): void {
    for (const [name, text] of Object.entries(names)) this.#names.set(name, this.filled(text));
  }

  /** Replaces `{name}` in every text; inside `/…/` it stands for itself, not for an expression. @throws for an unknown name. */
  filled<Value>(value: Value): Value {
    if (typeof value === "string") return this.#fill(value) as Value;
    if (Array.isArray(value)) return value.map((item: unknown) => this.filled(item)) as Value;
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, this.filled(member as unknown)])) as Value;
  }

  #fill(text: string): string {
    const isExpression = /^(<base64> )?\/.*\/$/s.test(text);
    return text.replace(/\{([a-z]\w*)\}/gi, (_, name: string) => {
      const found = this.#names.get(name);
      if (found === undefined) throw new Error(`no text is called ${name}`);
      return isExpression ? found.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&") : found;
    });
  }

  /** Sends a request whose names have been filled in. */
  async send({ method, path, "api-version": version, headers = {}, body, form }: TableRequest): Promise<Answer> {
    const isPlain = path.startsWith("plain:");
    const target = path.replace(/^plain:|^https:\/\/[^/]+/, "");
    const url = version === undefined ? target : `${target}${target.includes("?") ? "&" : "?"}api-version=${version}`;
    const all: Record<string, string> = {
      host: isPlain ? PLAIN_HOST : HOST,
      "content-type": form === undefined ? "application/json" : "application/x-www-form-urlencoded",
      ...(isPlain ? {} : { authorization: `Bearer ${await this.service.arm.issueToken()}` }),
      ...headers,
    };
    const text = form === undefined ? textOf(body) : new URLSearchParams(form).toString();
    if (text !== undefined) all["content-length"] = String(Buffer.byteLength(text));
    const kept = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== "<absent>"));
    const answer = await (isPlain ? this.#plain : this.#secure)({ method, path: url, headers: kept, text });
    return { ...answer, body: decoded(answer.text) };
  }

  /** @throws {Error} when the step is refused or its operation does not succeed. */
  async set(step: Step): Promise<void> {
    const { finish = false, capture, wait, ...request } = this.filled(step);
    if (wait !== undefined) await this.#clock.advance(durationOf(wait) ?? 0);
    const answer = await this.send(request);
    const told = `${request.method} ${request.path}: ${answer.status} ${answer.text}`;
    if (answer.status >= 400) throw new Error(`a step is refused: ${told}`);
    this.capture(capture, answer);
    if (!finish) return;
    const end = await this.ended(answer);
    const status = at(end.body, "status") ?? "Succeeded";
    if (end.status >= 400 || status !== "Succeeded") throw new Error(`a step does not succeed: ${told}\n${end.text}`);
  }

  capture(capture: Readonly<Record<string, string>> = {}, answer: Answer): void {
    for (const [name, path] of Object.entries(capture)) {
      const value = at(answer, path);
      if (typeof value !== "string") throw new Error(`nothing to capture at ${path}: ${answer.text}`);
      this.#names.set(name, value);
    }
  }

  /** Moves time on until the operation that an answer names has ended, and returns its last word. */
  async ended({ headers, text }: Answer): Promise<Answer> {
    const url = headers["azure-asyncoperation"] ?? headers["location"];
    if (url === undefined) throw new Error(`the answer names no operation: ${text}`);
    const path = url.replace(/^https:\/\/[^/]+/, "");
    for (let spentMs = 0; spentMs < LIMIT_MS; spentMs += STEP_MS) {
      const answer = await this.send({ method: "GET", path });
      if (answer.status !== 202 && ENDED.has(at(answer.body, "status"))) return answer;
      await this.#clock.advance(STEP_MS);
    }
    throw new Error(`the operation does not end: ${url}`);
  }
}

function textOf(body: unknown): string | undefined {
  return body === undefined || typeof body === "string" ? body : JSON.stringify(body);
}

function decoded(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
