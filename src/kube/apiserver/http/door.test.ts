import type { IncomingMessage } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { KubeObject, WatchEvent } from "#api/kubernetes/meta";
import type { Status } from "#api/kubernetes/status";
import { type KeyedCertificate, systemClock } from "#lib";
import { podOf, pods, startCluster, type TestCluster } from "../testing/cluster.ts";
import { authorityOf, clientOf, listen, PREFIX, serverOf, type TestAnswer, type TestListener, type TestRequest } from "../testing/tls.ts";
import { MAX_BODY_BYTES } from "./body.ts";

let authority: KeyedCertificate;
let admin: KeyedCertificate;
let cluster: TestCluster;
let listener: TestListener;

beforeAll(async () => {
  authority = await authorityOf("cluster");
  admin = await clientOf(authority, "admin", ["system:masters"]);
  cluster = await startCluster({
    version: "1.30.3",
    clock: systemClock,
    credentials: {
      caCertificatePem: authority.certPem,
      tokens: (token) => (token === "secret" ? { name: "bearer", groups: ["a"] } : undefined),
    },
  });
  listener = await listen(cluster.api);
});
afterAll(async () => {
  await listener.close();
  await cluster.api.stop();
});

const TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";
const JSON_BODY = { "content-type": "application/json" };
const send = (request: TestRequest): Promise<TestAnswer> => listener.send({ client: admin, ...request });
const whoAmI = "/apis/authentication.k8s.io/v1/selfsubjectreviews";

describe("who is let in", () => {
  const review = (more: Partial<TestRequest>): Promise<TestAnswer> =>
    listener.send({ method: "POST", path: whoAmI, headers: JSON_BODY, body: "{}", ...more });
  const userOf = (answer: TestAnswer): unknown => answer.json<{ status: { userInfo: unknown } }>().status.userInfo;

  it("knows the subject of a certificate of the cluster's authority", async () => {
    expect(userOf(await review({ client: admin }))).toEqual({ username: "admin", groups: ["system:masters", "system:authenticated"] });
  });

  it("knows the owner of a token, also beside a certificate that is worth nothing here", async () => {
    const headers = { ...JSON_BODY, authorization: "Bearer secret" };
    expect(userOf(await review({ headers }))).toEqual({ username: "bearer", groups: ["a", "system:authenticated"] });
    const stranger = await clientOf(await authorityOf("other"), "admin", ["system:masters"]);
    expect(userOf(await review({ headers, client: stranger }))).toMatchObject({ username: "bearer" });
  });

  it("tells whom it knows by which flow schema and priority level the request is queued", async () => {
    const schemas = await cluster.list("/apis/flowcontrol.apiserver.k8s.io/v1/flowschemas");
    const levels = await cluster.list("/apis/flowcontrol.apiserver.k8s.io/v1/prioritylevelconfigurations");
    const told = ({ headers }: TestAnswer): unknown[] => [
      schemas.items.find(({ metadata }) => metadata.uid === headers["x-kubernetes-pf-flowschema-uid"])?.metadata.name,
      levels.items.find(({ metadata }) => metadata.uid === headers["x-kubernetes-pf-prioritylevel-uid"])?.metadata.name,
    ];
    expect(told(await listener.send({ client: admin, path: "/api/v1/nodes" }))).toEqual(["exempt", "exempt"]);
    expect(told(await review({ headers: { ...JSON_BODY, authorization: "Bearer secret" } }))).toEqual(["global-default", "global-default"]);
    expect(told(await listener.send({ path: "/readyz" }))).toEqual(["probes", "exempt"]);
    expect(told(await listener.send({ path: "/api/v1/nodes" }))).toEqual([undefined, undefined]);
    expect(told(await listener.send({ client: admin, path: "/api/v1/namespaces/default/pods/x/log" }))).toEqual([undefined, undefined]);
  });

  it("knows nobody else", async () => {
    const stranger = await clientOf(await authorityOf("other"), "admin", ["system:masters"]);
    // An authority of the same name is another authority all the same.
    const namesake = await clientOf(await authorityOf("cluster"), "admin", ["system:masters"]);
    const server = await serverOf(authority);
    for (const more of [
      {},
      { client: stranger },
      { client: namesake },
      { client: server },
      { headers: { authorization: "Bearer guess" } },
    ]) {
      const answer = await review(more);
      expect([answer.code, answer.json<Status>().reason]).toEqual([401, "Unauthorized"]);
    }
  });

  it("lets who may do so act as somebody else", async () => {
    const impersonate = { ...JSON_BODY, "impersonate-user": "jane", "impersonate-group": "developers", "impersonate-extra-scopes": "view" };
    expect(userOf(await review({ client: admin, headers: impersonate }))).toEqual({
      username: "jane",
      groups: ["developers", "system:authenticated"],
      extra: { scopes: ["view"] },
    });
    const account = { ...JSON_BODY, "impersonate-user": "system:serviceaccount:a:b" };
    expect(userOf(await review({ client: admin, headers: account }))).toEqual({
      username: "system:serviceaccount:a:b",
      groups: ["system:serviceaccounts", "system:serviceaccounts:a", "system:authenticated"],
    });
    const [mere, groupOnly] = [
      await review({ headers: { ...impersonate, authorization: "Bearer secret" } }),
      await review({ client: admin, headers: { ...JSON_BODY, "impersonate-group": "developers" } }),
    ];
    expect([mere.code, mere.json<Status>().message]).toEqual([
      403,
      'users "jane" is forbidden: User "bearer" cannot impersonate resource "users" in API group "" at the cluster scope',
    ]);
    expect(groupOnly.code).toBe(400);
  });

  it("keeps documents from who may not read them", async () => {
    await cluster.call("DELETE", "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/system:discovery");
    const headers = { authorization: "Bearer secret" };
    for (const path of ["/api", "/openapi/v2", "/openapi/v3", "/apis/apps/v1"]) {
      const answer = await listener.send({ path, headers });
      expect([answer.code, answer.json<Status>().message]).toEqual([403, `forbidden: User "bearer" cannot get path "${path}"`]);
    }
  });

  it("tells everybody that it lives and which version it is", async () => {
    for (const path of ["/healthz", "/livez", "/readyz", "/readyz/etcd"])
      expect(await listener.send({ path })).toMatchObject({ code: 200, text: "ok" });
    expect((await listener.send({ path: "/version" })).json()).toMatchObject({ gitVersion: "v1.30.3" });
    expect((await listener.send({ path: "/api" })).code).toBe(401);
  });
});

