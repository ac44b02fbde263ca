import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Coverage } from "./runner/coverage.ts";
import { effectOf } from "./runner/effect.ts";
import { World } from "./runner/world.ts";

const MEMBER = /^member /;
/** A line of not-implemented.txt: what the definition names, and after two spaces why nothing stands behind it. */
const REASONED = /^(?<what>\S.*?) {2,}(?<reason>\S.{10,})$/;

/** Lines of a list that are no comments. */
function linesOf(file: string): string[] {
  const text = readFileSync(join(import.meta.dirname, file), "utf8");
  return text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
}

describe("not-implemented.txt", () => {
  const definition = linesOf("definition-2026-04-01.txt");
  const listed = linesOf("not-implemented.txt");

  it("gives a reason in every line", () => {
    expect(listed.filter((line) => !REASONED.test(line))).toEqual([]);
  });

  it("names the operations and members of the definition that do nothing, and no others", async () => {
    const world = await World.open();
    const served = new Coverage();
    served.know(world.service.operations);
    await world.service.stop();
    const found = definition.filter((line) =>
      MEMBER.test(line) ? effectOf(line.replace(MEMBER, "")) === "none" : !served.serves(line.replaceAll(/[{}]/g, "")),
    );
    const named = listed.map((line) => REASONED.exec(line)?.groups?.["what"] ?? line);
    expect(named.join("\n")).toBe(found.join("\n"));
  });
});
