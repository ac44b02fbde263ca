import { createPrivateKey, X509Certificate } from "node:crypto";
import { connect, createServer, type TLSSocket } from "node:tls";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { createCertificateAuthority, issueCertificate, type KeyedCertificate } from "./certificates.ts";
import { systemClock, VirtualClock } from "./clock.ts";

const DAY_MS = 86_400_000;

describe("certificates", () => {
  it("an authority is a CA without a further level, signed by itself, and its PEM can be stored and used again", async () => {
    const clock = new VirtualClock();
    const authority = await createCertificateAuthority({ commonName: "An authority", clock, validDays: 10 });
    const certificate = new X509Certificate(authority.certPem);
    expect(certificate.ca).toBe(true);
    expect(certificate.subject).toBe("CN=An authority");
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    const reloaded = JSON.parse(JSON.stringify(authority)) as KeyedCertificate;
    const leaf = await issueCertificate(reloaded, { commonName: "x", usage: "client", clock, validDays: 1 });
    expect(new X509Certificate(leaf.certPem).checkIssued(certificate)).toBe(true);
  });

  it("an issued certificate carries its names, purpose and validity, and is signed by its authority", async () => {
    const clock = new VirtualClock();
    const authority = await createCertificateAuthority({ commonName: "ca", clock, validDays: 10 });
    const options = { dnsNames: ["localhost", "a.example"], ipAddresses: ["127.0.0.1", "::1"], usage: "server" as const, clock };
    const server = await issueCertificate(authority, { commonName: "localhost", ...options, validDays: 5 });
    const certificate = new X509Certificate(server.certPem);
    expect(certificate.verify(new X509Certificate(authority.certPem).publicKey)).toBe(true);
    expect(certificate.checkPrivateKey(createPrivateKey(server.keyPem))).toBe(true);
    expect(certificate.ca).toBe(false);
    expect(certificate.subjectAltName).toBe("DNS:localhost, DNS:a.example, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1");
    expect(certificate.keyUsage).toEqual(["1.3.6.1.5.5.7.3.1"]);
    expect(Date.parse(certificate.validTo) - clock.now()).toBe(5 * DAY_MS);
    expect(Date.parse(certificate.validFrom)).toBeLessThan(clock.now());
  });

  it("a client certificate holds its user and groups, whatever characters they have", async () => {
    const clock = new VirtualClock();
    const authority = await createCertificateAuthority({ commonName: "ca", clock, validDays: 10 });
    const organizations = ["system:masters", "a, b=c"];
    const client = await issueCertificate(authority, { commonName: "masterclient", organizations, usage: "client", clock, validDays: 5 });
    const certificate = new X509Certificate(client.certPem);
    const { subject } = certificate.toLegacyObject() as unknown as { subject: Record<string, unknown> };
    expect(subject["CN"]).toBe("masterclient");
    expect(subject["O"]).toEqual(organizations);
    expect(certificate.keyUsage).toEqual(["1.3.6.1.5.5.7.3.2"]);
  });

  it("no certificate outlives its authority, and no two share a serial number", async () => {
    const clock = new VirtualClock();
    const authority = await createCertificateAuthority({ commonName: "ca", clock, validDays: 1 });
    const leaves = await Promise.all(
      [1, 2].map(() => issueCertificate(authority, { commonName: "x", usage: "client", clock, validDays: 90 })),
    );
    const [one, other] = leaves.map((leaf) => new X509Certificate(leaf.certPem));
    expect(one?.validTo).toBe(new X509Certificate(authority.certPem).validTo);
    expect(one?.serialNumber).not.toBe(other?.serialNumber);
  });

  it("a TLS connection with both of them holds, and a client of another authority is turned away", async () => {
    const clock = systemClock;
    const authority = await createCertificateAuthority({ commonName: "ca", clock, validDays: 2 });
    const stranger = await createCertificateAuthority({ commonName: "ca", clock, validDays: 2 });
    const server = await issueCertificate(authority, {
      commonName: "localhost",
      dnsNames: ["localhost"],
      usage: "server",
      clock,
      validDays: 1,
    });
    const listener = createServer({
      cert: server.certPem,
      key: server.keyPem,
      ca: authority.certPem,
      requestCert: true,
      rejectUnauthorized: false,
    });
    listener.on("secureConnection", (socket: TLSSocket) => socket.end(String(socket.authorized)));
    await new Promise<void>((resolve) => {
      listener.listen(0, "127.0.0.1", resolve);
    });
    const { port } = listener.address() as AddressInfo;
    for (const [issuer, expected] of [
      [authority, "true"],
      [stranger, "false"],
    ] as const) {
      const client = await issueCertificate(issuer, { commonName: "c", usage: "client", clock, validDays: 1 });
      const answer = await new Promise<string>((resolve, reject) => {
        const socket = connect({
          port,
          host: "127.0.0.1",
          servername: "localhost",
          ca: authority.certPem,
          cert: client.certPem,
          key: client.keyPem,
        });
        socket.on("data", (text) => resolve(String(text))).on("error", reject);
      });
      expect(answer).toBe(expected);
    }
    await new Promise((resolve) => listener.close(resolve));
  });
});
