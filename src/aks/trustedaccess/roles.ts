/** A rule of a Kubernetes ClusterRole. */
interface RoleRule {
  readonly verbs: readonly string[];
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames: readonly string[];
  readonly nonResourceURLs: readonly string[];
}

/** What a kind of Azure resource may be allowed to do in a cluster. */
export interface TrustedAccessRole {
  readonly sourceResourceType: string;
  readonly name: string;
  readonly rules: readonly RoleRule[];
}

const READ = ["get", "list", "watch"];
const WRITE = [...READ, "create", "update", "patch", "delete"];

function rule(verbs: readonly string[], apiGroups: readonly string[], resources: readonly string[]): RoleRule {
  return { verbs, apiGroups, resources, resourceNames: [], nonResourceURLs: [] };
}

/**
 * The roles that there are, in every region.
 * Sources of the names: Azure/azure-powershell src/Aks, Update-AzAksTrustedAccessRoleBinding (inference-v1); Azure/azure-cli#28171
 * (mlworkload); azure-docs articles/backup/azure-kubernetes-service-cluster-manage-backups.md (backup-operator);
 * articles/defender-for-cloud/agentless-containers (microsoft-defender-operator, which reads).
 * Unverified: their rules, and whether there are more.
 */
export const trustedAccessRoles: readonly TrustedAccessRole[] = [
  {
    sourceResourceType: "Microsoft.DataProtection/backupVaults",
    name: "backup-operator",
    rules: [rule(READ, [""], ["namespaces"]), rule(WRITE, ["clusterbackup.dataprotection.microsoft.com"], ["*"])],
  },
  {
    sourceResourceType: "Microsoft.MachineLearningServices/workspaces",
    name: "inference-v1",
    rules: [rule(WRITE, ["", "apps"], ["configmaps", "deployments", "pods", "secrets", "services"])],
  },
  {
    sourceResourceType: "Microsoft.MachineLearningServices/workspaces",
    name: "mlworkload",
    rules: [rule(READ, [""], ["namespaces", "nodes", "pods"]), rule(WRITE, ["amlarc.azureml.com"], ["*"])],
  },
  { sourceResourceType: "Microsoft.Security/pricings", name: "microsoft-defender-operator", rules: [rule(READ, ["*"], ["*"])] },
];

/** The type of resource that a role is for; undefined for a role that there is not. Letter case is as free as in ids. */
export function sourceTypeOf(role: string): string | undefined {
  const wanted = role.toLowerCase();
  return trustedAccessRoles.find(({ sourceResourceType, name }) => `${sourceResourceType}/${name}`.toLowerCase() === wanted)
    ?.sourceResourceType;
}
