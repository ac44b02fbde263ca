import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { type KeyedCertificate, VirtualClock } from "#lib";
import { podOf, pods, startCluster, type TestCluster } from "../testing/cluster.ts";
import { authorityOf, clientOf, listen, type TestListener } from "../testing/tls.ts";

let authority: KeyedCertificate;
let admin: KeyedCertificate;
let cluster: TestCluster;
let listener: TestListener;
// Certificates are of today, so the clock starts there.
const clock = new VirtualClock(Date.now());
const now = (): string => new Date(clock.now()).toISOString().replace(/\..*/, "Z");

beforeAll(async () => {
  authority = await authorityOf("cluster");
  admin = await clientOf(authority, "admin", ["system:masters"]);
  cluster = await startCluster({ clock, credentials: { caCertificatePem: authority.certPem, tokens: () => undefined } });
  listener = await listen(cluster.api);
  await cluster.call("POST", "/api/v1/nodes", { metadata: { name: "n1" } });
  const pod = podOf("a", { spec: { nodeName: "n1" } });
  const exec = `[{command: "say hi", stdout: "hi\\n", stderr: "aside\\n"}, {command: "fail *", exitCode: 3}, {command: flood, stdout: "${"x".repeat(100_000)}"}]`;
  const annotations = { "lido.dev/exec": exec, "lido.dev/logs": "before\n+1s after" };
  await cluster.call("POST", pods(), { ...pod, metadata: { ...pod.metadata, annotations } });
  await cluster.call("POST", pods(), podOf("unbound"));
  await setState({ running: { startedAt: now() } });
});
afterAll(async () => {
  await listener.close();
  await cluster.api.stop();
});

async function setState(state: object): Promise<void> {
  const status = {
    containerStatuses: [{ name: "web", image: "x", imageID: "", ready: true, restartCount: 0, containerID: "c://1", state }],
  };
  await cluster.call("PATCH", pods("a/status"), { status }, { contentType: "application/strategic-merge-patch+json" });
}

interface Conversation {
  readonly protocol: string;
  readonly code: number;
  /** What came, by channel. */
  readonly channels: Readonly<Record<number, string>>;
}

/** @param opened is called once the session has begun. */
function talk(path: string, protocols: string[] = ["v5.channel.k8s.io"], opened?: () => void): Promise<Conversation> {
  const url = listener.server.replace("https", "wss") + path;
  const socket = new WebSocket(url, protocols, { ca: listener.caPem, cert: admin.certPem, key: admin.keyPem });
  const channels: Record<number, string> = {};
  return new Promise((resolve, reject) => {
    socket.on("message", (data: Buffer) => {
      const channel = data[0] ?? -1;
      channels[channel] = (channels[channel] ?? "") + data.subarray(1).toString();
    });
    socket.on("close", (code) => resolve({ protocol: socket.protocol, code, channels }));
    socket.on("error", reject);
    if (opened !== undefined) socket.on("open", opened);
  });
}

const exec = (query: string): string => pods(`a/exec?stdout=true&stderr=true&${query}`);

