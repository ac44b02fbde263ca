import { AzError, type AzArgs } from "../grammar.ts";
import { flag, number } from "../command.ts";

/** Options by which a pool is given to the autoscaler. */
export const AUTOSCALER_OPTIONS = [
  flag("--enable-cluster-autoscaler", "-e"),
  flag("--update-cluster-autoscaler", "-u"),
  flag("--disable-cluster-autoscaler", "-d"),
  number("--min-count"),
  number("--max-count"),
];

/** What the options say. */
export type AutoscalerWish =
  | { readonly kind: "none" }
  /** Nothing is left to do: az says so and ends. */
  | { readonly kind: "done"; readonly warning: string }
  | { readonly kind: "change"; readonly members: Readonly<Record<string, unknown>> };

/**
 * What the options want of a pool.
 * Source: azure-cli acs agentpool_decorator.py and managed_cluster_decorator.py,
 * get_update_enable_disable_cluster_autoscaler_and_min_max_count.
 * @param noun as refusals name the command that would do: `aks nodepool update`.
 * @throws {AzError} for options that exclude each other, bounds that are missing or crossed, and a pool without autoscaler.
 */
export function autoscalerWish(args: AzArgs, isOn: boolean, noun: string): AutoscalerWish {
  const [enables, updates, disables] = ["enable", "update", "disable"].map((verb) => args.flag(`${verb}-cluster-autoscaler`));
  const [minCount, maxCount] = [args.number("min-count"), args.number("max-count")];
  if ([enables, updates, disables].filter(Boolean).length > 1) {
    throw new AzError("Can only specify one of --enable-cluster-autoscaler, --update-cluster-autoscaler and --disable-cluster-autoscaler");
  }
  checkBounds({ minCount, maxCount, sets: enables === true || updates === true });
  if (enables === true && isOn) {
    const hint = `Please run "az ${noun} --update-cluster-autoscaler" if you want to update min-count or max-count.`;
    return { kind: "done", warning: `Cluster autoscaler is already enabled for this node pool.\n${hint}` };
  }
  if (updates === true && !isOn) {
    const hint = `Run "az ${noun} --enable-cluster-autoscaler" to enable cluster with min-count and max-count.`;
    throw new AzError(`Cluster autoscaler is not enabled for this node pool.\n${hint}`);
  }
  if (disables === true && !isOn) return { kind: "done", warning: "Cluster autoscaler is already disabled for this node pool." };
  if (disables === true) return { kind: "change", members: { enableAutoScaling: false, minCount: undefined, maxCount: undefined } };
  return enables === true || updates === true
    ? { kind: "change", members: { enableAutoScaling: true, minCount, maxCount } }
    : { kind: "none" };
}

/** @throws {AzError} for bounds that are missing, crossed, or out of place. */
export function checkBounds({
  minCount,
  maxCount,
  sets,
}: {
  readonly minCount: number | undefined;
  readonly maxCount: number | undefined;
  readonly sets: boolean;
}): void {
  if (sets && (minCount === undefined || maxCount === undefined)) {
    throw new AzError("Please specify both min-count and max-count when --enable-cluster-autoscaler or --update-cluster-autoscaler is set");
  }
  if (!sets && (minCount !== undefined || maxCount !== undefined)) {
    throw new AzError(
      "min-count and max-count are required for --enable-cluster-autoscaler or --update-cluster-autoscaler, please use the flag",
    );
  }
  if (minCount !== undefined && maxCount !== undefined && minCount > maxCount) {
    throw new AzError("Value of min-count should be less than or equal to value of max-count");
  }
}
