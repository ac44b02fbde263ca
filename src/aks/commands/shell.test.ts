import { describe, expect, it } from "vitest";
import { parseScript, ShellError } from "./shell.ts";

describe("parseScript", () => {
  it.each([
    { name: "splits words at spaces", script: "kubectl get  pods", want: [["always", "kubectl", "get", "pods"]] },
    {
      name: "knows what follows what",
      script: "a && b || c; d\ne",
      want: [
        ["always", "a"],
        ["onSuccess", "b"],
        ["onFailure", "c"],
        ["always", "d"],
        ["always", "e"],
      ],
    },
    { name: "keeps quoted text whole", script: `a 'b c' "d \\"e\\" f"g`, want: [["always", "a", "b c", 'd "e" fg']] },
    { name: "keeps an empty word", script: "a ''", want: [["always", "a", ""]] },
    { name: "takes backslashes and joined lines", script: "a b\\ c \\\n  d", want: [["always", "a", "b c", "d"]] },
    { name: "passes over comments and empty lines", script: "# one\n\na b # two\n", want: [["always", "a", "b"]] },
    {
      name: "leaves braces inside of words",
      script: "kubectl get -o jsonpath={.items[*].a}",
      want: [["always", "kubectl", "get", "-o", "jsonpath={.items[*].a}"]],
    },
  ])("$name", ({ script, want }) => {
    expect(parseScript(script).map(({ runs, words }) => [runs, ...words])).toEqual(want);
  });

  it.each([
    { script: "a | b", message: "bash: '|' is not emulated" },
    { script: "a -f k8s/*.yaml", message: "bash: '*' is not emulated" },
    { script: "a > b", message: "bash: '>' is not emulated" },
    { script: "a $(b)", message: "bash: '$' is not emulated" },
    { script: 'a "$b"', message: "bash: '$' is not emulated" },
    { script: "a 'b", message: "bash: unexpected EOF while looking for matching `'" },
    { script: "&& a", message: "bash: syntax error near unexpected token `&&'" },
    { script: "a &&", message: "bash: syntax error: unexpected end of file" },
  ])("refuses $script", ({ script, message }) => {
    expect(() => parseScript(script)).toThrow(ShellError);
    expect(() => parseScript(script)).toThrow(message);
  });
});
