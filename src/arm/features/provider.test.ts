import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Harness, ROOT, startHarness } from "../testing/harness.ts";

let harness: Harness;
beforeAll(async () => void (harness = await startHarness()));
afterAll(() => harness.stop());

const REGISTRATION = `${ROOT}/providers/Microsoft.Features/featureProviders/Microsoft.ContainerService/subscriptionFeatureRegistrations/Some`;
const FEATURE = `${ROOT}/providers/Microsoft.Features/providers/Microsoft.ContainerService/features/Some`;

describe("a feature's path", () => {
  it.each([
    ["PUT", `${REGISTRATION}/more`],
    ["DELETE", `${REGISTRATION}/more/of/it`],
    ["POST", `${FEATURE}/register/more`],
    ["PUT", REGISTRATION.replace("subscriptionFeatureRegistrations", "others")],
  ])("ends where it ends: %s %s", async (method, path) => {
    expect(await harness.call(method, path, { version: "2021-07-01" })).toMatchObject({
      status: 404,
      body: { error: { code: "InvalidResourceType" } },
    });
    expect((await harness.call("GET", REGISTRATION, { version: "2021-07-01" })).status).toBe(404);
  });

  it("takes no registration that is no object", async () => {
    expect(await harness.call("PUT", REGISTRATION, { version: "2021-07-01", body: "42" })).toMatchObject({
      status: 400,
      body: { error: { code: "InvalidRequestContent" } },
    });
    expect((await harness.call("PUT", REGISTRATION, { version: "2021-07-01", body: {} })).status).toBe(200);
  });
});
