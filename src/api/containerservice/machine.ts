import { encodeObject } from "./encode.ts";
import { type Field, object, string, strings } from "./field.ts";

const machineType = "Microsoft.ContainerService/managedClusters/agentPools/machines";

/** A machine of a scale set as the service tells of it. */
export interface Machine {
  readonly zones?: readonly string[];
  readonly properties: {
    readonly network: { readonly ipAddresses: readonly { readonly ip: string; readonly family: "IPv4" | "IPv6" }[] };
    /** Of the instance in `Microsoft.Compute`. */
    readonly resourceId: string;
  };
}

/**
 * Unverified: the first versions with zones. Sources: example MachineGet of 2025-04-02-preview; azure-mgmt-containerservice
 * 41.6.0, whose Machine has them.
 */
const envelope: readonly Field[] = [{ name: "zones", type: strings, since: "2025-05-01", preview: "2025-04-02-preview" }];

/**
 * In the order of answers. Previews since 2025-04-02 define hardware, operatingSystem, kubernetes and status; the machines of
 * scale sets do not have them. Source: recorded answers of 2024-02 and 2025-08.
 */
const fields: readonly Field[] = [
  { name: "network", type: object("MachineNetworkProperties"), since: "2023-07-02-preview" },
  { name: "resourceId", type: string, since: "2023-07-02-preview" },
];

/**
 * A machine as answers show it. @param resource `id` ends with the machine's name; alone, the name is there twice.
 * Source: recorded answers of 2025-08: the id of a machine asked for by name against its id in the list.
 */
export function encodeMachine(
  machine: Machine,
  resource: { readonly id: string; readonly name: string; readonly isAlone: boolean },
  apiVersion: string,
): Record<string, unknown> {
  const { id, name, isAlone } = resource;
  return {
    id: isAlone ? `${id}/${name}` : id,
    name,
    type: machineType,
    ...encodeObject({ zones: machine.zones }, envelope, { apiVersion, creating: false }),
    properties: encodeObject({ ...machine.properties }, fields, { apiVersion, creating: false }),
  };
}
