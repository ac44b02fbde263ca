import { constants, deflateRawSync, inflateRawSync } from "node:zlib";
import { headerDictionary } from "./dictionary.ts";
import { SpdyError } from "./spdy-error.ts";

/** Headers of one stream. A name's values are joined with NUL. */
export type SpdyHeaders = ReadonlyMap<string, string>;

/** Headers of one stream at most, and their bytes. */
const MAX_HEADERS = 64;
const MAX_BLOCK_BYTES = 65_536;
/** How far back a compressor may refer. Source: RFC 1951, 2. */
const WINDOW_BYTES = 32_768;
/** Of zlib's head: deflate with a window of 32 KiB, and a dictionary of this checksum. Source: RFC 1950, 2.2. */
const HEAD = Buffer.from("78f9e3c6a7c2", "hex");
const CHECKSUM_AT = 2;
const HAS_DICTIONARY = 0x20;

/**
 * Packs and unpacks headers. All blocks of a direction are one zlib stream, flushed to a byte after each, so every block has to pass
 * through here, in order. Source: SPDY protocol draft 3, 2.6.10.
 */
export class HeaderBlocks {
  #hasPacked = false;
  #hasUnpacked = false;
  /** What the client's compressor may refer to. */
  #window: Buffer = headerDictionary();

  /** Refers to nothing that went before, which keeps the stream whole without a compressor that lives on. */
  pack(headers: SpdyHeaders): Buffer {
    const packed = deflateRawSync(plainBlock(headers), { finishFlush: constants.Z_SYNC_FLUSH });
    if (this.#hasPacked) return packed;
    this.#hasPacked = true;
    return Buffer.concat([HEAD, packed]);
  }

  /** @throws {SpdyError} for what is no block, and for more than is read. */
  unpack(block: Buffer): SpdyHeaders {
    const plain = this.#inflate(this.#hasUnpacked ? block : withoutHead(block));
    this.#hasUnpacked = true;
    this.#window = Buffer.concat([this.#window, plain]).subarray(-WINDOW_BYTES);
    return headersOf(plain);
  }

  #inflate(block: Buffer): Buffer {
    try {
      return inflateRawSync(block, {
        dictionary: this.#window,
        finishFlush: constants.Z_SYNC_FLUSH,
        maxOutputLength: MAX_BLOCK_BYTES,
      });
    } catch (error) {
      throw new SpdyError("headers are not compressed as agreed, or too large", { cause: error });
    }
  }
}

function withoutHead(block: Buffer): Buffer {
  const isRight = ((block[1] ?? 0) & HAS_DICTIONARY) !== 0 && block.subarray(CHECKSUM_AT, HEAD.length).equals(HEAD.subarray(CHECKSUM_AT));
  if (!isRight) throw new SpdyError("headers are compressed with another dictionary");
  return block.subarray(HEAD.length);
}

function plainBlock(headers: SpdyHeaders): Buffer {
  const texts = [...headers].flatMap(([name, value]) => [lengthPrefixed(name), lengthPrefixed(value)]);
  return Buffer.concat([wordOf(headers.size), ...texts]);
}

function lengthPrefixed(text: string): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([wordOf(bytes.length), bytes]);
}

function wordOf(value: number): Buffer {
  const word = Buffer.alloc(4);
  word.writeUInt32BE(value);
  return word;
}

/** Source: moby/spdystream spdy/read.go, parseHeaderValueBlock. */
function headersOf(plain: Buffer): SpdyHeaders {
  let at = 0;
  const take = (bytes: number): Buffer => {
    if (at + bytes > plain.length) throw new SpdyError("headers end too early");
    at += bytes;
    return plain.subarray(at - bytes, at);
  };
  const text = (): string => take(take(4).readUInt32BE()).toString();
  const count = take(4).readUInt32BE();
  if (count > MAX_HEADERS) throw new SpdyError("too many headers");
  const headers = new Map<string, string>();
  for (let left = count; left > 0; left--) {
    const name = text();
    if (name !== name.toLowerCase()) throw new SpdyError("header was not lowercased");
    if (headers.has(name)) throw new SpdyError("multiple headers with same name");
    headers.set(name, text());
  }
  if (at !== plain.length) throw new SpdyError("bytes follow the headers");
  return headers;
}
