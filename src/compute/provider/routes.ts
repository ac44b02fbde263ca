import { type ArmRequest, type ArmResponse, findRegion, matchPath, type PathNames, regionNames, sameName } from "#arm";
import type { Compute, Instance, ScaleSet } from "../compute.ts";
import type { Quotas } from "../quota.ts";
import { sizesIn } from "../sizes/sizes.ts";
import { instanceView, scaleSetInstanceView } from "./instance-view.ts";
import { keepTexts } from "./kept-texts.ts";
import { machineView } from "./machine-view.ts";
import { publicAddressViews } from "./public-addresses.ts";
import { refusals } from "./refusals.ts";
import { scaleSetView } from "./scale-set-view.ts";
import type { SkuPages } from "./skus.ts";
import { usageViews } from "./usages.ts";
import { type VirtualMachine, virtualMachineView } from "./virtual-machine-view.ts";

/** What the namespace is answered from. */
export interface ComputeReads {
  readonly compute: Compute & Quotas;
  readonly skus: SkuPages;
  /** The answer for the sizes of a region, as text. */
  readonly sizes: (region: string) => string;
}

type Scope = Parameters<Compute["scaleSets"]>[0];

type Read = (reads: ComputeReads, request: ArmRequest, names: PathNames) => ArmResponse;

const MACHINES = "virtualmachinescalesets/{set}/virtualmachines";

/** Every path that is answered, words in lower case. Source: Azure/azure-rest-api-specs, ComputeRP and Skus. */
const routes: Readonly<Record<string, Read>> = {
  skus: (reads, request) => reads.skus.answer(request),
  "locations/{location}/vmsizes": ({ sizes }, request, names) => ({ status: 200, text: sizes(regionOf(request, names)) }),
  "locations/{location}/usages": ({ compute }, request, names) =>
    ok({ value: usageViews(compute, request.path.subscriptionId, regionOf(request, names)) }),
  virtualmachinescalesets: ({ compute }, { path, apiVersion }) =>
    ok({ value: scaleSetsOf(compute, path).map((set) => scaleSetView(set, compute.instances(set), apiVersion)) }),
  "virtualmachinescalesets/{set}": ({ compute }, request, names) => {
    const set = scaleSetOf(compute, request, names);
    return ok(scaleSetView(set, compute.instances(set), request.apiVersion));
  },
  "virtualmachinescalesets/{set}/instanceview": ({ compute }, request, names) =>
    ok(scaleSetInstanceView(compute.instances(scaleSetOf(compute, request, names)))),
  "virtualmachinescalesets/{set}/skus": ({ compute }, request, names) =>
    ok({ value: sizesIn(scaleSetOf(compute, request, names).location).map(({ name }) => scalableSize(name)) }),
  "virtualmachinescalesets/{set}/publicipaddresses": ({ compute }, request, names) => {
    const set = scaleSetOf(compute, request, names);
    return ok({ value: publicAddressViews(set, compute.instances(set)) });
  },
  [MACHINES]: ({ compute }, request, names) => {
    if (request.query.get("$filter") !== null) throw refusals.notEmulated("A $filter on the machines of a scale set");
    const set = scaleSetOf(compute, request, names);
    return ok({ value: compute.instances(set).map((instance) => machineView(set, instance, isExpanded(request))) });
  },
  [`${MACHINES}/{id}`]: ({ compute }, request, names) => {
    const { set, instance } = machineOf(compute, request, names);
    return ok(machineView(set, instance, isExpanded(request)));
  },
  [`${MACHINES}/{id}/instanceview`]: ({ compute }, request, names) => {
    const { set, instance } = machineOf(compute, request, names);
    return ok(instanceView(set, instance));
  },
  virtualmachines: ({ compute }, request) => {
    if (request.query.get("$filter") !== null) throw refusals.notEmulated("A $filter on virtual machines");
    const machines = virtualMachinesOf(compute, request.path);
    return ok({ value: machines.map((machine) => virtualMachineView(machine, isExpanded(request), request.apiVersion)) });
  },
  "virtualmachines/{vm}": ({ compute }, request, names) =>
    ok(virtualMachineView(virtualMachineOf(compute, request, names), isExpanded(request), request.apiVersion)),
  "virtualmachines/{vm}/instanceview": ({ compute }, request, names) => {
    const { set, instance } = virtualMachineOf(compute, request, names);
    return ok(instanceView(set, instance));
  },
  // There is nothing of these kinds: disks belong to their machines.
  availabilitysets: () => ok({ value: [] }),
  disks: () => ok({ value: [] }),
};

/** Kinds of which there is none: one by name is absent. */
const EMPTY_KINDS = ["availabilitySets", "disks"];

const patterns = Object.entries(routes).map(([pattern, read]) => ({ words: pattern.split("/"), read }));

/** Every method and path that the namespace answers: `GET virtualmachinescalesets/{set}`. */
export const computeOperations: readonly string[] = Object.keys(routes).map((pattern) => `GET ${pattern}`);

