import { createSecureServer } from "node:http2";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { resources } from "#api/kubernetes/resources";
import { type ApiServer, builtInKinds, createApiServer } from "#kube/apiserver";
import {
  createCertificateAuthority,
  issueCertificate,
  type KeyedCertificate,
  seededRandom,
  silentLogger,
  systemClock,
  systemRandom,
} from "#lib";
import { openMemoryStore, type Store } from "#store";
import { type ContractSubject, describeTransport } from "./client.contract.ts";
import { httpTransport } from "./http-transport.ts";
import { readKubeconfig } from "./kubeconfig.ts";
import { createInformer } from "./shared-informer.ts";
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
    namespace: "default",
    compact: () => store.compact(store.revision()),
    close: () => api.stop(),
  };
}

interface HttpsSubject extends ContractSubject {
  readonly url: string;
  breakConnections(): void;
}

async function overHttps(): Promise<HttpsSubject> {
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
    namespace: "default",
    breakConnections: () => sockets.forEach((socket) => socket.destroy()),
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

/** The server of a kubeconfig, with a namespace that is made for one test. */
async function onServer(kubeconfig: string): Promise<ContractSubject> {
  const transport = httpTransport(readKubeconfig(kubeconfig));
  const client = createKubeClient(transport);
  const namespace = `contract-${systemRandom.hex(8)}`;
  await client.create(resources.namespaces, { metadata: { name: namespace }, spec: {} });
  // Pods are refused until their account is there.
  const account = client.get(resources.serviceAccounts, { name: "default", namespace });
  for (let found = account; (await found.catch(() => undefined)) === undefined;) {
    await systemClock.sleep(50);
    found = client.get(resources.serviceAccounts, { name: "default", namespace });
  }
  return {
    transport,
    namespace,
    async close() {
      await client.delete(resources.namespaces, { name: namespace });
      transport.close();
    },
  };
}

describeTransport("in-process", inProcess);
describeTransport("HTTPS", overHttps);
const kubeconfig = process.env["LIDO_TEST_KUBECONFIG"];
if (kubeconfig !== undefined) describeTransport(kubeconfig, () => onServer(kubeconfig));

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

  it("loses nothing of what happens while it has no connection", async () => {
    const subject = await overHttps();
    const client = createKubeClient(subject.transport);
    const informer = createInformer(client, resources.configMaps, { clock: systemClock, log: silentLogger });
    try {
      await client.create(resources.configMaps, { metadata: { name: "a", namespace: "default" } });
      await informer.start();
      const told: string[] = [];
      informer.subscribe({
        add: ({ metadata }) => void told.push(`add ${metadata.name}`),
        delete: ({ metadata }) => void told.push(`delete ${metadata.name}`),
      });
      subject.breakConnections();
      const own = httpTransport({ server: subject.url, caPem: authority.certPem, token: "secret" });
      const other = createKubeClient(own);
      await other.create(resources.configMaps, { metadata: { name: "b", namespace: "default" } });
      await other.delete(resources.configMaps, { name: "b", namespace: "default" });
      await vi.waitFor(() => expect(told).toContain("delete b"), { timeout: 10_000 });
      expect(told).toEqual(["add a", "add b", "delete b"]);
      own.close();
    } finally {
      informer.stop();
      await subject.close();
    }
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