describe("sessions", () => {
  it.each(["v5.channel.k8s.io", "v4.channel.k8s.io"])("answer a command in the channels of %s", async (protocol) => {
    const { channels, code, protocol: spoken } = await talk(exec("command=say&command=hi"), [protocol]);
    expect([spoken, code]).toEqual([protocol, 1000]);
    expect([channels[1], channels[2]]).toEqual(["hi\n", "aside\n"]);
    expect(JSON.parse(channels[3] ?? "")).toMatchObject({ status: "Success" });
  });

  it("tell the exit code as kubelets do", async () => {
    const { channels } = await talk(exec("command=fail&command=now"));
    expect(JSON.parse(channels[3] ?? "")).toEqual({
      metadata: {},
      status: "Failure",
      message: "command terminated with non-zero exit code: exit status 3",
      reason: "NonZeroExitCode",
      details: { causes: [{ reason: "ExitCode", message: "3" }] },
    });
  });

  it("send much in several messages", async () => {
    expect((await talk(exec("command=flood"))).channels[1]).toHaveLength(100_000);
  });

  it("say of what they do not know that nothing runs", async () => {
    const { channels } = await talk(exec("command=rm&command=-rf"));
    expect(JSON.parse(channels[3] ?? "")).toMatchObject({
      status: "Failure",
      message: 'container "web" of pod "default/a" is simulated: no process runs in it, and lido.dev/exec says nothing of "rm -rf"',
    });
  });

  it("show what a container writes from now until its end", async () => {
    const { channels } = await talk(pods("a/attach?stdout=true"), ["v4.channel.k8s.io"], () => {
      void clock
        .advance(3_000)
        .then(() => setState({ terminated: { exitCode: 0 } }))
        .then(() => clock.advance(1_000));
    });
    expect(channels[1]).toBe("after\n");
    expect(JSON.parse(channels[3] ?? "")).toMatchObject({ status: "Success" });
    await setState({ running: { startedAt: now() } });
  });

  it.each([
    { name: "without a command", path: exec(""), code: 422 },
    { name: "without a stream", path: pods("a/exec?command=ls"), code: 400 },
    { name: "to a container that the pod has not", path: exec("command=ls&container=x"), code: 400 },
    { name: "to a pod without a node", path: pods("unbound/exec?command=ls&stdout=true"), code: 400 },
    { name: "to no pod", path: pods("b/exec?command=ls&stdout=true"), code: 404 },
    { name: "to ports of a pod without a node", path: pods("unbound/portforward"), code: 400 },
    { name: "to ports of no pod", path: pods("b/portforward"), code: 404 },
    { name: "to what is no port", path: pods("a/portforward?ports=80,0"), code: 400 },
    { name: "to a list", path: pods(), code: 400 },
  ])("are refused $name", async ({ path, code }) => {
    await expect(talk(path)).rejects.toThrow(`Unexpected server response: ${code}`);
  });

  it("merge the streams of a terminal, and end its lines as one does", async () => {
    const { channels } = await talk(pods("a/exec?stdout=true&tty=true&command=say&command=hi"));
    expect([channels[1], channels[2]]).toEqual(["hi\r\naside\r\n", undefined]);
  });

  it("send no stream that was not asked for", async () => {
    const { channels } = await talk(pods("a/exec?stdout=true&command=say&command=hi"));
    expect([channels[1], channels[2]]).toEqual(["hi\n", undefined]);
  });

  it("to ports say on the error channels that nothing listens", async () => {
    const { channels, code } = await talk(pods("a/portforward?ports=80,443"), ["v4.channel.k8s.io"]);
    expect([channels[0], channels[2]]).toEqual(["P\0", "\u{bb}\u{1}"].map((text) => Buffer.from(text, "latin1").toString()));
    expect(channels[3]).toMatch(/error forwarding port 443 to pod .*simulated: no process runs in it, so nothing listens on port 443/);
    expect(code).toBe(1000);
  });

  it("are refused in protocols that nobody knows, and without an upgrade, in words", async () => {
    const wanted = (protocol: string): Record<string, string> => ({
      connection: "Upgrade",
      upgrade: "SPDY/3.1",
      ...(protocol === "" ? {} : { "x-stream-protocol-version": protocol }),
    });
    const send = (protocol: string): ReturnType<TestListener["send"]> =>
      listener.send({ method: "POST", path: exec("command=ls"), headers: wanted(protocol), client: admin });
    const unknown = await send("v9.channel.k8s.io");
    expect([unknown.code, unknown.text]).toEqual([
      403,
      "unable to upgrade: unable to negotiate protocol: client supports [v9.channel.k8s.io], " +
        "server accepts [v4.channel.k8s.io v3.channel.k8s.io v2.channel.k8s.io channel.k8s.io]\n",
    ]);
    expect(unknown.headers["x-accepted-stream-protocol-versions"]).toContain("v4.channel.k8s.io");
    expect((await send("")).code).toBe(400);
    await expect(talk(exec("command=ls"), ["v9.channel.k8s.io"])).rejects.toThrow("Unexpected server response: 400");
    const plain = await listener.send({ method: "POST", path: exec("command=ls"), client: admin });
    expect([plain.code, plain.json<{ message: string }>().message]).toEqual([
      422,
      'PodExecOptions "a" is invalid: command: Required value',
    ]);
    const attach = await listener.send({ path: pods("a/attach?stdout=true"), client: admin });
    expect([attach.code, attach.json<{ message: string }>().message]).toEqual([400, "Upgrade request required"]);
    expect((await listener.send({ method: "POST", path: exec("command=ls"), headers: wanted("v4.channel.k8s.io") })).code).toBe(401);
  });
});

describe("a log that is followed", () => {
  it("goes on until its container ends", async () => {
    const startedAt = now();
    await setState({ running: { startedAt } });
    const response = await listener.open({ path: pods("a/log?follow=true"), client: admin });
    let text = "";
    for await (const chunk of response as AsyncIterable<Buffer>) {
      text += chunk.toString();
      if (text === "before\n") await clock.advance(2_000);
      if (!text.endsWith("after\n")) continue;
      await setState({ terminated: { exitCode: 0, startedAt, finishedAt: startedAt } });
      await clock.advance(1_000);
    }
    expect(text).toBe("before\nafter\n");
  });

  it("leaves nothing behind when its reader goes", async () => {
    const response = await listener.open({ path: pods("a/log?follow=true"), client: admin });
    await clock.advance(0);
    const { pending } = clock;
    const closed = new Promise((resolve) => response.on("close", resolve));
    response.destroy();
    await closed;
    await clock.advance(0);
    expect(clock.pending).toBeLessThanOrEqual(pending);
  });
});
