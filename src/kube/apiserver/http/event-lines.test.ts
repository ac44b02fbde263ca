import { describe, expect, it } from "vitest";
import type { KubeObject } from "#api/kubernetes/meta";
import { EventLines } from "./event-lines.ts";

const object = (name: string): KubeObject => ({ metadata: { name } });

describe("EventLines", () => {
  it("makes the line of a change once, and another for another kind of change", () => {
    const lines = new EventLines();
    const pod = object("a");
    const made: string[] = [];
    const ask = (type: "ADDED" | "MODIFIED", of: KubeObject): Buffer =>
      lines.line(type, of, () => {
        made.push(`${type} ${of.metadata.name}`);
        return Buffer.from(type);
      });
    expect(ask("ADDED", pod)).toBe(ask("ADDED", pod));
    expect(ask("MODIFIED", pod).toString()).toBe("MODIFIED");
    ask("MODIFIED", object("a"));
    expect(made).toEqual(["ADDED a", "MODIFIED a", "MODIFIED a"]);
  });

  it("keeps no more than so many lines and bytes", () => {
    const lines = new EventLines();
    let made = 0;
    const ask = (of: KubeObject, bytes: number): void =>
      void lines.line("ADDED", of, () => {
        made++;
        return Buffer.alloc(bytes);
      });
    const [first, large] = [object("first"), object("large")];
    ask(first, 5_000_000);
    ask(first, 5_000_000);
    expect(made).toBe(1);
    ask(object("other"), 5_000_000);
    ask(first, 1);
    expect(made).toBe(3);
    ask(large, 9_000_000);
    ask(large, 9_000_000);
    expect(made).toBe(5);
    for (let index = 0; index < 2048; index++) ask(object(String(index)), 1);
    ask(first, 1);
    expect(made).toBe(5 + 2048 + 1);
  });
});
