import { describe, expect, it } from "vitest";
import type { Method } from "../provider.ts";
import { accessOf, ownAccessOf } from "./access.ts";
import { allows, holds, matchesAction } from "./permissions.ts";

describe("what a request does", () => {
  it.each<[Method, string | undefined, string, string, string]>([
    [
      "GET",
      "g",
      "managedClusters/c/agentPools/p",
      "Microsoft.ContainerService/managedClusters/agentPools/read",
      "/managedClusters/c/agentPools/p",
    ],
    ["PUT", "g", "managedClusters/c", "Microsoft.ContainerService/managedClusters/write", "/managedClusters/c"],
    ["PATCH", "g", "managedClusters/c", "Microsoft.ContainerService/managedClusters/write", "/managedClusters/c"],
    ["DELETE", "g", "managedClusters/c", "Microsoft.ContainerService/managedClusters/delete", "/managedClusters/c"],
    [
      "POST",
      "g",
      "managedClusters/c/listClusterUserCredential",
      "Microsoft.ContainerService/managedClusters/listClusterUserCredential/action",
      "/managedClusters/c",
    ],
    ["GET", "g", "managedClusters/c/agentPools", "Microsoft.ContainerService/managedClusters/agentPools/read", "/managedClusters/c"],
    ["GET", "g", "managedClusters", "Microsoft.ContainerService/managedClusters/read", ""],
    ["GET", undefined, "locations/eastus/orchestrators", "Microsoft.ContainerService/locations/orchestrators/read", "/locations/eastus"],
  ])("%s %s %s", (...[method, resourceGroup, rest, action, below]) => {
    const path = {
      subscriptionId: "s",
      ...(resourceGroup === undefined ? {} : { resourceGroup }),
      namespace: "Microsoft.ContainerService",
      segments: rest.split("/"),
    };
    const scope = `/subscriptions/s${resourceGroup === undefined ? "" : "/resourceGroups/g"}/providers/Microsoft.ContainerService${below}`;
    expect(accessOf({ method, path })).toEqual({ action, scope });
  });

  it("anyone may ask how an operation goes", () => {
    const path = { subscriptionId: "s", namespace: "Microsoft.ContainerService", segments: ["locations", "eastus", "operations", "o"] };
    expect(accessOf({ method: "GET", path })).toBeUndefined();
  });

  it.each<[Method, string, unknown]>([
    ["GET", "/subscriptions", { kind: "list" }],
    ["GET", "/tenants", { kind: "anyone" }],
    ["GET", "/subscriptions/s", { kind: "visible", scope: "/subscriptions/s" }],
    ["GET", "/subscriptions/s/resourcegroups", { kind: "list" }],
    [
      "PUT",
      "/subscriptions/s/resourcegroups/g",
      { kind: "action", action: "Microsoft.Resources/subscriptions/resourceGroups/write", scope: "/subscriptions/s/resourceGroups/g" },
    ],
    [
      "HEAD",
      "/subscriptions/s/resourcegroups/g",
      { kind: "action", action: "Microsoft.Resources/subscriptions/resourceGroups/read", scope: "/subscriptions/s/resourceGroups/g" },
    ],
    [
      "POST",
      "/subscriptions/s/providers/Microsoft.ContainerService/register",
      { kind: "action", action: "Microsoft.ContainerService/register/action", scope: "/subscriptions/s" },
    ],
  ])("%s %s of Azure Resource Manager's own", (method, path, want) => {
    expect(ownAccessOf(method, path)).toEqual(want);
  });

  it("is held against any pattern at once", () => {
    const [pattern, action] = [`${"*s".repeat(1_000)}*x`, `Microsoft.ContainerService/${"s".repeat(2_000)}/write`];
    expect(matchesAction(pattern, action)).toBe(false);
  });

  it("is allowed by patterns, but for what they exclude", () => {
    expect(matchesAction("*/read", "Microsoft.ContainerService/managedClusters/READ")).toBe(true);
    expect(matchesAction("Microsoft.Authorization/*/Write", "Microsoft.Authorization/roleAssignments/write")).toBe(true);
    expect(matchesAction("Microsoft.Cont.inerService/*", "Microsoft.ContainerService/a")).toBe(false);
    for (const [pattern, want] of [
      ["Microsoft.*/managed*/write", true],
      ["*write*write", false],
      ["*/agentPools/*/agentPools/write", false],
      ["*", true],
      ["**", true],
      ["", false],
    ] as const) {
      expect([pattern, matchesAction(pattern, "Microsoft.ContainerService/managedClusters/agentPools/write")]).toEqual([pattern, want]);
    }
    const contributor = { actions: ["*"], notActions: ["Microsoft.Authorization/*/Write"] };
    expect(allows([contributor], "Microsoft.Authorization/locks/write")).toBe(false);
    expect(
      allows([contributor, { actions: ["Microsoft.Authorization/locks/*"], notActions: [] }], "Microsoft.Authorization/locks/write"),
    ).toBe(true);
    expect([
      holds("/", "/subscriptions/s"),
      holds("/subscriptions/S", "/subscriptions/s/x"),
      holds("/subscriptions/s", "/subscriptions/s2"),
    ]).toEqual([true, true, false]);
  });
});
