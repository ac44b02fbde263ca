import { describe, expect, it } from "vitest";
import { StatusError } from "#api/kubernetes/status";
import { decodeProtobuf } from "./decode.ts";
import { MESSAGES, ROOTS } from "./messages-table.ts";
import { isSpecial } from "./special.ts";

function varint(value: number | bigint): Buffer {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return Buffer.from([...bytes, Number(rest)]);
}

/** A field of a message: a number, or text or bytes. */
function field(number: number, value: number | string | Buffer): Buffer {
  if (typeof value === "number") return Buffer.concat([varint(number * 8), varint(value)]);
  const bytes = Buffer.from(value);
  return Buffer.concat([varint(number * 8 + 2), varint(bytes.length), bytes]);
}

const message = (...fields: Buffer[]): Buffer => Buffer.concat(fields);

function body(apiVersion: string, kind: string, raw: Buffer): Buffer {
  const envelope = message(field(1, message(field(1, apiVersion), field(2, kind))), field(2, raw));
  return Buffer.concat([Buffer.from("k8s\0"), envelope]);
}

const named = (name: string): Buffer => field(1, field(1, name));

function codeOf(bytes: Buffer): number {
  try {
    decodeProtobuf(bytes);
  } catch (error) {
    if (error instanceof StatusError) return error.code;
    throw error;
  }
  return 200;
}

