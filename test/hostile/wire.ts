import { connect as connectPlain, type Socket } from "node:net";
import { connect as connectSecure } from "node:tls";
import { systemClock } from "#lib";
import type { Lido } from "../support/lido.ts";
import { bytesOf, type Draft } from "./draft.ts";

/** What came back before the connection ended. */
export interface Reply {
  /** Status of each answer, in order; none when the server just hung up. */
  readonly statuses: readonly number[];
  readonly text: string;
  /** The server kept silent for the whole of the limit. */
  readonly isSilent: boolean;
}

/** A whole request is answered within this, however busy the machine; milliseconds. */
const ANSWER_MS = 60_000;
/** What never comes whole is given up after this; milliseconds. */
const HALF_MS = 150;
/** An answer that has begun, and is not ended by the server's hanging up, has ended when nothing came for this long; milliseconds. */
const QUIET_MS = 250;
const PART_PAUSE_MS = 3;
const MOST_BYTES = 1_000_000;

/** Sends the draft on a connection of its own and reads until that ends. */
export async function send({ address, ca }: Lido, draft: Draft): Promise<Reply> {
  const { hostname, port } = new URL(draft.door === "secure" ? address.endpoint : address.httpEndpoint);
  const at = { host: hostname, port: Number(port) };
  const alpn = draft.manner.kind === "bytes" ? draft.manner.alpn : undefined;
  const socket = draft.door === "secure" ? connectSecure({ ...at, ca, ALPNProtocols: [alpn ?? "http/1.1"] }) : connectPlain(at);
  socket.on(draft.door === "secure" ? "secureConnect" : "connect", () => void write(socket, draft));
  return await read(socket, draft);
}

async function write(socket: Socket, draft: Draft): Promise<void> {
  const bytes = bytesOf(draft);
  const { manner } = draft;
  switch (manner.kind) {
    case "half":
      return void socket.write(bytes.subarray(0, Math.floor(bytes.length * manner.share)));
    case "pipelined":
      for (let count = 0; count < manner.times; count++) socket.write(bytes);
      return;
    case "slow": {
      const size = Math.ceil(bytes.length / manner.parts);
      for (let start = 0; start < bytes.length && !socket.destroyed; start += size) {
        socket.write(bytes.subarray(start, start + size));
        await systemClock.sleep(PART_PAUSE_MS);
      }
      return;
    }
    case "bytes":
      return void socket.end(bytes);
    case "plain":
      return void socket.write(bytes);
  }
}

function read(socket: Socket, { manner }: Draft): Promise<Reply> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    let isSilent = false;
    const isEndless = manner.kind === "half" || manner.kind === "pipelined";
    let timer = setTimeout(giveUp, isEndless ? HALF_MS : ANSWER_MS);
    function giveUp(): void {
      isSilent = !isEndless && size === 0;
      socket.destroy();
    }
    socket.on("data", (chunk: Buffer) => {
      if (size < MOST_BYTES) chunks.push(chunk);
      size += chunk.length;
      clearTimeout(timer);
      timer = setTimeout(giveUp, QUIET_MS);
    });
    // A server that hangs up on nonsense is right.
    socket.on("error", () => undefined);
    socket.on("close", () => {
      clearTimeout(timer);
      const text = Buffer.concat(chunks).toString("latin1");
      resolve({ statuses: [...text.matchAll(/^HTTP\/1\.[01] (\d{3}) /gm)].map(([, status]) => Number(status)), text, isSilent });
    });
  });
}
