/** One field of a message as it is on the wire: a number, or bytes. */
export interface WireField {
  readonly number: number;
  readonly value: number | Buffer;
}

const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;
const MAX_VARINT_BYTES = 10;

/** Reads the fields of one protobuf message. Source: protobuf.dev, "Encoding". */
export class ProtobufReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** @throws {RangeError} when the bytes are no message. */
  *fields(): Generator<WireField> {
    while (this.#at < this.#bytes.length) {
      const key = this.#varint();
      const value = this.#value(key % 8);
      yield { number: Math.floor(key / 8), value };
    }
  }

  #value(wireType: number): number | Buffer {
    switch (wireType) {
      case VARINT:
        return this.#varint();
      case BYTES:
        return this.#take(this.#varint());
      case FIXED64:
        return this.#take(8);
      case FIXED32:
        return this.#take(4);
      default:
        throw new RangeError(`illegal wireType ${wireType}`);
    }
  }

  /** A signed 64-bit integer; beyond 2^53 it loses its last digits. */
  #varint(): number {
    let value = 0n;
    for (let index = 0; index < MAX_VARINT_BYTES; index++) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined) throw new RangeError("unexpected EOF");
      value |= BigInt(byte & 0x7f) << BigInt(7 * index);
      if (byte < 0x80) return Number(BigInt.asIntN(64, value));
    }
    throw new RangeError("integer overflow");
  }

  #take(length: number): Buffer {
    const end = this.#at + length;
    if (length < 0 || end > this.#bytes.length) throw new RangeError("unexpected EOF");
    const bytes = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return bytes;
  }
}
