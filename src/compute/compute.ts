import type { AddressRange } from "#api/addresses";

/** Where a scale set lives. Names keep the caller's letter case; they are compared without it. */
export interface ScaleSetKey {
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly name: string;
}

export interface ScaleSetSpec extends ScaleSetKey {
  /** Its machines are virtual machines of their own: no scale set is shown, and each may have another size. */
  readonly standalone?: true;
  /** It stands for a single virtual machine, which has its name. */
  readonly single?: true;
  /** Region, as in `eastus`. */
  readonly location: string;
  readonly vmSize: string;
  readonly osType: "Linux" | "Windows";
  readonly osDiskSizeGb: number;
  readonly zones: readonly string[];
  /** Instances of scale sets with the same network never share an address; addresses come from `cidr`. */
  readonly network: { readonly id: string; readonly cidr: string };
  readonly tags: Readonly<Record<string, string>>;
  /** What new and reimaged instances boot from. */
  readonly image?: ImageReference;
  /** Subnet of the network, a full id. */
  readonly subnetId?: string;
  readonly login?: Login;
  /** The operating system's disk lies on the host, and its content is lost with a reimage. */
  readonly isOsDiskEphemeral?: boolean;
  /** Present for machines that Azure may take back. */
  readonly spot?: Spot;
  /** Present where every machine has a public address of its own. */
  readonly publicAddresses?: PublicAddresses;
  readonly placement?: Placement;
  readonly security?: Security;
  /** Ultra disks can be attached. */
  readonly hasUltraDisks?: true;
  /** Addresses of the network that each machine has beside its own, for what runs on it; none when absent. */
  readonly moreAddresses?: number;
  /** Full ids of the application security groups that the machines are in. */
  readonly applicationSecurityGroups?: readonly string[];
}

export interface PublicAddresses {
  /** Full id of the prefix that they are of. */
  readonly prefixId?: string;
  readonly tags?: readonly { readonly type: string; readonly tag: string }[];
}

/** Where machines are put, by full ids. Shown, and otherwise without effect. */
export interface Placement {
  readonly proximityPlacementGroupId?: string;
  readonly hostGroupId?: string;
  readonly capacityReservationGroupId?: string;
}

/** How the hosts guard machines. Shown, and otherwise without effect. */
export interface Security {
  readonly encryptionAtHost?: boolean;
  /** Present for a trusted launch. */
  readonly trustedLaunch?: { readonly vTpm: boolean; readonly secureBoot: boolean };
}

/** An image of a gallery by its full id, or one of the marketplace. */
export type ImageReference =
  | { readonly id: string }
  | { readonly publisher: string; readonly offer: string; readonly sku: string; readonly version: string };

/** Who may log on to the machines. */
export interface Login {
  readonly adminUsername: string;
  /** OpenSSH public keys; none on Windows. */
  readonly publicKeys: readonly string[];
}

export interface Spot {
  readonly evictionPolicy: "Delete" | "Deallocate";
  /** US dollars an hour; -1 for the price on demand. */
  readonly maxPrice: number;
}

/** The part of a scale set's model that changes in place; machines that exist get the image when they are reimaged. */
export type ScaleSetModel = Pick<ScaleSetSpec, "tags" | "image" | "security" | "applicationSecurityGroups" | "moreAddresses">;

export interface ScaleSet extends ScaleSetSpec {
  /** Instances made so far; the next one's id. Ids are never used again. */
  readonly nextInstanceId: number;
  /** Milliseconds since the epoch; absent in those stored before it was kept. */
  readonly createdMs?: number;
  /** It goes, with its instances. */
  readonly isDeleting?: true;
}

/**
 * Creating → Running → (Updating → Running | Deallocating → Deallocated → Starting → Running)* → Deleting → gone.
 * `Failed` instances stay until deleted.
 */
export type InstanceState = "Creating" | "Running" | "Updating" | "Deallocating" | "Deallocated" | "Starting" | "Deleting" | "Failed";

/** Addresses that a machine holds for what runs on it. */
export interface PodAddresses {
  /** As in {@link ScaleSetSpec.network}. */
  readonly networkId: string;
  readonly ranges: readonly AddressRange[];
}

/** What the owner knows of a machine when it says what that boots with. */
export type NewMachine = Pick<Instance, "id" | "computerName" | "privateIp" | "publicIp" | "podAddresses" | "zone" | "vmSize">;

export interface Instance {
  readonly scaleSet: ScaleSetKey;
  readonly id: number;
  /** `aks-nodepool1-28993262-vmss000000`; `aks-nodepool1-28993262-vms0` for a machine of its own. */
  readonly computerName: string;
  readonly state: InstanceState;
  /** Of a machine of its own; others have the scale set's. */
  readonly vmSize?: string;
  readonly zone?: string;
  readonly privateIp: string;
  readonly publicIp?: string;
  /** Addresses for what runs on it, of its own network or of another. */
  readonly podAddresses?: PodAddresses;
  /** What the owner wants the machine to boot with; opaque here. A reimage replaces it. */
  readonly userData: unknown;
  /** Counts boots: 1 for the first, one more for each reimage and each start. */
  readonly boot: number;
  /** When the state under way ends, milliseconds since the epoch; absent in Running, Deallocated and Failed. */
  readonly dueMs?: number;
  readonly createdMs: number;
  /** When it last came to Running; absent before. */
  readonly settledMs?: number;
  /** What it booted from: the scale set's image at that time. */
  readonly image?: ImageReference;
  /** What went wrong on purpose with the present boot; the next one begins without it. */
  readonly ailment?: Ailment;
}

