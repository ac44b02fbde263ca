import type { AzContext } from "../client.ts";
import { number, optional, text } from "../command.ts";
import { type AzArgs, AzError, type AzOption } from "../grammar.ts";

/** The api-version of az 2.91, which knows the sizes of a pool. */
export const VIRTUAL_MACHINES = "2026-06-01";
/** A preview in which machines can be made one by one; the service has no stable version that can. */
export const MACHINES = "2025-10-02-preview";

/** A size of a pool, and how many machines of it. */
export interface Manual {
  readonly size: string;
  readonly count: number;
}

/** A size that the cluster autoscaler counts. */
export interface Autoscale {
  readonly size: string;
  readonly minCount?: number;
  readonly maxCount?: number;
}

/** Options of a new pool that say that it is of virtual machines, or a gateway. Source: azure-cli acs module, 2.91. */
export const MACHINE_OPTIONS: readonly AzOption[] = [text("--vm-sizes"), number("--gateway-prefix-size")];

/**
 * A pool whose machines are made one by one has no number and no size.
 * Source: Azure/telescope modules/python/clients/aks_machine_client.py, create_machine_agentpool.
 */
const CONTAINER: MachinesWish = {
  members: { type: "VirtualMachines", count: undefined, vmSize: undefined, enableAutoScaling: undefined },
  apiVersion: MACHINES,
};

/**
 * What the options want of a new pool, in the place of a count and a size.
 * Source: azure-cli acs agentpool_decorator.py of 2.91, get_vm_sizes and set_up_virtual_machines_profile. For Windows, which
 * these pools refuse, az has another size.
 * @throws {AzError} for sizes of another kind of pool, and for more than one.
 */
export function machinesWish(args: AzArgs, defaults: { readonly size: string; readonly count: number }): MachinesWish {
  const prefix = args.number("gateway-prefix-size");
  const gateway = prefix === undefined ? {} : { gatewayProfile: { publicIPPrefixSize: prefix } };
  const type = args.text("vm-set-type");
  const sizes = args.text("vm-sizes");
  if (args.text("mode")?.toLowerCase() === "machines") return CONTAINER;
  if (type?.toLowerCase() !== "virtualmachines") {
    if (sizes !== undefined) throw new AzError("--vm-sizes can only be used with --vm-set-type VirtualMachines.");
    return { members: { ...(type !== undefined && { type }), ...gateway }, ...(prefix !== undefined && { apiVersion: VIRTUAL_MACHINES }) };
  }
  const size = onlySize(sizes ?? args.text("node-vm-size") ?? defaults.size, "scale");
  const [minCount, maxCount] = [args.number("min-count"), args.number("max-count")];
  const scale = args.flag("enable-cluster-autoscaler")
    ? { autoscale: [{ size, ...optional({ minCount, maxCount }) }] }
    : { manual: [{ size, count: args.number("node-count") ?? defaults.count }] };
  // What is of scale sets alone.
  const dropped = { count: undefined, vmSize: undefined, enableAutoScaling: false, minCount: undefined, maxCount: undefined };
  return {
    members: { ...dropped, type: "VirtualMachines", virtualMachinesProfile: { scale }, ...gateway },
    apiVersion: VIRTUAL_MACHINES,
  };
}

/** Members of a pool, and the api-version that has them where az's own has not. */
export interface MachinesWish {
  readonly members: Readonly<Record<string, unknown>>;
  readonly apiVersion?: string;
}

/** @throws {AzError} for more than one, separated by commas. */
export function onlySize(text: string, kind: "scale" | "manual"): string {
  const [size = "", ...more] = text.split(",").map((part) => part.trim());
  if (more.length > 0) throw new AzError(`We only accept single sku size for ${kind} profile. ${text} is invalid.`);
  return size;
}

/** The pool with its sizes, which older api-versions do not show. @param pool as one of them shows it. */
export async function withSizes<T extends { readonly properties: Readonly<Record<string, unknown>> }>(
  { call }: AzContext,
  path: string,
  pool: T,
): Promise<T> {
  return pool.properties["type"] === "VirtualMachines" ? ((await call("GET", path, VIRTUAL_MACHINES)).body as T) : pool;
}

/** A pool of virtual machines, by its only profile, with another number. @throws {AzError} for one of several. */
export function rescaled(properties: Readonly<Record<string, unknown>>, count: number): Readonly<Record<string, unknown>> {
  const [only, ...more] = manualOf(properties);
  if (only === undefined || more.length > 0) throw new AzError("Cannot scale virtual machines node pool with more than one size.");
  return { ...properties, virtualMachinesProfile: { scale: { manual: [{ ...only, count }] } } };
}

/** The sizes of a pool of virtual machines that are scaled by hand. */
export function manualOf(properties: Readonly<Record<string, unknown>>): readonly Manual[] {
  return scaleOf(properties).manual ?? [];
}

/** The sizes of a pool of virtual machines that the autoscaler counts. */
export function autoscaleOf(properties: Readonly<Record<string, unknown>>): readonly Autoscale[] {
  return scaleOf(properties).autoscale ?? [];
}

/** How a pool of virtual machines is scaled: nothing for other pools. */
export function scaleOf(properties: Readonly<Record<string, unknown>>): Scale {
  return (properties["virtualMachinesProfile"] as { readonly scale?: Scale } | undefined)?.scale ?? {};
}

/** How a pool of virtual machines is scaled, by kinds of profiles. */
export interface Scale {
  readonly manual?: readonly Manual[];
  readonly autoscale?: readonly Autoscale[];
}
