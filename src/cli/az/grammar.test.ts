import { describe, expect, it } from "vitest";
import { AzError, type AzOption, parseOptions } from "./grammar.ts";

const OPTIONS: readonly AzOption[] = [
  { names: ["--resource-group", "-g"], kind: "text", isRequired: true },
  { names: ["--name", "-n"], kind: "text" },
  { names: ["--node-count", "-c"], kind: "number" },
  { names: ["--node-vm-size", "-s"], kind: "text" },
  { names: ["--tags"], kind: "words" },
  { names: ["--no-wait"], kind: "flag" },
  { names: ["--output", "-o"], kind: "text", choices: ["json", "table"] },
];

describe("parseOptions", () => {
  it.each([
    { title: "long names with a blank", words: "--resource-group rg --node-count 3" },
    { title: "long names with an equals sign", words: "--resource-group=rg --node-count=3" },
    { title: "short names with a blank", words: "-g rg -c 3" },
    { title: "short names with the value joined", words: "-grg -c3" },
    { title: "unambiguous beginnings", words: "--resource rg --node-c 3" },
  ])("takes $title", ({ words }) => {
    const args = parseOptions(words.split(" "), OPTIONS);
    expect(args.required("resource-group")).toBe("rg");
    expect(args.number("node-count")).toBe(3);
  });

  it("collects the words of one option until the next", () => {
    const args = parseOptions(["-g", "rg", "--tags", "a=1", "b=-2", "--no-wait"], OPTIONS);
    expect(args.words("tags")).toEqual(["a=1", "b=-2"]);
    expect(args.flag("no-wait")).toBe(true);
  });

  it.each([
    { title: "a required option that is missing", words: [], message: "the following arguments are required: --resource-group/-g" },
    { title: "an option that does not exist", words: ["-g", "rg", "--frobnicate"], message: "unrecognized arguments: --frobnicate" },
    { title: "a word that belongs to nothing", words: ["-g", "rg", "stray"], message: "unrecognized arguments: stray" },
    {
      title: "a beginning of two options",
      words: ["-g", "rg", "--node", "3"],
      message: "ambiguous option: --node could match --node-count, --node-vm-size",
    },
    { title: "a number that is none", words: ["-g", "rg", "-c", "three"], message: "argument --node-count/-c: invalid int value: 'three'" },
    {
      title: "a choice that is none",
      words: ["-g", "rg", "-o", "xml"],
      message: "argument --output/-o: invalid choice: 'xml' (choose from 'json', 'table')",
    },
    { title: "a value that is missing", words: ["-g"], message: "argument --resource-group/-g: expected one argument" },
  ])("refuses $title with exit code 2", ({ words, message }) => {
    const attempt = (): unknown => parseOptions(words, OPTIONS);
    expect(attempt).toThrow(message);
    try {
      attempt();
    } catch (error) {
      expect((error as AzError).exitCode).toBe(2);
    }
  });
});
