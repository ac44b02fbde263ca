import { abortAgentPool } from "./agentpools/abort.ts";
import { deleteMachines } from "./agentpools/delete-machines.ts";
import { completeUpgrade } from "./agentpools/upgrade/blue-green/complete.ts";
import { upgradeNodeImageVersion } from "./agentpools/upgrade/node-image.ts";
import { abortManagedCluster } from "./managedclusters/abort.ts";
import { startManagedCluster, stopManagedCluster } from "./managedclusters/power.ts";
import { resetAADProfile, resetServicePrincipalProfile } from "./managedclusters/reset.ts";
import { rotateClusterCertificates, rotateServiceAccountSigningKeys } from "./managedclusters/rotate.ts";
import { agentPoolOperation, managedClusterOperation } from "./operations.ts";
import { clusterOf, type Handler, poolOf, type Route } from "./route.ts";

type ClusterAction = (...args: [Parameters<Handler>[0], Parameters<Handler>[1], ReturnType<typeof clusterOf>]) => ReturnType<Handler>;
type PoolAction = (...args: [Parameters<Handler>[0], Parameters<Handler>[1], ReturnType<typeof poolOf>]) => ReturnType<Handler>;

const onCluster =
  (act: ClusterAction): Handler =>
  (context, request, names) =>
    act(context, request, clusterOf(request, names));
const onPool =
  (act: PoolAction): Handler =>
  (context, request, names) =>
    act(context, request, poolOf(request, names));

const CLUSTER = "managedclusters/{cluster}";
const POOL = `${CLUSTER}/agentpools/{pool}`;

/** Actions on clusters and pools, and what may be asked of their operations. Source: Azure/azure-rest-api-specs managedClusters.json, by version. */
export const actionRoutes: readonly Route[] = [
  { pattern: `${CLUSTER}/start`, methods: { POST: onCluster(startManagedCluster) } },
  { pattern: `${CLUSTER}/stop`, methods: { POST: onCluster(stopManagedCluster) } },
  { pattern: `${CLUSTER}/abort`, methods: { POST: onCluster(abortManagedCluster) } },
  { pattern: `${CLUSTER}/rotateclustercertificates`, methods: { POST: onCluster(rotateClusterCertificates) } },
  { pattern: `${CLUSTER}/rotateserviceaccountsigningkeys`, methods: { POST: onCluster(rotateServiceAccountSigningKeys) } },
  { pattern: `${CLUSTER}/resetserviceprincipalprofile`, methods: { POST: onCluster(resetServicePrincipalProfile) } },
  { pattern: `${CLUSTER}/resetaadprofile`, methods: { POST: onCluster(resetAADProfile) } },
  {
    pattern: `${CLUSTER}/operations/{operation}`,
    methods: { GET: (context, request, names) => managedClusterOperation(context, clusterOf(request, names), names["operation"] ?? "") },
  },
  { pattern: `${POOL}/abort`, methods: { POST: onPool(abortAgentPool) } },
  { pattern: `${POOL}/upgradenodeimageversion`, methods: { POST: onPool(upgradeNodeImageVersion) } },
  { pattern: `${POOL}/completeupgrade`, methods: { POST: onPool(completeUpgrade) } },
  { pattern: `${POOL}/deletemachines`, methods: { POST: onPool(deleteMachines) } },
  {
    pattern: `${POOL}/operations/{operation}`,
    methods: { GET: (context, request, names) => agentPoolOperation(context, poolOf(request, names), names["operation"] ?? "") },
  },
];
