import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { issueCertificate, systemClock } from "#lib";
import { authorityOf } from "./tls.ts";

/** A webhook of this process, as anybody's. */
export interface WebhookServer {
  /** `https://127.0.0.1:PORT` */
  readonly url: string;
  /** The authority to trust, as a configuration holds it. */
  readonly caBundle: string;
  close(): Promise<void>;
}

/** What is answered: with status 200 unless it says another; nothing at all for undefined. */
export type WebhookAnswer = { readonly status?: number; readonly text: string } | undefined;

/** Starts one on a free port of the loopback, also known as localhost. */
export async function startWebhookServer(answerTo: (path: string, text: string) => WebhookAnswer): Promise<WebhookServer> {
  const authority = await authorityOf("webhooks");
  const names = { commonName: "webhook", dnsNames: ["localhost"], ipAddresses: ["127.0.0.1"] };
  const { certPem, keyPem } = await issueCertificate(authority, { ...names, clock: systemClock, validDays: 1, usage: "server" });
  const server = createServer({ key: keyPem, cert: certPem }, (request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const answer = answerTo(request.url ?? "", Buffer.concat(chunks).toString("utf8"));
      if (answer === undefined) return;
      response.writeHead(answer.status ?? 200, { "content-type": "application/json" });
      response.end(answer.text);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    caBundle: Buffer.from(authority.certPem).toString("base64"),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
