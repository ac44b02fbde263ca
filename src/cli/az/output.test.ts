import { describe, expect, it } from "vitest";
import { formatResult, type OutputOptions } from "./output.ts";

const options = (format: string, query?: string, table?: OutputOptions["table"]): OutputOptions => ({
  format,
  query,
  table,
  isTerminal: false,
});
const pools = [
  { name: "b", count: 3, id: "/x", tags: { a: 1 }, autoScaling: false, none: null },
  { name: "a", count: 1, id: "/y", tags: { a: 1 }, autoScaling: true, none: null },
];

describe("formatResult", () => {
  it("prints JSON with its keys in order", () => {
    expect(formatResult({ b: 1, a: { d: null, c: [] } }, options("json"))).toBe(
      '{\n  "a": {\n    "c": [],\n    "d": null\n  },\n  "b": 1\n}\n',
    );
  });

  it("prints the article's table of features for its query", () => {
    const features = [
      { name: "Microsoft.ContainerService/VMSSPreview", properties: { state: "Registered" } },
      { name: "Other/X", properties: { state: "NotRegistered" } },
    ];
    const query = "[?contains(name, 'Microsoft.ContainerService/VMSSPreview')].{Name:name,State:properties.state}";
    expect(formatResult(features, options("table", query))).toBe(
      [
        "Name                                    State",
        "--------------------------------------  ----------",
        "Microsoft.ContainerService/VMSSPreview  Registered",
        "",
      ].join("\n"),
    );
  });

  it("makes up a table of scalars, sorted, without ids", () => {
    expect(formatResult(pools, options("table"))).toBe(
      ["AutoScaling    Count    Name", "-------------  -------  ------", "False          3        b", "True           1        a", ""].join(
        "\n",
      ),
    );
  });

  it("uses the command's own table unless a query is given", () => {
    const table = (): { Own: string }[] => [{ Own: "x" }];
    expect(formatResult(pools, options("table", undefined, table))).toBe("Own\n-----\nx\n");
    expect(formatResult(pools, options("table", "[].{N:name}", table))).toBe("N\n---\nb\na\n");
  });

  it.each([
    { title: "scalars of a query", query: "[].name", want: "b\na\n" },
    {
      title: "rows of a query in its order",
      query: "[].[name,count,tags,none,autoScaling]",
      want: "b\t3\t\tNone\tFalse\na\t1\t\tNone\tTrue\n",
    },
    { title: "one scalar", query: "[0].count", want: "3\n" },
  ])("prints $title as tsv", ({ query, want }) => {
    expect(formatResult(pools, options("tsv", query))).toBe(want);
  });

  it.each([
    { format: "none", result: pools, want: "" },
    { format: "table", result: [], want: "" },
    { format: "json", result: undefined, want: "" },
    { format: "yaml", result: { b: 1, a: "x" }, want: "a: x\nb: 1\n" },
  ])("prints $want for an outcome of format $format", ({ format, result, want }) => {
    expect(formatResult(result, options(format))).toBe(want);
  });

  it("refuses a query that is no JMESPath, with exit code 2", () => {
    expect(() => formatResult(pools, options("json", "[?"))).toThrow("invalid jmespath_type value: '[?'");
  });
});