describe("what is answered", () => {
  it("is the object as it is stored, with its version", async () => {
    const made = await send({ method: "POST", path: pods(), headers: JSON_BODY, body: JSON.stringify(podOf("json")) });
    expect([made.code, made.headers["content-type"]]).toEqual([201, "application/json"]);
    const read = await send({ path: pods("json") });
    expect(read.json()).toEqual(await cluster.call("GET", pods("json")));
    expect(read.text.startsWith('{"apiVersion":"v1","kind":"Pod","metadata":{"resourceVersion":"')).toBe(true);
  });

  it("is a list that begins with its type", async () => {
    const { text, code } = await send({ path: "/api/v1/nodes" });
    expect([code, text]).toEqual([
      200,
      `{"kind":"NodeList","apiVersion":"v1","metadata":{"resourceVersion":"${cluster.store.revision()}"},"items":[]}`,
    ]);
  });

  it("is a table for who asks for one", async () => {
    const table = (await send({ path: pods(), headers: { accept: TABLE } })).json<{
      columnDefinitions: { name: string }[];
      rows: { cells: unknown[]; object: KubeObject }[];
    }>();
    expect(table).toMatchObject({ kind: "Table", apiVersion: "meta.k8s.io/v1" });
    expect(table.columnDefinitions.slice(0, 5).map(({ name }) => name)).toEqual(["Name", "Ready", "Status", "Restarts", "Age"]);
    expect(table.rows[0]?.cells.slice(0, 3)).toEqual(["json", "0/1", "Pending"]);
    expect(table.rows[0]?.object).toMatchObject({ kind: "PartialObjectMetadata", metadata: { name: "json" } });
  });

  it("comes whole when it is sent in pieces", async () => {
    const path = "/api/v1/namespaces/default/configmaps";
    const text = '}{"\\ü'.repeat(200);
    for (let index = 0; index < 300; index++) {
      const metadata = { name: `large-${index}`, annotations: { text } };
      await send({ method: "POST", path, headers: JSON_BODY, body: JSON.stringify({ metadata, data: { text } }) });
    }
    const ask = async (accept: string): Promise<TestAnswer> => await send({ path, headers: { accept } });
    const { items } = (await ask("application/json")).json<{ items: KubeObject[] }>();
    const { rows } = (await ask(TABLE)).json<{ rows: { object: KubeObject }[] }>();
    const partial = (await ask("application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1")).json<{ items: KubeObject[] }>();
    const large = items.filter(({ metadata }) => metadata.name.startsWith("large-"));
    expect(large).toHaveLength(300);
    expect(large[299]).toEqual((await send({ path: `${path}/${large[299]?.metadata.name}` })).json());
    const metadata = items.map((item) => item.metadata);
    expect(rows.map(({ object }) => object.metadata)).toEqual(metadata);
    expect(partial.items.map((item) => item.metadata)).toEqual(metadata);
  });

  it.each<[string, unknown]>([
    ["Object", "Pod"],
    ["Metadata", "PartialObjectMetadata"],
    ["None", undefined],
  ])("has rows with %s", async (includeObject, kind) => {
    const { rows } = (await send({ path: `${pods("json")}?includeObject=${includeObject}`, headers: { accept: TABLE } })).json<{
      rows: { object?: KubeObject }[];
    }>();
    expect(rows[0]?.object?.kind).toBe(kind);
  });

  it("is metadata alone for who asks for that", async () => {
    const accept = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";
    const list = (await send({ path: pods(), headers: { accept } })).json<{ kind: string; items: KubeObject[] }>();
    expect([list.kind, Object.keys(list.items[0] ?? {})]).toEqual(["PartialObjectMetadataList", ["kind", "apiVersion", "metadata"]]);
  });

  it("is YAML for who asks for that", async () => {
    const { headers, text } = await send({ path: pods("json"), headers: { accept: "application/yaml" } });
    expect([headers["content-type"], text.startsWith("apiVersion: v1\nkind: Pod\n")]).toEqual(["application/yaml", true]);
  });

  it("is plain text for a log", async () => {
    const { headers, text } = await send({ path: pods("json/log") });
    expect([headers["content-type"], text]).toEqual(["text/plain", ""]);
  });

  it("goes over HTTP/2 as well", async () => {
    const session = listener.http2(admin);
    try {
      const stream = session.request({ ":path": `${PREFIX}${pods("json")}` });
      const chunks: Buffer[] = [];
      for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk);
      expect(JSON.parse(Buffer.concat(chunks).toString())).toEqual(await cluster.call("GET", pods("json")));
    } finally {
      session.close();
    }
  });
});

