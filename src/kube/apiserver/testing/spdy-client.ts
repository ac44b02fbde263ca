import { request as httpsRequest } from "node:https";
import type { IncomingMessage } from "node:http";
import { Duplex } from "node:stream";
import { constants, createDeflate, createInflate, type Deflate, type Inflate } from "node:zlib";
import type { KeyedCertificate } from "#lib";
import { headerDictionary } from "../http/spdy/dictionary.ts";
import type { TestListener } from "./tls.ts";

/** A frame that the server sent. */
export interface ServerFrame {
  /** `data`, or the number of the control frame's type. */
  readonly type: number | "data";
  readonly flags: number;
  readonly streamId: number;
  readonly payload: Buffer;
}

/** The client's end of SPDY/3.1 with compressors that live on, as kubectl has them, beside the server's own code. */
export class SpdyClient {
  readonly frames: ServerFrame[] = [];
  readonly #wire: Duplex;
  readonly #deflate: Deflate = createDeflate({ dictionary: headerDictionary() });
  readonly #inflate: Inflate = createInflate({ dictionary: headerDictionary() });
  #held = Buffer.alloc(0);
  #heard = (): void => undefined;
  isClosed = false;

  constructor(wire: Duplex, head: Buffer) {
    this.#wire = wire;
    wire.on("data", (bytes: Buffer) => this.#take(bytes));
    wire.on("error", () => undefined);
    for (const event of ["end", "close"])
      wire.on(event, () => {
        this.isClosed = true;
        this.#heard();
      });
    this.#take(head);
  }

  /** Opens a stream. */
  async open(streamId: number, headers: Readonly<Record<string, string>>, flags = 0): Promise<void> {
    const entries = Object.entries(headers);
    const texts = entries.flatMap(([name, value]) => [word(name.length), Buffer.from(name), word(value.length), Buffer.from(value)]);
    const packed = await flushed(this.#deflate, Buffer.concat([word(entries.length), ...texts]));
    this.send(control(1, Buffer.concat([word(streamId), word(0), Buffer.alloc(2), packed]), flags));
  }

  send(bytes: Buffer): void {
    this.#wire.write(bytes);
  }

  /** Resolves once what came is enough, or nothing more comes. */
  async until(isEnough: () => boolean): Promise<void> {
    while (!isEnough() && !this.isClosed) await new Promise<void>((resolve) => (this.#heard = resolve));
  }

  /** What came on a stream. */
  text(streamId: number): string {
    const own = this.frames.filter((frame) => frame.type === "data" && frame.streamId === streamId);
    return Buffer.concat(own.map(({ payload }) => payload)).toString();
  }

  /** `2:1` for a reply to stream 1, in order, without data. */
  controls(): string[] {
    return this.frames.filter(({ type }) => type !== "data").map(({ type, streamId }) => `${type}:${streamId}`);
  }

  /** Headers of the replies, unpacked in order. */
  async replies(): Promise<Buffer[]> {
    const all: Buffer[] = [];
    for (const { type, payload } of this.frames) if (type === 2) all.push(await flushed(this.#inflate, payload.subarray(4)));
    return all;
  }

  close(): void {
    this.#wire.destroy();
  }

  #take(bytes: Buffer): void {
    let rest = Buffer.concat([this.#held, bytes]);
    while (rest.length >= 8) {
      const length = rest.readUIntBE(5, 3);
      if (rest.length < 8 + length) break;
      const payload = Buffer.from(rest.subarray(8, 8 + length));
      const isData = (rest[0] ?? 0) < 0x80;
      this.frames.push({
        type: isData ? "data" : rest.readUInt16BE(2),
        flags: rest[4] ?? 0,
        streamId: isData ? rest.readUInt32BE() : payload.readUInt32BE(),
        payload,
      });
      rest = rest.subarray(8 + length);
    }
    this.#held = rest;
    this.#heard();
  }
}

function flushed(packer: Deflate | Inflate, bytes: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    packer.once("error", reject);
    packer.write(bytes);
    packer.flush(constants.Z_SYNC_FLUSH, () => {
      packer.removeListener("error", reject);
      resolve((packer.read() as Buffer | null) ?? Buffer.alloc(0));
    });
  });
}

/** A control frame. */
export function control(type: number, payload: Buffer, flags = 0, version = 3): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt16BE(0x8000 | version);
  head.writeUInt16BE(type, 2);
  head.writeUIntBE(payload.length, 5, 3);
  head[4] = flags;
  return Buffer.concat([head, payload]);
}

/** A number of four bytes. */
export function word(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

export interface SpdyAnswer {
  readonly response: IncomingMessage;
  /** Undefined when the upgrade was refused. */
  readonly client: SpdyClient | undefined;
}

/** Asks for an upgrade to SPDY/3.1. */
export function connectSpdy(
  listener: TestListener,
  path: string,
  { protocols, identity }: { protocols: readonly string[]; identity: KeyedCertificate },
): Promise<SpdyAnswer> {
  const headers = { connection: "Upgrade", upgrade: "SPDY/3.1", "x-stream-protocol-version": [...protocols] };
  const { certPem: cert, keyPem: key } = identity;
  return new Promise((resolve, reject) => {
    const request = httpsRequest(`${listener.server}${path}`, { method: "POST", headers, ca: listener.caPem, cert, key, agent: false });
    request.on("error", reject);
    request.on("response", (response) => resolve({ response, client: undefined }));
    request.on("upgrade", (response, socket, head) => resolve({ response, client: new SpdyClient(socket, head) }));
    request.end();
  });
}

/** SPDY in messages of a WebSocket. The `ws` library speaks no protocol whose name has a slash, so the frames are made here. */
export function connectTunnel(listener: TestListener, path: string, identity: KeyedCertificate): Promise<SpdyAnswer> {
  const headers = {
    connection: "Upgrade",
    upgrade: "websocket",
    "sec-websocket-version": "13",
    "sec-websocket-key": Buffer.alloc(16).toString("base64"),
    "sec-websocket-protocol": "SPDY/3.1+portforward.k8s.io",
  };
  const { certPem: cert, keyPem: key } = identity;
  return new Promise((resolve, reject) => {
    const request = httpsRequest(`${listener.server}${path}`, { headers, ca: listener.caPem, cert, key, agent: false });
    request.on("error", reject);
    request.on("response", (response) => resolve({ response, client: undefined }));
    request.on("upgrade", (response, socket, head) =>
      resolve({ response, client: new SpdyClient(messages(socket, head), Buffer.alloc(0)) }),
    );
    request.end();
  });
}

/** Binary messages of less than 64 KiB, masked with zeros. Source: RFC 6455, 5.2. */
function messages(socket: Duplex, head: Buffer): Duplex {
  let held = head;
  const wire = new Duplex({
    read: () => undefined,
    write(bytes: Buffer, _encoding, done) {
      const size = Buffer.alloc(2);
      size.writeUInt16BE(bytes.length);
      socket.write(Buffer.concat([Buffer.of(0x82, 0xfe), size, word(0), bytes]), () => done());
    },
    destroy(error, done) {
      socket.destroy();
      done(error);
    },
  });
  socket.on("data", (bytes: Buffer) => {
    held = Buffer.concat([held, bytes]);
    for (;;) {
      const short = (held[1] ?? 0) & 0x7f;
      const from = short === 126 ? 4 : 2;
      if (held.length < from) return;
      const to = from + (short === 126 ? held.readUInt16BE(2) : short);
      if (held.length < to) return;
      wire.push(Buffer.from(held.subarray(from, to)));
      held = held.subarray(to);
    }
  });
  socket.on("close", () => wire.push(null));
  return wire;
}
