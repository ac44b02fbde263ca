import { constants, deflateRawSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { seededRandom } from "#lib";
import { control, word } from "../../testing/spdy-client.ts";
import { dataBytes, type Frame, FrameReader, pingBytes, resetBytes } from "./frames.ts";
import { HeaderBlocks } from "./header-blocks.ts";
import { SpdyError } from "./spdy-error.ts";

const SEED = 20_261_127;
const ROUNDS = 5_000;

/** SYN_STREAM of one header. */
function openBytes(blocks: HeaderBlocks, streamId: number, type: string): Buffer {
  return control(1, Buffer.concat([word(streamId), word(0), Buffer.alloc(2), blocks.pack(new Map([["streamtype", type]]))]));
}

function readAll(pieces: readonly Buffer[]): Frame[] {
  const reader = new FrameReader(new HeaderBlocks());
  return pieces.flatMap((piece) => [...reader.read(piece)]);
}

describe("frames", () => {
  it("are the same however the bytes are cut", () => {
    const blocks = new HeaderBlocks();
    const bytes = Buffer.concat([
      openBytes(blocks, 1, "error"),
      openBytes(blocks, 3, "stdout"),
      dataBytes(1, Buffer.from("typed")),
      pingBytes(5),
      control(4, Buffer.alloc(12)),
      control(9, Buffer.alloc(8)),
      dataBytes(1, Buffer.alloc(0), true),
      resetBytes(3, 5),
      control(7, Buffer.alloc(8)),
    ]);
    const whole = readAll([bytes]);
    expect(whole.map(({ type }) => type)).toEqual(["open", "open", "data", "ping", "unused", "unused", "data", "reset", "goAway"]);
    expect(whole[1]).toEqual({ type: "open", streamId: 3, isLast: false, headers: new Map([["streamtype", "stdout"]]) });
    expect(readAll([...bytes].map((byte) => Buffer.of(byte)))).toEqual(whole);
  });

  const bomb = deflateRawSync(Buffer.alloc(10_000_000), { finishFlush: constants.Z_SYNC_FLUSH });
  const syn = (block: Buffer): Buffer => control(1, Buffer.concat([word(1), word(0), Buffer.alloc(2), block]));
  const packed = (plain: Buffer): Buffer =>
    Buffer.concat([Buffer.from("78f9e3c6a7c2", "hex"), deflateRawSync(plain, { finishFlush: constants.Z_SYNC_FLUSH })]);
  it.each([
    { name: "of another version", bytes: control(6, word(1), 0, 2), why: "another version" },
    { name: "of no known type", bytes: control(99, word(1)), why: "unknown frame type" },
    { name: "without a stream", bytes: dataBytes(0, Buffer.of(1)), why: "stream id zero" },
    { name: "too short", bytes: control(3, word(1)), why: "invalid control frame" },
    { name: "too large", bytes: Buffer.from("8003000100ffffff", "hex"), why: "too large" },
    { name: "of no zlib", bytes: syn(Buffer.from("nonsense")), why: "another dictionary" },
    { name: "of bad zlib", bytes: syn(Buffer.concat([packed(word(0)).subarray(0, 6), Buffer.from("ffff", "hex")])), why: "not compressed" },
    { name: "that unpack to much", bytes: syn(Buffer.concat([packed(word(0)).subarray(0, 6), bomb])), why: "too large" },
    { name: "that promise headers", bytes: syn(packed(word(2))), why: "end too early" },
    { name: "of too many headers", bytes: syn(packed(word(65))), why: "too many headers" },
    { name: "with capitals", bytes: syn(packed(Buffer.concat([word(1), word(1), Buffer.from("A"), word(0)]))), why: "lowercased" },
    { name: "with more than headers", bytes: syn(packed(Buffer.concat([word(0), word(0)]))), why: "bytes follow" },
  ])("$name are refused", ({ bytes, why }) => {
    expect(() => readAll([bytes])).toThrow(SpdyError);
    expect(() => readAll([bytes])).toThrow(why);
  });

  it(`that chance has damaged are read or refused (seed ${SEED})`, () => {
    const random = seededRandom(SEED);
    let refused = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const blocks = new HeaderBlocks();
      const bytes = Buffer.concat([
        openBytes(blocks, 1, "error"),
        openBytes(blocks, 3, "stdin"),
        dataBytes(3, Buffer.from("x")),
        pingBytes(1),
      ]);
      for (let left = 1 + random.int(4); left > 0; left--) bytes[random.int(bytes.length)] = random.int(256);
      const cut = random.int(bytes.length);
      try {
        readAll([bytes.subarray(0, cut), bytes.subarray(cut)]);
      } catch (error) {
        if (!(error instanceof SpdyError)) throw error;
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(ROUNDS / 4);
    expect(refused).toBeLessThan(ROUNDS);
  });
});