describe("what is taken", () => {
  it("is JSON also without a type, and YAML", async () => {
    const maps = "/api/v1/namespaces/default/configmaps";
    expect((await send({ method: "POST", path: maps, body: '{"metadata":{"name":"untyped"},"data":{"a":"b"}}' })).code).toBe(201);
    const yaml = "metadata:\n  name: yaml\ndata:\n  a: b\n";
    const made = await send({ method: "POST", path: maps, headers: { "content-type": "application/yaml" }, body: yaml });
    expect(made.json()).toMatchObject({ metadata: { name: "yaml" }, data: { a: "b" } });
  });

  it.each<[string, TestRequest, number, string]>([
    ["text", { method: "POST", path: pods(), headers: { "content-type": "text/plain" }, body: "x" }, 415, "UnsupportedMediaType"],
    ["JSON that is none", { method: "POST", path: pods(), headers: JSON_BODY, body: "{" }, 400, "BadRequest"],
    ["no body", { method: "POST", path: pods(), headers: JSON_BODY }, 400, "BadRequest"],
    [
      "a body over the limit",
      { method: "POST", path: pods(), headers: JSON_BODY, body: Buffer.alloc(MAX_BODY_BYTES + 1, 32) },
      413,
      "RequestEntityTooLarge",
    ],
    [
      "what is applied by nobody",
      { method: "PATCH", path: pods("json"), headers: { "content-type": "application/apply-patch+yaml" }, body: "{}" },
      422,
      "Invalid",
    ],
    ["a shape that nobody can make", { path: pods(), headers: { accept: "text/html" } }, 406, "NotAcceptable"],
    ["an unknown includeObject", { path: `${pods()}?includeObject=x`, headers: { accept: TABLE } }, 400, "BadRequest"],
    ["a method that is none", { method: "OPTIONS", path: pods() }, 405, "MethodNotAllowed"],
  ])("is not %s", async (_, request, code, reason) => {
    const answer = await send(request);
    expect([answer.code, answer.json<Status>().reason]).toEqual([code, reason]);
  });

  it("is no object that the store could not hold", async () => {
    const body = JSON.stringify({ metadata: { name: "big" }, data: { a: "x".repeat(1_600_000) } });
    const answer = await send({ method: "POST", path: "/api/v1/namespaces/default/configmaps", headers: JSON_BODY, body });
    // Config maps have a limit of their own below that of the store.
    expect([413, 422]).toContain(answer.code);
  });

  it("is no path that nothing answers", async () => {
    for (const path of ["/nope", "/apis/none.example.com", "/apis/example.com/v1/things"]) {
      const { code, text, headers } = await send({ path });
      expect([code, text, headers["content-type"]]).toEqual([404, "404 page not found\n", "text/plain; charset=utf-8"]);
    }
    for (const path of ["/api/v1/frobs", "/api/v1/namespaces/default/pods/json/nope"]) {
      const answer = await send({ path });
      const told = { status: "Failure", message: "the server could not find the requested resource", reason: "NotFound", details: {} };
      expect([answer.code, answer.json<Status>()]).toEqual([404, expect.objectContaining(told)]);
    }
  });

  it("tells when to come again", async () => {
    const budgets = "/apis/policy/v1/namespaces/default/poddisruptionbudgets";
    await cluster.call("POST", budgets, { metadata: { name: "b" }, spec: { minAvailable: 1, selector: { matchLabels: { app: "busy" } } } });
    const pod = await cluster.call("POST", pods(), podOf("busy", { labels: { app: "busy" }, spec: { nodeName: "n" } }));
    await cluster.call("PUT", pods("busy/status"), {
      ...pod,
      status: { phase: "Running", conditions: [{ type: "Ready", status: "True" }] },
    });
    const body = JSON.stringify({ metadata: { name: "busy" } });
    const answer = await send({ method: "POST", path: pods("busy/eviction"), headers: JSON_BODY, body });
    expect([answer.code, answer.headers["retry-after"]]).toEqual([429, "10"]);
  });
});

