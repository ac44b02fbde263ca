import type { ArmRequest, ArmResponse } from "#arm";
import { encodeMachine, type Machine } from "#api/containerservice/machine";
import type { Instance } from "#compute";
import { scaleSetKey } from "../agentpools/scale-set.ts";
import type { AksContext } from "../context.ts";
import { poolKey } from "../documents.ts";
import { requireCluster, requirePool } from "../lookup.ts";
import { resourceRefusals } from "../resource-errors.ts";
import { type Names, ok, poolOf, type Route } from "../route.ts";
import { machineAnswer, machineId, type Owner } from "./answer.ts";
import { holdsMachines, machineNamed, machinesOf } from "./documents.ts";
import { putMachine } from "./put.ts";

/**
 * The machines of a pool: the instances of its scale set, or, in a pool of mode Machines, those that were made one by one.
 * Source: recorded answers of 2024-02 and 2025-08.
 */
export const machineRoutes: readonly Route[] = [
  { pattern: "managedclusters/{cluster}/agentpools/{pool}/machines", methods: { GET: list } },
  { pattern: "managedclusters/{cluster}/agentpools/{pool}/machines/{machine}", methods: { GET: get, PUT: put } },
];

function ownerOf(context: AksContext, request: ArmRequest, names: Names): Owner {
  const { pool: name, ...clusterName } = poolOf(request, names);
  const cluster = requireCluster(context, clusterName).value;
  return { cluster, pool: requirePool(context, cluster, name).value };
}

function list(context: AksContext, request: ArmRequest, names: Names): ArmResponse {
  const owner = ownerOf(context, request, names);
  if (holdsMachines(owner.pool)) {
    const machines = machinesOf(context, poolKey(owner.cluster, owner.pool.name));
    return ok({ value: machines.map(({ value }) => machineAnswer(context, owner, value, request.apiVersion)) });
  }
  const instances = context.compute.instances(scaleSetKey(owner.cluster, owner.pool));
  return ok({ value: instances.map((instance) => answer(owner, instance, { isAlone: false, apiVersion: request.apiVersion })) });
}

function get(context: AksContext, request: ArmRequest, names: Names): ArmResponse {
  const owner = ownerOf(context, request, names);
  const name = names["machine"] ?? "";
  if (holdsMachines(owner.pool)) {
    const machine = machineNamed(context, owner, name);
    if (machine === undefined) throw resourceRefusals.machineNotFound(owner.cluster, owner.pool.name, name);
    return ok(machineAnswer(context, owner, machine.value, request.apiVersion));
  }
  const instances = context.compute.instances(scaleSetKey(owner.cluster, owner.pool));
  const instance = instances.find(({ computerName }) => computerName.toLowerCase() === name.toLowerCase());
  if (instance === undefined) throw resourceRefusals.machineNotFound(owner.cluster, owner.pool.name, name);
  return ok(answer(owner, instance, { isAlone: true, apiVersion: request.apiVersion }));
}

function put(context: AksContext, request: ArmRequest, names: Names): Promise<ArmResponse> {
  return putMachine(context, request, { ...poolOf(request, names), machine: names["machine"] ?? "" });
}

function answer(
  { cluster, pool }: Owner,
  instance: Instance,
  { isAlone, apiVersion }: { readonly isAlone: boolean; readonly apiVersion: string },
): Record<string, unknown> {
  const name = instance.computerName;
  return encodeMachine(machineOf({ cluster, pool }, instance), { id: machineId(cluster, pool, name), name, isAlone }, apiVersion);
}

function machineOf({ cluster, pool }: Owner, { privateIp, scaleSet, id, zone, computerName }: Instance): Machine {
  const group = `/subscriptions/${cluster.subscriptionId}/resourceGroups/${cluster.properties.nodeResourceGroup}`;
  const place = pool.properties.type === "VirtualMachines" ? computerName : undefined;
  return {
    ...(zone !== undefined && { zones: [zone] }),
    properties: {
      network: { ipAddresses: [{ ip: privateIp, family: "IPv4" }] },
      resourceId: `${group}/providers/Microsoft.Compute/${place === undefined ? `virtualMachineScaleSets/${scaleSet.name}/virtualMachines/${id}` : `virtualMachines/${place}`}`,
    },
  };
}
