import { readFileSync } from "node:fs";
import { Agent, request } from "node:https";
import { parse } from "yaml";

/** What a server answered: JSON decoded, other text as it is. */
export interface Reply {
  readonly status: number;
  readonly body: unknown;
}

export interface Request {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly accept?: string;
  readonly contentType?: string;
  readonly body?: string;
}

/** One API server, called as the user of a kubeconfig. */
export interface Server {
  call(request: Request): Promise<Reply>;
  close(): void;
}

interface Kubeconfig {
  readonly clusters: readonly { readonly cluster: { readonly server: string; readonly "certificate-authority-data": string } }[];
  readonly users: readonly { readonly user: Readonly<Record<string, string>> }[];
}

/** The server of a kubeconfig's first cluster, called with its first user's certificate. */
export function openServer(kubeconfig: string): Server {
  const { clusters, users } = parse(kubeconfig) as Kubeconfig;
  const [first, user] = [clusters[0], users[0]?.user];
  if (first === undefined || user === undefined) throw new Error("the kubeconfig has no cluster or no user");
  const decode = (text = ""): string => Buffer.from(text, "base64").toString();
  const agent = new Agent({
    keepAlive: true,
    ca: decode(first.cluster["certificate-authority-data"]),
    cert: decode(user["client-certificate-data"]),
    key: decode(user["client-key-data"]),
  });
  return { call: (call) => send(first.cluster.server.replace(/\/$/, ""), agent, call), close: () => agent.destroy() };
}

function send(base: string, agent: Agent, { method, path, accept, contentType, body }: Request): Promise<Reply> {
  const headers = {
    accept: accept ?? "application/json",
    "user-agent": "judge",
    ...(body === undefined ? {} : { "content-type": contentType ?? "application/yaml" }),
  };
  return new Promise((resolve, reject) => {
    const sent = request(`${base}${path}`, { method, agent, headers }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on("data", (chunk: Buffer) => chunks.push(chunk));
      answer.on("error", reject);
      answer.on("end", () => resolve({ status: answer.statusCode ?? 0, body: decoded(Buffer.concat(chunks).toString()) }));
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

/** Volumes of tokens have names that are new with every pod. */
function decoded(text: string): unknown {
  try {
    return JSON.parse(text.replaceAll(/kube-api-access-[a-z0-9]{5}/g, "kube-api-access-?????"));
  } catch {
    return text;
  }
}

/** The documents of a file of YAML, each as its own text: what is sent is what stands there. */
export function documentsOf(path: string): readonly string[] {
  return readFileSync(path, "utf8")
    .split(/^---\n/m)
    .map((text) => text.trim())
    .filter((text) => text !== "");
}
