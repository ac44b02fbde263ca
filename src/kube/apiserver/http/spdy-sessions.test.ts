import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type KeyedCertificate, VirtualClock } from "#lib";
import { podOf, pods, startCluster, type TestCluster } from "../testing/cluster.ts";
import { connectSpdy, connectTunnel, control, type SpdyClient, word } from "../testing/spdy-client.ts";
import { authorityOf, clientOf, listen, type TestListener } from "../testing/tls.ts";

let admin: KeyedCertificate;
let cluster: TestCluster;
let listener: TestListener;
// Certificates are of today, so the clock starts there.
const clock = new VirtualClock(Date.now());

beforeAll(async () => {
  const authority = await authorityOf("cluster");
  admin = await clientOf(authority, "admin", ["system:masters"]);
  cluster = await startCluster({ clock, credentials: { caCertificatePem: authority.certPem, tokens: () => undefined } });
  listener = await listen(cluster.api);
  await cluster.call("POST", "/api/v1/nodes", { metadata: { name: "n1" } });
  const pod = podOf("a", { spec: { nodeName: "n1" } });
  const exec = `[{command: say, stdout: "hi\\n", stderr: "aside\\n"}, {command: fail, exitCode: 3}, {command: flood, stdout: "${"x".repeat(100_000)}"}]`;
  await cluster.call("POST", pods(), { ...pod, metadata: { ...pod.metadata, annotations: { "lido.dev/exec": exec } } });
  const state = { running: { startedAt: new Date(clock.now()).toISOString().replace(/\\..*/, "Z") } };
  const containerStatuses = [{ name: "web", image: "x", imageID: "", ready: true, restartCount: 0, containerID: "c://1", state }];
  await cluster.call(
    "PATCH",
    pods("a/status"),
    { status: { containerStatuses } },
    { contentType: "application/strategic-merge-patch+json" },
  );
});
afterAll(async () => {
  await listener.close();
  await cluster.api.stop();
});

async function connect(query: string, protocols = ["v4.channel.k8s.io"]): Promise<SpdyClient> {
  const { client, response } = await connectSpdy(listener, pods(`a/${query}`), { protocols, identity: admin });
  if (client === undefined) throw new Error(`refused with ${response.statusCode}`);
  return client;
}

/** Opens streams of these types: 1, 3, 5 and so on. */
async function openAll(client: SpdyClient, types: readonly string[]): Promise<void> {
  for (const [index, streamtype] of types.entries()) await client.open(index * 2 + 1, { streamtype });
}

const isOver = (client: SpdyClient) => (): boolean => client.frames.some(({ type }) => type === 7);

describe("commands over SPDY", () => {
  it("answer on the streams, reset them and go away", async () => {
    const client = await connect("exec?stdout=true&stderr=true&command=say", ["v9.channel.k8s.io", "v4.channel.k8s.io"]);
    await openAll(client, ["error", "stdout", "stderr"]);
    await client.until(isOver(client));
    expect([client.text(3), client.text(5)]).toEqual(["hi\n", "aside\n"]);
    expect(JSON.parse(client.text(1))).toMatchObject({ status: "Success" });
    expect(client.controls()).toEqual(["2:1", "2:3", "2:5", "3:1", "3:3", "3:5", "7:5"]);
    expect(await client.replies()).toEqual([word(0), word(0), word(0)]);
    client.close();
  });

  it.each([
    { protocol: "v4.channel.k8s.io", told: expect.stringContaining('"causes":[{"reason":"ExitCode","message":"3"}]') as string },
    { protocol: "v2.channel.k8s.io", told: "command terminated with non-zero exit code: exit status 3" },
  ])("tell in $protocol how they failed", async ({ protocol, told }) => {
    const client = await connect("exec?stdout=true&command=fail", [protocol]);
    await openAll(client, ["error", "stdout"]);
    await client.until(isOver(client));
    expect(client.text(1)).toEqual(told);
    client.close();
  });

  it("send much in several frames, whatever the windows, to a terminal whose size is told", async () => {
    const client = await connect("exec?stdin=true&stdout=true&tty=true&command=flood");
    await openAll(client, ["error", "stdin", "stdout"]);
    expect(client.text(5)).toBe("");
    await client.open(7, { streamtype: "resize" });
    await client.until(isOver(client));
    expect(client.text(5)).toHaveLength(100_000);
    client.close();
  });

  it("answer pings of the client, and reset what is no stream of a command", async () => {
    const client = await connect("exec?stdout=true&command=say");
    await client.open(1, { streamtype: "error" });
    await client.open(3, { streamtype: "error" });
    await client.open(5, { streamtype: "other" });
    await client.open(5, { streamtype: "stdout" });
    await client.open(8, { streamtype: "stdout" });
    client.send(control(6, word(2)));
    client.send(control(6, word(7)));
    await client.until(() => client.frames.some(({ type }) => type === 6));
    expect(client.controls()).toEqual(["2:1", "3:3", "3:5", "3:5", "3:8", "6:7"]);
    client.close();
  });

  it("end when the client does not open its streams, and at what is no frame", async () => {
    const silent = await connect("exec?stdout=true&command=say");
    await silent.open(1, { streamtype: "error" });
    await silent.until(() => silent.frames.length > 0);
    await clock.advance(30_000);
    await silent.until(isOver(silent));
    expect(silent.controls()).toEqual(["2:1", "3:1", "7:1"]);
    silent.close();
    const bad = await connect("exec?stdout=true&command=say");
    bad.send(control(99, word(1)));
    await bad.until(isOver(bad));
    expect(bad.frames.at(-1)?.payload).toEqual(Buffer.concat([word(0), word(1)]));
    // Who does not close either is cut off.
    await clock.advance(5_000);
    await bad.until(() => bad.isClosed);
    bad.close();
  });

  it("leave nothing behind when the client goes", async () => {
    const { pending } = clock;
    const client = await connect("attach?stdout=true");
    await openAll(client, ["error", "stdout"]);
    await client.until(() => client.frames.length >= 2);
    client.close();
    await expect.poll(async () => (await clock.advance(0), clock.pending)).toBeLessThanOrEqual(pending);
  });
});

describe("ports over SPDY", () => {
  const refused = /^error forwarding port 80 to pod \S+, uid : pod "default\/a" is simulated: .* nothing listens on port 80$/;

  it("say on the error stream of each connection that nothing listens", async () => {
    const client = await connect("portforward", ["portforward.k8s.io"]);
    await client.open(1, { streamtype: "error", port: "80", requestid: "0" });
    await client.open(3, { streamtype: "data", port: "0", requestid: "0" });
    await client.open(5, { streamtype: "data", port: "80", requestid: "0" });
    await client.until(() => client.frames.some(({ type, flags, streamId }) => type === "data" && flags === 1 && streamId === 1));
    expect(client.text(1)).toMatch(refused);
    expect([client.text(5), client.controls()]).toEqual(["", ["2:1", "3:3", "2:5"]]);
    client.close();
  });

  it("are refused at the same words in a WebSocket's tunnel", async () => {
    const { client, response } = await connectTunnel(listener, pods("a/portforward"), admin);
    if (client === undefined) throw new Error(`refused with ${response.statusCode}`);
    expect(response.headers["sec-websocket-protocol"]).toBe("SPDY/3.1+portforward.k8s.io");
    await client.open(1, { streamtype: "error", port: "80" });
    await client.open(3, { streamtype: "data", port: "80" });
    await client.until(() => client.text(1) !== "");
    expect(client.text(1)).toMatch(refused);
    client.close();
  });
});
