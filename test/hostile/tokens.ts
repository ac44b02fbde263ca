import { generateKeyPairSync, sign } from "node:crypto";
import type { Random } from "#lib";
import { type Draft, setHeader } from "./draft.ts";
import { oneOf, type Poison } from "./poison.ts";
import type { Target } from "./target.ts";

const text = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
const ownKey = generateKeyPairSync("rsa", { modulusLength: 2048 });
/** Most header bytes that a listener takes, less room for the other headers. */
const HUGE = 14_000;

/** A token with the claims of a good one, under another signature. */
const FORGERIES: Readonly<Record<string, (good: string, random: Random) => string>> = {
  "alg none": (good) => `${text({ alg: "none", typ: "JWT" })}.${good.split(".")[1] ?? ""}.`,
  "alg none with a signature": (good) => `${text({ alg: "none" })}.${good.split(".").slice(1).join(".")}`,
  "alg HS256 over the public key": (good) => `${text({ alg: "HS256", typ: "JWT" })}.${good.split(".")[1] ?? ""}.${"A".repeat(43)}`,
  "another key": (good) => {
    const signed = good.split(".").slice(0, 2).join(".");
    return `${signed}.${sign("RSA-SHA256", Buffer.from(signed), ownKey.privateKey).toString("base64url")}`;
  },
  "a key of its own header": (good) => {
    const jwk = ownKey.publicKey.export({ format: "jwk" });
    const signed = `${text({ alg: "RS256", jwk, jku: "https://localhost:1/keys", kid: "../../../dev/null" })}.${good.split(".")[1] ?? ""}`;
    return `${signed}.${sign("RSA-SHA256", Buffer.from(signed), ownKey.privateKey).toString("base64url")}`;
  },
  "other claims under the good signature": (good) => {
    const [head = "", , signature = ""] = good.split(".");
    return `${head}.${text({ oid: "x", tid: "x", exp: 9_999_999_999 })}.${signature}`;
  },
  truncated: (good, random) => good.slice(0, 1 + random.int(good.length - 8)),
  huge: () => "A".repeat(HUGE),
  "huge and dotted": () => "a.".repeat(HUGE / 2),
  "claims that are no JSON": (good) => `${good.split(".")[0] ?? ""}.////.AAAA`,
  "claims nested deeply": (good) => `${good.split(".")[0] ?? ""}.${Buffer.from("[".repeat(4000)).toString("base64url")}.AAAA`,
  "no text": () => "",
  "bytes beyond ASCII": () => "\u00ff\u00fe\u0080.\u00e9.\u00e9",
};

function forge(draft: Draft, random: Random, { lido, kubeToken }: Target): void {
  const [own, other] = draft.side === "arm" ? [lido.token, kubeToken] : [kubeToken, lido.token];
  const headers: readonly (() => string | undefined)[] = [
    () => undefined,
    () => "",
    () => "Bearer",
    () => `Basic ${Buffer.from("admin:admin").toString("base64")}`,
    () => `Bearer ${other}`,
    () => `Bearer ${own}, Bearer ${own}x`,
    ...Object.values(FORGERIES).map((make) => () => `Bearer ${make(lido.token, random)}`),
  ];
  setHeader(draft, "Authorization", oneOf(random, headers)());
}

const OAUTH = /\/(?:token|devicecode|authorize)$/;
const FORMS: readonly string[] = [
  "",
  "grant_type=%00&client_id=%ff%fe",
  "grant_type=client_credentials&grant_type=password&client_id=a&client_secret=b",
  `grant_type=client_credentials&client_id=a&client_secret=${"x".repeat(100_000)}`,
  `grant_type=client_credentials&client_id=a&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_assertion=${text({ alg: "none" })}.${text({ sub: "a" })}.`,
  "grant_type=refresh_token&client_id=a&refresh_token=garbage",
  "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code&client_id=a&device_code=garbage",
  "grant_type=__proto__&client_id=constructor&client_secret=toString",
  "&".repeat(50_000),
  '{"grant_type":"client_credentials"}',
  "grant_type=password&client_id=a&username=%2e%2e%2f&password=%0d%0aX: y",
];

/** What is wrong with who calls. */
export const tokenPoisons: readonly Poison[] = [
  { name: "a bad token", fits: ({ side }) => side === "arm" || side === "kubernetes", isSure: true, spoil: forge },
  {
    name: "a form that signs nobody in",
    fits: ({ side, segments, method }) => side === "sign-in" && method === "POST" && OAUTH.test(segments.join("/")),
    isSure: true,
    spoil(draft, random) {
      draft.body = Buffer.from(oneOf(random, FORMS));
      setHeader(draft, "Content-Length", String(draft.body.length));
    },
  },
];
