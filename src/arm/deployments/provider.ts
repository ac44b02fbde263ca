import type { Clock, Random } from "#lib";
import { armErrors } from "../errors.ts";
import { idOf } from "../door/resource-id.ts";
import { sameName } from "../ids.ts";
import { RETRY_AFTER_SECONDS } from "../operations.ts";
import type { ArmRequest, ArmResponse, ResourceProvider, ResourceTypeDescription } from "../provider.ts";
import { pageOf, parseFilter } from "../query.ts";
import type { DeploymentOptions, DeploymentRecords } from "./deployments.ts";
import { prepare } from "./prepare.ts";
import { type Deployment, deploymentId, isEnded } from "./records.ts";
import type { Plan } from "./template/plan.ts";
import { PendingReference } from "./template/scope.ts";
import { deploymentView, operationViews, validationView } from "./views.ts";
import { whatIf, type WhatIfJobs } from "./what-if.ts";

const NAMESPACE = "Microsoft.Resources";
const API_VERSIONS = [
  "2025-04-01",
  "2024-11-01",
  "2022-09-01",
  "2021-04-01",
  "2020-06-01",
  "2019-05-01",
  "2018-05-01",
  "2017-05-10",
  "2015-01-01",
];
/** With the types that are answered at paths of Azure Resource Manager's own: clients look up their api-versions here. */
const TYPES: readonly ResourceTypeDescription[] = [
  "tenants",
  "locations",
  "providers",
  "resources",
  "subscriptions",
  "subscriptions/resources",
  "subscriptions/providers",
  "subscriptions/operationresults",
  "resourceGroups",
  "subscriptions/resourceGroups",
  "subscriptions/resourcegroups/resources",
  "subscriptions/locations",
  "subscriptions/tagnames",
  "subscriptions/tagNames/tagValues",
  "deployments",
  "deployments/operations",
].map((resourceType) => ({ resourceType, locations: [], apiVersions: API_VERSIONS }));
/** What {@link createDeploymentsProvider} answers, below the namespace. */
export const deploymentOperations: readonly string[] = [
  "GET deployments",
  "GET deployments/{deployment}",
  "PUT deployments/{deployment}",
  "DELETE deployments/{deployment}",
  "POST deployments/{deployment}/validate",
  "POST deployments/{deployment}/whatif",
  "POST deployments/{deployment}/cancel",
  "GET deployments/{deployment}/operationstatuses/{id}",
  "GET deployments/{deployment}/operations",
  "GET deployments/{deployment}/operations/{id}",
  "POST deployments/{deployment}/exporttemplate",
];
export interface ProviderOptions extends Pick<DeploymentOptions, "contextOf" | "dispatch" | "contents"> {
  readonly clock: Clock;
  readonly random: Random;
  readonly records: DeploymentRecords;
  readonly whatIfs: WhatIfJobs;
}

/** Answers `…/providers/Microsoft.Resources/deployments…` of a group or a subscription. */
export function createDeploymentsProvider(options: ProviderOptions): ResourceProvider {
  return {
    namespace: NAMESPACE,
    resourceTypes: TYPES,
    resources: () => [],
    beginDelete: async () => undefined,
    async handle(request) {
      const [type = "", name, action, id] = request.path.segments;
      if (request.path.subscriptionId === "") throw armErrors.notEmulated("A deployment outside a subscription");
      if (!sameName(type, "deployments")) throw armErrors.invalidType(NAMESPACE, request.apiVersion);
      if (name === undefined) return list(request, options);
      return action === undefined
        ? await forDeployment(request, name, options)
        : await forAction(request, { name, action: action.toLowerCase(), id }, options);
    },
  };
}

function list(request: ArmRequest, { records, clock }: ProviderOptions): ArmResponse {
  requireMethod(request, "GET");
  const { subscriptionId, resourceGroup = "" } = request.path;
  const options = { apiVersion: request.apiVersion, nowMs: clock.now() };
  return {
    status: 200,
    body: pageOf({ ...request, path: idOf(request.path) }, filtered(request, records.list(subscriptionId, resourceGroup)), (deployment) =>
      deploymentView(deployment, options),
    ),
  };
}

function filtered(request: ArmRequest, deployments: readonly Deployment[]): readonly Deployment[] {
  const { provisioningstate } = parseFilter(request.query.get("$filter"), ["provisioningState"]);
  return deployments.filter(({ state }) => provisioningstate === undefined || sameName(state, provisioningstate));
}

async function forDeployment(request: ArmRequest, name: string, options: ProviderOptions): Promise<ArmResponse> {
  const { records, clock } = options;
  if (request.method === "PUT") return await put(request, name, options);
  if (request.method !== "GET" && request.method !== "DELETE") throw armErrors.methodNotAllowed(request.method);
  const deployment = find(request, name, records);
  if (request.method === "GET")
    return { status: 200, body: deploymentView(deployment, { apiVersion: request.apiVersion, nowMs: clock.now() }) };
  await records.remove(deployment);
  const status = `${request.baseUrl}${deploymentId(deployment)}/operationStatuses/${deployment.statusId}?api-version=${request.apiVersion}`;
  return { status: 202, headers: { Location: status, "Retry-After": String(RETRY_AFTER_SECONDS) } };
}

