import type { AzContext } from "../client.ts";
import { type AzCommand, confirm, flag, NO_WAIT, required, RESOURCE_GROUP, text, YES, optional } from "../command.ts";
import { type AzArgs, AzError } from "../grammar.ts";
import { CONTAINER_SERVICE } from "./api-versions.ts";
import { clusterPath, putAndShow } from "./clusters.ts";
import { CLUSTER, getPool, hasPool, NAME as POOL_NAME, poolPath, requirePool } from "./node-pools.ts";

/** The api-versions of az 2.91, which has the commands that az 2.45 lacks. */
const ABORT = "2023-01-01";
const DELETE_MACHINES = "2024-09-01";
const NAME = required("--name", "-n");
/** Exit code of a ResourceNotFoundError; every other error of a command is 1. Source: azure-cli core/util.py, handle_exception. */
const NOT_FOUND = 3;

/**
 * Power, abortion, single machines and certificates. Source: azure-cli acs module: commands.py and custom.py of 2.45, and of
 * 2.91 for `operation-abort` and `delete-machines`.
 */
export const actionCommands: readonly AzCommand[] = [
  clusterAction("start", "Starts a previously stopped Managed Cluster.", "start"),
  clusterAction("stop", "Stop a managed cluster.", "stop"),
  {
    words: "aks operation-abort",
    summary: "Abort last running operation on managed cluster.",
    options: [RESOURCE_GROUP, NAME, NO_WAIT],
    async run(context, args) {
      await context.call("GET", clusterPath(args), CONTAINER_SERVICE);
      return await act(context, args, { path: `${clusterPath(args)}/abort`, apiVersion: ABORT });
    },
  },
  {
    words: "aks rotate-certs",
    summary: "Rotate certificates and keys on a managed Kubernetes cluster.",
    options: [RESOURCE_GROUP, NAME, YES, NO_WAIT],
    async run(context, args) {
      const question =
        "Kubernetes will be unavailable during certificate rotation process.\nAre you sure you want to perform this operation?";
      await confirm(context, args, question);
      return await act(context, args, { path: `${clusterPath(args)}/rotateClusterCertificates` });
    },
  },
  {
    words: "aks update-credentials",
    summary: "Update credentials for a managed Kubernetes cluster, like service principal.",
    options: [
      RESOURCE_GROUP,
      NAME,
      flag("--reset-service-principal"),
      text("--service-principal"),
      text("--client-secret"),
      flag("--reset-aad"),
      text("--aad-server-app-id"),
      text("--aad-server-app-secret"),
      text("--aad-client-app-id"),
      text("--aad-tenant-id"),
      NO_WAIT,
    ],
    run: updateCredentials,
  },
  poolPower("start", "Start stopped agent pool in the managed Kubernetes cluster.", "Running"),
  poolPower("stop", "Stop running agent pool in the managed Kubernetes cluster.", "Stopped"),
  {
    words: "aks nodepool operation-abort",
    summary: "Abort last running operation on nodepool.",
    options: [RESOURCE_GROUP, CLUSTER, POOL_NAME, NO_WAIT],
    async run(context, args) {
      await requirePool(context, args);
      await getPool(context, args);
      return await act(context, args, { path: `${poolPath(args)}/abort`, apiVersion: ABORT });
    },
  },
  {
    words: "aks nodepool delete-machines",
    summary: "Delete specific machines in an agentpool for a managed cluster.",
    options: [RESOURCE_GROUP, CLUSTER, POOL_NAME, { names: ["--machine-names"], kind: "words", isRequired: true }, NO_WAIT],
    async run(context, args) {
      if (!(await hasPool(context, args))) {
        const name = args.required("name");
        throw new AzError(`Node pool ${name} doesn't exist, use 'az aks nodepool list' to get current node pool list`, NOT_FOUND);
      }
      const body = { machineNames: args.words("machine-names") ?? [] };
      return await act(context, args, { path: `${poolPath(args)}/deleteMachines`, apiVersion: DELETE_MACHINES, body });
    },
  },
];

/** Source: azure-cli acs custom.py, aks_update_credentials. */
async function updateCredentials(context: AzContext, args: AzArgs): Promise<undefined> {
  if (args.flag("reset-service-principal") === args.flag("reset-aad"))
    throw new AzError("usage error: --reset-service-principal | --reset-aad-profile");
  if (args.flag("reset-service-principal")) {
    const [clientId, secret] = [args.text("service-principal"), args.text("client-secret")];
    if (clientId === undefined || secret === undefined)
      throw new AzError("usage error: --reset-service-principal --service-principal ID --client-secret SECRET");
    return await act(context, args, { path: `${clusterPath(args)}/resetServicePrincipalProfile`, body: { clientId, secret } });
  }
  const [clientAppID, serverAppID] = [args.text("aad-client-app-id"), args.text("aad-server-app-id")];
  const serverAppSecret = args.text("aad-server-app-secret");
  if (!clientAppID || !serverAppID || !serverAppSecret) {
    throw new AzError(
      "usage error: --reset-aad --aad-client-app-id ID --aad-server-app-id ID --aad-server-app-secret SECRET [--aad-tenant-id ID]",
    );
  }
  const body = optional({ clientAppID, serverAppID, serverAppSecret, tenantID: args.text("aad-tenant-id") });
  return await act(context, args, { path: `${clusterPath(args)}/resetAADProfile`, body });
}

function clusterAction(word: string, summary: string, segment: string): AzCommand {
  return {
    words: `aks ${word}`,
    summary,
    options: [RESOURCE_GROUP, NAME, NO_WAIT],
    run: (context, args) => act(context, args, { path: `${clusterPath(args)}/${segment}` }),
  };
}

function poolPower(word: string, summary: string, code: "Running" | "Stopped"): AzCommand {
  return {
    words: `aks nodepool ${word}`,
    summary,
    options: [RESOURCE_GROUP, CLUSTER, POOL_NAME, NO_WAIT],
    async run(context, args) {
      await requirePool(context, args);
      const pool = await getPool(context, args);
      const body = { properties: { ...pool.properties, powerState: { code } } };
      return await putAndShow(context, args, { path: poolPath(args), body });
    },
  };
}

/** POSTs, and waits unless told not to. Prints nothing: what the operation results in has no body. */
async function act(
  context: AzContext,
  args: AzArgs,
  action: { readonly path: string; readonly apiVersion?: string; readonly body?: unknown },
): Promise<undefined> {
  const answer = await context.call("POST", action.path, action.apiVersion ?? CONTAINER_SERVICE, action.body);
  if (!args.flag("no-wait")) await context.wait(answer);
  return undefined;
}
