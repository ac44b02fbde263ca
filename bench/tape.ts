import { readFileSync } from "node:fs";
import { Agent, createServer, request, type Server } from "node:https";
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createCertificateAuthority, issueCertificate, systemClock } from "#lib";
import type { ServerAddress } from "#api/server";

/** An answer as it went over the wire. */
interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** One call of a client, as it was recorded. */
export interface Call {
  readonly line: string;
  /** Until the last byte of the answer, milliseconds: the server's share, and a hop over loopback. */
  readonly tookMs: number;
}

/** A server between a client and Lido that keeps every answer, and afterwards gives them again at once. */
export interface Tape {
  readonly endpoint: string;
  /** Authority of its certificate, PEM. */
  readonly ca: string;
  /** Calls since the last time that this was asked. */
  taken(): readonly Call[];
  /** From now on: the recorded answers from the first on, without Lido. */
  rewind(): void;
  close(): void;
}

/** Opens a tape in front of a server. Answers name the tape's address, since Lido builds URLs from the host that it is called by. */
export async function openTape({ endpoint, ca }: ServerAddress): Promise<Tape> {
  const authority = await createCertificateAuthority({ commonName: "bench", clock: systemClock, validDays: 2 });
  const { certPem, keyPem } = await issueCertificate(authority, {
    commonName: "localhost",
    dnsNames: ["localhost"],
    usage: "server",
    clock: systemClock,
    validDays: 1,
  });
  const agent = new Agent({ ca: readFileSync(ca), keepAlive: true });
  const recorded = new Map<string, Answer[]>();
  let played: Map<string, number> | undefined;
  let calls: Call[] = [];
  const server = createServer({ cert: certPem, key: keyPem }, (incoming, response) => {
    const line = `${incoming.method} ${incoming.url}`;
    if (played !== undefined) return play(response, nextAnswer(recorded, played, line));
    const begin = process.hrtime.bigint();
    forward(incoming, { endpoint, agent }).then(
      (answer) => {
        calls.push({ line, tookMs: Number(process.hrtime.bigint() - begin) / 1e6 });
        recorded.set(line, [...(recorded.get(line) ?? []), answer]);
        play(response, answer);
      },
      (error: Error) => void response.writeHead(502).end(error.message),
    );
  });
  await listening(server);
  return {
    endpoint: `https://localhost:${(server.address() as AddressInfo).port}`,
    ca: authority.certPem,
    taken() {
      const taken = calls;
      calls = [];
      return taken;
    },
    rewind: () => void (played = new Map()),
    close() {
      server.close();
      server.closeAllConnections();
      agent.destroy();
    },
  };
}

/** The next answer to a request; the last one again when there were no more. */
function nextAnswer(recorded: ReadonlyMap<string, readonly Answer[]>, played: Map<string, number>, line: string): Answer {
  const answers = recorded.get(line) ?? [];
  const index = played.get(line) ?? 0;
  played.set(line, index + 1);
  return answers[Math.min(index, answers.length - 1)] ?? { status: 501, headers: {}, body: Buffer.from(`not on the tape: ${line}`) };
}

function play(response: ServerResponse, { status, headers, body }: Answer): void {
  const { connection: _, "keep-alive": __, "transfer-encoding": ___, ...kept } = headers;
  response.writeHead(status, kept).end(body);
}

async function forward(
  incoming: IncomingMessage,
  { endpoint, agent }: { readonly endpoint: string; readonly agent: Agent },
): Promise<Answer> {
  const sent = await readAll(incoming);
  return await new Promise((resolve, reject) => {
    // The client's Host goes along.
    const { connection: _, ...headers } = incoming.headers;
    const call = request(new URL(incoming.url ?? "/", endpoint), { method: incoming.method, headers, agent }, (answer) => {
      readAll(answer).then((body) => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body }), reject);
    });
    call.on("error", reject);
    call.end(sent);
  });
}

async function readAll(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function listening(server: Server): Promise<void> {
  return new Promise((resolve) => server.listen(0, "localhost", resolve));
}
