import { isObject } from "#api/containerservice/decode";
import { kindDefinitions, schedulerConfigurationDefinition } from "#api/kubernetes/scheduler-configuration";
import { isStatus } from "#api/kubernetes/status";
import type { ArmRequest } from "#arm";
import { compareVersions } from "../catalog/index.ts";
import type { AksContext } from "../context.ts";
import type { StoredCluster } from "../documents.ts";
import { refusal, refusals } from "../errors.ts";

/** Whether the profiles of the cluster's scheduler are AKS's own, or those of an object in the cluster. */
export type SchedulerMode = "Default" | "ManagedByCRD";

/** Source: Azure docs configure-aks-scheduler, "Prerequisites". */
const FEATURE = "UserDefinedSchedulerConfigurationPreview";
const FIRST_VERSION = "1.33.0";

const MODE = ["schedulerProfile", "schedulerInstanceProfiles", "upstream", "schedulerConfigMode"];

const WORDS: readonly unknown[] = [undefined, null, "Default", "ManagedByCRD"];

/** The mode that the cluster is to have. */
export function schedulerModeOf(cluster: Pick<StoredCluster, "properties">): SchedulerMode {
  return wordOf(cluster) === "ManagedByCRD" ? "ManagedByCRD" : "Default";
}

function wordOf({ properties }: Pick<StoredCluster, "properties">): unknown {
  let value: unknown = properties;
  for (const member of MODE) value = isObject(value) ? value[member] : undefined;
  return value;
}

/**
 * @param before the cluster as it was, when there was one: what it had it keeps.
 * @throws {ProviderError} 400 for an unknown mode, and for a scheduler that people are to configure without the feature, on a version that cannot, and where
 * others run the control plane. Source: Azure docs configure-aks-scheduler; the text for the feature is that of other ones, quoted in
 * aztfmod and Azure Verified Modules for Terraform. Unverified: codes, and the text for the version.
 */
export function checkScheduler(
  context: Pick<AksContext, "arm" | "controlPlanes">,
  cluster: StoredCluster,
  { path, headers }: Pick<ArmRequest, "path" | "headers">,
  before?: StoredCluster,
): void {
  if (!WORDS.includes(wordOf(cluster))) throw refusals.invalidParameter(`properties.${MODE.join(".")}`);
  if (schedulerModeOf(cluster) === "Default" || (before !== undefined && schedulerModeOf(before) !== "Default")) return;
  if (context.controlPlanes.outside !== undefined)
    throw refusals.notEmulated("The scheduler's configuration with a control plane of others");
  const { state } = context.arm.feature(path.subscriptionId, "Microsoft.ContainerService", FEATURE, headers);
  if (state !== "Registered") throw refusal(400, "BadRequest", `Preview feature Microsoft.ContainerService/${FEATURE} not registered.`);
  if (compareVersions(cluster.version, FIRST_VERSION) >= 0) return;
  throw refusal(400, "BadRequest", `A scheduler can be configured from Kubernetes 1.33 on, and the cluster runs ${cluster.version}.`, {
    target: "properties.schedulerProfile",
  });
}

/** Puts the kind of the scheduler's configuration into the cluster, or takes it away with its objects, by the mode; can be repeated. */
export async function applySchedulerMode({ controlPlanes }: Pick<AksContext, "controlPlanes">, cluster: StoredCluster): Promise<void> {
  const client = controlPlanes.client(cluster.uid);
  const { name } = schedulerConfigurationDefinition.metadata;
  const isManaged = schedulerModeOf(cluster) === "ManagedByCRD";
  const call = isManaged ? client.create(kindDefinitions, schedulerConfigurationDefinition) : client.delete(kindDefinitions, { name });
  await call.catch((error: unknown) => {
    if (!isStatus(error, isManaged ? "AlreadyExists" : "NotFound")) throw error;
  });
}
