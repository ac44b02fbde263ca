import { type AzCommand, confirm, NO_WAIT, number, required, RESOURCE_GROUP, text, YES } from "../command.ts";
import { type AzArgs, AzError } from "../grammar.ts";
import { DEFAULT_COUNT } from "./clusters.ts";
import { CLUSTER, NAME } from "./node-pools.ts";
import { changeProfiles, eachOfSize, type ProfileKind } from "./size-profiles.ts";
import { type Manual, onlySize } from "./virtual-machines.ts";

const CURRENT = required("--current-vm-sizes");
const KIND: ProfileKind<"manual"> = { member: "manual", isExact: false, noun: "Manual" };

/** `az aks nodepool manual-scale …`. Source: azure-cli acs custom.py of 2.91, aks_agentpool_manual_scale_add and its neighbours. */
export const manualScaleCommands: readonly AzCommand[] = [
  {
    words: "aks nodepool manual-scale add",
    summary: "Add a new manual to a VirtualMachines agentpool in the managed Kubernetes cluster.",
    options: [RESOURCE_GROUP, CLUSTER, NAME, required("--vm-sizes"), number("--node-count", "-c"), NO_WAIT],
    run: (context, args) =>
      changeProfiles(context, args, { ...KIND, doing: "add manual to" }, (manual) => [
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
      return await changeProfiles(context, args, { ...KIND, doing: "update manual in" }, (manual) =>
        current(args, manual, (profile) => [{ size: size ?? profile.size, count: count ?? profile.count }]),
      );
    },
  },
  {
    words: "aks nodepool manual-scale delete",
    summary: "Delete an existing manual to a VirtualMachines agentpool in the managed Kubernetes cluster.",
    options: [RESOURCE_GROUP, CLUSTER, NAME, CURRENT, YES, NO_WAIT],
    async run(context, args) {
      await confirm(context, args);
      return await changeProfiles(context, args, { ...KIND, doing: "delete manual in" }, (manual) => {
        const left = current(args, manual, () => []);
        if (left.length === 0) throw new AzError(`Cannot delete the last manual profile in node pool ${args.required("name")}. `);
        return left;
      });
    },
  },
];

/** The profiles with what becomes of the one that the options name. @throws {AzError} when there is none. */
function current(args: AzArgs, profiles: readonly Manual[], become: (profile: Manual) => readonly Manual[]): readonly Manual[] {
  return eachOfSize(args, KIND, { size: onlySize(args.required("current-vm-sizes"), "manual"), profiles, become });
}
