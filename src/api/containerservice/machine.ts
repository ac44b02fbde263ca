import {
  artifactStreamingProfile,
  gpuProfile,
  kubeletConfig,
  linuxOSConfig,
  localDNSProfile,
  windowsProfile,
} from "./agent-pool-profiles.ts";
import { type DecodeFailure, Decoder, isObject, member } from "./decode.ts";
import { encodeObject } from "./encode.ts";
import { bool, type Field, int, object, string, stringMap, strings, words } from "./field.ts";

const machineType = "Microsoft.ContainerService/managedClusters/agentPools/machines";

/** A machine as the service tells of it. Those of scale sets have a network and a resource alone. */
export interface Machine {
  readonly zones?: readonly string[];
  readonly properties: Readonly<Record<string, unknown>> & {
    readonly network?: { readonly ipAddresses?: readonly { readonly ip: string; readonly family: "IPv4" | "IPv6" }[] };
    /** Of the instance in `Microsoft.Compute`; absent until there is one. */
    readonly resourceId?: string;
  };
}

/**
 * Since then machines of their own can be made. Sources: Azure/azure-rest-api-specs, Machines_CreateOrUpdate, of 2025-07-02-preview;
 * Azure/telescope modules/python/clients/aks_machine_client.py, which asks at 2025-06-02-preview. No stable version has it.
 */
export const MACHINES_SINCE = "2025-06-02-preview";

/**
 * Unverified: the first versions with zones. Sources: example MachineGet of 2025-04-02-preview; azure-mgmt-containerservice
 * 41.6.0, whose Machine has them.
 */
const envelope: readonly Field[] = [{ name: "zones", type: strings, since: "2025-05-01", preview: "2025-04-02-preview" }];

type Member = Omit<Field, "since" | "previewOnly">;

/** Members that previews alone have. */
function previewed(...members: readonly Member[]): readonly Field[] {
  return members.map((each) => ({ ...each, since: MACHINES_SINCE, previewOnly: true }));
}

const ipAddresses: Field = {
  name: "ipAddresses",
  type: { kind: "list", of: object("MachineIPAddress") },
  since: "2023-07-02-preview",
  readOnly: true,
};

const network = object("MachineNetworkProperties", [
  ipAddresses,
  ...previewed(
    { name: "vnetSubnetID", type: string },
    { name: "podSubnetID", type: string },
    { name: "enableNodePublicIP", type: bool },
    { name: "nodePublicIPPrefixID", type: string },
    { name: "nodePublicIPTags", type: { kind: "list", of: object("IPTag") } },
  ),
]);

const hardware = object(
  "MachineHardwareProfile",
  previewed({ name: "vmSize", type: string }, { name: "gpuInstanceProfile", type: string }, { name: "gpuProfile", type: gpuProfile }),
);

const operatingSystem = object(
  "MachineOSProfile",
  previewed(
    { name: "osType", type: words("Linux", "Windows") },
    { name: "osSKU", type: string },
    { name: "osDiskSizeGB", type: int },
    { name: "osDiskType", type: words("Managed", "Ephemeral") },
    { name: "enableFIPS", type: bool },
    {
      name: "linuxProfile",
      type: object(
        "MachineOSProfileLinuxProfile",
        previewed({ name: "linuxOSConfig", type: linuxOSConfig }, { name: "messageOfTheDay", type: string }),
      ),
    },
    { name: "windowsProfile", type: windowsProfile },
  ),
);

const kubernetes = object(
  "MachineKubernetesProfile",
  previewed(
    { name: "nodeLabels", type: stringMap },
    { name: "orchestratorVersion", type: string },
    { name: "currentOrchestratorVersion", type: string, readOnly: true },
    { name: "kubeletDiskType", type: words("OS", "Temporary") },
    { name: "kubeletConfig", type: kubeletConfig },
    { name: "nodeInitializationTaints", type: strings },
    { name: "nodeTaints", type: strings },
    { name: "maxPods", type: int },
    { name: "nodeName", type: string, readOnly: true },
    { name: "workloadRuntime", type: words("OCIContainer", "WasmWasi", "KataVmIsolation", "KataMshvVmIsolation") },
    { name: "artifactStreamingProfile", type: artifactStreamingProfile },
  ),
);

const security = object(
  "MachineSecurityProfile",
  previewed(
    { name: "sshAccess", type: words("LocalUser", "Disabled", "EntraId") },
    { name: "enableVTPM", type: bool },
    { name: "enableSecureBoot", type: bool },
    { name: "enableEncryptionAtHost", type: bool },
  ),
);

/**
 * In the order of answers; those since {@link MACHINES_SINCE} only for machines of their own: machines of scale sets do not have them.
 * Sources: recorded answers of 2024-02 and 2025-08; Azure/azure-rest-api-specs, MachineProperties and example MachineCreate_Update of
 * 2025-07-02-preview. Unverified: the order of the members of machines of their own; here that of the definition.
 */
const fields: readonly Field[] = [
  { name: "network", type: network, since: "2023-07-02-preview" },
  { name: "resourceId", type: string, since: "2023-07-02-preview", readOnly: true },
  ...previewed(
    { name: "hardware", type: hardware },
    { name: "operatingSystem", type: operatingSystem },
    { name: "kubernetes", type: kubernetes },
    { name: "mode", type: words("User", "System") },
    { name: "security", type: security },
    { name: "priority", type: words("Regular", "Spot") },
    { name: "nodeImageVersion", type: string, readOnly: true },
    { name: "provisioningState", type: string, readOnly: true },
    { name: "tags", type: stringMap },
    { name: "eTag", type: string, readOnly: true },
    { name: "status", type: object("MachineStatus"), readOnly: true },
    { name: "localDNSProfile", type: localDNSProfile },
  ),
];

/** What a caller wants of a machine, and what could not be read of it. */
export interface DecodedMachine extends Machine {
  readonly errors: readonly DecodeFailure[];
}

/** Reads the body of a PUT of a machine. */
export function decodeMachine(body: unknown, apiVersion: string): DecodedMachine {
  const decoder = new Decoder(apiVersion);
  const root = decoder.root(body, "Machine");
  const { zones } = decoder.object(root, envelope, { goType: "Machine", path: [] }) as Pick<Machine, "zones">;
  const sent = decoder.value(member(root, "properties"), object("MachineProperties"), { goType: "Machine", path: ["properties"] });
  const properties = isObject(sent) ? decoder.object(sent, fields, { goType: "MachineProperties", path: ["properties"] }) : {};
  return { ...(zones !== undefined && { zones }), properties, errors: decoder.failures };
}

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
