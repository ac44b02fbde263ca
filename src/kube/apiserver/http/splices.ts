/** Text around a section of bytes that are there already. */
export interface Splice {
  readonly before: string;
  readonly bytes: Uint8Array;
  /** The section: from this byte… */
  readonly from: number;
  /** …up to this one. */
  readonly to: number;
  readonly after: string;
}

/** Bytes that are put together at once, unless one splice alone has more. */
export const PIECE_BYTES = 262_144;
const NOTHING = new Uint8Array();

/** A splice that is text alone. */
export function textSplice(text: string): Splice {
  return { before: text, bytes: NOTHING, from: 0, to: 0, after: "" };
}

/**
 * A body that is put together piece by piece while it is sent: beside what it is spliced from, no more of it is in memory
 * than its reader has still to take.
 */
export class SplicedBody {
  readonly byteLength: number;
  readonly #splices: readonly Splice[];
  readonly #sizes: readonly number[];

  constructor(splices: readonly Splice[]) {
    this.#splices = splices;
    this.#sizes = splices.map(sizeOf);
    this.byteLength = this.#sizes.reduce((sum, size) => sum + size, 0);
  }

  /** @param memoryFor gives the memory that a piece of so many bytes is put together in. */
  *pieces(memoryFor: (bytes: number) => Buffer = (bytes) => Buffer.allocUnsafe(bytes)): Generator<Buffer> {
    let start = 0;
    let bytes = 0;
    for (const [index, size] of this.#sizes.entries()) {
      if (bytes > 0 && bytes + size > PIECE_BYTES) {
        yield this.#piece(start, index, memoryFor(bytes));
        start = index;
        bytes = 0;
      }
      bytes += size;
    }
    if (bytes > 0) yield this.#piece(start, this.#sizes.length, memoryFor(bytes));
  }

  toBuffer(): Buffer {
    const pieces = [...this.pieces()];
    return pieces.length === 1 && pieces[0] !== undefined ? pieces[0] : Buffer.concat(pieces);
  }

  toString(): string {
    return this.toBuffer().toString();
  }

  #piece(start: number, end: number, memory: Buffer): Buffer {
    let at = 0;
    for (const splice of this.#splices.slice(start, end)) at = writeInto(memory, at, splice);
    return memory.subarray(0, at);
  }
}

function sizeOf({ before, from, to, after }: Splice): number {
  return Buffer.byteLength(before) + to - from + (after === "" ? 0 : Buffer.byteLength(after));
}

/** Returns where the splice ends. */
function writeInto(piece: Buffer, at: number, { before, bytes, from, to, after }: Splice): number {
  if (to === bytes.length && after === "" && before.length >= from) return writeOver(piece, at, { before, bytes, from, to });
  let end = at + piece.write(before, at);
  if (to > from) piece.set(bytes.subarray(from, to), end);
  end += to - from;
  return after === "" ? end : end + piece.write(after, end);
}

/** As {@link writeInto}: all of the bytes are copied, and the text goes over what is in front of the section. A view of the section costs more. */
function writeOver(piece: Buffer, at: number, { before, bytes, from, to }: Omit<Splice, "after">): number {
  const start = at + Buffer.byteLength(before);
  piece.set(bytes, start - from);
  piece.write(before, at);
  return start + to - from;
}
