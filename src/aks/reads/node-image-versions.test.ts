import { expect, it } from "vitest";
import { nodeImageNames } from "../catalog/index.ts";
import { Scene } from "../testing/scene.ts";

const LIST = "locations/eastus/nodeImageVersions";

it("the newest version of each node image is listed with its parts, and a pool's newest image is among them", async () => {
  const scene = await Scene.open();
  await scene.create();
  const { status, body } = await scene.call("GET", LIST, undefined, "2025-07-02-preview");
  expect(status).toBe(200);
  const rows: readonly { readonly fullName: string; readonly os: string; readonly sku: string; readonly version: string }[] = body.value;
  const families = rows.map(({ os, sku }) => `${os} ${sku}`);
  expect(new Set(families).size).toBe(families.length);
  expect(families).toEqual(
    expect.arrayContaining(["AKSUbuntu 2204gen2containerd", "AKSAzureLinux V3gen2", "AKSWindows windows-2022-containerd"]),
  );
  const profile = await scene.call("GET", "managedClusters/c/agentPools/two/upgradeProfiles/default", undefined, "2024-09-01");
  expect(rows.map(({ fullName }) => fullName)).toContain(profile.body.properties.latestNodeImageVersion);
  await scene.world.stop();
});

it("stable api-versions do not have the list", async () => {
  const scene = await Scene.open();
  expect((await scene.call("GET", LIST, undefined, "2026-04-01")).body).toMatchObject({ error: { code: "InvalidResourceType" } });
  await scene.world.stop();
});

it("images go on with the days", () => {
  expect(nodeImageNames("2026-07-30")).toContain("AKSUbuntu-2204gen2containerd-202607.30.0");
  expect(nodeImageNames("2026-07-10")).toContain("AKSUbuntu-2204gen2containerd-202607.09.0");
});
