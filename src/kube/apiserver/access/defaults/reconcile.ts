import type { KubeObject } from "#api/kubernetes/meta";
import type { ClusterRole, RoleBinding, Subject } from "#api/kubernetes/rbac";
import { isStatus } from "#api/kubernetes/status";
import { cloneJson, equalJson } from "#kube/apimachinery";
import type { Core } from "../../core.ts";
import type { Author } from "../../field-management.ts";
import type { Resource } from "../../resources.ts";
import { storable } from "../../storage/codec.ts";
import { entryKey } from "../../storage/storage.ts";
import { commit } from "../../verbs/commit.ts";
import { createObject } from "../../verbs/create.ts";
import { uncoveredRules } from "../rules.ts";
import { defaultBindings, RBAC_GROUP } from "./bindings.ts";
import { clusterRoles } from "./cluster-roles.ts";
import { controllerRoles } from "./controller-roles.ts";
import type { RoleDefinition } from "./definition.ts";
import { namespaceRoles } from "./namespace-roles.ts";

/** Source: kubernetes staging/src/k8s.io/api/rbac/v1/types.go, AutoUpdateAnnotationKey; bootstrappolicy addDefaultMetadata. */
const AUTO_UPDATE = "rbac.authorization.kubernetes.io/autoupdate";
const LABELS = { "kubernetes.io/bootstrapping": "rbac-defaults" };

const author: Author = { name: "kube-apiserver", isClient: false };

/**
 * Makes the default roles and bindings, and adds to those that are there what has gone from them; objects annotated
 * `autoupdate: "false"` stay as they are, and what others have added stays.
 * Source: kubernetes pkg/registry/rbac/rest/storage_rbac.go, PolicyData; component-helpers auth/rbac/reconciliation.
 */
export async function reconcileDefaultRoles(core: Core): Promise<void> {
  const { ofCluster, ofNamespaces } = defaultBindings();
  await Promise.all([
    ...[...clusterRoles, ...controllerRoles].map((role) => reconcile(core, "clusterroles", roleOf(role), withRules)),
    ...ofCluster.map((binding) => reconcile(core, "clusterrolebindings", binding, withSubjects)),
    ...namespaceRoles.map((role) => reconcile(core, "roles", roleOf(role), withRules)),
    ...ofNamespaces.map((binding) => reconcile(core, "rolebindings", binding, withSubjects)),
  ]);
}

function roleOf({ name, namespace, rules, partOf, gathers }: RoleDefinition): ClusterRole {
  const labels = partOf === undefined ? {} : { [`${RBAC_GROUP}/aggregate-to-${partOf}`]: "true" };
  const selector = { matchLabels: { [`${RBAC_GROUP}/aggregate-to-${gathers}`]: "true" } };
  return {
    metadata: { name, ...(namespace !== undefined && { namespace }), labels },
    ...(gathers !== undefined && { aggregationRule: { clusterRoleSelectors: [selector] } }),
    rules: cloneJson(rules) as ClusterRole["rules"] & object,
  };
}

type Completion<T extends KubeObject> = (present: T, wanted: T) => T;

async function reconcile<T extends KubeObject>(core: Core, name: string, object: T, complete: Completion<T>): Promise<void> {
  const resource = core.resources.preferred(RBAC_GROUP, name);
  if (resource === undefined) return;
  const { metadata } = object;
  metadata.annotations = { [AUTO_UPDATE]: "true" };
  metadata.labels = { ...LABELS, ...metadata.labels };
  const namespace = metadata.namespace ?? "";
  try {
    if (resource.cache.get(entryKey(namespace, metadata.name)) === undefined)
      await createObject(core, { resource, namespace, body: object, ownsBody: true, dryRun: false, author });
    else await repair(core, resource, object, complete);
  } catch (error) {
    if (!isStatus(error, "AlreadyExists")) throw error;
  }
}

async function repair<T extends KubeObject>(core: Core, resource: Resource, wanted: T, complete: Completion<T>): Promise<void> {
  const { name, namespace = "", annotations, labels } = wanted.metadata;
  await commit(core, { resource, namespace, name, dryRun: false }, ({ object }) => {
    const present = object as T;
    if (present.metadata.annotations?.[AUTO_UPDATE] === "false") return { kind: "keep" };
    const next = storable(complete(present, wanted), resource.storedApiVersion, resource.storedKind);
    next.metadata = {
      ...next.metadata,
      labels: { ...labels, ...present.metadata.labels },
      annotations: { ...annotations, ...present.metadata.annotations },
    };
    return { kind: "replace", object: next };
  });
}

function withRules(present: ClusterRole, wanted: ClusterRole): ClusterRole {
  const rules = present.rules ?? [];
  const missing = uncoveredRules(rules, wanted.rules ?? []);
  const selectors = present.aggregationRule?.clusterRoleSelectors ?? [];
  const missingSelectors = (wanted.aggregationRule?.clusterRoleSelectors ?? []).filter(
    (each) => !selectors.some((selector) => equalJson(selector, each)),
  );
  return {
    ...present,
    ...(missing.length > 0 && { rules: [...rules, ...missing] }),
    ...(missingSelectors.length > 0 && { aggregationRule: { clusterRoleSelectors: [...selectors, ...missingSelectors] } }),
  };
}

/** Differs from AKS: a default binding whose role was exchanged for another stays so, where it is made anew there. */
function withSubjects(present: RoleBinding, wanted: RoleBinding): RoleBinding {
  const subjects = present.subjects ?? [];
  const missing = (wanted.subjects ?? []).filter((subject: Subject) => !subjects.some((each) => equalJson(each, subject)));
  return missing.length === 0 ? present : { ...present, subjects: [...subjects, ...missing] };
}
