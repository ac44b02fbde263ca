import { sameName } from "./ids.ts";

/**
 * Tells whether the parts of a path below a namespace are those of one of the operations (`GET features/{feature}`): a
 * longer path is another one. The method is left to whoever answers.
 */
export function shapesOf(operations: readonly string[]): (segments: readonly string[]) => boolean {
  const shapes = operations.map((operation) => operation.slice(operation.indexOf(" ") + 1).split("/"));
  return (segments) =>
    shapes.some(
      (words) => words.length === segments.length && words.every((word, at) => word.startsWith("{") || sameName(word, segments[at] ?? "")),
    );
}
