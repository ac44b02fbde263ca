import { request } from "node:https";
import { describe, expect, it } from "vitest";
import { createCertificateAuthority, systemClock } from "#lib";
import { openSecureListener } from "./listeners.ts";

/** The status of a request over HTTP/1.1 with a header of so many bytes; 431 too where the server hangs up before it has said so. */
async function statusWith(port: number, bytes: number): Promise<number | undefined> {
  const options = { host: "127.0.0.1", port, rejectUnauthorized: false, agent: false, headers: { BatchPutMachine: "m".repeat(bytes) } };
  return await new Promise((resolve) => {
    const asked = request(options, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    asked.on("error", () => resolve(431));
    asked.end();
  });
}

describe("the secure listener", () => {
  it("takes a batch of machines in a header, over HTTP/1.1 as well, and no header without end", async () => {
    const certificate = await createCertificateAuthority({ commonName: "test", clock: systemClock, validDays: 1 });
    const listener = await openSecureListener({ host: "127.0.0.1", port: 0 }, certificate, {
      request: (_request, response) => response.end(),
      upgrade: (_request, socket) => socket.destroy(),
    });
    expect([await statusWith(listener.port, 40_000), await statusWith(listener.port, 70_000)]).toEqual([200, 431]);
    await listener.close();
  });
});
