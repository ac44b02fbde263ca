import { timestamp } from "#arm";
import type { Instance, ScaleSet } from "../compute.ts";
import { osDiskName } from "./machine-ids.ts";

interface Status {
  readonly code: string;
  readonly level: "Info" | "Error";
  readonly displayStatus: string;
  readonly time?: string;
}

/** Words of each state. Source: Azure/azure-rest-api-specs examples of instance views; azure-docs virtual-machines/states-billing.md. */
const PROVISIONING: Readonly<Record<Instance["state"], readonly [code: string, level: Status["level"], display: string]>> = {
  Creating: ["creating", "Info", "Creating"],
  Running: ["succeeded", "Info", "Provisioning succeeded"],
  Updating: ["updating", "Info", "Updating"],
  Starting: ["updating", "Info", "Updating"],
  Deallocating: ["updating", "Info", "Updating"],
  Deallocated: ["succeeded", "Info", "Provisioning succeeded"],
  Deleting: ["deleting", "Info", "Deleting"],
  Failed: ["failed", "Error", "Provisioning failed"],
};

/**
 * What runs on one machine, as `…/virtualMachines/{id}/instanceView` tells.
 * Unverified: the power state of machines that are made, reimaged and deleted.
 */
export function instanceView(set: ScaleSet, instance: Instance): Record<string, unknown> {
  const [code, level, displayStatus] = PROVISIONING[instance.state];
  const time = timestamp(instance.settledMs ?? instance.createdMs);
  const isUp = instance.state === "Running";
  const disk = { code: "ProvisioningState/succeeded", level: "Info", displayStatus: "Provisioning succeeded", time };
  return {
    ...(isUp && {
      computerName: instance.computerName,
      vmAgent: {
        statuses: [{ code: "ProvisioningState/succeeded", level: "Info", displayStatus: "Ready", message: "Guest Agent is running", time }],
      },
    }),
    disks: [{ name: osDiskName(set, instance), statuses: [disk] }],
    statuses: [{ code: `ProvisioningState/${code}`, level, displayStatus, time }, powerOf(instance)],
  };
}

function powerOf({ state }: Instance): Status {
  const isStarting = state === "Creating" || state === "Updating" || state === "Starting";
  if (isStarting) return { code: "PowerState/starting", level: "Info", displayStatus: "VM starting" };
  if (state === "Deallocating") return { code: "PowerState/deallocating", level: "Info", displayStatus: "VM deallocating" };
  if (state === "Deallocated") return { code: "PowerState/deallocated", level: "Info", displayStatus: "VM deallocated" };
  if (state === "Deleting") return { code: "PowerState/stopping", level: "Info", displayStatus: "VM stopping" };
  return { code: "PowerState/running", level: "Info", displayStatus: "VM running" };
}

/** How many machines are in which state, and that of the scale set. Source: azure-docs virtual-machine-scale-sets-upgrade-scale-set.md. */
export function scaleSetInstanceView(instances: readonly Instance[]): Record<string, unknown> {
  const counts = new Map<string, number>();
  for (const { state } of instances) {
    const code = `ProvisioningState/${PROVISIONING[state][0]}`;
    counts.set(code, (counts.get(code) ?? 0) + 1);
  }
  const isBusy = instances.some(({ dueMs }) => dueMs !== undefined);
  const latestMs = Math.max(0, ...instances.map(({ settledMs, createdMs }) => settledMs ?? createdMs));
  const [code, , displayStatus] = PROVISIONING[isBusy ? "Updating" : "Running"];
  return {
    virtualMachine: { statusesSummary: [...counts].map(([name, count]) => ({ code: name, count })) },
    statuses: [
      {
        code: `ProvisioningState/${code}`,
        level: "Info",
        displayStatus,
        ...(latestMs > 0 && { time: timestamp(latestMs) }),
      },
    ],
  };
}
