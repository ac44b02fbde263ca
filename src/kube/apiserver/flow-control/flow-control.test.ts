import { afterEach, describe, expect, it } from "vitest";
import type { FlowSchema, PriorityLevelConfiguration } from "#api/kubernetes/flowcontrol";
import { startCluster, type TestCluster } from "../testing/cluster.ts";

const GROUP = "/apis/flowcontrol.apiserver.k8s.io";
const SCHEMAS = `${GROUP}/v1/flowschemas`;
const LEVELS = `${GROUP}/v1/prioritylevelconfigurations`;
const MINUTE_MS = 60_000;

let cluster: TestCluster;
afterEach(() => cluster.api.stop());

const namesAt = async (path: string): Promise<string[]> => (await cluster.list(path)).items.map(({ metadata }) => metadata.name);
const schema = (name: string): Promise<FlowSchema> => cluster.call("GET", `${SCHEMAS}/${name}`);

// Source: counted in apiserver pkg/apis/flowcontrol/bootstrap/default.go of each release.
describe("what every cluster has", () => {
  it.each([
    ["1.20.9", "v1beta1", 10, 7],
    ["1.22.6", "v1beta1", 12, 8],
    ["1.24.9", "v1beta2", 13, 8],
    ["1.27.7", "v1beta3", 13, 8],
    ["1.33.1", "v1", 13, 8],
    ["1.34.0", "v1", 11, 8],
  ])("%s at %s", async (version, served, schemas, levels) => {
    cluster = await startCluster({ version });
    const found = [await namesAt(`${GROUP}/${served}/flowschemas`), await namesAt(`${GROUP}/${served}/prioritylevelconfigurations`)];
    expect(found.map(({ length }) => length)).toEqual([schemas, levels]);
    expect(found[0]).toContain("catch-all");
  });

  it("is nothing before 1.20", async () => {
    cluster = await startCluster({ version: "1.19.11" });
    expect((await cluster.refusal("GET", `${GROUP}/v1beta1/flowschemas`)).code).toBe(404);
  });

  it("comes back within a minute, and follows the release unless it is told not to", async () => {
    cluster = await startCluster({ version: "1.33.1" });
    await cluster.call("DELETE", `${SCHEMAS}/probes`);
    const own = await schema("service-accounts");
    const metadata = { ...own.metadata, annotations: { "apf.kubernetes.io/autoupdate-spec": "false" } };
    await cluster.call("PUT", `${SCHEMAS}/service-accounts`, { ...own, metadata, spec: { ...own.spec, matchingPrecedence: 8000 } });
    const followed = await schema("system-nodes");
    await cluster.call("PUT", `${SCHEMAS}/system-nodes`, { ...followed, spec: { ...followed.spec, matchingPrecedence: 600 } });
    await cluster.clock.advance(MINUTE_MS);
    expect(await namesAt(SCHEMAS)).toContain("probes");
    expect((await schema("service-accounts")).spec.matchingPrecedence).toBe(8000);
    expect((await schema("system-nodes")).spec.matchingPrecedence).toBe(500);
  });

  it("goes with the release that does not have it any more", async () => {
    cluster = await startCluster({ version: "1.33.1" });
    expect(await namesAt(SCHEMAS)).toContain("workload-leader-election");
    cluster.api.setVersion("1.34.0");
    await cluster.clock.advance(1);
    expect(await namesAt(SCHEMAS)).not.toContain("workload-leader-election");
  });

  it("comes with the release that has it first", async () => {
    cluster = await startCluster({ version: "1.19.11" });
    cluster.api.setVersion("1.20.9");
    await cluster.clock.advance(1);
    expect(await namesAt(`${GROUP}/v1beta1/flowschemas`)).toContain("exempt");
  });
});

describe("a schema", () => {
  const body = { metadata: { name: "mine" }, spec: { priorityLevelConfiguration: { name: "later" } } };
  const conditionOf = async (): Promise<unknown> =>
    (await schema("mine")).status?.conditions?.map(({ status, reason }) => [status, reason]);

  it("says whether its level is there", async () => {
    cluster = await startCluster({ version: "1.35.4" });
    await cluster.call("POST", SCHEMAS, body);
    await cluster.clock.advance(1);
    expect(await conditionOf()).toEqual([["True", "NotFound"]]);
    await cluster.call("POST", LEVELS, {
      metadata: { name: "later" },
      spec: { type: "Limited", limited: { limitResponse: { type: "Reject" } } },
    });
    await cluster.clock.advance(1);
    expect(await conditionOf()).toEqual([["False", "Found"]]);
  });
});

it("shares of levels are called assured before 1.26", async () => {
  cluster = await startCluster({ version: "1.25.6" });
  const path = `${GROUP}/v1beta2/prioritylevelconfigurations`;
  const limited = { assuredConcurrencyShares: 7, limitResponse: { type: "Reject" } };
  await cluster.call("POST", path, { metadata: { name: "own" }, spec: { type: "Limited", limited } });
  expect(await cluster.call("GET", `${path}/own`)).toMatchObject({ apiVersion: "flowcontrol.apiserver.k8s.io/v1beta2", spec: { limited } });
  cluster.api.setVersion("1.29.0");
  const newer = await cluster.call<PriorityLevelConfiguration>("GET", `${LEVELS}/own`);
  expect(newer.spec.limited).toEqual({ nominalConcurrencyShares: 7, limitResponse: { type: "Reject" } });
});
