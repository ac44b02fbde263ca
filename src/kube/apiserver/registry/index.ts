import { isReleaseAtLeast } from "#kube/apimachinery";
import { validatingAdmissionPolicies, validatingAdmissionPolicyBindings } from "./admissionregistration/policies.ts";
import { mutatingWebhooks, validatingWebhooks } from "./admissionregistration/webhooks.ts";
import { customResourceDefinitions } from "./apiextensions/custom-resource-definitions.ts";
import { apiServices } from "./apiregistration/api-services.ts";
import { daemonSets } from "./apps/daemon-sets.ts";
import { deployments } from "./apps/deployments.ts";
import { replicaSets, replicationControllers } from "./apps/replica-sets.ts";
import { controllerRevisions, statefulSets } from "./apps/stateful-sets.ts";
import { horizontalPodAutoscalers, olderHorizontalPodAutoscalers } from "./autoscaling/horizontal-pod-autoscalers.ts";
import { cronJobs, jobs } from "./batch/jobs.ts";
import { signingRequests } from "./certificates/signing-requests.ts";
import { leases } from "./coordination/leases.ts";
import { configMaps, secrets, serviceAccounts } from "./core/configuration.ts";
import { endpoints } from "./core/endpoints.ts";
import { events, newerEvents } from "./core/events.ts";
import { limitRanges } from "./core/limit-ranges.ts";
import { podTemplates, resourceQuotas } from "./core/limits.ts";
import { namespaces } from "./core/namespaces.ts";
import { nodes } from "./core/nodes.ts";
import { pods } from "./core/pods.ts";
import { services } from "./core/services.ts";
import { bindings, componentStatuses } from "./core/unstored.ts";
import { persistentVolumeClaims, persistentVolumes } from "./core/volumes.ts";
import { flowSchemas } from "./flowcontrol/flow-schemas.ts";
import { olderPriorityLevels, priorityLevels } from "./flowcontrol/priority-levels.ts";
import type { Kind } from "./kind.ts";
import { endpointSlices } from "./networking/endpoint-slices.ts";
import { ingressClasses, ingresses, networkPolicies } from "./networking/ingresses.ts";
import { ipAddresses, serviceCidrs } from "./networking/service-addresses.ts";
import { runtimeClasses } from "./node/runtime-classes.ts";
import { podDisruptionBudgets } from "./policy/pod-disruption-budgets.ts";
import { clusterRoleBindings, roleBindings } from "./rbac/bindings.ts";
import { clusterRoles, roles } from "./rbac/roles.ts";
import { priorityClasses } from "./scheduling/priority-classes.ts";
import { csiStorageCapacities, volumeAttributesClasses } from "./storage/capacities.ts";
import { csiDrivers, csiNodes, storageClasses, volumeAttachments } from "./storage/storage-classes.ts";

/** Every kind the API server serves by itself, in the order in which discovery lists groups and resources. */
export const builtInKinds: readonly Kind[] = [
  bindings,
  componentStatuses,
  configMaps,
  endpoints,
  events,
  limitRanges,
  namespaces,
  nodes,
  persistentVolumeClaims,
  persistentVolumes,
  pods,
  podTemplates,
  replicationControllers,
  resourceQuotas,
  secrets,
  serviceAccounts,
  services,
  apiServices,
  newerEvents,
  controllerRevisions,
  daemonSets,
  deployments,
  replicaSets,
  statefulSets,
  horizontalPodAutoscalers,
  olderHorizontalPodAutoscalers,
  cronJobs,
  jobs,
  signingRequests,
  ingressClasses,
  ingresses,
  networkPolicies,
  podDisruptionBudgets,
  clusterRoleBindings,
  clusterRoles,
  roleBindings,
  roles,
  csiDrivers,
  csiNodes,
  storageClasses,
  volumeAttachments,
  mutatingWebhooks,
  validatingAdmissionPolicies,
  validatingAdmissionPolicyBindings,
  validatingWebhooks,
  customResourceDefinitions,
  priorityClasses,
  leases,
  runtimeClasses,
  endpointSlices,
  flowSchemas,
  priorityLevels,
  olderPriorityLevels,
  serviceCidrs,
  ipAddresses,
  csiStorageCapacities,
  volumeAttributesClasses,
];

/** The built-in kinds that a release serves at their own version, which is where controllers look for them. */
export function kindsOfRelease(version: string): readonly Kind[] {
  return builtInKinds.filter(
    ({ since, until }) =>
      (since === undefined || isReleaseAtLeast(version, since)) && (until === undefined || !isReleaseAtLeast(version, until)),
  );
}
