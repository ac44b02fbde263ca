import { describe, expect, it } from "vitest";
import { type Answer, World } from "../testing/world.ts";

const V = "2024-09-01";
const PATH = "managedClusters/c/maintenanceConfigurations";

async function withCluster(): Promise<World> {
  const world = await World.open();
  const profile = { name: "nodepool1", count: 1, vmSize: "Standard_DS2_v2", mode: "System" };
  const body = { location: "eastus", properties: { dnsPrefix: "c", agentPoolProfiles: [profile] } };
  await world.ended(await world.call("PUT", "managedClusters/c", { apiVersion: V, body }));
  return world;
}

function put(world: World, name: string, properties: object, apiVersion = V): Promise<Answer> {
  return world.call("PUT", `${PATH}/${name}`, { apiVersion, body: { properties } });
}

const weekly = { weekly: { intervalWeeks: 1, dayOfWeek: "Saturday" } };
const window = { schedule: weekly, durationHours: 12, startTime: "00:00" };

describe("maintenance configurations", () => {
  it("print times as Go does and leave out what is empty", async () => {
    const world = await withCluster();
    const slots = [{ day: "monday", hourSlots: [1] }];
    const first = await put(world, "default", { timeInWeek: slots, notAllowedTime: [] });
    expect([first.status, first.body.properties]).toEqual([200, { timeInWeek: [{ day: "Monday", hourSlots: [1] }] }]);
    const notAllowedTime = [{ start: "2021-11-26T03:00:00.000Z", end: "2021-11-30T12:00:00.120Z" }];
    const { body } = await put(world, "default", { notAllowedTime });
    expect(body.properties).toEqual({ notAllowedTime: [{ start: "2021-11-26T03:00:00Z", end: "2021-11-30T12:00:00.12Z" }] });
    expect(Object.keys(body)).toEqual(["id", "name", "properties"]);
    expect((await world.call("GET", PATH, { apiVersion: V })).body.value).toEqual([body]);
    await world.stop();
  });

  it("fill a window with its defaults, and keep the letter case of the name", async () => {
    const world = await withCluster();
    const { body } = await put(world, "aksmanagedautoupgradeschedule", { maintenanceWindow: { ...window, notAllowedDates: null } });
    expect(body.name).toBe("aksmanagedautoupgradeschedule");
    expect(Object.entries(body.properties.maintenanceWindow)).toEqual([
      ["schedule", weekly],
      ["durationHours", 12],
      ["utcOffset", "+00:00"],
      ["startDate", new Date(world.clock.now()).toISOString().slice(0, 10)],
      ["startTime", "00:00"],
    ]);
    const shown = await world.call("GET", `${PATH}/aksManagedAutoUpgradeSchedule`, { apiVersion: V });
    expect(shown.body).toEqual(body);
    await world.stop();
  });

  it.each([
    { schedule: { daily: { intervalDays: 7 } } },
    { schedule: { weekly: { intervalWeeks: 4, dayOfWeek: "Sunday" } } },
    { schedule: { absoluteMonthly: { intervalMonths: 6, dayOfMonth: 31 } } },
    { schedule: { relativeMonthly: { intervalMonths: 1, weekIndex: "Last", dayOfWeek: "Friday" } } },
    { notAllowedDates: [{ start: "2022-12-23", end: "2023-01-05" }] },
    { utcOffset: "-07:00", startDate: "2023-01-01", durationHours: 4, startTime: "23:59" },
  ])("take %j", async (members) => {
    const world = await withCluster();
    const { status, body } = await put(world, "aksManagedNodeOSUpgradeSchedule", { maintenanceWindow: { ...window, ...members } });
    expect([status, body.properties.maintenanceWindow]).toEqual([200, expect.objectContaining(members)]);
    await world.stop();
  });

  it.each([
    { members: { schedule: {} }, target: "schedule" },
    { members: { schedule: { ...weekly, daily: { intervalDays: 1 } } }, target: "schedule" },
    { members: { schedule: { daily: { intervalDays: 8 } } }, target: "schedule.daily.intervalDays" },
    { members: { schedule: { weekly: { intervalWeeks: 1, dayOfWeek: "Someday" } } }, target: "schedule.weekly.dayOfWeek" },
    { members: { schedule: { absoluteMonthly: { intervalMonths: 1 } } }, target: "schedule.absoluteMonthly.dayOfMonth" },
    { members: { durationHours: 3 }, target: "durationHours" },
    { members: { durationHours: undefined }, target: "durationHours" },
    { members: { utcOffset: "5" }, target: "utcOffset" },
    { members: { startTime: "24:00" }, target: "startTime" },
    { members: { startDate: "2023-13-01" }, target: "startDate" },
    { members: { notAllowedDates: [{ start: "2023-01-05", end: "2022-12-23" }] }, target: "notAllowedDates.end" },
  ])("refuse $members", async ({ members, target }) => {
    const world = await withCluster();
    const { status, body } = await put(world, "aksManagedNodeOSUpgradeSchedule", { maintenanceWindow: { ...window, ...members } });
    expect([status, body.code, body.target]).toEqual([400, "InvalidParameter", `properties.maintenanceWindow.${target}`]);
    expect((await world.call("GET", PATH, { apiVersion: V })).body.value).toEqual([]);
    await world.stop();
  });

  it("know three names, weekly windows for the default since 2025-03-01, and no windows before 2023-05-01", async () => {
    const world = await withCluster();
    const named = await put(world, "mine", {});
    expect(named.body.message).toBe(
      "Only 'default', 'aksManagedAutoUpgradeSchedule' and 'aksManagedNodeOSUpgradeSchedule' are allowed configNames for maintenance configuration.",
    );
    const daily = { maintenanceWindow: { ...window, schedule: { daily: { intervalDays: 1 } } } };
    expect((await put(world, "default", daily, "2025-03-01")).body.message).toBe(
      "Only weekly schedule is supported for control plane upgrade maintenance configuration: default.",
    );
    expect((await put(world, "default", daily)).status).toBe(200);
    expect((await put(world, "aksManagedAutoUpgradeSchedule", daily, "2023-04-01")).body.properties).toEqual({});
    await world.stop();
  });

  it("answer what is absent with 404, and its deletion with 204", async () => {
    const world = await withCluster();
    expect((await world.call("GET", `${PATH}/default`, { apiVersion: V })).body.code).toBe("NotFound");
    expect((await world.call("DELETE", `${PATH}/default`, { apiVersion: V })).status).toBe(204);
    await put(world, "default", {});
    expect((await world.call("DELETE", `${PATH}/default`, { apiVersion: V })).status).toBe(200);
    expect((await world.call("PUT", "managedClusters/d/maintenanceConfigurations/default", { apiVersion: V })).status).toBe(404);
    await world.stop();
  });

  it("survive a restart and go with their cluster", async () => {
    const world = await withCluster();
    await put(world, "default", { timeInWeek: [{ day: "Monday", hourSlots: [1] }] });
    await world.restart();
    expect((await world.call("GET", PATH, { apiVersion: V })).body.value).toHaveLength(1);
    await world.ended(await world.call("DELETE", "managedClusters/c", { apiVersion: V }));
    const { pairs } = await world.store.range({ prefix: "/aks/maintenance-configurations/" });
    expect(pairs).toEqual([]);
    await world.stop();
  });
});
