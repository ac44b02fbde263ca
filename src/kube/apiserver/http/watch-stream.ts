import type { ServerResponse } from "node:http";
import type { KubeObject, WatchEventType } from "#api/kubernetes/meta";
import type { StatusError } from "#api/kubernetes/status";
import type { WatchSink } from "../verbs/watch.ts";

/** Events that wait for a slow reader at most, beside the first ones; then the stream is ended and the client lists anew. */
export const MAX_WAITING_EVENTS = 10_000;
/** Bytes from which on no more lines are written at once. */
const BATCH_BYTES = 65_536;

interface Waiting {
  readonly type: WatchEventType;
  readonly object: KubeObject;
}

/**
 * Writes a watch as lines into a response, no faster than it is read. Waiting events hold objects, not bytes: a hundred
 * slow readers share them.
 */
export class WatchStream implements WatchSink {
  readonly #response: ServerResponse;
  readonly #line: (type: WatchEventType, object: KubeObject) => Buffer;
  #waiting: Waiting[] = [];
  #next = 0;
  #limit = Number.POSITIVE_INFINITY;
  #isScheduled = false;
  #isBlocked = false;
  #isEnding = false;
  #isOver = false;

  constructor(response: ServerResponse, line: (type: WatchEventType, object: KubeObject) => Buffer) {
    this.#response = response;
    this.#line = line;
    response.on("drain", () => {
      this.#isBlocked = false;
      this.#pump();
    });
    response.on("close", () => (this.#isOver = true));
  }

  /** The first events are in: from now on only so many more may wait. */
  started(): void {
    this.#limit = this.#waiting.length + MAX_WAITING_EVENTS;
  }

  event(type: WatchEventType, object: KubeObject): void {
    if (this.#isEnding || this.#isOver) return;
    this.#waiting.push({ type, object });
    if (this.#waiting.length - this.#next > this.#limit) return this.#abort();
    this.#schedule();
  }

  end(error?: StatusError): void {
    if (error !== undefined) this.event("ERROR", error.status as unknown as KubeObject);
    this.#isEnding = true;
    this.#schedule();
  }

  /** What one turn of the event loop brings is written together: a write costs more than a line. */
  #schedule(): void {
    if (this.#isScheduled || this.#isBlocked) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.#pump();
    });
  }

  #pump(): void {
    while (!this.#isBlocked && !this.#isOver && this.#next < this.#waiting.length) {
      this.#isBlocked = !this.#response.write(this.#batch());
    }
    if (this.#next === this.#waiting.length) {
      this.#waiting = [];
      this.#next = 0;
      this.#limit = Math.min(this.#limit, MAX_WAITING_EVENTS);
      if (this.#isEnding && !this.#isOver) this.#finish();
    }
  }

  /** A line that comes alone is written as it is: many streams may have been given the same bytes. */
  #batch(): Buffer {
    const lines: Buffer[] = [];
    for (let bytes = 0; bytes < BATCH_BYTES; this.#next++) {
      const waiting = this.#waiting[this.#next];
      if (waiting === undefined) break;
      const line = this.#line(waiting.type, waiting.object);
      lines.push(line);
      bytes += line.length;
    }
    const [first] = lines;
    return first !== undefined && lines.length === 1 ? first : Buffer.concat(lines);
  }

  #finish(): void {
    this.#isOver = true;
    this.#response.end();
  }

  #abort(): void {
    this.#isOver = true;
    this.#waiting = [];
    this.#next = 0;
    this.#response.destroy();
  }
}
