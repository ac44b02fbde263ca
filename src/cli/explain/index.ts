import { parse } from "yaml";
import { explainPath, type PodExplanation } from "#api/explain";
import { requireAddress } from "../address.ts";
import { type Connection, openConnection } from "../connection.ts";
import { CliError } from "../errors.ts";
import { explanationText } from "./report.ts";

export interface ExplainFlags {
  readonly dataDir: string;
  readonly namespace: string;
  readonly cluster?: string;
  readonly resourceGroup?: string;
  readonly output: "table" | "json";
}

const API_VERSION = "2022-11-01";
const NOT_FOUND = 3;
const WRONG = 2;

/**
 * `lido explain pod NAME`: which plugin of the scheduler refuses which nodes, and what the others are worth. Exit code 0
 * when the question was answered, whatever the answer is.
 *
 * @throws {CliError} 2 for another kind or when the cluster has to be named, 3 for a cluster or pod that does not exist.
 */
export async function runExplain(kind: string, name: string, flags: ExplainFlags): Promise<number> {
  if (!["pod", "pods", "po"].includes(kind)) throw new CliError(`Only pods can be explained, not "${kind}": lido explain pod NAME`, WRONG);
  const connection = openConnection(requireAddress(flags.dataDir));
  try {
    const { server, token } = await clusterAccess(connection, await clusterId(connection, flags));
    const answer = await connection.get(`${server}${explainPath(flags.namespace, name)}`, token);
    if (answer.status === 404) throw new CliError(`There is no pod "${name}" in namespace "${flags.namespace}".`, NOT_FOUND);
    if (answer.status !== 200) throw new CliError(`The cluster answered ${answer.status}: ${answer.text}`);
    const explanation = answer.body as PodExplanation;
    process.stdout.write(flags.output === "json" ? `${JSON.stringify(explanation, undefined, 2)}\n` : explanationText(explanation));
    return 0;
  } finally {
    connection.close();
  }
}

/** The one cluster that the flags leave. */
async function clusterId(connection: Connection, { cluster, resourceGroup }: ExplainFlags): Promise<string> {
  const { subscriptionId } = connection.address;
  const scope = `/subscriptions/${subscriptionId}${resourceGroup === undefined ? "" : `/resourceGroups/${encodeURIComponent(resourceGroup)}`}`;
  const answer = await connection.arm("GET", `${scope}/providers/Microsoft.ContainerService/managedClusters?api-version=${API_VERSION}`);
  const { value = [] } = (answer.body ?? {}) as { value?: { id: string; name: string }[] };
  const found = value.filter(({ name }) => cluster === undefined || name.toLowerCase() === cluster.toLowerCase());
  const [first, ...others] = found;
  if (first === undefined)
    throw new CliError(cluster === undefined ? "There is no cluster." : `There is no cluster "${cluster}".`, NOT_FOUND);
  if (others.length === 0) return first.id;
  throw new CliError(
    `There are several clusters; name one with --cluster or --resource-group: ${found.map(({ name }) => name).join(", ")}`,
    WRONG,
  );
}

interface Kubeconfig {
  readonly clusters?: { cluster: { server: string } }[];
  readonly users?: { user: { token?: string } }[];
}

/** Where the cluster is served, and a token that it knows, from its administrator's kubeconfig. */
async function clusterAccess(connection: Connection, id: string): Promise<{ server: string; token: string }> {
  const answer = await connection.arm("POST", `${id}/listClusterAdminCredential?api-version=${API_VERSION}`);
  const { kubeconfigs = [] } = (answer.body ?? {}) as { kubeconfigs?: { value: string }[] };
  const config = parse(Buffer.from(kubeconfigs[0]?.value ?? "", "base64").toString()) as Kubeconfig | null;
  const server = config?.clusters?.[0]?.cluster.server;
  const token = config?.users?.[0]?.user.token;
  if (server === undefined || token === undefined) throw new CliError(`The cluster gave no credentials: ${answer.text}`);
  return { server, token };
}