describe("discovery", () => {
  const accept = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json";

  it("comes in one document, which clients may keep", async () => {
    const first = await send({ path: "/apis", headers: { accept } });
    expect(first.headers["content-type"]).toBe("application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList");
    expect(first.headers["vary"]).toBe("Accept");
    const { items } = first.json<{ items: { metadata: { name: string }; versions: { version: string; freshness: string }[] }[] }>();
    expect(items.find(({ metadata }) => metadata.name === "apps")?.versions).toMatchObject([{ version: "v1", freshness: "Current" }]);
    const etag = String(first.headers["etag"]);
    expect(await send({ path: "/apis", headers: { accept, "if-none-match": etag } })).toMatchObject({ code: 304, text: "" });
  });

  it("comes plainly for older clients", async () => {
    expect((await send({ path: "/apis", headers: { accept: "application/json, */*" } })).json()).toMatchObject({ kind: "APIGroupList" });
  });

  it("has an OpenAPI v2 document that old clients can read", async () => {
    const old = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf";
    const answer = await send({ path: "/openapi/v2", headers: { accept: old } });
    expect(answer.headers["content-type"]).toBe("application/com.github.proto-openapi.spec.v2.v1.0+protobuf");
    expect(answer.text.startsWith("\n\u00032.0\u0012\u0015\n\nKubernetes\u0012\u0007v1.30.3")).toBe(true);
    for (const part of [
      "/apis/apps/v1/namespaces/{namespace}/deployments/{name}",
      "dryRun",
      '{"group":"apps","version":"v1","kind":"Deployment"}',
    ])
      expect(answer.text).toContain(part);
    const { swagger, paths, definitions } = (await send({ path: "/openapi/v2" })).json<Record<string, Record<string, unknown>>>();
    expect(swagger).toBe("2.0");
    expect(paths?.["/api/v1/nodes/{name}"]).toMatchObject({
      parameters: [
        { name: "name", in: "path", required: true, type: "string", description: "name of the Node" },
        { name: "pretty", in: "query" },
      ],
      patch: { parameters: [{ name: "body", in: "body" }, { name: "dryRun", in: "query", type: "string" }, {}, {}, {}] },
    });
    expect(definitions?.["io.k8s.api.core.v1.Node"]).toMatchObject({
      properties: { spec: { $ref: "#/definitions/io.k8s.api.core.v1.NodeSpec" } },
      "x-kubernetes-group-version-kind": [{ group: "", version: "v1", kind: "Node" }],
    });
    expect(JSON.stringify(definitions)).not.toMatch(/"(oneOf|allOf)":\[/);
  });
});

/** Reads a stream line by line. */
async function linesOf(response: IncomingMessage, count: number): Promise<WatchEvent[]> {
  const events: WatchEvent[] = [];
  let rest = "";
  for await (const chunk of response as AsyncIterable<Buffer>) {
    const parts = (rest + chunk.toString()).split("\n");
    rest = parts.pop() ?? "";
    for (const part of parts) events.push(JSON.parse(part) as WatchEvent);
    if (events.length >= count) break;
  }
  return events;
}

describe("a watch", () => {
  const open = (path: string, headers: Record<string, string> = {}): Promise<IncomingMessage> =>
    listener.open({ path, headers, client: admin });

  it("comes line by line, as things happen", async () => {
    const { metadata } = await cluster.list("/api/v1/nodes");
    const response = await open(`/api/v1/nodes?watch=true&resourceVersion=${metadata.resourceVersion}`);
    expect([response.statusCode, response.headers["content-type"]]).toEqual([200, "application/json"]);
    const node = await cluster.call("POST", "/api/v1/nodes", { metadata: { name: "n1" } });
    const [event] = await linesOf(response, 1);
    expect(event).toEqual({ type: "ADDED", object: node });
    response.destroy();
  });

  it("comes as tables, with columns once", async () => {
    await cluster.call("POST", "/api/v1/nodes", { metadata: { name: "n2" } });
    const response = await open("/api/v1/nodes?watch=true", { accept: TABLE });
    const events = await linesOf(response, 2);
    expect(events.map(({ object }) => [object.kind, (object as { columnDefinitions?: unknown }).columnDefinitions === null])).toEqual([
      ["Table", false],
      ["Table", true],
    ]);
    response.destroy();
  });

  it("ends by itself when its time is up", async () => {
    const response = await open("/api/v1/nodes?watch=true&timeoutSeconds=0");
    expect((await linesOf(response, 99)).map(({ type }) => type)).toEqual(["ADDED", "ADDED"]);
  });

  it("is refused before it begins when it cannot be understood", async () => {
    const answer = await send({ path: "/api/v1/nodes?watch=true&sendInitialEvents=true" });
    expect(answer.code).toBe(422);
  });

  it("of a version that is gone is refused", async () => {
    await cluster.store.compact(cluster.store.revision());
    const answer = await send({ path: "/api/v1/nodes?watch=true&resourceVersion=1" });
    expect([answer.code, answer.json<Status>().reason]).toEqual([410, "Expired"]);
  });

  it("that nobody reads any more leaves nothing behind", async () => {
    const response = await open("/api/v1/nodes?watch=true");
    await linesOf(response, 1);
    response.destroy();
    await cluster.call("POST", "/api/v1/nodes", { metadata: { name: "n3" } });
    expect((await send({ path: "/api/v1/nodes/n3" })).code).toBe(200);
  });
});

describe("an upgrade", () => {
  const upgrade = { connection: "Upgrade", upgrade: "SPDY/3.1", "content-length": "0" };

  it("is refused in words where there is no session", async () => {
    const answer = await send({ method: "POST", path: pods("json/exec?command=ls&stdout=true"), headers: upgrade });
    expect([answer.code, answer.json<Status>().message]).toEqual([400, "pod json does not have a host assigned"]);
  });

  it("by nobody is refused as any request", async () => {
    expect((await listener.send({ method: "POST", path: pods("json/exec"), headers: upgrade })).code).toBe(401);
  });
});
