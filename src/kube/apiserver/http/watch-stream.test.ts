import { EventEmitter } from "node:events";
import type { ServerResponse } from "node:http";
import { describe, expect, it } from "vitest";
import type { KubeObject } from "#api/kubernetes/meta";
import { expired } from "../status.ts";
import { MAX_WAITING_EVENTS, WatchStream } from "./watch-stream.ts";

/** A response whose reader takes as much as it is told to. */
class SlowResponse extends EventEmitter {
  readonly written: string[] = [];
  isReading = true;
  state = "open";

  write(bytes: Buffer): boolean {
    this.written.push(bytes.toString());
    return this.isReading;
  }

  end(): void {
    this.state = "ended";
  }

  destroy(): void {
    this.state = "destroyed";
  }
}

const object = (name: string): KubeObject => ({ metadata: { name } });
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function streamTo(response: SlowResponse): WatchStream {
  return new WatchStream(response as unknown as ServerResponse, (type, { metadata }) => Buffer.from(`${type} ${metadata?.name}\n`));
}

describe("WatchStream", () => {
  it("writes together what comes together", async () => {
    const response = new SlowResponse();
    const stream = streamTo(response);
    stream.event("ADDED", object("a"));
    stream.event("ADDED", object("b"));
    await turn();
    expect(response.written).toEqual(["ADDED a\nADDED b\n"]);
  });

  it("waits for a reader that is slow", async () => {
    const response = new SlowResponse();
    response.isReading = false;
    const stream = streamTo(response);
    stream.event("ADDED", object("a"));
    await turn();
    stream.event("ADDED", object("b"));
    await turn();
    expect(response.written).toEqual(["ADDED a\n"]);
    response.isReading = true;
    response.emit("drain");
    expect(response.written).toEqual(["ADDED a\n", "ADDED b\n"]);
  });

  it("breaks off when too much waits, but not over the first events", async () => {
    const response = new SlowResponse();
    response.isReading = false;
    const stream = streamTo(response);
    for (let index = 0; index < 2 * MAX_WAITING_EVENTS; index++) stream.event("ADDED", object("first"));
    stream.started();
    await turn();
    for (let index = 0; index < MAX_WAITING_EVENTS; index++) stream.event("MODIFIED", object("later"));
    expect(response.state).toBe("open");
    for (let index = 0; index < 2 * MAX_WAITING_EVENTS; index++) stream.event("MODIFIED", object("later"));
    expect(response.state).toBe("destroyed");
  });

  it("ends after what it has to say, the reason last", async () => {
    const response = new SlowResponse();
    const stream = streamTo(response);
    stream.event("ADDED", object("a"));
    stream.end(expired("gone"));
    stream.event("ADDED", object("never"));
    await turn();
    expect([response.state, response.written.join("")]).toEqual(["ended", "ADDED a\nERROR undefined\n"]);
  });

  it("says nothing to who has gone", async () => {
    const response = new SlowResponse();
    const stream = streamTo(response);
    response.emit("close");
    stream.event("ADDED", object("a"));
    stream.end();
    await turn();
    expect([response.state, response.written]).toEqual(["open", []]);
  });
});
