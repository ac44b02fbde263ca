import type { AzContext } from "../client.ts";
import { type AzCommand, flattened, keyValues, NO_WAIT, required, RESOURCE_GROUP, text, words, YES, optional } from "../command.ts";
import { type AzArgs, AzError } from "../grammar.ts";
import type { Row } from "../table.ts";
import { CONTAINER_SERVICE } from "./api-versions.ts";

const NAME = required("--name", "-n");
const SEGMENT = "snapshots";
const NODEPOOL_ID = /^\/subscriptions\/[^/]+\/resourcegroups\/[^/]+\/providers\/[^/]+\/[^/]+\/[^/]+/i;

/** `az aks nodepool snapshot …` and its older name, `az aks snapshot …`. Source: azure-cli acs module, 2.45 and 2.91. */
export const snapshotCommands: readonly AzCommand[] = ["aks nodepool snapshot", "aks snapshot"].flatMap((noun): AzCommand[] => [
  {
    words: `${noun} create`,
    summary: "Create a nodepool snapshot.",
    options: [
      RESOURCE_GROUP,
      NAME,
      required("--nodepool-id"),
      text("--location", "-l"),
      words("--tags"),
      text("--aks-custom-headers"),
      NO_WAIT,
    ],
    run: create,
  },
  {
    words: `${noun} show`,
    summary: "Show the details of a nodepool snapshot.",
    options: [RESOURCE_GROUP, NAME],
    run: async ({ call }, args) => flattened((await call("GET", snapshotPath(args), CONTAINER_SERVICE)).body),
    table: (snapshot) => [snapshotRow(snapshot)],
  },
  {
    words: `${noun} list`,
    summary: "List nodepool snapshots.",
    options: [text("--resource-group", "-g")],
    async run({ call }, args) {
      const group = args.text("resource-group");
      const scope = group === undefined ? "" : `/resourceGroups/${group}`;
      const { value } = (await call("GET", `${scope}/providers/Microsoft.ContainerService/${SEGMENT}`, CONTAINER_SERVICE)).body as {
        value: unknown[];
      };
      return value.map((snapshot) => flattened(snapshot));
    },
    table: (snapshots) => (snapshots as unknown[]).map(snapshotRow),
  },
  {
    words: `${noun} update`,
    summary: "Update tags on a snapshot of a nodepool.",
    options: [RESOURCE_GROUP, NAME, words("--tags")],
    run: async ({ call }, args) =>
      flattened((await call("PATCH", snapshotPath(args), CONTAINER_SERVICE, optional({ tags: keyValues(args.words("tags")) }))).body),
  },
  {
    words: `${noun} delete`,
    summary: "Delete a nodepool snapshot.",
    options: [RESOURCE_GROUP, NAME, YES, NO_WAIT],
    run: remove,
  },
]);

export function snapshotPath(args: AzArgs): string {
  return `/resourceGroups/${args.required("resource-group")}/providers/Microsoft.ContainerService/${SEGMENT}/${args.required("name")}`;
}

async function create({ call }: AzContext, args: AzArgs): Promise<unknown> {
  const sourceResourceId = args.required("nodepool-id");
  if (!NODEPOOL_ID.test(sourceResourceId)) throw new AzError("--nodepool-id is not a valid Azure resource ID.");
  const group = (await call("GET", `/resourcegroups/${args.required("resource-group")}`, "2021-04-01")).body as { location: string };
  const body = {
    location: args.text("location") ?? group.location,
    ...optional({ tags: keyValues(args.words("tags")) }),
    properties: { creationData: { sourceResourceId }, snapshotType: "NodePool" },
  };
  return flattened((await call("PUT", snapshotPath(args), CONTAINER_SERVICE, body)).body);
}

/** Asks, and takes a no, and nobody to ask, for an answer. Source: azure-cli acs custom.py, aks_nodepool_snapshot_delete. */
async function remove({ call, terminal }: AzContext, args: AzArgs): Promise<undefined> {
  const question = `This will delete the snapshot "${args.required("name")}" in resource group "${args.required("resource-group")}", Are you sure?`;
  if (!args.flag("yes")) {
    if (!terminal.canAsk) throw new AzError("NoTTYException");
    if (!/^y(?:es)?$/i.test((await terminal.ask(`${question} (y/N): `)).trim())) return undefined;
  }
  await call("DELETE", snapshotPath(args), CONTAINER_SERVICE);
  return undefined;
}

/** Source: azure-cli acs _format.py. */
function snapshotRow(snapshot: unknown): Row {
  const { name, location, resourceGroup, nodeImageVersion, kubernetesVersion, osType, enableFIPS } = snapshot as Record<string, unknown>;
  return {
    Name: name,
    Location: location,
    ResourceGroup: resourceGroup,
    NodeImageVersion: nodeImageVersion,
    KubernetesVersion: kubernetesVersion,
    OsType: osType,
    ...(enableFIPS !== undefined && { EnableFIPS: enableFIPS }),
  };
}
