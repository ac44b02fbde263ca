import { beforeEach, describe, expect, it } from "vitest";
import type { Node } from "#api/kubernetes/core";
import type { WatchEvent } from "#api/kubernetes/meta";
import { resources } from "#api/kubernetes/resources";
import { type StatusReason, StatusError } from "#api/kubernetes/status";
import type { KubeCall, KubeTransport, KubeWatchHandlers } from "#api/kubernetes/transport";
import { silentLogger, VirtualClock } from "#lib";
import { objectKey } from "./informer.ts";
import { createInformer } from "./shared-informer.ts";
import { createKubeClient } from "./typed-client.ts";

function nodeOf(name: string, resourceVersion: string): Node {
  return { metadata: { name, resourceVersion }, spec: {} };
}

function refusal(reason: StatusReason, code: number): StatusError {
  return new StatusError({ kind: "Status", apiVersion: "v1", metadata: {}, status: "Failure", reason, code });
}

/** A server that says what the test tells it to. */
class ScriptedTransport implements KubeTransport {
  items: Node[] = [];
  resourceVersion = "1";
  failure: Error | undefined;
  lists = 0;
  readonly watches: { query: Readonly<Record<string, string>>; handlers: KubeWatchHandlers; isStopped: boolean }[] = [];

  call(): Promise<unknown> {
    this.lists++;
    if (this.failure !== undefined) return Promise.reject(this.failure);
    return Promise.resolve({ items: this.items, metadata: { resourceVersion: this.resourceVersion } });
  }

  watch({ query = {} }: Pick<KubeCall, "path" | "query">, handlers: KubeWatchHandlers): { stop(): void } {
    const watch = { query, handlers, isStopped: false };
    this.watches.push(watch);
    return { stop: () => void (watch.isStopped = true) };
  }

  tell(type: WatchEvent["type"], object: Node): void {
    this.watches.at(-1)?.handlers.event({ type, object });
  }

  end(error?: Error): void {
    this.watches.at(-1)?.handlers.end(error);
  }
}

let transport: ScriptedTransport;
let clock: VirtualClock;
let told: string[];
const logged: string[] = [];
const log = { ...silentLogger, error: (message: string) => void logged.push(message) };

beforeEach(() => {
  transport = new ScriptedTransport();
  clock = new VirtualClock();
  told = [];
  logged.length = 0;
});

function start() {
  const informer = createInformer(createKubeClient(transport), resources.nodes, { clock, log });
  informer.subscribe({
    add: (node) => void told.push(`add ${node.metadata.name}`),
    update: (node, previous) =>
      void told.push(`update ${node.metadata.name} ${previous.metadata.resourceVersion}→${node.metadata.resourceVersion}`),
    delete: (node) => void told.push(`delete ${node.metadata.name}`),
  });
  return { informer, started: informer.start() };
}

describe("an informer", () => {
  it("waits longer and longer for a server that ends every stream at once", async () => {
    await start().started;
    transport.end();
    expect(transport.watches).toHaveLength(1);
    await clock.advance(800);
    transport.end();
    await clock.advance(800);
    expect(transport.watches).toHaveLength(2);
    await clock.advance(800);
    expect(transport.watches).toHaveLength(3);
    await clock.advance(1000);
    transport.end();
    expect(transport.watches).toHaveLength(4);
  });

  it("watches from the version of its list, and again from where the stream ended", async () => {
    transport.items = [nodeOf("a", "1")];
    await start().started;
    transport.tell("MODIFIED", nodeOf("a", "5"));
    transport.end();
    transport.tell("BOOKMARK", nodeOf("", "9"));
    transport.end();
    expect(transport.watches.map(({ query }) => query["resourceVersion"])).toEqual(["1", "5", "9"]);
    expect([transport.lists, told]).toEqual([1, ["add a", "update a 1→5"]]);
  });

  it("lists anew when the past is gone, and tells only what differs", async () => {
    transport.items = [nodeOf("a", "1"), nodeOf("b", "1"), nodeOf("c", "1")];
    await start().started;
    transport.items = [nodeOf("a", "1"), nodeOf("b", "7"), nodeOf("d", "8")];
    transport.resourceVersion = "8";
    told.length = 0;
    transport.end(refusal("Expired", 410));
    await clock.advance(0);
    expect(told).toEqual(["delete c", "update b 1→7", "add d"]);
    expect(transport.watches.at(-1)?.query["resourceVersion"]).toBe("8");
  });

  it("waits longer and longer for a server that does not answer", async () => {
    transport.failure = new Error("no answer");
    const { informer, started } = start();
    let isStarted = false;
    void started.then(() => (isStarted = true));
    await clock.advance(799);
    expect(transport.lists).toBe(1);
    await clock.advance(1);
    expect(transport.lists).toBe(2);
    await clock.advance(1600);
    expect(transport.lists).toBe(3);
    transport.failure = undefined;
    transport.items = [nodeOf("a", "1")];
    expect(isStarted).toBe(false);
    await clock.advance(3200);
    expect([isStarted, informer.size]).toEqual([true, 1]);
  });

  it("takes a broken stream up after a while, without a list", async () => {
    await start().started;
    transport.end(new Error("broken"));
    expect(transport.watches).toHaveLength(1);
    await clock.advance(800);
    expect([transport.watches.length, transport.lists]).toEqual([2, 1]);
  });

  it("lists anew when the server's counter was set back", async () => {
    await start().started;
    transport.end(refusal("Timeout", 504));
    await clock.advance(800);
    expect(transport.lists).toBe(2);
  });

  it("goes on when a handler throws", async () => {
    transport.items = [nodeOf("a", "1")];
    const { informer, started } = start();
    informer.subscribe({
      add: () => {
        throw new Error("handler");
      },
    });
    await started;
    transport.tell("ADDED", nodeOf("b", "2"));
    expect([told, informer.size, logged]).toEqual([
      ["add a", "add b"],
      2,
      ["a handler of an informer threw", "a handler of an informer threw"],
    ]);
  });

  it("is silent once stopped, also for who waits for its start", async () => {
    transport.failure = new Error("no answer");
    const { informer, started } = start();
    informer.stop();
    await started;
    await clock.advance(60_000);
    expect([transport.lists, transport.watches.length, clock.pending]).toEqual([1, 0, 0]);
  });

  it("starts once", async () => {
    const { informer, started } = start();
    await Promise.all([started, informer.start()]);
    expect(transport.lists).toBe(1);
  });

  it("knows no index that nobody declared", () => {
    expect(() => start().informer.byIndex("nope", "x")).toThrow("there is no index nope");
  });
});

it.each([
  [{ metadata: { name: "a", namespace: "b" } }, "b/a"],
  [{ metadata: { name: "a" } }, "a"],
])("the key of %j is %s", (object, key) => {
  expect(objectKey(object)).toBe(key);
});
