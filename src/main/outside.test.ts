import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { StartError } from "#api/server";
import { type ApiServer, builtInKinds, createApiServer } from "#kube/apiserver";
import { createCertificateAuthority, issueCertificate, type KeyedCertificate, seededRandom, silentLogger, systemClock } from "#lib";
import { openMemoryStore } from "#store";
import { openControlPlanes } from "./control-planes.ts";
import { type Listener, openSecureListener } from "./listeners.ts";
import { type Outside, reachOutside } from "./outside.ts";
import { openOutsideControlPlanes } from "./outside-control-planes.ts";
import { openPlace } from "./outside-place.ts";
import { createPodAddresses } from "./pod-addresses.ts";

const podAddresses = createPodAddresses({ instance: () => undefined, addPodAddresses: () => Promise.resolve(undefined) });
const shared = { clock: systemClock, random: seededRandom(4), log: silentLogger, pace: () => 0, podAddresses };

let folder: string;
let api: ApiServer;
let listener: Listener;
let authority: KeyedCertificate;
let admin: KeyedCertificate;
let guest: KeyedCertificate;
let stranger: KeyedCertificate;

const life = { clock: systemClock, validDays: 1 };
const authorityOf = (commonName: string): Promise<KeyedCertificate> => createCertificateAuthority({ commonName, ...life });
const clientOf = (issuer: KeyedCertificate, commonName: string, organizations: string[] = []): Promise<KeyedCertificate> =>
  issueCertificate(issuer, { commonName, organizations, usage: "client", ...life });

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "lido-outside-"));
  authority = await authorityOf("cluster");
  admin = await clientOf(authority, "admin", ["system:masters"]);
  guest = await clientOf(authority, "guest");
  stranger = await clientOf(await authorityOf("other"), "admin", ["system:masters"]);
  api = createApiServer({
    ...shared,
    store: openMemoryStore(),
    keyPrefix: "/kubernetes/test/",
    kinds: builtInKinds,
    version: "1.35.4",
    serviceCidr: "10.0.0.0/16",
    enforcesRoles: true,
    credentials: { caCertificatePem: authority.certPem, tokens: () => undefined },
  });
  await api.start();
  const certificate = await issueCertificate(authority, { commonName: "localhost", dnsNames: ["localhost"], usage: "server", ...life });
  listener = await openSecureListener({ host: "localhost", port: 0 }, certificate, {
    request: (request, response) => api.handle(request, response, ""),
    upgrade: (_request, socket) => void socket.destroy(),
  });
});

afterAll(async () => {
  await listener.close();
  await api.stop();
  rmSync(folder, { recursive: true });
});

const base64 = (text: string): string => Buffer.from(text).toString("base64");

function kubeconfigOf({ certPem, keyPem }: KeyedCertificate, server = `https://localhost:${listener.port}`): string {
  const file = join(folder, "config");
  const cluster = { server, "certificate-authority-data": base64(authority.certPem) };
  const user = { "client-certificate-data": base64(certPem), "client-key-data": base64(keyPem) };
  const contexts = [{ name: "x", context: { cluster: "c", user: "u" } }];
  const named = { clusters: [{ name: "c", cluster }], users: [{ name: "u", user }], contexts, "current-context": "x" };
  writeFileSync(file, JSON.stringify(named));
  return file;
}

const reach = (): Promise<Outside> => reachOutside(kubeconfigOf(admin), systemClock);

describe("reachOutside", () => {
  it("knows a control plane by its uid and its version", async () => {
    const outside = await reach();
    const { metadata } = (await outside.transport.call({ method: "GET", path: "/api/v1/namespaces/kube-system" })) as {
      metadata: { uid: string };
    };
    expect(outside).toMatchObject({ identity: metadata.uid, version: "1.35.4" });
    outside.transport.close();
  });

  it.each([
    { who: "a stranger", file: () => kubeconfigOf(stranger), message: "does not know the user" },
    { who: "a guest", file: () => kubeconfigOf(guest), message: "does not let its user do everything" },
    { who: "nobody's address", file: () => kubeconfigOf(admin, "https://localhost:1"), message: "cannot be reached: connect ECONNREFUSED" },
    { who: "no file", file: () => join(folder, "none"), message: "there is no file" },
  ])("says what is wrong with $who", async ({ file, message }) => {
    const error = await reachOutside(file(), systemClock).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(StartError);
    expect((error as Error).message).toContain(message);
  });
});

describe("the place in a control plane", () => {
  it("is one cluster's at a time, in this control plane alone", async () => {
    const outside = await reach();
    const store = openMemoryStore();
    const place = await openPlace(store, outside);
    await place.take({ id: "a", fqdn: "a.example" });
    await place.take({ id: "a", fqdn: "a.example" });
    await expect(place.take({ id: "b", fqdn: "b.example" })).rejects.toThrow("holds the cluster a.example");
    await expect(openPlace(store, { ...outside, identity: "another" })).rejects.toThrow(
      `The state is of the cluster a.example in another control plane than ${outside.access.server}`,
    );
    await expect(openControlPlanes({ ...shared, store }, "authority")).rejects.toThrow(StartError);
    await place.leave("b");
    await expect(openControlPlanes({ ...shared, store }, "authority")).rejects.toThrow("Start with --kubernetes");
    await place.leave("a");
    await place.take({ id: "b", fqdn: "b.example" });
    place.close();
    outside.transport.close();
  });

  it("is not for the state of clusters with control planes of their own", async () => {
    const outside = await reach();
    const store = openMemoryStore();
    await store.transact([], [{ kind: "put", key: "/control-planes/a", value: Buffer.from("{}") }]);
    await expect(openOutsideControlPlanes({ ...shared, store }, outside)).rejects.toThrow("--kubernetes puts every cluster in the one");
    outside.transport.close();
  });
});
