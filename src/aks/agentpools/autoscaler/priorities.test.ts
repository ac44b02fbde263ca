import { describe, expect, it } from "vitest";
import { parsePriorities } from "./priorities.ts";

const told = (text: string | undefined): unknown => {
  const parsed = parsePriorities(text);
  return "problem" in parsed ? parsed.problem : [...parsed].map(([priority, list]) => [priority, list.map((each) => each.pattern())]);
};

// Source: cluster-autoscaler expander/priority/readme.md and priority_test.go.
describe("parsePriorities", () => {
  it.each([
    {
      text: "10:\n  - .*t2\\.large.*\n  - .*t3\\.large.*\n50:\n  - .*m4\\.4xlarge.*\n",
      want: [
        [10, [".*t2\\.large.*", ".*t3\\.large.*"]],
        [50, [".*m4\\.4xlarge.*"]],
      ],
    },
    { text: "10: [a]\n10: [b]", want: [[10, ["b"]]] },
    { text: "10:", want: [[10, []]] },
    { text: "10: [007, true]", want: [[10, ["007", "true"]]] },
    { text: "# nothing", want: [] },
  ])("reads $text", ({ text, want }) => {
    expect(told(text)).toEqual(want);
  });

  it.each([
    { text: undefined, want: /^Wrong configmap for priority expander, doesn't contain priorities key\. Ignoring update\.$/ },
    {
      text: "",
      want: /^Wrong configuration for priority expander: priority configuration in cluster-autoscaler-priority-expander configmap is empty; please provide valid configuration\. Ignoring update\.$/,
    },
    { text: "nothing", want: /Can't parse YAML with priorities in the configmap: yaml: unmarshal errors/ },
    { text: "high: [a]", want: /cannot unmarshal high into int/ },
    { text: "10: a", want: /cannot unmarshal into \[\]string/ },
    { text: "10: [{}]", want: /cannot unmarshal into \[\]string/ },
    { text: "10: [a", want: /yaml: line 1: / },
    {
      text: "10: ['(']",
      want: /^Wrong configuration for priority expander: Can't compile regexp rule for priority 10 and rule \(: .*missing closing \).* Ignoring update\.$/,
    },
  ])("refuses $text", ({ text, want }) => {
    expect(told(text)).toMatch(want);
  });
});
