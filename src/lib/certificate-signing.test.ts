import { X509Certificate } from "node:crypto";
import { describe, expect, it } from "vitest";
import { requestOf } from "./request-certificate.ts";
import { subjectOfRequest } from "./certificate-requests.ts";
import { readCertificateRequest, signCertificateRequest } from "./certificate-signing.ts";
import { createCertificateAuthority } from "./certificates.ts";
import { systemClock } from "./clock.ts";

const HOUR_MS = 3_600_000;
const NAMES = [
  { type: "dns", value: "n.local" },
  { type: "ip", value: "10.0.0.4" },
] as const;

describe("a request of a certificate", () => {
  it("is read with all that it asks for", async () => {
    const { pem } = await requestOf({ commonName: "system:node:n", organizations: ["system:nodes", "b"], names: NAMES });
    expect(subjectOfRequest(pem)).toEqual({ commonName: "system:node:n", organizations: ["system:nodes", "b"] });
    expect(await readCertificateRequest(pem)).toEqual({
      commonName: "system:node:n",
      organizations: ["system:nodes", "b"],
      alternativeNames: NAMES,
    });
  });

  it("is none when it is cut short, something else, or signed with another's key", async () => {
    const { pem } = await requestOf({ commonName: "a" });
    const lines = pem.split("\n");
    const broken = [...lines.slice(0, 2), ...lines.slice(-2)].join("\n");
    const authority = await createCertificateAuthority({ commonName: "ca", clock: systemClock, validDays: 1 });
    for (const text of ["", "a", broken, authority.certPem]) {
      expect(subjectOfRequest(text)).toBeUndefined();
      expect(await readCertificateRequest(text)).toBeUndefined();
    }
    const bytes = Buffer.from(lines.slice(1, -1).join(""), "base64");
    bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1);
    const forged = [lines[0], ...(bytes.toString("base64").match(/.{1,64}/g) ?? []), lines.at(-1)].join("\n");
    expect(subjectOfRequest(forged)).toEqual({ commonName: "a", organizations: [] });
    expect(await readCertificateRequest(forged)).toBeUndefined();
  });

  it("becomes a certificate of its names and key, and of its signer's usages and time", async () => {
    const authority = await createCertificateAuthority({ commonName: "ca", clock: systemClock, validDays: 1 });
    const { pem } = await requestOf({ commonName: "system:node:n", organizations: ["system:nodes"], names: NAMES });
    const fromMs = Math.floor(systemClock.now() / 1000) * 1000;
    const sign = async (untilMs: number): Promise<X509Certificate> =>
      new X509Certificate(
        await signCertificateRequest(authority, pem, {
          keyUsages: ["digitalSignature", "keyEncipherment"],
          purposes: ["1.3.6.1.5.5.7.3.2"],
          fromMs,
          untilMs,
        }),
      );
    const certificate = await sign(fromMs + HOUR_MS);
    expect(certificate.verify(new X509Certificate(authority.certPem).publicKey)).toBe(true);
    expect(certificate.subject).toBe("O=system:nodes\nCN=system:node:n");
    expect(certificate.subjectAltName).toBe("DNS:n.local, IP Address:10.0.0.4");
    expect(certificate.ca).toBe(false);
    expect(certificate.keyUsage).toEqual(["1.3.6.1.5.5.7.3.2"]);
    expect([Date.parse(certificate.validFrom), Date.parse(certificate.validTo)]).toEqual([fromMs, fromMs + HOUR_MS]);
    expect((await sign(fromMs + 100 * HOUR_MS)).validTo).toBe(new X509Certificate(authority.certPem).validTo);
  });
});
