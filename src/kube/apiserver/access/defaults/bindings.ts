import type { RoleBinding, Subject } from "#api/kubernetes/rbac";
import { controllerRoles } from "./controller-roles.ts";

export const RBAC_GROUP = "rbac.authorization.k8s.io";

const user = (name: string): Subject => ({ kind: "User", apiGroup: RBAC_GROUP, name });
const group = (name: string): Subject => ({ kind: "Group", apiGroup: RBAC_GROUP, name });
const account = (name: string): Subject => ({ kind: "ServiceAccount", name, namespace: "kube-system" });

/** Who has a role; of the role's own name unless said otherwise. */
interface BindingDefinition {
  readonly name: string;
  readonly role?: string;
  readonly namespace?: string;
  readonly subjects: readonly Subject[];
}

const AUTHENTICATED = group("system:authenticated");
const SCHEDULER = user("system:kube-scheduler");
const CONTROLLER_MANAGER = user("system:kube-controller-manager");

/** Source: kubernetes 1.35 plugin/pkg/auth/authorizer/rbac/bootstrappolicy/policy.go, ClusterRoleBindings. */
const clusterBindings: readonly BindingDefinition[] = [
  { name: "cluster-admin", subjects: [group("system:masters")] },
  { name: "system:basic-user", subjects: [AUTHENTICATED] },
  { name: "system:discovery", subjects: [AUTHENTICATED] },
  { name: "system:kube-controller-manager", subjects: [CONTROLLER_MANAGER] },
  { name: "system:kube-dns", subjects: [account("kube-dns")] },
  { name: "system:kube-scheduler", subjects: [SCHEDULER] },
  { name: "system:monitoring", subjects: [group("system:monitoring")] },
  { name: "system:node", subjects: [] },
  { name: "system:node-proxier", subjects: [user("system:kube-proxy")] },
  { name: "system:public-info-viewer", subjects: [AUTHENTICATED, group("system:unauthenticated")] },
  { name: "system:service-account-issuer-discovery", subjects: [group("system:serviceaccounts")] },
  { name: "system:volume-scheduler", subjects: [SCHEDULER] },
  ...controllerRoles.map(({ name }) => ({ name, subjects: [account(name.slice("system:controller:".length))] })),
];

const KUBE_SYSTEM = "kube-system";
const CONTROLLER_LOCK = "system::leader-locking-kube-controller-manager";
const SCHEDULER_LOCK = "system::leader-locking-kube-scheduler";

/** Source: kubernetes 1.35 plugin/pkg/auth/authorizer/rbac/bootstrappolicy/namespace_policy.go. */
const bindings: readonly BindingDefinition[] = [
  { name: "system:controller:bootstrap-signer", namespace: "kube-public", subjects: [account("bootstrap-signer")] },
  {
    name: "system::extension-apiserver-authentication-reader",
    role: "extension-apiserver-authentication-reader",
    namespace: KUBE_SYSTEM,
    subjects: [CONTROLLER_MANAGER, SCHEDULER],
  },
  {
    name: CONTROLLER_LOCK,
    namespace: KUBE_SYSTEM,
    subjects: [CONTROLLER_MANAGER, account("kube-controller-manager"), account("leader-election-controller")],
  },
  { name: SCHEDULER_LOCK, namespace: KUBE_SYSTEM, subjects: [SCHEDULER, account("kube-scheduler")] },
  ...["bootstrap-signer", "cloud-provider", "token-cleaner"].map((name) => ({
    name: `system:controller:${name}`,
    namespace: KUBE_SYSTEM,
    subjects: [account(name)],
  })),
];

function bindingOf({ name, role = name, namespace, subjects }: BindingDefinition): RoleBinding {
  const kind = namespace === undefined ? "ClusterRole" : "Role";
  return {
    metadata: { name, ...(namespace !== undefined && { namespace }) },
    roleRef: { apiGroup: RBAC_GROUP, kind, name: role },
    ...(subjects.length > 0 && { subjects: subjects.map((subject) => ({ ...subject })) }),
  };
}

/** New objects at each call. */
export function defaultBindings(): { readonly ofCluster: RoleBinding[]; readonly ofNamespaces: RoleBinding[] } {
  return { ofCluster: clusterBindings.map(bindingOf), ofNamespaces: bindings.map(bindingOf) };
}