describe("decodeProtobuf", () => {
  it("reads texts, maps, bytes and what is known to be empty", () => {
    const entry = message(field(1, "password"), field(2, Buffer.from([1, 2, 3])));
    const metadata = field(1, message(field(1, "s"), field(8, Buffer.alloc(0)), field(11, message(field(1, "a"), field(2, "b")))));
    expect(decodeProtobuf(body("v1", "Secret", message(metadata, field(2, entry), field(3, "Opaque"))))).toEqual({
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "s", labels: { a: "b" } },
      data: { password: "AQID" },
      type: "Opaque",
    });
  });

  it("reads lists, messages inside the object around them, and leaves what Go writes for nothing", () => {
    const container = message(field(1, "web"), field(2, "nginx"), field(5, ""), field(8, Buffer.alloc(0)), field(14, ""), field(16, 0));
    const emptyDir = field(2, field(2, Buffer.alloc(0)));
    const spec = message(field(1, message(field(1, "tmp"), emptyDir)), field(2, container), field(2, container), field(4, 0));
    expect(decodeProtobuf(body("v1", "Pod", message(named("p"), field(2, spec), field(3, field(1, "")))))).toEqual({
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "p" },
      spec: {
        volumes: [{ name: "tmp", emptyDir: {} }],
        containers: [
          { name: "web", image: "nginx" },
          { name: "web", image: "nginx" },
        ],
        terminationGracePeriodSeconds: 0,
      },
    });
  });

  it("reads numbers or texts, negative numbers and nothing at all of what it does not know", () => {
    const maxSurge = message(field(1, 1), field(2, 0), field(3, "25%"));
    const maxUnavailable = message(field(1, 0), field(2, 3), field(3, ""));
    const strategy = message(field(1, "RollingUpdate"), field(2, message(field(1, maxUnavailable), field(2, maxSurge))));
    const spec = message(field(1, -1), field(4, strategy), field(99, "from the future"), field(7, 1));
    expect(decodeProtobuf(body("apps/v1", "Deployment", message(named("d"), field(2, spec))))).toMatchObject({
      spec: { replicas: -1, paused: true, strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 3, maxSurge: "25%" } } },
    });
  });

  it("reads times and quantities", () => {
    const lease = message(field(1, "holder"), field(2, 40), field(4, message(field(1, 1_558_094_400), field(2, 123_000_000))));
    expect(decodeProtobuf(body("coordination.k8s.io/v1", "Lease", message(named("n"), field(2, lease))))).toMatchObject({
      spec: { holderIdentity: "holder", leaseDurationSeconds: 40, renewTime: "2019-05-17T12:00:00.123000Z" },
    });
    const hard = message(field(1, "pods"), field(2, field(1, "5")));
    expect(decodeProtobuf(body("v1", "ResourceQuota", message(named("q"), field(2, field(1, hard)))))).toMatchObject({
      spec: { hard: { pods: "5" } },
    });
  });

  it("reads schemas, and what is one of several things in JSON", () => {
    const schema = (...fields: Buffer[]): Buffer => message(...fields);
    const number = Buffer.alloc(8);
    number.writeDoubleLE(0.5);
    const items = field(24, field(1, schema(field(5, "string"))));
    const properties = [
      field(29, message(field(1, "list"), field(2, schema(field(5, "array"), items)))),
      field(29, message(field(1, "flag"), field(2, schema(field(8, field(1, "false")), field(20, field(1, '"a"')))))),
    ];
    const minimum = Buffer.concat([varint(11 * 8 + 1), number]);
    const root = schema(field(5, "object"), minimum, ...properties, field(30, field(1, 0)), field(38, 1));
    const version = message(field(1, "v1"), field(2, 1), field(4, field(1, root)), field(5, field(1, "")));
    expect(
      decodeProtobuf(body("apiextensions.k8s.io/v1", "CustomResourceDefinition", message(named("d"), field(2, field(7, version))))),
    ).toEqual({
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "CustomResourceDefinition",
      metadata: { name: "d" },
      spec: {
        versions: [
          {
            name: "v1",
            served: true,
            schema: {
              openAPIV3Schema: {
                type: "object",
                minimum: 0.5,
                properties: { list: { type: "array", items: { type: "string" } }, flag: { default: false, enum: ["a"] } },
                additionalProperties: false,
                "x-kubernetes-preserve-unknown-fields": true,
              },
            },
            subresources: { status: {} },
          },
        ],
      },
    });
  });

  it("reads rules of webhooks, whose fields stand among those of the object around them", () => {
    const rule = message(field(1, "CREATE"), field(2, message(field(1, ""), field(2, "v1"), field(3, "pods"))));
    const webhook = message(field(1, "a.b.c"), field(3, rule));
    const configuration = body("admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration", message(named("w"), field(2, webhook)));
    expect(decodeProtobuf(configuration)).toMatchObject({
      webhooks: [{ name: "a.b.c", rules: [{ operations: ["CREATE"], apiGroups: [""], apiVersions: ["v1"], resources: ["pods"] }] }],
    });
  });

  it.each(["v1", "policy/v1", "meta.k8s.io/v1"])("reads options of a deletion under %s", (apiVersion) => {
    const options = message(field(1, 0), field(4, "Background"));
    expect(decodeProtobuf(body(apiVersion, "DeleteOptions", options))).toMatchObject({
      gracePeriodSeconds: 0,
      propagationPolicy: "Background",
    });
  });

  it.each<[string, Buffer, number]>([
    ["another kind of body", Buffer.from("{}"), 400],
    ["a kind that it does not know", body("example.com/v1", "Thing", Buffer.alloc(0)), 415],
    ["a kind by the name of something else", body("constructor", "name", Buffer.alloc(0)), 415],
    ["a message that ends too early", body("v1", "Pod", Buffer.from([0x0a, 0x7f])), 400],
    ["a number that does not end", body("v1", "Pod", Buffer.alloc(20, 0xff)), 400],
    ["a wire type that is none", body("v1", "Pod", Buffer.from([0x0b])), 400],
    ["a number where a message belongs", body("v1", "Pod", field(1, 5)), 400],
    ["a text where a number belongs", body("apps/v1", "Deployment", field(2, field(1, "3"))), 400],
    ["raw JSON that is none", body("apps/v1", "ControllerRevision", field(2, field(1, "{"))), 400],
  ])("refuses %s", (_, bytes, code) => {
    expect(codeOf(bytes)).toBe(code);
  });
});

describe("the table of messages", () => {
  const SCALARS = new Set(["s", "i", "d", "b", "y"]);

  it("has every message that its fields name, and no two fields of one number", () => {
    const faults: string[] = [];
    for (const [message, text] of Object.entries(MESSAGES)) {
      const group = message.slice(0, message.indexOf("."));
      const numbers = new Set<string>();
      for (const entry of text.split(", ").filter((each) => each !== "")) {
        const match = /^(\d+) [\w$-]+ (?:\[\]|\{\})?([\w/.]+)[*^]?$/.exec(entry);
        const type = match?.[2] ?? "";
        const isKnown = SCALARS.has(type) || isSpecial(type) || (type.includes(".") ? type : `${group}.${type}`) in MESSAGES;
        if (match === null || !isKnown || numbers.has(match[1] ?? "")) faults.push(`${message}: ${entry}`);
        numbers.add(match?.[1] ?? "");
      }
    }
    expect(faults).toEqual([]);
  });

  it("has every kind that may come as a whole", () => {
    const missing = Object.values(ROOTS)
      .flatMap((root) => root.kinds.map((kind) => `${root.package}.${kind}`))
      .filter((name) => !(name in MESSAGES));
    expect(missing).toEqual([]);
    expect(Object.keys(MESSAGES).length).toBeGreaterThan(350);
  });
});
