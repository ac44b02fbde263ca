import type { ArmRequest, ArmResponse } from "#arm";
import { decodeRoleBinding, encodeRoleBinding } from "#api/containerservice/trusted-access";
import { commit } from "../commit.ts";
import type { AksContext } from "../context.ts";
import type { StoredCluster } from "../documents.ts";
import { refusals } from "../errors.ts";
import { requireCluster, requireParent } from "../lookup.ts";
import { resourceRefusals } from "../resource-errors.ts";
import { clusterOf, type Names, ok, type Route } from "../route.ts";
import { bindingId, bindingKey, bindingsOf, type StoredRoleBinding } from "./documents.ts";
import { trustedAccessRoles } from "./roles.ts";
import { checkedBinding } from "./rules.ts";

/**
 * Trusted access: bindings of roles to Azure resources, each with an operation of its own, beside whatever the cluster does.
 * Sources: recorded answers of 2026-01; MicrosoftDocs/azure-aks-docs articles/aks/trusted-access-feature.md.
 * Differs from AKS: a binding is kept and lets nobody in, as there are no other services here that could come.
 */
export const trustedAccessRoutes: readonly Route[] = [
  { pattern: "locations/{location}/trustedaccessroles", methods: { GET: () => ok({ value: trustedAccessRoles }) } },
  { pattern: "managedclusters/{cluster}/trustedaccessrolebindings", methods: { GET: list } },
  { pattern: "managedclusters/{cluster}/trustedaccessrolebindings/{binding}", methods: { GET: get, PUT: put, DELETE: remove } },
];

/** Bindings of a cluster at most. Source: articles/aks/trusted-access-feature.md. */
const MAX_BINDINGS = 8;

function answer(cluster: StoredCluster, { name, sourceResourceId, roles, work }: StoredRoleBinding, apiVersion: string): object {
  const properties = { provisioningState: work?.kind ?? "Succeeded", sourceResourceId, roles };
  return encodeRoleBinding({ id: bindingId(cluster, name), name }, properties, apiVersion);
}

function list(context: AksContext, request: ArmRequest, names: Names): ArmResponse {
  const cluster = requireCluster(context, clusterOf(request, names)).value;
  return ok({ value: context.roleBindings.list(bindingsOf(cluster)).map(({ value }) => answer(cluster, value, request.apiVersion)) });
}

function get(context: AksContext, request: ArmRequest, names: Names): ArmResponse {
  const cluster = requireCluster(context, clusterOf(request, names)).value;
  const name = names["binding"] ?? "";
  const found = context.roleBindings.get(bindingKey(cluster, name));
  if (found === undefined) throw resourceRefusals.bindingNotFound(cluster, name);
  return ok(answer(cluster, found.value, request.apiVersion));
}

/** 201 for a new one and 200 for a change, both Updating, with `Azure-AsyncOperation` alone. Source: recorded answer of 2026-01. */
async function put(context: AksContext, request: ArmRequest, names: Names): Promise<ArmResponse> {
  const { properties: sent, errors } = decodeRoleBinding(request.body, request.apiVersion);
  if (errors[0] !== undefined) throw refusals.unreadable(errors[0]);
  const name = names["binding"] ?? "";
  const route = clusterOf(request, names);
  const made = await commit(context, () => {
    const document = requireParent(context, route);
    const { value: cluster } = document;
    if (cluster.work?.kind === "Deleting") throw refusals.clusterBusy(cluster.work.kind);
    const wanted = checkedBinding(name, sent);
    const all = context.roleBindings.list(bindingsOf(route));
    const key = bindingKey(route, name);
    const stored = all.find(({ id }) => id === key);
    if (stored?.value.work !== undefined) throw resourceRefusals.bindingBusy(stored.value.name, stored.value.work.kind);
    if (stored === undefined && all.length >= MAX_BINDINGS) throw resourceRefusals.tooManyBindings(MAX_BINDINGS);
    const before = { name: stored?.value.name ?? name, subscriptionId: cluster.subscriptionId, ...wanted };
    const { binding, operationId, ops } = withWork(context, cluster, { ...before, kind: "Updating" });
    return {
      // Every binding is compared: their number is bounded.
      compares: [
        context.clusters.unchanged(document.id, document),
        context.roleBindings.unchanged(key, stored),
        ...all.filter(({ id }) => id !== key).map((other) => context.roleBindings.unchanged(other.id, other)),
      ],
      ops,
      result: { created: stored === undefined, cluster, binding, operationId },
    };
  });
  return {
    status: made.created ? 201 : 200,
    layout: "provider",
    headers: headersOf(context, request, made.operationId),
    body: answer(made.cluster, made.binding, request.apiVersion),
  };
}

/** 202 with both headers, 204 for none. Source: Azure/azure-rest-api-specs, TrustedAccessRoleBindings_Delete. */
async function remove(context: AksContext, request: ArmRequest, names: Names): Promise<ArmResponse> {
  const operationId = await commit(context, () => {
    const cluster = requireCluster(context, clusterOf(request, names)).value;
    const key = bindingKey(cluster, names["binding"] ?? "");
    const document = context.roleBindings.get(key);
    if (document === undefined) return { compares: [], ops: [], result: undefined };
    const { work, ...stored } = document.value;
    if (work?.kind === "Deleting") return { compares: [], ops: [], result: work.operationId };
    if (work !== undefined) throw resourceRefusals.bindingBusy(stored.name, work.kind);
    const { operationId, ops } = withWork(context, cluster, { ...stored, kind: "Deleting" });
    return { compares: [context.roleBindings.unchanged(key, document)], ops, result: operationId };
  });
  if (operationId === undefined) return { status: 204 };
  return { status: 202, layout: "provider", headers: headersOf(context, request, operationId, { location: true }) };
}

/** The binding with work on it, and what stores both the binding and the operation. */
function withWork(
  { arm, clock, roleBindings }: AksContext,
  cluster: StoredCluster,
  { kind, ...binding }: Omit<StoredRoleBinding, "work"> & { readonly kind: "Updating" | "Deleting" },
): { readonly binding: StoredRoleBinding; readonly operationId: string; readonly ops: readonly ReturnType<typeof roleBindings.put>[] } {
  const { subscriptionId, location } = cluster;
  const { operation, op } = arm.operations.begin({
    subscriptionId,
    namespace: "Microsoft.ContainerService",
    location,
    resourceId: bindingId(cluster, binding.name),
    kind: `TrustedAccessRoleBinding.${kind}`,
    resultStatus: 204,
  });
  const stored = { ...binding, work: { kind, operationId: operation.id, startedMs: clock.now() } };
  return { binding: stored, operationId: operation.id, ops: [roleBindings.put(bindingKey(cluster, binding.name), stored), op] };
}

function headersOf({ arm }: AksContext, request: ArmRequest, id: string, options?: { readonly location: true }): Record<string, string> {
  const operation = arm.operations.get(request.path.subscriptionId, id);
  return operation === undefined ? {} : arm.operations.headers(request, operation, options);
}
