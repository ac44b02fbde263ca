import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type KeyedCertificate, systemClock } from "#lib";
import { startCluster, type TestCluster } from "../testing/cluster.ts";
import { authorityOf, clientOf, listen, type TestListener } from "../testing/tls.ts";
import { isGzipped } from "./gzip.ts";

const KIB = 1024;

describe("isGzipped", () => {
  it.each([
    ["gzip", 128 * KIB + 1, true],
    ["deflate, gzip;q=0.5, br", 128 * KIB + 1, true],
    ["gzip", 128 * KIB, false],
    ["identity", 1000 * KIB, false],
    ["xgzip", 1000 * KIB, false],
    [undefined, 1000 * KIB, false],
  ])("with Accept-Encoding %s, %i bytes: %s", (accept, bytes, expected) => {
    expect(isGzipped(accept, bytes)).toBe(expected);
  });
});

describe("a large list", () => {
  const MAPS = "/api/v1/namespaces/default/configmaps";
  let authority: KeyedCertificate;
  let admin: KeyedCertificate;
  let cluster: TestCluster;
  let listener: TestListener;

  beforeAll(async () => {
    authority = await authorityOf("cluster");
    admin = await clientOf(authority, "admin", ["system:masters"]);
    cluster = await startCluster({ clock: systemClock, credentials: { caCertificatePem: authority.certPem, tokens: () => undefined } });
    listener = await listen(cluster.api);
    for (const name of ["a", "b"]) {
      await cluster.call("POST", MAPS, { apiVersion: "v1", kind: "ConfigMap", metadata: { name }, data: { long: name.repeat(900 * KIB) } });
    }
  });
  afterAll(async () => {
    await listener.close();
    await cluster.api.stop();
  });

  const get = async (path: string, encoding: string): Promise<{ headers: Record<string, unknown>; bytes: Buffer }> => {
    const response = await listener.open({ client: admin, path, headers: { "accept-encoding": encoding } });
    const chunks: Buffer[] = [];
    for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
    return { headers: response.headers, bytes: Buffer.concat(chunks) };
  };

  it("goes compressed to those who take it, and is the same", async () => {
    const plain = await get(MAPS, "identity");
    const compressed = await get(MAPS, "gzip");
    expect(plain.headers).toMatchObject({ "content-length": String(plain.bytes.length) });
    expect(plain.headers).not.toHaveProperty("content-encoding");
    expect(compressed.headers).toMatchObject({ "content-encoding": "gzip", vary: "Accept-Encoding", "content-type": "application/json" });
    expect(compressed.bytes.length).toBeLessThan(plain.bytes.length / 10);
    expect(gunzipSync(compressed.bytes).equals(plain.bytes)).toBe(true);
  });

  it("goes as it is when it is small", async () => {
    expect((await get("/api/v1/namespaces", "gzip")).headers).not.toHaveProperty("content-encoding");
  });
});
