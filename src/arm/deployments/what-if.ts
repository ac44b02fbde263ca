import { type Documents, openDocuments, type Store } from "#store";
import { armErrors } from "../errors.ts";
import type { Dispatch } from "../door/dispatch.ts";
import { jobIdOf, jobPart, jobToken } from "../job-token.ts";
import { normalLocation } from "../locations.ts";
import type { ArmRequest, ArmResponse, GenericResource } from "../provider.ts";
import { ask, requestFor } from "./call-provider.ts";
import type { Contents } from "./complete.ts";
import { deltaOf, overlaid, type PropertyChange, sorted } from "./delta.ts";
import type { Deployment } from "./records.ts";
import type { Plan } from "./template/plan.ts";
import type { PlannedResource } from "./template/resources.ts";
import { PendingReference } from "./template/scope.ts";

/** What a deployment would do to one resource. Source: Azure/azure-rest-api-specs Microsoft.Resources, WhatIfChange. */
interface WhatIfChange {
  readonly resourceId: string;
  readonly changeType: "Create" | "Delete" | "Deploy" | "Ignore" | "Modify" | "NoChange" | "Unsupported";
  readonly unsupportedReason?: string;
  readonly before?: unknown;
  readonly after?: unknown;
  readonly delta?: readonly PropertyChange[];
}

interface Job {
  readonly id: string;
  readonly atMs: number;
  readonly body: unknown;
}

/** Results kept at most; the oldest make room. */
const MAX_RESULTS = 50;
const PREFIX = "DeploymentWhatIfJob-";

/** What a what-if works with. */
export interface WhatIfOptions {
  readonly dispatch: Dispatch;
  readonly contents: Contents;
}

/** The results of what-ifs, each found again at the Location that the request for it was answered with. */
export interface WhatIfJobs {
  /** Keeps a result. Returns the token that stands for it. */
  keep(deployment: Deployment, options: { readonly location: string; readonly body: unknown; readonly nowMs: number }): Promise<string>;
  /** Undefined for the token of another kind of job. @throws {ArmError} 404 for one that is not known, or not any more. */
  result(subscriptionId: string, token: string): ArmResponse | undefined;
  close(): void;
}

export async function openWhatIfJobs({ store }: { readonly store: Store }): Promise<WhatIfJobs> {
  const documents: Documents<Job> = await openDocuments<Job>(store, "/arm/what-ifs/");
  const keyOf = (subscriptionId: string, id: string): string => `${subscriptionId}/${id}`.toLowerCase();
  return {
    async keep(deployment, { location, body, nowMs }) {
      const { subscriptionId, resourceGroup, name, correlationId } = deployment;
      const id = `${PREFIX}${jobPart(resourceGroup)}-${jobPart(name)}-${jobPart(correlationId)}`;
      const others = [...documents.list()].sort((a, b) => a.value.atMs - b.value.atMs);
      const surplus = others.slice(0, Math.max(0, others.length + 1 - MAX_RESULTS)).map((document) => documents.remove(document.id));
      await store.transact([], [documents.put(keyOf(subscriptionId, id), { id, atMs: nowMs, body }), ...surplus]);
      return jobToken(id, location);
    },
    result(subscriptionId, token) {
      const id = jobIdOf(token);
      if (!id.startsWith(PREFIX)) return undefined;
      const job = documents.get(keyOf(subscriptionId, id));
      if (job === undefined) throw armErrors.operationNotFound();
      return { status: 200, body: job.value.body };
    },
    close: () => documents.close(),
  };
}

/**
 * What deploying a plan would change, by asking for every resource as it is now.
 * Source: recorded `az deployment group what-if` of 2022-09-01, and learn.microsoft.com/azure/azure-resource-manager/templates/deploy-what-if.
 */
export async function whatIf(
  request: ArmRequest,
  { deployment, plan, idsOnly }: { readonly deployment: Deployment; readonly plan: Plan; readonly idsOnly: boolean },
  options: WhatIfOptions,
): Promise<Record<string, unknown>> {
  const changes: WhatIfChange[] = [];
  for (const resource of plan.resources) changes.push(await changeOf(resource, { request, deployment, plan, options }));
  const { subscriptionId, resourceGroup } = deployment;
  if (resourceGroup !== "") {
    const named = new Set(plan.resources.map(({ id }) => id.toLowerCase()));
    const others = options.contents({ subscriptionId, resourceGroup }).filter(({ id }) => !named.has(id.toLowerCase()));
    const changeType = deployment.mode === "Complete" ? "Delete" : "Ignore";
    changes.push(...others.map((resource): WhatIfChange => ({ resourceId: resource.id, changeType, before: shortForm(resource) })));
  }
  const shown = idsOnly ? changes.map(withoutPayload) : masked(changes, secretsOf(deployment));
  return { status: "Succeeded", properties: { correlationId: deployment.correlationId, changes: shown } };
}

