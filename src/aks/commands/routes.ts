import { type ArmRequest, type ArmResponse, RETRY_AFTER_SECONDS } from "#arm";
import { decodeRunCommand } from "#api/containerservice/run-command";
import { type Change, commit } from "../commit.ts";
import type { AksContext } from "../context.ts";
import type { ClusterName } from "../documents.ts";
import { refusals } from "../errors.ts";
import { requireCluster } from "../lookup.ts";
import { resourceRefusals } from "../resource-errors.ts";
import { clusterOf, type Names, ok, type Route } from "../route.ts";
import { readAttachment } from "./attachment.ts";
import { answerCommand, commandKey, commandsOf, type StoredCommand } from "./documents.ts";

/** Run command: kubectl for those who cannot reach the cluster. Source: azure-docs articles/aks/access-private-cluster.md. */
export const commandRoutes: readonly Route[] = [
  { pattern: "managedclusters/{cluster}/runcommand", methods: { POST: run } },
  { pattern: "managedclusters/{cluster}/commandresults/{command}", methods: { GET: result } },
];

/** Commands of one cluster that run at the same time. Unverified: AKS's own bound. */
const MAX_RUNNING = 10;
/** Results of one cluster that are kept; the oldest go first. Unverified: AKS's own bound. */
const MAX_RESULTS = 100;
/** Characters of a command. Unverified: AKS's own bound. */
const MAX_COMMAND_CHARS = 65_536;

/** 202 with the address of the result, once the command is stored. Source: azure-rest-api-specs, ManagedClusters_RunCommand. */
async function run(context: AksContext, request: ArmRequest, names: Names): Promise<ArmResponse> {
  const { command, context: attachment, errors } = decodeRunCommand(request.body, request.apiVersion);
  if (errors[0] !== undefined) throw refusals.unreadable(errors[0]);
  if (command === undefined || command.trim() === "") throw refusals.missing("command");
  if (command.length > MAX_COMMAND_CHARS) throw refusals.invalidParameter("command");
  const files = readAttachment(attachment);
  const route = clusterOf(request, names);
  const stored = await commit(context, () => newCommand(context, route, command));
  context.runner.begin(commandKey(route, stored.id), stored, files);
  return { status: 202, headers: resultHeaders(request, route, stored.id) };
}

function newCommand(context: AksContext, route: ClusterName, text: string): Change<StoredCommand> {
  const document = requireCluster(context, route);
  const { value: cluster } = document;
  if (cluster.work?.kind === "Deleting") throw refusals.clusterBusy(cluster.work.kind);
  if (cluster.controlPlane === undefined) throw refusals.notCreated(cluster.name);
  const { powerState, provisioningState: state } = cluster.properties;
  if (powerState?.code === "Stopped") throw refusals.powerForbids({ state, power: "Stopped", gerund: "running a command" });
  const { disableRunCommand } = (cluster.properties["apiServerAccessProfile"] ?? {}) as { readonly disableRunCommand?: boolean };
  if (disableRunCommand === true) throw resourceRefusals.commandsDisabled(cluster.name);
  const present = context.commands.list(commandsOf(route));
  const ended = present.filter(({ value }) => value.state !== "Running").sort((a, b) => a.value.startedMs - b.value.startedMs);
  if (present.length - ended.length >= MAX_RUNNING) throw resourceRefusals.tooManyCommands(MAX_RUNNING);
  const surplus = ended.slice(0, Math.max(0, present.length + 1 - MAX_RESULTS));
  const id = context.random.hex(32);
  const result: StoredCommand = { id, clusterUid: cluster.uid, command: text, state: "Running", startedMs: context.clock.now() };
  return {
    compares: [context.clusters.unchanged(document.id, document)],
    ops: [context.commands.put(commandKey(route, id), result), ...surplus.map((old) => context.commands.remove(old.id))],
    result,
  };
}

/** 202 while it runs, with what is known; then 200. Source: azure-rest-api-specs, ManagedClusters_GetCommandResult. */
function result(context: AksContext, request: ArmRequest, names: Names): ArmResponse {
  const route = clusterOf(request, names);
  const cluster = requireCluster(context, route).value;
  const id = names["command"] ?? "";
  const command = context.commands.get(commandKey(route, id))?.value;
  if (command === undefined) throw resourceRefusals.commandNotFound(cluster, id);
  const body = answerCommand(command);
  return command.state === "Running" ? { ...ok(body), status: 202, headers: resultHeaders(request, route, command.id) } : ok(body);
}

function resultHeaders({ baseUrl, apiVersion }: ArmRequest, cluster: ClusterName, id: string): Record<string, string> {
  const { subscriptionId, resourceGroup, name } = cluster;
  const path = `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers/Microsoft.ContainerService/managedClusters/${name}`;
  return { Location: `${baseUrl}${path}/commandResults/${id}?api-version=${apiVersion}`, "Retry-After": String(RETRY_AFTER_SECONDS) };
}
