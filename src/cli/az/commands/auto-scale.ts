import { type AzCommand, confirm, NO_WAIT, number, optional, required, RESOURCE_GROUP, text, YES } from "../command.ts";
import { type AzArgs, AzError } from "../grammar.ts";
import { type AutoscalerWish, checkBounds } from "./autoscaler.ts";
import { CLUSTER, NAME } from "./node-pools.ts";
import { changeProfiles, eachOfSize, type ProfileKind } from "./size-profiles.ts";
import { type Autoscale, autoscaleOf, manualOf } from "./virtual-machines.ts";

const CURRENT = required("--current-node-vm-size");
const KIND: ProfileKind<"autoscale"> = { member: "autoscale", isExact: true, noun: "Autoscale profile" };

/** `az aks nodepool auto-scale …`. Source: azure-cli acs custom.py of 2.91, aks_agentpool_auto_scale_add and its neighbours. */
export const autoScaleCommands: readonly AzCommand[] = [
  {
    words: "aks nodepool auto-scale add",
    summary: "Add a new autoscale profile to a VirtualMachines agentpool in the managed Kubernetes cluster.",
    options: [
      RESOURCE_GROUP,
      CLUSTER,
      NAME,
      required("--node-vm-size"),
      { ...number("--min-count"), isRequired: true },
      { ...number("--max-count"), isRequired: true },
      NO_WAIT,
    ],
    run: (context, args) =>
      changeProfiles(context, args, { ...KIND, doing: "add autoscale profile to" }, (profiles) => [
        ...profiles,
        { size: args.required("node-vm-size"), ...boundsOf(args) },
      ]),
  },
  {
    words: "aks nodepool auto-scale update",
    summary: "Update an existing autoscale profile of a VirtualMachines agentpool in the managed Kubernetes cluster.",
    options: [RESOURCE_GROUP, CLUSTER, NAME, CURRENT, text("--node-vm-size"), number("--min-count"), number("--max-count"), NO_WAIT],
    async run(context, args) {
      const changed = { ...optional({ size: args.text("node-vm-size") }), ...boundsOf(args) };
      if (Object.keys(changed).length === 0) {
        throw new AzError("specify --node-vm-size, --min-count, or --max-count (or a combination).");
      }
      return await changeProfiles(context, args, { ...KIND, doing: "update autoscale profile in" }, (profiles) =>
        current(args, profiles, (profile) => [{ ...profile, ...changed }]),
      );
    },
  },
  {
    words: "aks nodepool auto-scale delete",
    summary: "Delete an existing autoscale profile from a VirtualMachines agentpool in the managed Kubernetes cluster.",
    options: [RESOURCE_GROUP, CLUSTER, NAME, CURRENT, YES, NO_WAIT],
    async run(context, args) {
      await confirm(context, args);
      return await changeProfiles(context, args, { ...KIND, doing: "delete autoscale profile from" }, (profiles) =>
        current(args, profiles, () => []),
      );
    },
  },
];

/**
 * What the options of `aks nodepool update` want of a pool of virtual machines: all its profiles change their kind.
 * Source: azure-cli acs agentpool_decorator.py of 2.91, update_auto_scaler_properties_vms and what it asks.
 * @throws {AzError} for options that exclude each other, and for new bounds of what has several.
 */
export function profileWish(args: AzArgs, properties: Readonly<Record<string, unknown>>): AutoscalerWish {
  const [enables, updates, disables] = ["enable", "update", "disable"].map((verb) => args.flag(`${verb}-cluster-autoscaler`));
  const hint = 'Please use "az aks nodepool auto-scale update" to update individual autoscale profiles.';
  if ([enables, updates, disables].filter(Boolean).length > 1) {
    throw new AzError("Can only specify one of --enable-cluster-autoscaler, --update-cluster-autoscaler and --disable-cluster-autoscaler");
  }
  if (updates) throw new AzError(`--update-cluster-autoscaler is not supported for VirtualMachines node pools.\n${hint}`);
  const bounds = boundsOf(args);
  checkBounds({ minCount: bounds.minCount, maxCount: bounds.maxCount, sets: enables === true });
  const autoscale = autoscaleOf(properties);
  if (enables && autoscale.length > 0) {
    return { kind: "done", warning: `Cluster autoscaler is already enabled for this node pool.\n${hint}` };
  }
  if (!enables && autoscale.length === 0) return { kind: "done", warning: "Cluster autoscaler is already disabled for this node pool." };
  const scale = enables
    ? { autoscale: manualOf(properties).map(({ size }) => ({ size, ...bounds })) }
    : { manual: autoscale.map(({ size, minCount = 0 }) => ({ size, count: minCount })) };
  return { kind: "change", members: { virtualMachinesProfile: { scale } } };
}

/** Whether the options say anything of the autoscaler. */
export function namesAutoscaler(args: AzArgs): boolean {
  return ["enable", "update", "disable"].some((verb) => args.flag(`${verb}-cluster-autoscaler`));
}

function boundsOf(args: AzArgs): Pick<Autoscale, "minCount" | "maxCount"> {
  return optional({ minCount: args.number("min-count"), maxCount: args.number("max-count") });
}

/** The profiles with what becomes of the one that the options name. @throws {AzError} when there is none. */
function current(args: AzArgs, profiles: readonly Autoscale[], become: (profile: Autoscale) => readonly Autoscale[]): readonly Autoscale[] {
  return eachOfSize(args, KIND, { size: args.required("current-node-vm-size"), profiles, become });
}