async function forAction(
  request: ArmRequest,
  { name, action, id }: { readonly name: string; readonly action: string; readonly id: string | undefined },
  options: ProviderOptions,
): Promise<ArmResponse> {
  const { records, clock } = options;
  switch (action) {
    case "validate": {
      requireMethod(request, "POST");
      const { deployment, plan } = prepare(request, name, options);
      const bodies = plan.resources.map((resource) => ({ apiVersion: resource.apiVersion, ...knownBody(plan, resource) }));
      return { status: 200, body: validationView(deployment, bodies, { apiVersion: request.apiVersion, nowMs: clock.now() }) };
    }
    case "operationstatuses": {
      requireMethod(request, "GET");
      return operationStatus(request, { name, id: id ?? "" }, records);
    }
    case "operations": {
      requireMethod(request, "GET");
      const views = operationViews(find(request, name, records), clock.now());
      if (id === undefined) return { status: 200, body: { value: views } };
      const view = views.find(({ operationId }) => sameName(String(operationId), id));
      if (view === undefined) throw armErrors.operationNotFound();
      return { status: 200, body: view };
    }
    case "exporttemplate": {
      requireMethod(request, "POST");
      return { status: 200, body: { template: find(request, name, records).template } };
    }
    case "cancel":
      requireMethod(request, "POST");
      await records.cancel(find(request, name, records));
      return { status: 204 };
    case "whatif":
      requireMethod(request, "POST");
      return await beginWhatIf(request, name, options);
    default:
      throw armErrors.invalidType(NAMESPACE, request.apiVersion);
  }
}

/** Source: recorded `az deployment group what-if`: 202, and the result at its Location. */
async function beginWhatIf(request: ArmRequest, name: string, options: ProviderOptions): Promise<ArmResponse> {
  const { deployment, plan, idsOnly, location } = prepare(request, name, options);
  const body = await whatIf(request, { deployment, plan, idsOnly }, options);
  if (Buffer.byteLength(JSON.stringify(body)) > MAX_WHAT_IF_BYTES) throw armErrors.contentTooLarge("1 MB");
  const token = await options.whatIfs.keep(deployment, { location, body, nowMs: options.clock.now() });
  const url = `${request.baseUrl}/subscriptions/${deployment.subscriptionId}/operationresults/${token}?api-version=${request.apiVersion}`;
  return { status: 202, headers: { Location: url, "Retry-After": String(RETRY_AFTER_SECONDS) } };
}

/** Bytes of a what-if's result at most: a bound on what is stored. */
const MAX_WHAT_IF_BYTES = 1024 * 1024;

async function put(request: ArmRequest, name: string, options: ProviderOptions): Promise<ArmResponse> {
  const { deployment } = prepare(request, name, options);
  const { created } = await options.records.begin(deployment);
  const path = deploymentId(deployment).replace("/resourceGroups/", "/resourcegroups/");
  return {
    status: created ? 201 : 200,
    headers: {
      "Azure-AsyncOperation": `${request.baseUrl}${path}/operationStatuses/${deployment.statusId}?api-version=${request.apiVersion}`,
      "Retry-After": String(RETRY_AFTER_SECONDS),
    },
    body: deploymentView(deployment, { apiVersion: request.apiVersion, nowMs: options.clock.now() }),
  };
}

/** A resource's body as far as it is known before anything is deployed. */
function knownBody(plan: Plan, resource: Plan["resources"][number]): Readonly<Record<string, unknown>> {
  try {
    return plan.body(resource, (reference) => {
      throw new PendingReference(reference);
    });
  } catch (error) {
    if (error instanceof PendingReference) return {};
    throw error;
  }
}

/** Source: recorded operationStatuses: `{"status":"Running"}`, then the end. A record that was deleted is done. */
function operationStatus(
  request: ArmRequest,
  { name, id }: { readonly name: string; readonly id: string },
  records: DeploymentRecords,
): ArmResponse {
  const { subscriptionId, resourceGroup = "" } = request.path;
  const deployment = records.get({ subscriptionId, resourceGroup, name });
  if (deployment === undefined) return { status: 204 };
  if (deployment.statusId !== id) throw armErrors.operationNotFound();
  if (!isEnded(deployment)) return { status: 200, headers: { "Retry-After": String(RETRY_AFTER_SECONDS) }, body: { status: "Running" } };
  return { status: 200, body: { status: deployment.state, ...(deployment.error === undefined ? {} : { error: deployment.error }) } };
}

/** @throws {ArmError} DeploymentNotFound. */
function find(request: ArmRequest, name: string, records: DeploymentRecords): Deployment {
  const { subscriptionId, resourceGroup = "" } = request.path;
  const deployment = records.get({ subscriptionId, resourceGroup, name });
  if (deployment === undefined) throw armErrors.deploymentNotFound(name);
  return deployment;
}

function requireMethod(request: ArmRequest, method: "GET" | "POST"): void {
  if (request.method !== method) throw armErrors.methodNotAllowed(request.method);
}
