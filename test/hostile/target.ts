import { builtInKinds } from "#kube/apiserver";
import type { Json, Lido } from "../support/lido.ts";
import { CLUSTER } from "../support/aks.ts";
import { type Draft, setBody } from "./draft.ts";

/** The server that is attacked, with what an honest caller knows of it. */
export interface Target {
  readonly lido: Lido;
  readonly fqdn: string;
  /** Bearer token of the cluster's administrator. */
  readonly kubeToken: string;
  /** What a GET of the path answers, for writes that are right but for one thing. */
  readonly bodies: ReadonlyMap<string, Json>;
}

/** A call that the program answers, complete and right. */
export interface Call {
  readonly operation: string;
  readonly side: Draft["side"];
  readonly method: string;
  readonly path: string;
  /** Parts of the path that are names of resources. */
  readonly names: readonly number[];
}

/** What the names in the paths of operations stand for: things that are there, so that requests get far. */
const NAMES: Readonly<Record<string, string>> = {
  group: "rg",
  resourceGroup: "rg",
  cluster: "c",
  pool: "mypool",
  location: "eastus",
  role: "clusterUser",
  authority: "adfs",
  namespace: "Microsoft.ContainerService",
  rest: "deployments/hostile",
  id: "12345678-1234-4234-8234-123456789012",
};
const NAMED = /^\{(\w+)\}$/;
const KUBE_NAME = "hostile";

/** Every call of the program, from its own list of operations and its Kubernetes kinds. */
export function callsOf(operations: readonly string[], { lido, fqdn }: Pick<Target, "lido" | "fqdn">): readonly Call[] {
  return [...operations.map((operation) => callOf(operation, lido.address.subscriptionId)), ...kubeCalls(fqdn)];
}

function callOf(operation: string, subscription: string): Call {
  const [method = "", pattern = ""] = operation.split(" ");
  const isPlain = pattern.startsWith("plain:");
  const isProvided = !isPlain && !pattern.startsWith("/");
  const group = pattern.toLowerCase().includes("/locations/") ? "" : "/resourceGroups/{group}";
  const path = isProvided ? `/subscriptions/{subscriptionId}${group}/providers/${pattern}` : pattern.replace("plain:", "");
  const words = path.split("/");
  const names = words.flatMap((word, index) => (NAMED.test(word) && word !== "{subscriptionId}" ? [index] : []));
  const filled = words.map((word) =>
    word.replace(NAMED, (_, name: string) => (name === "subscriptionId" ? subscription : (NAMES[name] ?? "hostile"))),
  );
  const isArm = isProvided || /^\/(?:subscriptions|tenants|providers)(?:\/|$)/i.test(path);
  return { operation, side: isPlain ? "plain" : isArm ? "arm" : "sign-in", method, path: filled.join("/"), names };
}

const KUBE_METHODS: Readonly<Record<string, string>> = { get: "GET", update: "PUT", patch: "PATCH", delete: "DELETE" };

function kubeCalls(fqdn: string): readonly Call[] {
  const root = `/clusters/${fqdn}`;
  const plain = ["/version", "/healthz", "/api", "/apis", "/openapi/v2", "/openapi/v3"].map((path) => kubeCall("GET", `${root}${path}`));
  const kinds = builtInKinds.flatMap(({ group, version, resource, namespaced, verbs, hasStatus }) => {
    const list = `${root}${group === "" ? "/api" : `/apis/${group}`}/${version}${namespaced ? "/namespaces/default" : ""}/${resource}`;
    const named = verbs.flatMap((verb) => (KUBE_METHODS[verb] === undefined ? [] : [kubeCall(KUBE_METHODS[verb], `${list}/${KUBE_NAME}`)]));
    return [
      ...named,
      ...(verbs.includes("list") ? [kubeCall("GET", list)] : []),
      ...(verbs.includes("create") ? [kubeCall("POST", list)] : []),
      ...(verbs.includes("deletecollection") ? [kubeCall("DELETE", list)] : []),
      ...(hasStatus ? [kubeCall("PUT", `${list}/${KUBE_NAME}/status`)] : []),
    ];
  });
  return [...plain, ...kinds];
}

function kubeCall(method: string, path: string): Call {
  const words = path.split("/");
  return {
    operation: `${method} kubernetes:${words.slice(3).join("/")}`,
    side: "kubernetes",
    method,
    path,
    names: words.flatMap((word, index) => (word === KUBE_NAME ? [index] : [])),
  };
}

const VERSION = "2022-11-01";
const WRITES = new Set(["PUT", "PATCH", "POST"]);
/** Writes that have no body: what comes as one is not looked at. Source: Azure/azure-rest-api-specs resources.json, Tags_CreateOrUpdate. */
const BODILESS = /^PUT .*\/tagnames\//i;

/** The call as a caller with every right would make it. */
export function draftOf({ operation, side, method, path, names }: Call, { lido, kubeToken, bodies }: Target): Draft {
  const endpoint = side === "plain" ? lido.address.httpEndpoint : lido.address.endpoint;
  const draft: Draft = {
    door: side === "plain" ? "plain" : "secure",
    operation,
    side,
    method,
    segments: path.split("/"),
    names,
    query: side === "kubernetes" ? [] : [`api-version=${VERSION}`],
    headers: [
      ["Host", new URL(endpoint).host],
      ["Connection", "close"],
      [
        "Content-Type",
        side === "sign-in"
          ? "application/x-www-form-urlencoded"
          : method === "PATCH" && side === "kubernetes"
            ? "application/merge-patch+json"
            : "application/json",
      ],
    ],
    body: undefined,
    manner: { kind: "plain" },
  };
  if (side === "arm") draft.headers.push(["Authorization", `Bearer ${lido.token}`]);
  if (side === "kubernetes") draft.headers.push(["Authorization", `Bearer ${kubeToken}`]);
  if (side === "plain") draft.headers.push(["Metadata", "true"]);
  if (WRITES.has(method) && !BODILESS.test(operation))
    setBody(draft, side === "sign-in" ? FORM : JSON.stringify(bodies.get(path) ?? { location: "eastus", properties: {} }));
  return draft;
}

const FORM = "grant_type=client_credentials&client_id=hostile&client_secret=wrong&scope=x%2F.default";

/** What is where writes go: the bodies that a read-modify-write would send back. */
export async function readBodies(lido: Lido, calls: readonly Call[]): Promise<ReadonlyMap<string, Json>> {
  const bodies = new Map<string, Json>();
  for (const { side, path, method } of calls) {
    if (side !== "arm" || !WRITES.has(method) || bodies.has(path)) continue;
    const { status, body } = await lido.raw("GET", `${path}?api-version=${VERSION}`);
    if (status === 200 && body !== undefined) bodies.set(path, body);
  }
  return bodies;
}

/** Token and address of the cluster that is there. */
export async function openTarget(
  lido: Lido,
  operations: readonly string[],
): Promise<{ readonly target: Target; readonly calls: readonly Call[] }> {
  const { fqdn } = (await lido.arm("GET", CLUSTER)).body.properties;
  const config = (await lido.arm("POST", `${CLUSTER}/listClusterAdminCredential`)).body.kubeconfigs[0].value as string;
  const kubeToken = /token: (\S+)/.exec(Buffer.from(config, "base64").toString())?.[1] ?? "";
  const calls = callsOf(operations, { lido, fqdn });
  return { target: { lido, fqdn, kubeToken, bodies: await readBodies(lido, calls) }, calls };
}
