import { describe, expect, it } from "vitest";
import { type ArmRequest, type Method, ProviderError } from "#arm";
import { VirtualClock } from "#lib";
import { createThrottle } from "./throttle.ts";

const SUBSCRIPTION = "00000000-0000-0000-0000-000000000001";

function request(method: Method, segments: string, resourceGroup: string | undefined = "rg"): ArmRequest {
  return {
    method,
    path: {
      subscriptionId: SUBSCRIPTION,
      ...(resourceGroup !== undefined && { resourceGroup }),
      namespace: "Microsoft.ContainerService",
      segments: segments.split("/"),
    },
    apiVersion: "2024-09-01",
    query: new URLSearchParams(),
    headers: {},
    body: undefined,
    baseUrl: "https://localhost:8443",
    principal: { tenantId: "t", objectId: "o", name: "n" },
    correlationId: "c",
  };
}

const inSubscription = (method: Method, segments: string): ArmRequest => {
  const { path, ...rest } = request(method, segments);
  const { resourceGroup: _, ...outside } = path;
  return { ...rest, path: outside };
};

/** How many are taken before the first refusal, and that one. */
function untilRefused(throttle: (request: ArmRequest) => void, one: ArmRequest): { taken: number; refusal: ProviderError } {
  for (let taken = 0; ; taken++) {
    try {
      throttle(one);
    } catch (error) {
      return { taken, refusal: error as ProviderError };
    }
  }
}

describe("AKS's limits", () => {
  it.each([
    { what: "PUT of a pool", one: request("PUT", "managedClusters/c/agentPools/p"), taken: 20, wait: "60" },
    { what: "PUT of a cluster", one: request("PUT", "managedClusters/c"), taken: 20, wait: "60" },
    { what: "GET of a cluster", one: request("GET", "managedClusters/c"), taken: 60, wait: "1" },
    { what: "the list of a group", one: request("GET", "managedClusters"), taken: 60, wait: "1" },
    { what: "the list of a subscription", one: inSubscription("GET", "managedClusters"), taken: 500, wait: "1" },
    { what: "GET of an operation", one: inSubscription("GET", "locations/eastus/operations/x"), taken: 200, wait: "1" },
    { what: "other calls", one: request("GET", "managedClusters/c/agentPools"), taken: 60, wait: "1" },
  ])("take a burst of $taken at $what", ({ one, taken, wait }) => {
    const found = untilRefused(createThrottle(new VirtualClock()), one);
    expect(found.taken).toBe(taken);
    expect(found.refusal.response).toMatchObject({ status: 429, headers: { "Retry-After": wait }, body: { code: "Throttled" } });
  });

  it("refuse in AKS's words", () => {
    const throttle = createThrottle(new VirtualClock());
    expect(untilRefused(throttle, request("PUT", "managedClusters/c")).refusal.message).toBe(
      `The PutManagedClusterHandler.PUT request limit has been exceeded for SubID='${SUBSCRIPTION}', please retry again in 60 seconds. ` +
        "For more information, please visit aka.ms/aks/throttling",
    );
    expect(untilRefused(throttle, request("PUT", "managedClusters/c/agentPools/p")).refusal.message).toBe(
      `The PutAgentPoolHandler.PUT request limit has been exceeded for agentpool /subscriptions/${SUBSCRIPTION}/resourcegroups/rg/providers/` +
        "Microsoft.ContainerService/managedClusters/c/agentPools/p, please retry again in 60 seconds",
    );
  });

  it("count each pool apart, and let time pass", async () => {
    const clock = new VirtualClock();
    const throttle = createThrottle(clock);
    untilRefused(throttle, request("PUT", "managedClusters/c/agentPools/p"));
    throttle(request("PUT", "managedClusters/c/agentPools/q"));
    await clock.advance(59_000);
    expect(() => throttle(request("PUT", "managedClusters/c/agentPools/P"))).toThrow("please retry again in 1 seconds");
    await clock.advance(1000);
    throttle(request("PUT", "managedClusters/c/agentPools/p"));
  });
});
