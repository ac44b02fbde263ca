import type { ArmRequest, ArmResponse } from "#arm";
import { encodeMachine, type Machine } from "#api/containerservice/machine";
import type { Instance } from "#compute";
import { scaleSetKey } from "../agentpools/scale-set.ts";
import type { AksContext } from "../context.ts";
import { poolId, type StoredCluster, type StoredPool } from "../documents.ts";
import { refusals } from "../errors.ts";
import { requireCluster, requirePool } from "../lookup.ts";
import { resourceRefusals } from "../resource-errors.ts";
import { type Names, ok, poolOf, type Route } from "../route.ts";

/** The machines of a pool: the instances of its scale set. Source: recorded answers of 2024-02 and 2025-08. */
export const machineRoutes: readonly Route[] = [
  { pattern: "managedclusters/{cluster}/agentpools/{pool}/machines", methods: { GET: list } },
  { pattern: "managedclusters/{cluster}/agentpools/{pool}/machines/{machine}", methods: { GET: get, PUT: put } },
];

interface Owner {
  readonly cluster: StoredCluster;
  readonly pool: StoredPool;
}

function ownerOf(context: AksContext, request: ArmRequest, names: Names): Owner {
  const { pool: name, ...clusterName } = poolOf(request, names);
  const cluster = requireCluster(context, clusterName).value;
  return { cluster, pool: requirePool(context, cluster, name).value };
}

function list(context: AksContext, request: ArmRequest, names: Names): ArmResponse {
  const owner = ownerOf(context, request, names);
  const instances = context.compute.instances(scaleSetKey(owner.cluster, owner.pool));
  return ok({ value: instances.map((instance) => answer(owner, instance, { isAlone: false, apiVersion: request.apiVersion })) });
}

function get(context: AksContext, request: ArmRequest, names: Names): ArmResponse {
  const owner = ownerOf(context, request, names);
  const name = names["machine"] ?? "";
  const instances = context.compute.instances(scaleSetKey(owner.cluster, owner.pool));
  const instance = instances.find(({ computerName }) => computerName.toLowerCase() === name.toLowerCase());
  if (instance === undefined) throw resourceRefusals.machineNotFound(owner.cluster, owner.pool.name, name);
  return ok(answer(owner, instance, { isAlone: true, apiVersion: request.apiVersion }));
}

/** Machines of their own are for pools of mode Machines. */
function put(context: AksContext, request: ArmRequest, names: Names): never {
  ownerOf(context, request, names);
  throw refusals.notEmulated("A machine of its own, in an agent pool of mode Machines");
}

/** Its id has `resourceGroups` as ARM writes it, unlike the pool's. Source: recorded answers. */
function answer(
  { cluster, pool }: Owner,
  instance: Instance,
  { isAlone, apiVersion }: { readonly isAlone: boolean; readonly apiVersion: string },
): Record<string, unknown> {
  const name = instance.computerName;
  const id = `${poolId(cluster, pool.name).replace("/resourcegroups/", "/resourceGroups/")}/machines/${name}`;
  return encodeMachine(machineOf({ cluster, pool }, instance), { id, name, isAlone }, apiVersion);
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