/** Answers a request of the namespace. @throws {ArmError} for what is not there, and for every change. */
export function routeCompute(reads: ComputeReads, request: ArmRequest): ArmResponse {
  const { segments } = request.path;
  for (const { words, read } of patterns) {
    const names = matchPath(words, segments);
    if (names === undefined) continue;
    if (request.method === "GET" || request.method === "HEAD") return read(reads, request, names);
    throw refusals.change(`Microsoft.Compute/${segments.join("/")}`);
  }
  if (request.method !== "GET" && request.method !== "HEAD") throw refusals.change(`Microsoft.Compute/${segments.join("/")}`);
  const empty = segments.length === 2 ? EMPTY_KINDS.find((kind) => sameName(kind, segments[0] ?? "")) : undefined;
  if (empty !== undefined) throw refusals.notFound(`${empty}/${segments[1]}`, request.path.resourceGroup ?? "");
  throw refusals.noSuchType(request.apiVersion);
}

function ok(body: unknown): ArmResponse {
  return { status: 200, layout: "dotnet", body };
}

/** @throws {ArmError} NoRegisteredProviderFound for a place that is no region. */
function regionOf({ apiVersion, path }: ArmRequest, { location = "" }: PathNames): string {
  const region = findRegion(location);
  if (region === undefined) throw refusals.location(location, apiVersion, `locations/${path.segments[2]}`, regionNames());
  return region.name;
}

function scaleSetOf(compute: Compute, { path }: ArmRequest, { set = "" }: PathNames): ScaleSet {
  const { subscriptionId, resourceGroup = "" } = path;
  const found = compute.scaleSet({ subscriptionId, resourceGroup, name: set });
  if (found === undefined || found.standalone === true) throw refusals.notFound(`virtualMachineScaleSets/${set}`, resourceGroup);
  return found;
}

/** The scale sets of a group or subscription; machines of their own have none. */
export function scaleSetsOf(compute: Compute, scope: Scope): readonly ScaleSet[] {
  return compute.scaleSets(scope).filter(({ standalone }) => standalone !== true);
}

/** The machines of a group or subscription that are in no scale set. */
export function virtualMachinesOf(compute: Compute, scope: Scope): readonly VirtualMachine[] {
  const sets = compute.scaleSets(scope).filter(({ standalone }) => standalone === true);
  return sets.flatMap((set) => compute.instances(set).map((instance) => ({ set, instance })));
}

function virtualMachineOf(compute: Compute, { path }: ArmRequest, { vm = "" }: PathNames): VirtualMachine {
  const found = virtualMachinesOf(compute, path).find(({ instance }) => sameName(instance.computerName, vm));
  if (found === undefined) throw refusals.notFound(`virtualMachines/${vm}`, path.resourceGroup ?? "");
  return found;
}

function machineOf(compute: Compute, request: ArmRequest, names: PathNames): { readonly set: ScaleSet; readonly instance: Instance } {
  const set = scaleSetOf(compute, request, names);
  const { id = "" } = names;
  const instance = /^\d{1,9}$/.test(id) ? compute.instance(set, Number(id)) : undefined;
  if (instance === undefined)
    throw refusals.notFound(`virtualMachineScaleSets/${set.name}/virtualMachines/${id}`, request.path.resourceGroup ?? "");
  return { set, instance };
}

function isExpanded({ query }: ArmRequest): boolean {
  return sameName(query.get("$expand") ?? "", "instanceView");
}

/** Regions whose sizes are kept as text: 150 kB each. */
const MOST_KEPT = 8;

export function createSizeTexts(): ComputeReads["sizes"] {
  return keepTexts(MOST_KEPT, (region) => JSON.stringify({ value: sizesIn(region).map(sizeView) }, undefined, 2).replaceAll("\n", "\r\n"));
}

/** Source: recorded `locations/{location}/vmSizes` of 2019 and 2023. */
function sizeView(size: ReturnType<typeof sizesIn>[number]): Record<string, unknown> {
  return {
    name: size.name,
    numberOfCores: size.vCPUs,
    osDiskSizeInMB: size.osDiskMaxMB,
    resourceDiskSizeInMB: size.resourceDiskMB,
    memoryInMB: size.memoryMB,
    maxDataDiskCount: size.maxDataDisks,
  };
}

/** Machines of a scale set over several placement groups. Source: azure-docs virtual-machine-scale-sets-placement-groups.md. */
const MOST_MACHINES = 1000;

/** Source: Azure/azure-rest-api-specs, VirtualMachineScaleSetSku. */
function scalableSize(name: string): Record<string, unknown> {
  return {
    resourceType: "Microsoft.Compute/virtualMachineScaleSets",
    sku: { name, tier: name.startsWith("Basic_") ? "Basic" : "Standard" },
    capacity: { minimum: 0, maximum: MOST_MACHINES, scaleType: "Automatic" },
  };
}
