import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Answer, World } from "../testing/world.ts";

const V = "2024-09-01";
const PATH = "managedClusters/c/trustedAccessRoleBindings";
const SOURCE = "/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w";
const ROLE = "Microsoft.MachineLearningServices/workspaces/mlworkload";
let world: World;

beforeEach(async () => {
  world = await World.open();
  const profile = { name: "nodepool1", count: 1, vmSize: "Standard_DS2_v2", mode: "System" };
  const body = { location: "eastus", properties: { dnsPrefix: "c", agentPoolProfiles: [profile] } };
  await world.ended(await world.call("PUT", "managedClusters/c", { apiVersion: V, body }));
});
afterEach(() => world.stop());

function put(name: string, properties: object = { sourceResourceId: SOURCE, roles: [ROLE] }): Promise<Answer> {
  return world.call("PUT", `${PATH}/${name}`, { apiVersion: V, body: { properties } });
}
const read = (path = PATH): Promise<Answer> => world.call("GET", path, { apiVersion: V });

describe("a trusted access role binding", () => {
  it("is Updating until its operation ends, also beside work on a pool and over a restart", async () => {
    const made = await put("first");
    expect(made).toMatchObject({ status: 201, body: { properties: { provisioningState: "Updating", roles: [ROLE] } } });
    expect(Object.keys(made.headers)).toEqual(["Azure-AsyncOperation"]);
    const pool = { properties: { count: 1, vmSize: "Standard_DS2_v2" } };
    expect((await world.call("PUT", "managedClusters/c/agentPools/p", { apiVersion: V, body: pool })).status).toBe(201);
    await world.restart();
    await world.ended(made);
    expect((await read(`${PATH}/FIRST`)).body).toMatchObject({ name: "first", properties: { provisioningState: "Succeeded" } });
    expect((await put("first")).status).toBe(200);
  });

  it("is deleted by an operation, and is absent then", async () => {
    await world.ended(await put("first"));
    const gone = await world.call("DELETE", `${PATH}/first`, { apiVersion: V });
    expect([gone.status, Object.keys(gone.headers)]).toEqual([202, ["Azure-AsyncOperation", "Location"]]);
    expect((await read(`${PATH}/first`)).body.properties.provisioningState).toBe("Deleting");
    expect((await put("first")).status).toBe(409);
    await world.ended(gone);
    expect((await read()).body).toEqual({ value: [] });
    expect((await read(`${PATH}/first`)).status).toBe(404);
    expect((await world.call("DELETE", `${PATH}/first`, { apiVersion: V })).status).toBe(204);
  });

  it("goes with its cluster, and so does what is being done to it", async () => {
    const made = await put("first");
    await world.ended(await world.call("DELETE", "managedClusters/c", { apiVersion: V }));
    expect(world.operation(made)?.status).not.toBe("InProgress");
    expect((await put("second")).body.error.code).toBe("ParentResourceNotFound");
  });

  it("is one of eight at most", async () => {
    const made = await Promise.all(["a", "b", "c", "d", "e", "f", "g", "h"].map((name) => put(name)));
    expect(made.map(({ status }) => status)).toEqual(made.map(() => 201));
    expect(await put("i")).toMatchObject({ status: 400, body: { message: expect.stringContaining("at most 8") } });
  });

  it.each([
    ["no_name", undefined, "trustedAccessRoleBindingName"],
    ["a", { roles: [ROLE] }, "properties.sourceResourceId"],
    ["a", { sourceResourceId: "workspace", roles: [ROLE] }, "properties.sourceResourceId"],
    ["a", { sourceResourceId: SOURCE }, "properties.roles"],
    ["a", { sourceResourceId: SOURCE, roles: ["Microsoft.Compute/virtualMachineScaleSets/test-node-reader"] }, "properties.roles"],
    ["a", { sourceResourceId: SOURCE, roles: ["Microsoft.DataProtection/backupVaults/backup-operator"] }, "properties.roles"],
  ])("is refused as %s with %j", async (name, properties, target) => {
    expect(await put(name, properties)).toMatchObject({ status: 400, body: { code: "InvalidParameter", target } });
    expect((await read()).body.value).toEqual([]);
  });
});
