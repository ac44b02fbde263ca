import { expect, it } from "vitest";
import { LineReader } from "./line-reader.ts";

it.each<[string, string[], string[]]>([
  ["whole lines", ["a\nb\n"], ["a", "b"]],
  ["lines in pieces, also within a letter", ["a", "b\u00fc", "c\nd", "\n"], ["abüc", "d"]],
  ["nothing of a line that does not end", ["a\nb"], ["a"]],
  ["no empty lines", ["\n\na\n\n"], ["a"]],
])("reads %s", (_, chunks, lines) => {
  const read: string[] = [];
  const reader = new LineReader(100, (line) => void read.push(line));
  for (const byte of Buffer.from(chunks.join(""))) reader.push(Buffer.from([byte]));
  expect(read).toEqual(lines);
  const whole: string[] = [];
  const second = new LineReader(100, (line) => void whole.push(line));
  for (const chunk of chunks) second.push(Buffer.from(chunk));
  expect(whole).toEqual(lines);
});

it("refuses a line without end", () => {
  const reader = new LineReader(5, () => undefined);
  reader.push(Buffer.from("abc"));
  expect(() => reader.push(Buffer.from("def"))).toThrow("a line is longer than 5 bytes");
});