/** `broken`: what runs on the machine never comes up. `silent`: it has stopped, though the machine runs. */
export type Ailment = "broken" | "silent";

/** Who runs on the machines. Calls come after every restart of the program, for each machine that runs then. */
export interface MachineHost {
  /** The instance has booted with `instance.userData`. Idempotent for the same boot. */
  started(instance: Instance): void;
  /** The instance is going away or being reimaged: what ran on it stops at once. */
  stopped(instance: Instance): void;
}

/** How a machine comes to boot. */
export type BootPhase = "create" | "start" | "reimage" | "reboot";

/** Why machines cannot be had, on purpose. */
export type AllocationFault =
  | "allocationFailed"
  | "zonalAllocationFailed"
  | "overconstrainedAllocation"
  | "skuNotAvailable"
  | "quotaExceeded";

/** What a boot is like, on purpose. */
export interface BootFault {
  /** Milliseconds that it takes longer, at any pace. */
  readonly extraMs?: number;
  readonly ailment?: Ailment;
}

/** What goes wrong on purpose; asked before each allocation and each boot. */
export interface MachineFaults {
  allocation(scaleSet: ScaleSet, phase: BootPhase): Promise<AllocationFault | undefined>;
  /** One for each name, in their order. */
  boots(scaleSet: ScaleSet, phase: BootPhase, computerNames: readonly string[]): Promise<readonly (BootFault | undefined)[]>;
}

/** The platform has no room, or the subscription no quota. Codes and messages are Azure's. */
export class AllocationError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * Scale sets and their instances. Calls store what is wanted and return; instances then change state by the clock,
 * also across restarts. Every call is idempotent, so a reconciler may repeat it after a crash.
 */
export interface Compute {
  /** Makes the scale set when it is absent. */
  ensureScaleSet(spec: ScaleSetSpec): Promise<ScaleSet>;
  /** Brings the model of a scale set up to date; absent is fine. */
  updateScaleSet(key: ScaleSetKey, model: ScaleSetModel): Promise<void>;
  scaleSet(key: ScaleSetKey): ScaleSet | undefined;
  scaleSets(scope: { readonly subscriptionId: string; readonly resourceGroup?: string }): readonly ScaleSet[];
  /**
   * Makes `count` instances under the next ids. `userData` is asked for each, with its id, name, size and address.
   * @param vmSize Of machines of their own, where it is not the one that their set was made with.
   * @throws {AllocationError} when quota or capacity do not allow all of them: then none is made.
   */
  createInstances(
    key: ScaleSetKey,
    count: number,
    userData: (machine: NewMachine) => unknown,
    vmSize?: string,
  ): Promise<readonly Instance[]>;
  /**
   * Gives a machine more addresses for what runs on it, of one network for its life.
   * @param want `isBlocks` for whole /28 blocks.
   * @returns all that it has, those of before first; undefined when the machine is not there.
   * @throws {AllocationError} when the network has not that many.
   */
  addPodAddresses(
    key: ScaleSetKey,
    id: number,
    want: { readonly network: ScaleSetSpec["network"]; readonly count: number; readonly isBlocks: boolean },
  ): Promise<readonly AddressRange[] | undefined>;
  instance(key: ScaleSetKey, id: number): Instance | undefined;
  /** In order of id. */
  instances(key: ScaleSetKey): readonly Instance[];
  /** Stops the machine and boots it anew with other user data, under the same id, name and address. */
  reimageInstance(key: ScaleSetKey, id: number, userData: unknown): Promise<void>;
  /** Boots a machine anew that runs, with the user data that it has. */
  rebootInstance(key: ScaleSetKey, id: number): Promise<void>;
  /** Lets the host hear no more of a machine that runs, though it goes on: in this boot, which is given so that another is not meant. */
  silenceInstance(key: ScaleSetKey, id: number, boot: number): Promise<void>;
  /** Stops machines and gives up what they run on; id, name, address and user data stay. Those that run are meant; others are left alone. */
  deallocateInstances(key: ScaleSetKey, ids: readonly number[]): Promise<void>;
  /**
   * Boots machines that are Deallocated, with the user data that is asked for each; others are left alone.
   * @throws {AllocationError} when there is no capacity: then none is started.
   */
  startInstances(key: ScaleSetKey, ids: readonly number[], userData: (instance: Instance) => unknown): Promise<void>;
  deleteInstances(key: ScaleSetKey, ids: readonly number[]): Promise<void>;
  /** Deletes what is left of its instances, then the scale set. Absent is fine. */
  deleteScaleSet(key: ScaleSetKey): Promise<void>;
  /** Called with the scale set's key whenever it or one of its instances changed. Returns the way to stop. */
  subscribe(onChange: (key: ScaleSetKey) => void): () => void;
  /** Hands over the machines that run, and each one that starts or stops from then on. */
  attach(host: MachineHost): Promise<void>;
  stop(): Promise<void>;
}
