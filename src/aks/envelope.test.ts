import { describe, expect, test } from "vitest";
import { asOfTime } from "./envelope.ts";
import { refusals } from "./errors.ts";

const cluster = { subscriptionId: "s", resourceGroup: "g", name: "c" };
const membersOf = (error: Parameters<typeof asOfTime>[0], apiVersion: string): string =>
  Object.keys(asOfTime(error, { apiVersion }).response.body).join();

describe("the members of a refusal", () => {
  test.each([
    ["2018-03-31", "code,message"],
    ["2019-08-01", "code,message"],
    ["2021-05-01", "code,details,message,subcode"],
    ["2026-07-01", "code,details,message,subcode"],
  ])("at %s are %s", (apiVersion, members) => {
    expect(membersOf(refusals.agentPoolNotFound(cluster, "p"), apiVersion)).toBe(members);
  });

  test("keep the target at all times", () => {
    expect(membersOf(refusals.invalidParameter("agentPoolProfile.count"), "2019-04-01")).toBe("code,message,target");
  });

  test.each([
    ["2022-11-01", "GetAgentPool_NotFound"],
    ["2024-09-01", "GetAgentPool_NotFound_HCPServerError"],
    ["2025-03-01", "GetAgentPool_NotFound_HCPServerError"],
  ])("at %s have the subcode %s", (apiVersion, subcode) => {
    expect(asOfTime(refusals.agentPoolNotFound(cluster, "p"), { apiVersion }).response.body).toMatchObject({ subcode });
  });

  test("have other subcodes as they are", () => {
    const { body } = asOfTime(refusals.deleteWhileBusy(cluster), { apiVersion: "2025-03-01" }).response;
    expect(body).toMatchObject({ subcode: "PutManagedClusterAndAgentPools_FailedPrecondition" });
  });
});