const MASK = "*******";

/** Every text of a secure parameter. */
function secretsOf({ parameters }: Deployment): ReadonlySet<string> {
  const texts = (value: unknown): readonly string[] => {
    if (typeof value === "string") return value === "" ? [] : [value];
    return typeof value === "object" && value !== null ? Object.values(value).flatMap(texts) : [];
  };
  return new Set(Object.values(parameters).flatMap(({ type, value }) => (type.startsWith("Secure") ? texts(value) : [])));
}

/** A result is kept and shown to who asks for it: what the caller gave as secret is not in it. Unverified: the mask. */
function masked(value: unknown, secrets: ReadonlySet<string>): unknown {
  if (typeof value === "string") return secrets.has(value) ? MASK : value;
  if (Array.isArray(value)) return value.map((item) => masked(item, secrets));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, masked(member, secrets)]));
}

interface Asking {
  readonly request: ArmRequest;
  readonly deployment: Deployment;
  readonly plan: Plan;
  readonly options: WhatIfOptions;
}

async function changeOf(resource: PlannedResource, { deployment, plan, options }: Asking): Promise<WhatIfChange> {
  const { id, apiVersion, name, type } = resource;
  const head = { apiVersion, id, name: name.split("/").at(-1), type };
  const wanted = wantedOf(resource, plan);
  if (wanted === undefined) return { resourceId: id, changeType: "Unsupported", unsupportedReason: UNKNOWN_YET };
  const found = await ask(options.dispatch, requestFor(deployment, { method: "GET", id, apiVersion }));
  if ("state" in found) {
    const { code, message } = errorIn(found.statusMessage);
    if (!ABSENT.has(code)) return { resourceId: id, changeType: "Unsupported", unsupportedReason: message };
    return { resourceId: id, changeType: "Create", after: sorted({ ...wanted, ...head }) };
  }
  const present = { ...(found.body as Readonly<Record<string, unknown>>), ...head };
  const before = sorted(present);
  const after = sorted({ ...(overlaid(present, wanted) as object), ...head });
  const delta = deltaOf(before, after);
  return {
    resourceId: id,
    changeType: delta.length === 0 ? "NoChange" : "Modify",
    before,
    after,
    ...(delta.length === 0 ? {} : { delta }),
  };
}

const UNKNOWN_YET = "The template refers to resources that are not there yet, so its values cannot be known.";

/** The body that would be put; undefined while it depends on a resource that is not there. */
function wantedOf(resource: PlannedResource, plan: Plan): Readonly<Record<string, unknown>> | undefined {
  try {
    const body = plan.body(resource, (reference) => {
      throw new PendingReference(reference);
    });
    return typeof body.location === "string" ? { ...body, location: normalLocation(body.location) } : body;
  } catch (error) {
    if (error instanceof PendingReference) return undefined;
    throw error;
  }
}

/** Codes of what is not there, but could be. */
const ABSENT: ReadonlySet<string> = new Set(["ResourceNotFound", "ResourceGroupNotFound", "DeploymentNotFound", "NotFound"]);

/** Of the door's envelope and of a provider's flat one. */
function errorIn(statusMessage: unknown): { readonly code: string; readonly message: string } {
  const { error } = statusMessage as { readonly error?: unknown };
  const { code, message } = (error ?? statusMessage) as { readonly code: string; readonly message: string };
  return { code, message };
}

function shortForm({ id, name, type, location, tags }: GenericResource): unknown {
  return sorted({ id, name, type, location, ...(tags === undefined ? {} : { tags }) });
}

function withoutPayload({ resourceId, changeType, unsupportedReason }: WhatIfChange): WhatIfChange {
  const isDeployed = changeType === "Modify" || changeType === "NoChange";
  return { resourceId, changeType: isDeployed ? "Deploy" : changeType, ...(unsupportedReason === undefined ? {} : { unsupportedReason }) };
}
