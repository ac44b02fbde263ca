import { describe, expect, it } from "vitest";
import type { Affinity, TopologySpreadConstraint } from "#api/kubernetes/core";
import { formatFieldError } from "#kube/apimachinery";
import { affinityErrors } from "./affinity.ts";
import { spreadErrors } from "./spread.ts";

/** As in pkg/apis/core/validation/validation_test.go, TestValidatePod and TestValidateTopologySpreadConstraints. */
describe("affinity", () => {
  const term = { topologyKey: "zone", labelSelector: { matchLabels: { a: "b" } } };
  it.each<[string, Affinity, readonly string[]]>([
    ["is as it should be", { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } }, []],
    [
      "has no topology key",
      { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ ...term, topologyKey: "" }] } },
      [
        "podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].topologyKey: Required value: can not be empty",
        'podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].topologyKey: Invalid value: "": name part must be non-empty',
        expect.stringContaining('topologyKey: Invalid value: "": name part must consist of alphanumeric characters') as string,
      ],
    ],
    [
      "weighs too much",
      { podAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 101, podAffinityTerm: term }] } },
      ["podAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].weight: Invalid value: 101: must be in the range 1-100"],
    ],
    [
      "selects by an operator of nodes",
      {
        podAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: [
            { topologyKey: "zone", labelSelector: { matchExpressions: [{ key: "a", operator: "Gt" as "In", values: ["1"] }] } },
          ],
        },
      },
      [
        'podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].labelSelector.matchExpressions[0].operator: Invalid value: "Gt": not a valid selector operator',
      ],
    ],
  ])("that %s", (_, affinity, want) => {
    expect(affinityErrors(affinity, "affinity").map((error) => formatFieldError(error).replace(/^affinity\./, ""))).toEqual(want);
  });
});

describe("spread", () => {
  const constraint: TopologySpreadConstraint = { maxSkew: 1, topologyKey: "zone", whenUnsatisfiable: "DoNotSchedule" };
  it.each<[string, readonly TopologySpreadConstraint[], readonly string[]]>([
    ["is as it should be", [constraint, { ...constraint, whenUnsatisfiable: "ScheduleAnyway" }], []],
    ["allows no skew", [{ ...constraint, maxSkew: 0 }], ["s[0].maxSkew: Invalid value: 0: must be greater than zero"]],
    ["has no topology key", [{ ...constraint, topologyKey: "" }], ["s[0].topologyKey: Required value: can not be empty"]],
    [
      "does something unknown",
      [{ ...constraint, whenUnsatisfiable: "N/A" as "DoNotSchedule" }],
      ['s[0].whenUnsatisfiable: Unsupported value: "N/A": supported values: "DoNotSchedule", "ScheduleAnyway"'],
    ],
    ["says the same twice", [constraint, constraint], ['s[1].{topologyKey, whenUnsatisfiable}: Duplicate value: "{zone, DoNotSchedule}"']],
    [
      "wants domains that nobody waits for",
      [{ ...constraint, minDomains: 3, whenUnsatisfiable: "ScheduleAnyway" }],
      ["s[0].minDomains: Invalid value: 3: can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ScheduleAnyway"],
    ],
  ])("that %s", (_, constraints, want) => {
    expect(spreadErrors(constraints, "s").map(formatFieldError)).toEqual(want);
  });
});
