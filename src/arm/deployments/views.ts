import { duration, timestamp } from "../time.ts";
import { type Deployment, deploymentId, type ResourceOperation } from "./records.ts";
import type { ParameterValues } from "./template/parameters.ts";

type Json = Record<string, unknown>;

/** Versions from which answers carry `type`. Source: recorded answers of 2018-05-01 and 2022-09-01. */
const TYPE_SINCE = "2019-05-01";
/** Versions from which validated resources are ids only. Source: as above. */
const VALIDATED_IDS_SINCE = "2019-05-01";

/** What a view needs besides the deployment. */
export interface ViewOptions {
  readonly apiVersion: string;
  readonly nowMs: number;
}

/** A deployment as GET and PUT show it. Source: recorded deployments of 2018-05-01 and 2022-09-01. */
export function deploymentView(deployment: Deployment, { apiVersion, nowMs }: ViewOptions): Json {
  const { startMs, endMs, correlationId, outputs, error, operations } = deployment;
  const made = operations
    .filter(({ state, kind }) => state === "Succeeded" && kind === undefined)
    .map(({ resourceId }) => ({ id: resourceId }));
  return {
    ...head(deployment, apiVersion),
    properties: {
      ...plan(deployment),
      mode: deployment.mode,
      provisioningState: deployment.state,
      timestamp: timestamp(endMs ?? nowMs),
      duration: duration((endMs ?? nowMs) - startMs),
      correlationId,
      ...usage(deployment),
      ...(outputs === undefined ? {} : { outputs }),
      ...(deployment.state === "Succeeded" ? { outputResources: made } : {}),
      ...(error === undefined ? {} : { error }),
    },
  };
}

/** What a validation that found nothing shows. */
export function validationView(deployment: Deployment, bodies: readonly Json[], { apiVersion, nowMs }: ViewOptions): Json {
  const full = (id: string, index: number): Json => {
    const { type, name } = deployment.resources[index] ?? {};
    return { apiVersion: bodies[index]?.apiVersion, id, name, type, ...bodies[index] };
  };
  return {
    ...head(deployment, apiVersion),
    properties: {
      ...plan(deployment),
      mode: deployment.mode,
      provisioningState: "Succeeded",
      timestamp: timestamp(nowMs),
      duration: "PT0S",
      correlationId: deployment.correlationId,
      ...usage(deployment),
      validatedResources: deployment.resources.map(({ id }, index) => (apiVersion < VALIDATED_IDS_SINCE ? full(id, index) : { id })),
    },
  };
}

function head(deployment: Deployment, apiVersion: string): Json {
  const type = apiVersion < TYPE_SINCE ? {} : { type: "Microsoft.Resources/deployments" };
  const location = deployment.location === undefined ? {} : { location: deployment.location };
  return { id: deploymentId(deployment), name: deployment.name, ...type, ...location };
}

function plan({ templateHash, parameters }: Deployment): Json {
  return { templateHash, parameters: withoutSecrets(parameters) };
}

/** Secure parameters show their type only. */
export function withoutSecrets(parameters: ParameterValues): Json {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, { type, value }]) => [name, type.startsWith("Secure") ? { type } : { type, value }]),
  );
}

function usage({ resources }: Deployment): Json {
  const namespaces = new Map<string, Map<string, Set<string | null>>>();
  for (const { type, location } of resources) {
    const [namespace = "", ...rest] = type.split("/");
    const types = namespaces.get(namespace) ?? new Map<string, Set<string | null>>();
    const locations = types.get(rest.join("/")) ?? new Set<string | null>();
    namespaces.set(namespace, types.set(rest.join("/"), locations.add(location ?? null)));
  }
  const providers = [...namespaces].map(([namespace, types]) => ({
    namespace,
    resourceTypes: [...types].map(([resourceType, locations]) => ({ resourceType, locations: [...locations] })),
  }));
  const named = (id: string): Json => {
    const found = resources.find((resource) => resource.id === id);
    return { id, resourceType: found?.type, resourceName: found?.name };
  };
  const dependencies = resources
    .filter(({ dependsOn }) => dependsOn.length > 0)
    .map(({ id, dependsOn }) => ({ dependsOn: dependsOn.map(named), ...named(id) }));
  return { providers, dependencies };
}

/** The operations of a deployment; the last one, of a finished deployment, is the evaluation of its outputs. */
export function operationViews(deployment: Deployment, nowMs: number): readonly Json[] {
  const { state, statusId, endMs = nowMs, correlationId } = deployment;
  const own = {
    id: `${deploymentId(deployment)}/operations/${statusId}`,
    operationId: statusId,
    properties: {
      provisioningOperation: "EvaluateDeploymentOutput",
      provisioningState: state,
      timestamp: timestamp(endMs),
      duration: "PT0S",
      trackingId: correlationId,
      statusCode: "OK",
      statusMessage: null,
    },
  };
  const views = deployment.operations.map((operation) => operationView(deployment, operation, nowMs));
  return state === "Succeeded" ? [...views, own] : views;
}

function operationView(deployment: Deployment, operation: ResourceOperation, nowMs: number): Json {
  const { operationId, kind = "Create", state, startMs, endMs, trackingId, serviceRequestId, statusCode, statusMessage } = operation;
  const { resourceId, resourceType, resourceName } = operation;
  return {
    id: `${deploymentId(deployment)}/operations/${operationId}`,
    operationId,
    properties: {
      provisioningOperation: kind,
      provisioningState: state,
      timestamp: timestamp(endMs ?? nowMs),
      duration: duration((endMs ?? nowMs) - startMs),
      trackingId,
      serviceRequestId,
      statusCode: statusCode ?? "Created",
      ...(statusMessage === undefined ? {} : { statusMessage }),
      targetResource: { id: resourceId, resourceType, resourceName },
    },
  };
}
