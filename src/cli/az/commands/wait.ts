import jmespath from "jmespath";
import type { AzContext } from "../client.ts";
import { type AzCommand, flag, flattened, number, required, RESOURCE_GROUP, text } from "../command.ts";
import { type AzArgs, AzError, type AzOption } from "../grammar.ts";
import { CONTAINER_SERVICE } from "./api-versions.ts";
import { clusterPath } from "./clusters.ts";
import { CLUSTER, NAME as POOL_NAME, poolPath } from "./node-pools.ts";
import { snapshotPath } from "./snapshots.ts";

const INTERVAL_SECONDS = 30;
const TIMEOUT_SECONDS = 3600;
const NOT_FOUND = 3;

const CONDITIONS: readonly AzOption[] = [
  flag("--created"),
  flag("--updated"),
  flag("--deleted"),
  flag("--exists"),
  text("--custom"),
  number("--interval"),
  number("--timeout"),
];

/** `az aks … wait`. Source: azure-cli core/commands/command_operation.py, WaitCommandOperation. */
export const waitCommands: readonly AzCommand[] = [
  {
    words: "aks wait",
    summary: "Wait for a managed Kubernetes cluster to reach a desired state.",
    options: [RESOURCE_GROUP, required("--name", "-n"), ...CONDITIONS],
    run: (context, args) => waitFor(context, args, clusterPath(args)),
  },
  {
    words: "aks nodepool wait",
    summary: "Wait for a node pool to reach a desired state.",
    options: [RESOURCE_GROUP, CLUSTER, POOL_NAME, ...CONDITIONS],
    run: (context, args) => waitFor(context, args, poolPath(args)),
  },
  {
    words: "aks nodepool snapshot wait",
    summary: "Wait for a nodepool snapshot to reach a desired state.",
    options: [RESOURCE_GROUP, required("--name", "-n"), ...CONDITIONS],
    run: (context, args) => waitFor(context, args, snapshotPath(args)),
  },
];

/** Looks until the condition holds. az prints an empty object, and fails not, when the time is up before. */
async function waitFor(context: AzContext, args: AzArgs, path: string): Promise<unknown> {
  const [created, updated, deleted, exists] = ["created", "updated", "deleted", "exists"].map((name) => args.flag(name));
  const custom = args.text("custom");
  if (created !== true && updated !== true && deleted !== true && exists !== true && custom === undefined)
    throw new AzError("incorrect usage: --created | --updated | --deleted | --exists | --custom JMESPATH");
  const intervalSeconds = args.number("interval") ?? INTERVAL_SECONDS;
  if (intervalSeconds <= 0) throw new AzError("range() arg 3 must not be zero");
  const timeoutSeconds = args.number("timeout") ?? TIMEOUT_SECONDS;
  for (let waited = 0; waited < timeoutSeconds; waited += intervalSeconds) {
    const found = await find(context, path, deleted !== true && created !== true && exists !== true && custom === undefined);
    if (found === undefined && deleted === true) return undefined;
    if (found !== undefined && holds(found, { exists, succeeds: created === true || updated === true, custom })) return undefined;
    await context.clock.sleep(intervalSeconds * 1000);
  }
  return {};
}

/** The resource as it is printed; undefined when it is not there, unless that is an error. */
async function find({ call }: AzContext, path: string, mustExist: boolean): Promise<Record<string, unknown> | undefined> {
  try {
    return flattened((await call("GET", path, CONTAINER_SERVICE)).body);
  } catch (error) {
    if (!(error instanceof AzError) || error.exitCode !== NOT_FOUND || mustExist) throw error;
    return undefined;
  }
}

interface Condition {
  readonly exists: boolean | undefined;
  readonly succeeds: boolean;
  readonly custom: string | undefined;
}

/** @throws {AzError} for a resource that has failed. */
function holds(resource: Record<string, unknown>, { exists, succeeds, custom }: Condition): boolean {
  if (exists === true) return true;
  const { provisioningState } = resource as { readonly provisioningState?: string };
  const state = provisioningState?.toLowerCase();
  if (state === "failed") throw new AzError("The operation failed");
  return (succeeds && state === "succeeded") || (custom !== undefined && isTrue(resource, custom));
}

function isTrue(resource: Record<string, unknown>, query: string): boolean {
  let value: unknown;
  try {
    value = jmespath.search(resource, query);
  } catch (error) {
    throw new AzError((error as Error).message);
  }
  // What Python takes for true.
  if (Array.isArray(value)) return value.length > 0;
  return typeof value === "object" && value !== null ? Object.keys(value).length > 0 : Boolean(value);
}
