import type { Writable } from "node:stream";
import { PIECE_BYTES, type SplicedBody } from "./splices.ts";

/** What bodies are written to. */
export type PieceTaker = Pick<Writable, "write" | "end" | "once" | "off" | "destroyed">;

/** Memory for pieces that is kept for the next body; more is given back. */
const MAX_KEPT = 4;
const kept: Buffer[] = [];

/**
 * Sends a body, each piece when the one before it is on its way, and ends what takes it. Pieces share one place in memory:
 * fresh memory outside the heap makes V8 collect garbage, and with 50,000 objects that takes longer than the list.
 */
export async function sendPieces(response: PieceTaker, body: SplicedBody): Promise<void> {
  if (body.byteLength <= PIECE_BYTES) return void response.end(body.toBuffer());
  const memory = kept.pop() ?? Buffer.allocUnsafeSlow(PIECE_BYTES);
  for (const piece of body.pieces((bytes) => (bytes <= PIECE_BYTES ? memory : Buffer.allocUnsafe(bytes)))) {
    // Who still reads the memory of a broken response is not known: it is not used again.
    if (!(await written(response, piece))) return;
  }
  if (kept.length < MAX_KEPT) kept.push(memory);
  response.end();
}

/** Resolves when the piece is not needed any more, with false when nobody is there to take it. */
function written(response: PieceTaker, piece: Buffer): Promise<boolean> {
  return new Promise((resolve) => {
    const gone = (): void => resolve(false);
    response.once("close", gone);
    response.write(piece, (error) => {
      response.off("close", gone);
      resolve(error === undefined || error === null);
    });
    if (response.destroyed) gone();
  });
}
