import type { AzContext } from "../client.ts";
import { confirm } from "../command.ts";
import { type AzArgs, AzError } from "../grammar.ts";
import { CONTAINER_SERVICE } from "./api-versions.ts";

const CONFLICTING_VERSION =
  "Conflicting flags. Upgrading the Kubernetes version will also upgrade node image version. " +
  'If you only want to upgrade the node version please use the "--node-image-only" option only.';

/** `aks nodepool upgrade --node-image-only`. Source: azure-cli acs custom.py, aks_agentpool_upgrade, 2.45. */
export async function upgradeNodeImage(context: AzContext, args: AzArgs, poolPath: string): Promise<undefined> {
  refuseVersion(args);
  if (args.text("max-surge") !== undefined) {
    const advice =
      "Conflicting flags. Unable to specify max-surge with node-image-only.If you want to use max-surge with a node image upgrade, " +
      'please first update max-surge using "az aks nodepool update --max-surge".';
    throw new AzError(advice);
  }
  const answer = await context.call("POST", `${poolPath}/upgradeNodeImageVersion`, CONTAINER_SERVICE);
  if (!args.flag("no-wait")) await context.wait(answer);
  return undefined;
}

/** `aks upgrade --node-image-only`: every pool, without waiting for any. Source: azure-cli acs custom.py, aks_upgrade, 2.45. */
export async function upgradeNodeImages(
  context: AzContext,
  args: AzArgs,
  { path, pools }: { readonly path: string; readonly pools: readonly Readonly<Record<string, unknown>>[] },
): Promise<void> {
  refuseVersion(args);
  await confirm(
    context,
    args,
    "This node image upgrade operation will run across every node pool in the clusterand might take a while, do you wish to continue?",
  );
  if (pools.some(({ type }) => type === "AvailabilitySet")) {
    throw new AzError(
      "This cluster is not using VirtualMachineScaleSets. Node image upgrade only operation can only be applied on " +
        "VirtualMachineScaleSets cluster.",
    );
  }
  for (const { name } of pools) {
    await context.call("POST", `${path}/agentPools/${name as string}/upgradeNodeImageVersion`, CONTAINER_SERVICE);
  }
}

function refuseVersion(args: AzArgs): void {
  if (args.text("kubernetes-version") !== undefined) throw new AzError(CONFLICTING_VERSION);
}
