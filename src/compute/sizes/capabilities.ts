import table from "./data/capabilities.json" with { type: "json" };
import { localDisks } from "./local-disks.ts";
import type { VmSize } from "./sizes.ts";

/** Something that a size can or has, as Microsoft.Compute lists it. */
export interface Capability {
  readonly name: string;
  readonly value: string;
}

const RECORDED: Readonly<Record<string, Readonly<Record<string, string>>>> = table.sizes;

const SIZE = /^(Standard|Basic)_([A-Z]+)(\d+)(?:-\d+)?([a-z]*)(?:_.*?)?(?:_v(\d+))?$/;
const FIRST_GENERATION = "V1";
const SECOND_GENERATION = "V2";

/** Capabilities that were listed in 2017. Source: recorded `skus` of 2017-09-01, as of 2018-11-16. */
export function capabilitiesOf2017(size: VmSize): readonly Capability[] {
  return listed({
    MaxResourceVolumeMB: String(size.resourceDiskMB),
    OSVhdSizeMB: String(size.osDiskMaxMB),
    vCPUs: String(size.vCPUs),
    MemoryGB: gigabytes(size),
    MaxDataDiskCount: String(size.maxDataDisks),
    LowPriorityCapable: said(traitsOf(size).isLowPriority),
    PremiumIO: said(size.premiumIO),
  });
}

/**
 * Capabilities as they are listed today: in full for the sizes that are on record, and of the others those that follow from
 * their figures and names.
 * Unverified: generations, ephemeral disks, encryption at the host and accelerated networking of sizes that are not on record follow
 * from sizes of the same kind that are. Source: Azure/karpenter-provider-azure pkg/fake; azure-docs virtual-machines/vm-naming-conventions.md.
 */
export function capabilitiesOf(size: VmSize): readonly Capability[] {
  const recorded = RECORDED[size.name];
  if (recorded !== undefined) return listed(recorded);
  const traits = traitsOf(size);
  const { cache, temporary } = localDisks(size);
  return listed({
    MaxResourceVolumeMB: String(size.resourceDiskMB),
    OSVhdSizeMB: String(size.osDiskMaxMB),
    vCPUs: String(size.vCPUs),
    HyperVGenerations: traits.generations,
    MemoryGB: gigabytes(size),
    MaxDataDiskCount: String(size.maxDataDisks),
    CpuArchitectureType: traits.isArm ? "Arm64" : "x64",
    LowPriorityCapable: said(traits.isLowPriority),
    PremiumIO: said(size.premiumIO),
    VMDeploymentTypes: "IaaS",
    vCPUsAvailable: String(size.vCPUs),
    ...(size.gpus > 0 && { GPUs: String(size.gpus) }),
    ...(cache > 0 && { CachedDiskBytes: String(cache) }),
    EphemeralOSDiskSupported: said(cache > 0 || temporary > 0),
    EncryptionAtHostSupported: said(size.premiumIO || traits.version >= 5),
    AcceleratedNetworkingEnabled: said(traits.isAccelerated),
  });
}

/** Whether machines of the size have processors of Arm; others are x64. */
export function isArm(size: VmSize): boolean {
  return traitsOf(size).isArm;
}

/** Whether a size has what Microsoft.Compute answers `True` or `False` for: `EncryptionAtHostSupported`. */
export function hasCapability(size: VmSize, name: string): boolean {
  return capabilitiesOf(size).some((capability) => capability.name === name && capability.value === "True");
}

interface Traits {
  readonly version: number;
  readonly isArm: boolean;
  readonly isLowPriority: boolean;
  readonly isAccelerated: boolean;
  readonly generations: string;
}

function traitsOf({ name, premiumIO, vCPUs }: VmSize): Traits {
  const [, tier = "Standard", family = "", , features = "", version = "1"] = SIZE.exec(name) ?? [];
  const isArm = features.includes("p");
  const isBurstable = family === "B";
  const isEarly = tier === "Basic" || family === "A";
  const isSecondOnly = isArm || family.startsWith("DC") || family.startsWith("EC") || Number(version) >= 6;
  const both = `${FIRST_GENERATION},${SECOND_GENERATION}`;
  return {
    version: Number(version),
    isArm,
    isLowPriority: !isEarly && !isBurstable,
    isAccelerated: !isEarly && !isBurstable && vCPUs > 1,
    generations: isSecondOnly ? SECOND_GENERATION : premiumIO || Number(version) >= 5 ? both : FIRST_GENERATION,
  };
}

function gigabytes({ memoryMB }: VmSize): string {
  return String(memoryMB / 1024);
}

function said(value: boolean): string {
  return value ? "True" : "False";
}

function listed(capabilities: Readonly<Record<string, string>>): readonly Capability[] {
  return Object.entries(capabilities).map(([name, value]) => ({ name, value }));
}
