import { describe, expect, it } from "vitest";
import { formatFieldErrors } from "#kube/apimachinery";
import { quotaErrors } from "./quota-rules.ts";

describe("a quota", () => {
  it("may limit what Kubernetes measures and counts, and any qualified name", () => {
    const hard = { "requests.cpu": "1", "limits.memory": "1Gi", pods: "3", "count/deployments.apps": "2", "requests.nvidia.com/gpu": "1" };
    expect(quotaErrors({ hard, scopes: ["NotTerminating"] })).toEqual([]);
  });

  it("has known names, whole counts and known scopes", () => {
    expect(formatFieldErrors(quotaErrors({ hard: { pods: "-1", nonsense: "1", services: "500m" }, scopes: ["Wrong"] }))).toBe(
      `[${[
        'spec.hard[pods]: Invalid value: "-1": must be greater than or equal to 0',
        'spec.hard[nonsense]: Invalid value: "nonsense": must be a standard resource type or fully qualified',
        'spec.hard[nonsense]: Invalid value: "nonsense": must be a standard resource for quota',
        'spec.hard[services]: Invalid value: "500m": must be an integer',
        'spec.scopes: Invalid value: ["Wrong"]: unsupported scope',
      ].join(", ")}]`,
    );
  });
});
