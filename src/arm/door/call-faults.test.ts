import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ArmError } from "../provider.ts";
import { CLUSTERS, GROUP, type Harness, ROOT, startHarness } from "../testing/harness.ts";
import type { AskedCall, CallFault } from "./call-faults.ts";

const APP = "33333333-3333-3333-3333-333333333333";
const OBJECT = "44444444-4444-4444-4444-444444444444";
const READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7";

describe("faults of calls", () => {
  let harness: Harness;
  let fault: CallFault | undefined;
  let asked: AskedCall[];
  beforeEach(async () => {
    [fault, asked] = [undefined, []];
    harness = await startHarness({
      async callFaults(call) {
        asked.push(call);
        return fault;
      },
    });
    await harness.call("PUT", GROUP, { body: { location: "eastus" } });
    asked.length = 0;
  });
  afterEach(() => harness.stop());

  it("are asked with what the call does, and only for callers who may call", async () => {
    await harness.call("GET", `${CLUSTERS}/c`);
    await harness.call("DELETE", GROUP.replace("resourceGroups", "resourcegroups"));
    await harness.call("GET", GROUP, { token: null });
    expect(asked).toMatchObject([
      {
        method: "GET",
        path: `${CLUSTERS}/c`,
        operation: "Microsoft.ContainerService/managedClusters/read",
        armPath: { resourceGroup: "myGroup", namespace: "Microsoft.ContainerService", segments: ["managedClusters", "c"] },
      },
      { method: "DELETE", operation: "Microsoft.Resources/subscriptions/resourceGroups/delete", armPath: { resourceGroup: "myGroup" } },
    ]);
  });

  it("delay a call, before it is carried out or after", async () => {
    for (const afterwards of [false, true]) {
      fault = { kind: "delay", ms: 5000, afterwards };
      const name = `${ROOT}/resourceGroups/late${String(afterwards)}`;
      let status = 0;
      void harness.call("PUT", name, { body: { location: "eastus" } }).then((answer) => (status = answer.status));
      await harness.clock.advance(4999);
      fault = undefined;
      expect([status, (await harness.call("HEAD", name)).status]).toEqual([0, afterwards ? 204 : 404]);
      await harness.clock.advance(1);
      expect([status, (await harness.call("HEAD", name)).status]).toEqual([201, 204]);
    }
  });

  it("refuse a call that was carried out", async () => {
    fault = { kind: "refuse", error: new ArmError(503, "Down", "down"), afterwards: true };
    const { status, body } = await harness.call("DELETE", `${GROUP}x`);
    expect([status, body.error]).toEqual([404, expect.objectContaining({ code: "ResourceGroupNotFound" })]);
    expect(await harness.call("PUT", `${GROUP}x`, { body: { location: "eastus" } })).toMatchObject({
      status: 503,
      body: { error: { code: "Down", message: "down" } },
    });
    fault = undefined;
    expect((await harness.call("HEAD", `${GROUP}x`)).status).toBe(204);
  });
});

describe("calls to the program itself", () => {
  it("need a token, and a role where roles are enforced", async () => {
    const harness = await startHarness({
      rbac: true,
      identities: () => `applications: [{ clientId: ${APP}, objectId: ${OBJECT}, secrets: [{ value: s }], roles: [{ role: ${READER} }] }]`,
      administration: [
        { method: "GET", url: "/lido/v1/things/:id", handle: async ({ params }) => ({ status: 200, body: { id: params["id"] } }) },
        { method: "POST", url: "/lido/v1/things", handle: async ({ body }) => ({ status: 201, body }) },
      ],
    });
    const token = await harness.arm.issueToken({ clientId: APP });
    const post = (options: { token?: string | null; body?: unknown }) =>
      harness.call("POST", "/lido/v1/things", { version: "", body: { a: 1 }, ...options });
    expect(await post({})).toMatchObject({ status: 201, body: { a: 1 } });
    expect(await post({ token: null })).toMatchObject({ status: 401 });
    expect(await post({ token })).toMatchObject({ status: 403, body: { error: { code: "AuthorizationFailed" } } });
    expect(await post({ body: "{" })).toMatchObject({ status: 400, body: { error: { code: "InvalidRequestContent" } } });
    expect(await harness.call("GET", "/lido/v1/things/x", { version: "", token })).toMatchObject({ status: 200, body: { id: "x" } });
    await harness.stop();
  });
});
