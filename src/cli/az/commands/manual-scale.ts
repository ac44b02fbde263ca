import type { AzContext } from "../client.ts";
import { type AzCommand, confirm, NO_WAIT, number, required, RESOURCE_GROUP, text, YES } from "../command.ts";
import { type AzArgs, AzError } from "../grammar.ts";
import { DEFAULT_COUNT, putAndShow } from "./clusters.ts";
import { type AgentPool, CLUSTER, NAME, poolPath } from "./node-pools.ts";
import { type Manual, manualOf, onlySize, scaleOf, VIRTUAL_MACHINES } from "./virtual-machines.ts";

const CURRENT = required("--current-vm-sizes");

/** `az aks nodepool manual-scale …`. Source: azure-cli acs custom.py of 2.91, aks_agentpool_manual_scale_add and its neighbours. */
export const manualScaleCommands: readonly AzCommand[] = [
  {
    words: "aks nodepool manual-scale add",
    summary: "Add a new manual to a VirtualMachines agentpool in the managed Kubernetes cluster.",
    options: [RESOURCE_GROUP, CLUSTER, NAME, required("--vm-sizes"), number("--node-count", "-c"), NO_WAIT],
    run: (context, args) =>
      change(context, args, "add manual to", (manual) => [
        ...manual,
        { size: onlySize(args.required("vm-sizes"), "manual"), count: args.number("node-count") ?? DEFAULT_COUNT },
      ]),
  },
  {
    words: "aks nodepool manual-scale update",
    summary: "Update an existing manual of a VirtualMachines agentpool in the managed Kubernetes cluster.",
    options: [RESOURCE_GROUP, CLUSTER, NAME, CURRENT, text("--vm-sizes"), number("--node-count", "-c"), NO_WAIT],
    async run(context, args) {
      const [sizes, count] = [args.text("vm-sizes"), args.number("node-count")];
      if (sizes === undefined && count === undefined) throw new AzError("specify --vm-sizes or --node-count or both.");
      const size = sizes === undefined ? undefined : onlySize(sizes, "manual");
      return await change(context, args, "update manual in", (manual) =>
        each(args, manual, (profile) => [{ size: size ?? profile.size, count: count ?? profile.count }]),
      );
    },
  },
  {
    words: "aks nodepool manual-scale delete",
    summary: "Delete an existing manual to a VirtualMachines agentpool in the managed Kubernetes cluster.",
    options: [RESOURCE_GROUP, CLUSTER, NAME, CURRENT, YES, NO_WAIT],
    async run(context, args) {
      await confirm(context, args);
      return await change(context, args, "delete manual in", (manual) => {
        const left = each(args, manual, () => []);
        if (left.length === 0) throw new AzError(`Cannot delete the last manual profile in node pool ${args.required("name")}. `);
        return left;
      });
    },
  },
];

/** The profiles with what becomes of the one that the options name. @throws {AzError} when there is none. */
function each(args: AzArgs, manual: readonly Manual[], become: (profile: Manual) => readonly Manual[]): readonly Manual[] {
  const current = onlySize(args.required("current-vm-sizes"), "manual").toLowerCase();
  if (!manual.some(({ size }) => size.toLowerCase() === current)) {
    throw new AzError(`Manual with size ${current} doesn't exist in node pool ${args.required("name")}.`);
  }
  return manual.flatMap((profile) => (profile.size.toLowerCase() === current ? become(profile) : [profile]));
}

async function change(
  context: AzContext,
  args: AzArgs,
  doing: string,
  become: (manual: readonly Manual[]) => readonly Manual[],
): Promise<unknown> {
  const path = poolPath(args);
  const { properties } = (await context.call("GET", path, VIRTUAL_MACHINES)).body as AgentPool;
  if (properties["type"] !== "VirtualMachines") throw new AzError(`Cannot ${doing} a non-virtualmachines node pool.`);
  const body = {
    properties: { ...properties, virtualMachinesProfile: { scale: { ...scaleOf(properties), manual: become(manualOf(properties)) } } },
  };
  return await putAndShow(context, args, { path, body, apiVersion: VIRTUAL_MACHINES });
}
