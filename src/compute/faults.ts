import { AllocationError, type AllocationFault, type BootFault, type BootPhase, type Instance, type ScaleSet } from "./compute.ts";
import type { Parts } from "./parts.ts";
import { vmSize } from "./sizes/sizes.ts";

const GUIDANCE =
  "Please note that allocation failures can also arise if a proximity placement group is associated with this VMSS. " +
  "See https://learn.microsoft.com/troubleshoot/azure/azure-kubernetes/error-code-zonalallocationfailed-allocationfailed for more details. " +
  "This is not AKS controlled behavior, please ask help to VMSS team for allocation failure.";

/**
 * Code and words of each. Sources: MicrosoftDocs/SupportArticles-docs
 * support/azure/azure-kubernetes/error-codes/zonalallocation-allocationfailed-error.md for those of capacity;
 * jenkins-infra/helpdesk#3584 and #4337 for zones among constraints; Azure/AKS#1444 and Azure/azure-cli#16961 for a size that is not
 * to be had; motordesk/motordesk#14 for the quota's. Unverified: what a quota is asked for that a fault has used up.
 */
const REFUSALS: Readonly<Record<AllocationFault, (scaleSet: ScaleSet, count: number) => AllocationError>> = {
  allocationFailed: () =>
    new AllocationError(
      "AllocationFailed",
      `The VM allocation failed due to an internal error. Please retry later or try deploying to a different location. ${GUIDANCE}`,
    ),
  zonalAllocationFailed: () =>
    new AllocationError(
      "ZonalAllocationFailed",
      "Allocation failed. We do not have sufficient capacity for the requested VM size in this zone. Read more about improving " +
        `likelihood of allocation success at https://aka.ms/allocation-guidance. ${GUIDANCE} If the error is due to capacity constrain, ` +
        "consider upgrade with maxUnavailable instead of maxSurge, details: aka.ms/aks/maxUnavailable.",
    ),
  overconstrainedAllocation: (scaleSet) =>
    new AllocationError(
      scaleSet.zones.length > 0 ? "OverconstrainedZonalAllocationRequest" : "OverconstrainedAllocationRequest",
      "Create or update VMSS failed. Allocation failed. VM(s) with the following constraints cannot be allocated, because the condition " +
        `is too restrictive. Please remove some constraints and try again. Constraints applied are: ${constraintsOf(scaleSet)}`,
    ),
  skuNotAvailable: (scaleSet) => {
    const { subscriptionId, resourceGroup, name, location, zones } = scaleSet;
    const id = `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers/Microsoft.Compute/virtualMachineScaleSets/${name}`;
    return new AllocationError(
      "SkuNotAvailable",
      `The requested size for resource '${id}' is currently not available in location '${location}' zones '${zones.join(",")}' for ` +
        `subscription '${subscriptionId}'. Please try another size or deploy to a different location or zones. ` +
        "See https://aka.ms/azureskunotavailable for details.",
    );
  },
  quotaExceeded: ({ vmSize: name, location }, count) => {
    const { vCPUs = 0, family = name } = vmSize(name) ?? {};
    return new AllocationError(
      "ErrCode_InsufficientVCPUQuota",
      `Insufficient vcpu quota requested ${vCPUs * count}, remaining 0 for family ${family.replace(/^s/, "S")} for region ${location}.`,
    );
  },
};

function constraintsOf({ zones, isOsDiskEphemeral }: ScaleSet): string {
  const constraints = [
    ...(zones.length > 0 ? ["Availability Zone"] : []),
    ...(isOsDiskEphemeral === true ? ["Differencing (Ephemeral) Disks"] : []),
    "Networking Constraints (such as Accelerated Networking or IPv6)",
    "VM Size",
  ];
  return constraints.map((constraint) => `- ${constraint}`).join("  ");
}

/** Asks whether machines can be had. @throws {AllocationError} when they cannot, on purpose. */
export async function checkAllocation(
  { faults }: Pick<Parts, "faults">,
  scaleSet: ScaleSet,
  { phase, count }: { readonly phase: BootPhase; readonly count: number },
): Promise<void> {
  const fault = await faults?.allocation(scaleSet, phase);
  if (fault !== undefined) throw REFUSALS[fault](scaleSet, count);
}

/** What the boots of machines are like, by their names; those that are as usual are left out. */
export async function bootFaults(
  { faults }: Pick<Parts, "faults">,
  scaleSet: ScaleSet | undefined,
  { phase, names }: { readonly phase: BootPhase; readonly names: readonly string[] },
): Promise<ReadonlyMap<string, BootFault>> {
  if (faults === undefined || scaleSet === undefined) return NONE;
  const found = await faults.boots(scaleSet, phase, names);
  return new Map(names.flatMap((name, index) => (found[index] === undefined ? [] : [[name, found[index]]])));
}

const NONE: ReadonlyMap<string, BootFault> = new Map();

/** The machine in its next boot, with what that is like. */
export function booting(instance: Instance, { dueMs, fault }: { readonly dueMs: number; readonly fault: BootFault | undefined }): Instance {
  const { ailment: _past, ...rest } = instance;
  return { ...rest, ...afflicted(dueMs, fault) };
}

/** When the boot ends and what ails the machine then. */
export function afflicted(dueMs: number, { extraMs = 0, ailment }: BootFault = {}): Pick<Instance, "dueMs" | "ailment"> {
  return { dueMs: dueMs + extraMs, ...(ailment !== undefined && { ailment }) };
}
