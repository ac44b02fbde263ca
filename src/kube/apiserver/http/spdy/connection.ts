import type { Duplex } from "node:stream";
import type { Clock, Timer } from "#lib";
import {
  DATA_BYTES,
  dataBytes,
  type Frame,
  FrameReader,
  GO_AWAY,
  goAwayBytes,
  pingBytes,
  replyBytes,
  RESET,
  resetBytes,
} from "./frames.ts";
import { HeaderBlocks, type SpdyHeaders } from "./header-blocks.ts";
import { SpdyError } from "./spdy-error.ts";

/** Streams of a connection at once. */
const MAX_STREAMS = 256;
/** What may wait for a slow reader. */
const MAX_WAITING_BYTES = 16_777_216;
/** How long a client that was told the end may take to close. */
const LINGER_MS = 5_000;

/** One stream that the client has opened, and that was answered. */
export interface SpdyStream {
  readonly id: number;
  readonly headers: SpdyHeaders;
  write(text: string): void;
  /** Nothing more comes from this side. */
  finish(): void;
  /** Ends both directions. */
  reset(): void;
}

export interface SpdyOptions {
  /** Carries the bytes; the connection owns it from now on. */
  readonly wire: Duplex;
  /** What was read from the wire before. */
  readonly head: Buffer;
  /** The clock of callers. */
  readonly clock: Clock;
  /** Whether a stream with these headers may be opened. */
  readonly accepts: (headers: SpdyHeaders) => boolean;
  /** Takes a stream that was opened and answered. */
  readonly onStream: (stream: SpdyStream) => void;
  /** Nobody is there any more. */
  readonly onGone: () => void;
}

/** A direction that is still open. */
interface Open {
  readonly stream: SpdyStream;
  isOpenHere: boolean;
  isOpenThere: boolean;
}

/**
 * The server's end of SPDY/3.1 as kubectl's library speaks it: windows are neither kept nor widened, so a slow reader is bounded by
 * what waits on the wire. Streams are only opened by clients. Source: moby/spdystream connection.go, stream.go.
 */
export class SpdyConnection {
  readonly #options: SpdyOptions;
  readonly #blocks = new HeaderBlocks();
  readonly #reader: FrameReader;
  readonly #streams = new Map<number, Open>();
  #lastStreamId = 0;
  #isOver = false;
  #linger: Timer | undefined;

  constructor(options: SpdyOptions) {
    this.#options = options;
    this.#reader = new FrameReader(this.#blocks);
  }

  /** Begins to listen. */
  start(): void {
    const { wire, head } = this.#options;
    // A client that has gone is no event.
    wire.on("error", () => wire.destroy());
    wire.on("close", () => this.#gone());
    wire.on("end", () => this.close());
    wire.on("data", (bytes: Buffer) => this.#take(bytes));
    if (head.length > 0) this.#take(head);
  }

  /** Resets all streams and ends the connection. */
  close(): void {
    this.#end(GO_AWAY.ok);
  }

  #take(bytes: Buffer): void {
    try {
      // What comes after the end is only read so that the client can send it.
      if (this.#isOver) return;
      for (const frame of this.#reader.read(bytes)) {
        this.#handle(frame);
        if (this.#isOver) return;
      }
    } catch (error) {
      if (!(error instanceof SpdyError)) throw error;
      this.#end(GO_AWAY.protocolError);
    }
  }

  #handle(frame: Frame): void {
    switch (frame.type) {
      case "open":
        return this.#open(frame.streamId, frame.headers, frame.isLast);
      case "data":
      case "headers":
        return frame.isLast ? this.#finish(frame.streamId, { isOpenThere: false }) : undefined;
      case "reset":
        return void this.#streams.delete(frame.streamId);
      case "ping":
        // Even numbers would answer pings of this side, which sends none.
        return frame.id % 2 === 1 ? this.#send(pingBytes(frame.id)) : undefined;
      case "goAway":
        return this.close();
      case "unused":
        return undefined;
    }
  }

  #open(id: number, headers: SpdyHeaders, isLast: boolean): void {
    if (id % 2 === 0 || id <= this.#lastStreamId) return this.#send(resetBytes(id, RESET.protocolError));
    this.#lastStreamId = id;
    if (this.#streams.size >= MAX_STREAMS) return this.#send(resetBytes(id, RESET.refused));
    if (!this.#options.accepts(headers)) return this.#send(resetBytes(id, RESET.cancel));
    const stream: SpdyStream = {
      id,
      headers,
      write: (text) => this.#write(id, text),
      finish: () => {
        if (this.#streams.get(id)?.isOpenHere === true) this.#send(dataBytes(id, Buffer.alloc(0), true));
        this.#finish(id, { isOpenHere: false });
      },
      reset: () => this.#reset(id),
    };
    this.#streams.set(id, { stream, isOpenHere: true, isOpenThere: !isLast });
    this.#send(replyBytes(id, this.#blocks));
    this.#options.onStream(stream);
  }

  #write(id: number, text: string): void {
    if (this.#streams.get(id)?.isOpenHere !== true) return;
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; at += DATA_BYTES) this.#send(dataBytes(id, bytes.subarray(at, at + DATA_BYTES)));
  }

  #finish(id: number, closed: Partial<Open>): void {
    const open = this.#streams.get(id);
    if (open === undefined) return;
    Object.assign(open, closed);
    if (!open.isOpenHere && !open.isOpenThere) this.#streams.delete(id);
  }

  #reset(id: number): void {
    const open = this.#streams.get(id);
    this.#streams.delete(id);
    if (open?.isOpenHere === true) this.#send(resetBytes(id, RESET.cancel));
  }

  /** Who does not read what was sent before gets nothing more. */
  #send(bytes: Buffer): void {
    const { wire } = this.#options;
    if (this.#isOver || wire.destroyed) return;
    if (wire.writableLength + bytes.length > MAX_WAITING_BYTES) wire.destroy();
    else wire.write(bytes);
  }

  #end(why: number): void {
    if (this.#isOver) return;
    const { wire, clock } = this.#options;
    for (const id of this.#streams.keys()) this.#reset(id);
    this.#send(goAwayBytes(this.#lastStreamId, why));
    this.#isOver = true;
    // Closing with bytes unread would take what was sent from the client.
    this.#linger = clock.after(LINGER_MS, () => wire.destroy());
    wire.end();
  }

  #gone(): void {
    this.#isOver = true;
    this.#linger?.cancel();
    this.#streams.clear();
    this.#options.onGone();
  }
}
