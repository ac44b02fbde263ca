import { createSecureServer } from "node:http2";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { beforeAll, describe, expect, it } from "vitest";
import { resources } from "#api/kubernetes/resources";
import { type ApiServer, builtInKinds, createApiServer } from "#kube/apiserver";
import { createCertificateAuthority, issueCertificate, type KeyedCertificate, seededRandom, silentLogger, systemClock } from "#lib";
import { openMemoryStore, type Store } from "#store";
import { type ContractSubject, describeTransport } from "./client.contract.ts";
import { httpTransport } from "./http-transport.ts";
import { createKubeClient } from "./typed-client.ts";

let authority: KeyedCertificate;
let server: KeyedCertificate;
let admin: KeyedCertificate;
beforeAll(async () => {
  const life = { clock: systemClock, validDays: 1 };
  authority = await createCertificateAuthority({ commonName: "cluster", ...life });
  server = await issueCertificate(authority, { commonName: "localhost", dnsNames: ["localhost"], usage: "server", ...life });
  admin = await issueCertificate(authority, { commonName: "admin", organizations: ["system:masters"], usage: "client", ...life });
});

async function startApi(): Promise<{ api: ApiServer; store: Store }> {
  const store = openMemoryStore();
  const api = createApiServer({
    store,
    keyPrefix: "/kubernetes/test/",
    kinds: builtInKinds,
    clock: systemClock,
    random: seededRandom(1),
    log: silentLogger,
    version: "1.12.6",
    serviceCidr: "10.0.0.0/16",
    credentials: {
      caCertificatePem: authority.certPem,
      tokens: (token) => (token === "secret" ? { name: "bearer", groups: ["system:masters"] } : undefined),
    },
  });
  await api.start();
  return { api, store };
}

async function inProcess(): Promise<ContractSubject> {
  const { api, store } = await startApi();
  return {
    transport: api.transport({ name: "tester", groups: ["system:masters"] }),
    compact: () => store.compact(store.revision()),
    close: () => api.stop(),
  };
}

async function overHttps(): Promise<ContractSubject & { url: string }> {
  const { api, store } = await startApi();
  const listener = createSecureServer({
    key: server.keyPem,
    cert: server.certPem,
    allowHTTP1: true,
    requestCert: true,
    rejectUnauthorized: false,
  });
  const sockets = new Set<Socket>();
  listener.on("connection", (socket: Socket) => void sockets.add(socket));
  listener.on("request", (request, response) =>
    api.handle(request as unknown as IncomingMessage, response as unknown as ServerResponse, "/clusters/x"),
  );
  await new Promise<void>((resolve) => listener.listen(0, "localhost", resolve));
  const url = `https://localhost:${(listener.address() as AddressInfo).port}/clusters/x`;
  const transport = httpTransport({ server: url, caPem: authority.certPem, certPem: admin.certPem, keyPem: admin.keyPem });
  return {
    url,
    transport,
    compact: () => store.compact(store.revision()),
    async close() {
      transport.close();
      await api.stop();
      await new Promise<void>((resolve) => {
        listener.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      });
    },
  };
}

describeTransport("in-process", inProcess);
describeTransport("HTTPS", overHttps);

describe("the HTTPS transport", () => {
  it("shows a token, and is refused without one", async () => {
    const subject = await overHttps();
    try {
      const list = (token?: string): Promise<unknown> => {
        const transport = httpTransport({ server: `${subject.url}/`, caPem: authority.certPem, ...(token === undefined ? {} : { token }) });
        return createKubeClient(transport)
          .list(resources.nodes)
          .finally(() => transport.close());
      };
      expect(await list("secret")).toMatchObject({ items: [] });
      await expect(list("guess")).rejects.toMatchObject({ code: 401, reason: "Unauthorized" });
      await expect(list()).rejects.toMatchObject({ code: 401 });
    } finally {
      await subject.close();
    }
  });

  it("reads text that is no JSON", async () => {
    const subject = await overHttps();
    try {
      expect(await subject.transport.call({ method: "GET", path: "/healthz" })).toBe("ok");
    } finally {
      await subject.close();
    }
  });

  it("rejects with the network's error, and ends watches with it, when there is no server", async () => {
    const transport = httpTransport({ server: "https://localhost:1", caPem: authority.certPem });
    await expect(transport.call({ method: "GET", path: "/api" })).rejects.toMatchObject({ code: "ECONNREFUSED" });
    const error = await new Promise<Error | undefined>((resolve) => {
      transport.watch({ path: "/api/v1/nodes", query: { watch: "true" } }, { event: () => undefined, end: resolve });
    });
    expect(error).toMatchObject({ code: "ECONNREFUSED" });
    transport.close();
  });

  it("ends a watch when the server goes", async () => {
    const subject = await overHttps();
    const ended = new Promise<Error | undefined>((resolve) => {
      subject.transport.watch(
        { path: "/api/v1/namespaces", query: { watch: "true" } },
        { event: () => void subject.close(), end: resolve },
      );
    });
    // With the server's reason, or with the broken connection's when that is faster.
    expect(await ended.then(() => "ended")).toBe("ended");
  });
});
