import { createInterface } from "node:readline/promises";
import type { Terminal } from "./client.ts";

const FRAMES = ["|", "/", "-", "\\"];
const CLEAR_LINE = "\r\u001B[K";

/** The terminal that the process was started in. */
export function processTerminal(): Terminal {
  let frame = 0;
  return {
    canAsk: process.stdin.isTTY,
    async ask(question) {
      const lines = createInterface({ input: process.stdin, output: process.stderr });
      try {
        return await lines.question(question);
      } finally {
        lines.close();
      }
    },
    progress(text) {
      if (process.stderr.isTTY) process.stderr.write(`${CLEAR_LINE} ${FRAMES[frame++ % FRAMES.length]} ${text} ..`);
    },
    clearProgress() {
      if (process.stderr.isTTY) process.stderr.write(CLEAR_LINE);
    },
    say: (line) => void process.stderr.write(`${line}\n`),
  };
}
