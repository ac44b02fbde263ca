import { describe, expect, it } from "vitest";
import { PIECE_BYTES, type Splice, SplicedBody, textSplice } from "./splices.ts";

function splice(before: string, middle: string, after: string): Splice {
  const bytes = Buffer.from(`<${middle}>`);
  return { before, bytes, from: 1, to: bytes.length - 1, after };
}

describe("SplicedBody", () => {
  it("is what it is spliced from, counted in bytes", () => {
    const body = new SplicedBody([textSplice("ü["), splice("a", "ö", ""), splice("", "\u{1f600}", "é"), textSplice("]")]);
    expect(body.toString()).toBe("ü[aö\u{1f600}é]");
    expect(body.byteLength).toBe(Buffer.byteLength("ü[aö\u{1f600}é]"));
    expect(new SplicedBody([]).byteLength).toBe(0);
    expect([...new SplicedBody([]).pieces()]).toEqual([]);
  });

  it("writes its text over what is in front of a section that goes to the end", () => {
    const over = (before: string, head: string, rest: string): Splice => {
      const bytes = Buffer.from(head + rest);
      return { before, bytes, from: Buffer.byteLength(head), to: bytes.length, after: "" };
    };
    const splices = [
      over("[longer than it", "{head", "one"),
      over("é", "{", "ü"),
      over("short", "{a longer head", "two"),
      over("", "", "]"),
    ];
    const body = new SplicedBody(splices);
    expect(body.toString()).toBe("[longer than itoneéüshorttwo]");
    // Whatever is in the memory already: nothing before a splice is written over.
    expect([...body.pieces((bytes) => Buffer.alloc(bytes, "#"))].map(String)).toEqual(["[longer than itoneéüshorttwo]"]);
  });

  it("comes in pieces of a bounded size, a splice that is larger alone", () => {
    const third = "x".repeat(PIECE_BYTES / 3);
    const large = "y".repeat(2 * PIECE_BYTES);
    const body = new SplicedBody([...Array.from({ length: 7 }, () => splice("", third, "")), textSplice(large), textSplice("z")]);
    const pieces = [...body.pieces()].map((piece) => piece.toString());
    expect(pieces.map(({ length }) => length)).toEqual([3, 3, 1].map((count) => count * third.length).concat(large.length, 1));
    expect(pieces.join("")).toBe(third.repeat(7) + large + "z");
  });

  it("is put together in the memory that it is given", () => {
    const memory = Buffer.alloc(PIECE_BYTES);
    const body = new SplicedBody(Array.from({ length: 10 }, (_, index) => textSplice(String(index).repeat(PIECE_BYTES / 4))));
    const read = [...body.pieces(() => memory)].map(({ buffer, length }) => [buffer === memory.buffer, length]);
    expect(read).toEqual([
      [true, PIECE_BYTES],
      [true, PIECE_BYTES],
      [true, PIECE_BYTES / 2],
    ]);
  });
});
