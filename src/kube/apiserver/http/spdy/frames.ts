import { type HeaderBlocks, type SpdyHeaders } from "./header-blocks.ts";
import { SpdyError } from "./spdy-error.ts";

/** A frame that a client sent, as far as it means something here. Data is not kept: no process reads it. */
export type Frame =
  | { readonly type: "open"; readonly streamId: number; readonly isLast: boolean; readonly headers: SpdyHeaders }
  | { readonly type: "data"; readonly streamId: number; readonly isLast: boolean }
  | { readonly type: "headers"; readonly streamId: number; readonly isLast: boolean }
  | { readonly type: "reset"; readonly streamId: number }
  | { readonly type: "ping"; readonly id: number }
  | { readonly type: "goAway" }
  /** Settings and windows, which kubectl's library sends none of and heeds none of. */
  | { readonly type: "unused" };

const VERSION = 3;
const TYPE = { synStream: 1, synReply: 2, rstStream: 3, settings: 4, ping: 6, goAway: 7, headers: 8, windowUpdate: 9 } as const;
const FIN = 0x01;
const HEAD_BYTES = 8;
/** Payload of a control frame that is read at most: kubectl's have some dozens of bytes. */
const MAX_CONTROL_BYTES = 16_384;
/** Payload of one frame of data that is sent. */
export const DATA_BYTES = 32_768;

/** Why a stream was reset. Source: SPDY protocol draft 3, 2.6.3. */
export const RESET = { protocolError: 1, refused: 3, cancel: 5 } as const;
/** Why a connection ends. Source: 2.6.6. */
export const GO_AWAY = { ok: 0, protocolError: 1 } as const;

/**
 * Takes bytes as they come and gives frames. Holds no more than one control frame.
 * Source: SPDY protocol draft 3.1, 2.2 and 2.6; moby/spdystream spdy/read.go.
 */
export class FrameReader {
  readonly #blocks: HeaderBlocks;
  #held: Buffer = Buffer.alloc(0);
  /** The data frame whose payload is passing, and what is left of it. */
  #data: { readonly frame: Frame; left: number } | undefined;

  constructor(blocks: HeaderBlocks) {
    this.#blocks = blocks;
  }

  /** Frames that the bytes complete, one at a time. @throws {SpdyError} at what is none; nothing may be read after it. */
  *read(bytes: Buffer): Generator<Frame> {
    let rest = this.#held.length === 0 ? bytes : Buffer.concat([this.#held, bytes]);
    this.#held = Buffer.alloc(0);
    for (;;) {
      if (this.#data !== undefined) {
        const passing = Math.min(this.#data.left, rest.length);
        this.#data.left -= passing;
        rest = rest.subarray(passing);
        if (this.#data.left > 0) return;
        yield this.#data.frame;
        this.#data = undefined;
      }
      if (rest.length < HEAD_BYTES) break;
      const length = rest.readUIntBE(5, 3);
      if ((rest[0] ?? 0) < 0x80) {
        this.#data = { frame: dataFrame(rest), left: length };
        rest = rest.subarray(HEAD_BYTES);
        continue;
      }
      if (length > MAX_CONTROL_BYTES) throw new SpdyError("control frame is too large");
      if (rest.length < HEAD_BYTES + length) break;
      const payload = rest.subarray(HEAD_BYTES, HEAD_BYTES + length);
      yield this.#control(rest, payload);
      rest = rest.subarray(HEAD_BYTES + length);
    }
    this.#held = Buffer.from(rest);
  }

  #control(head: Buffer, payload: Buffer): Frame {
    if ((head.readUInt16BE(0) & 0x7fff) !== VERSION) throw new SpdyError("frame is of another version");
    const isLast = ((head[4] ?? 0) & FIN) !== 0;
    switch (head.readUInt16BE(2)) {
      case TYPE.synStream: {
        requireLength(payload.length > 10);
        return { type: "open", streamId: idOf(payload), isLast, headers: this.#blocks.unpack(payload.subarray(10)) };
      }
      case TYPE.synReply:
      case TYPE.headers: {
        requireLength(payload.length > 4);
        this.#blocks.unpack(payload.subarray(4));
        return { type: "headers", streamId: idOf(payload), isLast };
      }
      case TYPE.rstStream: {
        requireLength(payload.length === 8);
        return { type: "reset", streamId: idOf(payload) };
      }
      case TYPE.ping: {
        requireLength(payload.length === 4);
        return { type: "ping", id: payload.readUInt32BE() };
      }
      case TYPE.goAway: {
        requireLength(payload.length === 8);
        return { type: "goAway" };
      }
      case TYPE.settings:
      case TYPE.windowUpdate:
        return { type: "unused" };
      default:
        throw new SpdyError("unknown frame type");
    }
  }
}

function dataFrame(head: Buffer): Frame {
  return { type: "data", streamId: idOf(head), isLast: ((head[4] ?? 0) & FIN) !== 0 };
}

function idOf(bytes: Buffer): number {
  const id = bytes.readUInt32BE() & 0x7fff_ffff;
  if (id === 0) throw new SpdyError("stream id zero is disallowed");
  return id;
}

function requireLength(isRight: boolean): void {
  if (!isRight) throw new SpdyError("invalid control frame");
}

/** @param payload at most {@link DATA_BYTES}. */
export function dataBytes(streamId: number, payload: Buffer, isLast = false): Buffer {
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUInt32BE(streamId);
  head.writeUIntBE(payload.length, 5, 3);
  if (isLast) head[4] = FIN;
  return Buffer.concat([head, payload]);
}

/** The answer to a stream that was opened. */
export function replyBytes(streamId: number, blocks: HeaderBlocks): Buffer {
  return controlBytes(TYPE.synReply, [streamId], blocks.pack(new Map()));
}

export function resetBytes(streamId: number, why: number): Buffer {
  return controlBytes(TYPE.rstStream, [streamId, why]);
}

export function pingBytes(id: number): Buffer {
  return controlBytes(TYPE.ping, [id]);
}

export function goAwayBytes(lastStreamId: number, why: number): Buffer {
  return controlBytes(TYPE.goAway, [lastStreamId, why]);
}

function controlBytes(type: number, words: readonly number[], tail: Buffer = Buffer.alloc(0)): Buffer {
  const length = words.length * 4 + tail.length;
  const head = Buffer.alloc(HEAD_BYTES + words.length * 4);
  head.writeUInt16BE(0x8000 | VERSION);
  head.writeUInt16BE(type, 2);
  head.writeUIntBE(length, 5, 3);
  for (const [index, word] of words.entries()) head.writeUInt32BE(word, HEAD_BYTES + index * 4);
  return Buffer.concat([head, tail]);
}
