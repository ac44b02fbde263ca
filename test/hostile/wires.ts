import type { Random } from "#lib";
import { bytesOf, type Draft, setBody, setHeader } from "./draft.ts";
import { oneOf, type Poison } from "./poison.ts";

const isRead = ({ method }: Draft): boolean => method === "GET" || method === "HEAD";
const CHUNKED = [
  "zz\r\nx\r\n0\r\n\r\n",
  "-5\r\nx\r\n0\r\n\r\n",
  "ffffffffffffffffff\r\nx\r\n0\r\n\r\n",
  "5\r\nab",
  `5;${"x".repeat(70_000)}\r\nabcde\r\n0\r\n\r\n`,
  `0\r\n${"x: y\r\n".repeat(60_000)}\r\n`,
  "1\nx\n0\n\n",
];

function manyHeaders(draft: Draft, random: Random): void {
  const floods: readonly (() => void)[] = [
    () => draft.headers.push(["X-Flood", "x".repeat(70_000)]),
    () => draft.headers.push(...Array.from({ length: 3000 }, (_, index): [string, string] => [`X-${index}`, "x".repeat(20)])),
    () => draft.headers.push(...Array.from({ length: 3000 }, (): [string, string] => ["Cookie", "a=b; c=d; e=f; g=h"])),
    () => draft.headers.push(["x".repeat(70_000), "y"]),
  ];
  oneOf(random, floods)();
}

/** Heads that no server may take. */
function brokenHead(draft: Draft, random: Random): void {
  const good = bytesOf(draft).toString("latin1");
  const broken: readonly string[] = [
    good.replace("\r\n", "\r\nno colon here\r\n"),
    good.replace("\r\n", "\r\nX-Null: a\0b\r\n"),
    good.replace("\r\n", "\r\nContent-Length: 5\r\nContent-Length: 6\r\n"),
    good.replace("\r\n", "\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n"),
    good.replace("\r\n", "\r\nContent-Length: -5\r\n"),
    good.replace("\r\n", "\r\nContent-Length: 99999999999999999999999\r\n"),
    good.replace("HTTP/1.1", "HTTP/9.9"),
    good.replace("HTTP/1.1", "SMTP/1.1"),
    good.replace(" HTTP/1.1", ""),
    good.replace("\r\n", "\r\n: empty name\r\n"),
    good.replace("\r\n", "\r\nbad name: x\r\n"),
    good.replace(/Host: [^\r]*\r\n/, ""),
  ];
  draft.manner = { kind: "bytes", bytes: Buffer.from(oneOf(random, broken), "latin1") };
}

/** What comes is no request at all. */
function noHttp(draft: Draft, random: Random): void {
  const noise = Buffer.from(Array.from({ length: 1 + random.int(2000) }, () => random.int(256)));
  const preface = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
  const shapes: readonly Draft["manner"][] = [
    { kind: "bytes", bytes: noise },
    { kind: "bytes", bytes: Buffer.concat([Buffer.from("GET / HTTP/1.1\r\n"), noise]) },
    { kind: "bytes", bytes: Buffer.from("\r\n".repeat(5000)) },
    ...(draft.door === "plain"
      ? [{ kind: "bytes", bytes: preface } as const]
      : [
          { kind: "bytes", bytes: Buffer.concat([preface, noise]), alpn: "h2" } as const,
          // A SETTINGS frame, then HEADERS whose length is a lie.
          {
            kind: "bytes",
            bytes: Buffer.concat([preface, Buffer.from("000000040000000000ffffff0105000000", "hex"), noise]),
            alpn: "h2",
          } as const,
        ]),
  ];
  draft.manner = oneOf(random, shapes);
}

/** What is wrong with how it is sent. */
export const wirePoisons: readonly Poison[] = [
  {
    name: "half a request",
    fits: () => true,
    isSure: true,
    spoil: (draft, random) => void (draft.manner = { kind: "half", share: 0.1 + random.next() * 0.85 }),
  },
  {
    name: "a body longer than was announced",
    fits: ({ body, method }) => body !== undefined && (method === "PUT" || method === "PATCH"),
    isSure: true,
    spoil: (draft) => setHeader(draft, "Content-Length", String(Math.max(1, (draft.body?.length ?? 2) - 1))),
  },
  {
    name: "a body that never comes whole",
    fits: ({ body }) => body !== undefined,
    isSure: true,
    spoil(draft) {
      setHeader(draft, "Content-Length", String((draft.body?.length ?? 0) + 1000));
      draft.manner = { kind: "half", share: 1 };
    },
  },
  {
    name: "chunks that are none",
    fits: () => true,
    isSure: true,
    spoil(draft, random) {
      setHeader(draft, "Content-Length", undefined);
      setHeader(draft, "Transfer-Encoding", "chunked");
      draft.body = Buffer.from(oneOf(random, CHUNKED), "latin1");
      if (draft.body.toString("latin1").startsWith("5\r\nab")) draft.manner = { kind: "half", share: 1 };
    },
  },
  {
    name: "a coding that is none",
    fits: isRead,
    isSure: false,
    spoil(draft, random) {
      setHeader(draft, "Transfer-Encoding", oneOf(random, ["xchunked", "chunked, identity", "gzip"]));
      setHeader(draft, "Expect", "200-maybe");
    },
  },
  { name: "a flood of headers", fits: () => true, isSure: true, spoil: manyHeaders },
  { name: "a broken head", fits: () => true, isSure: true, spoil: brokenHead },
  { name: "no HTTP", fits: () => true, isSure: true, spoil: noHttp },
  { name: "byte after byte", fits: isRead, isSure: false, spoil: (draft) => void (draft.manner = { kind: "slow", parts: 40 }) },
  {
    name: "fifty on one connection",
    fits: isRead,
    isSure: false,
    spoil(draft) {
      setHeader(draft, "Connection", "keep-alive");
      draft.manner = { kind: "pipelined", times: 50 };
    },
  },
  {
    name: "a read with a body",
    fits: isRead,
    isSure: false,
    spoil: (draft, random) => setBody(draft, oneOf(random, ["{", "[".repeat(50_000), "\0".repeat(1000), '{"__proto__":{"x":1}}'])),
  },
  {
    name: "headers that lie",
    fits: isRead,
    isSure: false,
    spoil(draft, random) {
      setHeader(
        draft,
        "Host",
        oneOf(random, ["elsewhere.example", "a b", "localhost:99999", "\u00ff", "x".repeat(5000), "[::1", "localhost/../x"]),
      );
      for (const name of [
        "X-Forwarded-Host",
        "X-Forwarded-Proto",
        "x-ms-client-request-id",
        "x-ms-correlation-request-id",
        "Upgrade",
        "If-Match",
        "Accept-Language",
      ])
        if (random.int(2) === 0)
          setHeader(
            draft,
            name,
            oneOf(random, ["javascript:alert(1)", "x".repeat(3000), "\u00ff\u00fe", "a,b,c", "__proto__", "websocket", "true", "*"]),
          );
    },
  },
];
