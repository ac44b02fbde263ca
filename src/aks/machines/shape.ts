import type { Machine } from "#api/containerservice/machine";
import { linuxPlaces, machinePlaces, ownPlaces } from "#api/containerservice/machine-places";
import type { AgentPoolProperties } from "#api/containerservice/model";
import { timestamp } from "#arm";
import type { Instance } from "#compute";
import type { SentAgentPool } from "../agentpools/defaults.ts";
import type { StoredCluster, StoredPool } from "../documents.ts";

type Json = Readonly<Record<string, unknown>>;

/** What a caller wants of a machine, as it would be asked of a pool. */
export function asPool({ zones, properties }: Machine): SentAgentPool {
  const sent = properties as Readonly<Record<string, Json | undefined>>;
  const flat = Object.entries(machinePlaces).flatMap(([place, names]) => pick(sent[place] ?? {}, names));
  const { linuxProfile } = (sent["operatingSystem"] ?? {}) as { readonly linuxProfile?: Json };
  const { enableEncryptionAtHost, ...security } = sent["security"] ?? {};
  const tags = sent["network"]?.["nodePublicIPTags"];
  return Object.fromEntries([
    ...flat,
    ...pick(properties, ownPlaces),
    ...pick(linuxProfile ?? {}, linuxPlaces),
    ...(zones === undefined ? [] : [["availabilityZones", zones] as const]),
    ...(enableEncryptionAtHost === undefined ? [] : [["enableEncryptionAtHost", enableEncryptionAtHost] as const]),
    ...(Object.keys(security).length === 0 ? [] : [["securityProfile", security] as const]),
    ...(tags === undefined ? [] : [["networkProfile", { nodePublicIPTags: tags }] as const]),
  ]);
}

function pick(from: Json, names: Readonly<Record<string, string>>): readonly (readonly [string, unknown])[] {
  return Object.entries(names).flatMap(([wire, name]) => (from[wire] === undefined ? [] : [[name, from[wire]] as const]));
}

/** A machine of its own, with its instance once there is one. */
export interface OwnMachine {
  readonly cluster: StoredCluster;
  readonly machine: StoredPool;
  readonly instance: Instance | undefined;
  readonly nodeName: string;
}

/**
 * A machine of its own as it shows. Source: Azure/azure-rest-api-specs, example MachineCreate_Update of 2025-07-02-preview, and
 * MachineStatus. Unverified: that a machine never drifts here, as nothing changes it but its owner.
 */
export function viewOf({ cluster, machine, instance, nodeName }: OwnMachine): Machine {
  const { properties: pool } = machine;
  const place = (names: Readonly<Record<string, string>>): Json =>
    Object.fromEntries(Object.entries(names).flatMap(([wire, name]) => (isSaid(pool[name]) ? [[wire, pool[name]]] : [])));
  const linuxProfile = place(linuxPlaces);
  const { availabilityZones: zones = [] } = pool;
  return {
    ...(zones.length > 0 && { zones }),
    properties: {
      network: networkOf(machine, instance, place(machinePlaces.network)),
      ...(instance !== undefined && { resourceId: virtualMachineId(cluster, instance) }),
      hardware: place(machinePlaces.hardware),
      operatingSystem: { ...place(machinePlaces.operatingSystem), ...(Object.keys(linuxProfile).length > 0 && { linuxProfile }) },
      kubernetes: {
        ...place(machinePlaces.kubernetes),
        ...(pool.versionAlias !== undefined && { orchestratorVersion: pool.versionAlias }),
        currentOrchestratorVersion: pool.orchestratorVersion,
        nodeName,
      },
      ...place(ownPlaces),
      security: securityOf(pool),
      ...place({ nodeImageVersion: "nodeImageVersion", provisioningState: "provisioningState", eTag: "eTag" }),
      status: statusOf(machine, instance),
    },
  };
}

/** Lists and maps without anything in them are as good as absent. */
function isSaid(value: unknown): boolean {
  return value !== undefined && !(typeof value === "object" && value !== null && Object.keys(value).length === 0);
}

function networkOf({ properties }: StoredPool, instance: Instance | undefined, network: Json): Json {
  const tags = properties.networkProfile?.nodePublicIPTags;
  return {
    ...(instance !== undefined && { ipAddresses: [{ ip: instance.privateIp, family: "IPv4" }] }),
    ...network,
    ...(tags !== undefined && { nodePublicIPTags: tags }),
  };
}

function securityOf({ securityProfile, enableEncryptionAtHost }: AgentPoolProperties): Json {
  return { ...securityProfile, ...(enableEncryptionAtHost !== undefined && { enableEncryptionAtHost }) };
}

/** Unverified: that a machine that Azure has taken back says `Deleted`, the definition's other word for a virtual machine. */
function statusOf({ properties, createdMs }: StoredPool, instance: Instance | undefined): Json {
  const runs = instance?.state === "Running" || instance?.state === "Updating";
  const isGone = instance === undefined && properties.provisioningState === "Succeeded" && properties.powerState?.code === "Running";
  return {
    ...(properties.provisioningState === "Failed" && properties.status),
    creationTimestamp: timestamp(createdMs),
    driftAction: "Synced",
    ...((runs || isGone) && { vmState: runs ? "Running" : "Deleted" }),
  };
}

function virtualMachineId({ subscriptionId, properties: { nodeResourceGroup } }: StoredCluster, { computerName }: Instance): string {
  return `/subscriptions/${subscriptionId}/resourceGroups/${nodeResourceGroup}/providers/Microsoft.Compute/virtualMachines/${computerName}`;
}
