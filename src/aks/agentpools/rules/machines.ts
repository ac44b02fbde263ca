import { refusals } from "../../errors.ts";
import { machineRefusals } from "../../machines/errors.ts";
import type { Rule } from "./candidate.ts";

/** What machines have of their own, and their pool does not. */
const OWN = ["count", "vmSize", "virtualMachinesProfile", "minCount", "maxCount"] as const;

/**
 * A pool of mode Machines holds machines that are made, changed and deleted one by one: it is of type VirtualMachines, has no number and
 * no size, and its version, image and power are its machines'. A pool is of that mode from the first to the last.
 * Sources: Azure/AKS#5606; Azure/azure-cli#33693; Azure/telescope modules/python/clients/aks_machine_client.py, which makes one by its mode
 * alone. Unverified: what is refused of such a pool, but for upgrades of its node image; that the mode may not change.
 */
export const machinesPool: Rule = ({ sent, wanted, stored }) => {
  const isContainer = wanted.mode === "Machines";
  if (stored !== undefined && (stored.mode === "Machines") !== isContainer) return refusals.propertyChange("properties.mode");
  if (!isContainer) return undefined;
  if (wanted.type !== "VirtualMachines") return machineRefusals.notForPool("type", "it is VirtualMachines");
  if (wanted.enableAutoScaling === true) return machineRefusals.notForPool("enableAutoScaling", "machines are made one by one");
  const own = OWN.find((member) => sent[member] !== undefined && sent[member] !== 0);
  if (own !== undefined) return machineRefusals.notForPool(own, "machines are made one by one");
  if (stored === undefined) return undefined;
  if (wanted.powerState?.code !== stored.powerState?.code) return machineRefusals.lifeCycle("Changing power state");
  return wanted.orchestratorVersion === stored.orchestratorVersion ? undefined : machineRefusals.lifeCycle("Upgrading Kubernetes version");
};
