import { EventEmitter } from "node:events";
import { describe, expect, it } from "vitest";
import { type PieceTaker, sendPieces } from "./send-pieces.ts";
import { PIECE_BYTES, SplicedBody, textSplice } from "./splices.ts";

/** A response that has what it was given only once it says so. */
class SlowResponse extends EventEmitter {
  text = "";
  destroyed = false;
  isEnded = false;
  /** Of the piece that is on its way. */
  taken: ((error?: Error) => void) | undefined;
  #piece: Buffer = Buffer.alloc(0);

  write(piece: Buffer, done: (error?: Error) => void): boolean {
    this.#piece = piece;
    this.taken = done;
    return false;
  }

  take(): void {
    this.text += this.#piece.toString();
    this.taken?.();
  }

  end(rest?: Buffer): void {
    this.text += rest?.toString() ?? "";
    this.isEnded = true;
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const body = (letters: string): SplicedBody => new SplicedBody(letters.split("").map((letter) => textSplice(letter.repeat(PIECE_BYTES))));
const sent = (response: SlowResponse, what: SplicedBody): Promise<void> => sendPieces(response as unknown as PieceTaker, what);

describe("sendPieces", () => {
  it("sends a small body at once", async () => {
    const response = new SlowResponse();
    await sent(response, new SplicedBody([textSplice("a"), textSplice("ü")]));
    expect([response.text, response.isEnded]).toEqual(["aü", true]);
  });

  it("does not touch a piece before it is taken, whoever else sends", async () => {
    const [one, other] = [new SlowResponse(), new SlowResponse()];
    const both = [sent(one, body("abc")), sent(other, body("xyz"))];
    for (let piece = 0; piece < 3; piece++) {
      for (const response of [one, other]) {
        await turn();
        response.take();
      }
    }
    await Promise.all(both);
    expect([one.isEnded, other.isEnded]).toEqual([true, true]);
    expect(one.text).toBe(body("abc").toString());
    expect(other.text).toBe(body("xyz").toString());
  });

  it.each([
    { how: "closes", end: (response: SlowResponse) => void response.emit("close") },
    { how: "fails", end: (response: SlowResponse) => response.taken?.(new Error("gone")) },
  ])("stops when the response $how, and leaves its memory to it", async ({ end }) => {
    const broken = new SlowResponse();
    const sending = sent(broken, body("abc"));
    end(broken);
    await sending;
    const next = new SlowResponse();
    const sendingNext = sent(next, body("xy"));
    broken.take();
    expect([broken.text, broken.isEnded]).toEqual(["a".repeat(PIECE_BYTES), false]);
    for (const _ of "xy") {
      next.take();
      await turn();
    }
    await sendingNext;
    expect([next.isEnded, broken.listenerCount("close")]).toEqual([true, 0]);
  });
});
