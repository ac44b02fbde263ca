import { strToU8, zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { type Answer, World } from "../testing/world.ts";
import { readAttachment } from "./attachment.ts";

const V = "2023-01-01";

async function withCluster(members: object = {}): Promise<World> {
  const world = await World.open();
  const profile = { name: "nodepool1", count: 1, vmSize: "Standard_DS2_v2", mode: "System" };
  const body = {
    location: "eastus",
    properties: { dnsPrefix: "c", kubernetesVersion: "1.33.12", agentPoolProfiles: [profile], ...members },
  };
  await world.ended(await world.call("PUT", "managedClusters/c", { apiVersion: V, body }));
  return world;
}

function run(world: World, body: unknown): Promise<Answer> {
  return world.call("POST", "managedClusters/c/runCommand", { apiVersion: V, body });
}

function resultOf(world: World, answer: Answer): Promise<Answer> {
  const id = /commandResults\/([0-9a-f]{32})\?api-version=2023-01-01$/.exec(answer.headers["Location"] ?? "")?.[1] ?? "";
  return world.call("GET", `managedClusters/c/commandResults/${id}`, { apiVersion: V });
}

async function ended(world: World, answer: Answer): Promise<Answer> {
  let result = await resultOf(world, answer);
  while (result.status === 202) {
    await world.clock.advance(1_000);
    result = await resultOf(world, answer);
  }
  return result;
}

describe("run command", () => {
  it("answers 202 with the result's address, which says Running and then what came of it", async () => {
    const world = await withCluster();
    const answer = await run(world, { command: "kubectl version", context: "", clusterToken: "" });
    expect([answer.status, answer.body]).toEqual([202, undefined]);
    const before = await resultOf(world, answer);
    expect([before.status, before.body.properties.provisioningState]).toEqual([202, "Running"]);
    expect(before.headers["Location"]).toBe(answer.headers["Location"]);
    const { status, body } = await ended(world, answer);
    expect(status).toBe(200);
    expect(body).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{32}$/),
      properties: {
        provisioningState: "Succeeded",
        exitCode: 0,
        startedAt: expect.any(String),
        finishedAt: expect.any(String),
        logs: "Client Version: v1.33.12\nServer Version: v1.33.12\n",
      },
    });
    await world.stop();
  });

  it.each([
    { command: "helm list", exitCode: 127, logs: "bash: helm: it is not emulated here\n" },
    { command: "kubectl constructor", exitCode: 1, logs: /unknown command "constructor"/ },
    { command: "ls -l", exitCode: 127, logs: "bash: ls: command not found\n" },
    { command: "kubectl nonsense || kubectl version --client", exitCode: 0, logs: /unknown command.*\nClient Version/ },
    { command: "kubectl nonsense && kubectl version", exitCode: 1, logs: /^error: [^\n]*\n$/ },
    { command: "kubectl get pods | grep x", exitCode: 2, logs: /^bash: '\|' is not emulated/ },
  ])("of '$command' ends with $exitCode", async ({ command, exitCode, logs }) => {
    const world = await withCluster();
    const { body } = await ended(world, await run(world, { command }));
    expect(body.properties).toMatchObject({ provisioningState: "Succeeded", exitCode, logs: expect.stringMatching(logs) });
    await world.stop();
  });

  it.each([
    { name: "no command", body: {}, code: "InvalidParameter" },
    { name: "an empty one", body: { command: " " }, code: "InvalidParameter" },
    { name: "a command of another type", body: { command: 3 }, code: "UnmarshalError" },
    { name: "files that are no zip", body: { command: "kubectl version", context: "bm8gemlw" }, code: "InvalidParameter" },
  ])("is refused for $name", async ({ body, code }) => {
    const world = await withCluster();
    const answer = await run(world, body);
    expect([answer.status, answer.body.code]).toEqual([400, code]);
    await world.stop();
  });

  it("is refused where the cluster forbids it, and when too many run", async () => {
    const closed = await withCluster({ apiServerAccessProfile: { disableRunCommand: true } });
    expect((await run(closed, { command: "kubectl version" })).body.code).toBe("BadRequest");
    await closed.stop();
    const world = await withCluster();
    for (let count = 0; count < 10; count++) expect((await run(world, { command: "kubectl version" })).status).toBe(202);
    expect((await run(world, { command: "kubectl version" })).status).toBe(429);
    await world.stop();
  });

  it("is ended as Failed by a restart, and never run twice", async () => {
    const world = await withCluster();
    const answer = await run(world, { command: "kubectl version" });
    await world.restart();
    const { status, body } = await resultOf(world, answer);
    expect([status, body.properties.provisioningState, body.properties.reason]).toEqual([
      200,
      "Failed",
      "The service was restarted while the command ran.",
    ]);
    await world.stop();
  });

  it("keeps a hundred results, and none of a cluster that has gone", async () => {
    const world = await withCluster();
    const first = await run(world, { command: "kubectl version" });
    await ended(world, first);
    for (let count = 0; count < 100; count++) await ended(world, await run(world, { command: "kubectl version" }));
    expect((await world.store.range({ prefix: "/aks/commands/" })).pairs).toHaveLength(100);
    expect((await resultOf(world, first)).body.subcode).toBe("GetCommandResult_NotFound");
    await world.ended(await world.call("DELETE", "managedClusters/c", { apiVersion: V }));
    expect((await world.store.range({ prefix: "/aks/commands/" })).pairs).toEqual([]);
    await world.stop();
  });
});

describe("readAttachment", () => {
  const zip = (files: Record<string, string>): string =>
    Buffer.from(zipSync(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, strToU8(text)])))).toString("base64");

  it("reads files and folders of a zip, also with the line breaks that az puts in", () => {
    const text = zip({ "ns.yaml": "kind: Namespace", "./k8s/web.yaml": "a: ü" }).replaceAll(/(.{76})/g, "$1\n");
    expect([...readAttachment(text)]).toEqual([
      ["ns.yaml", "kind: Namespace"],
      ["k8s/web.yaml", "a: ü"],
    ]);
  });

  it("refuses what would unpack to more than it takes", () => {
    expect(() => readAttachment(zip({ big: "0".repeat(17 * 1_048_576) }))).toThrow(/more than 1000 files or 16 MB/);
    expect(() => readAttachment(Buffer.from("PK\u0003\u0004 no zip").toString("base64"))).toThrow(/not a zip file/);
  });
});
