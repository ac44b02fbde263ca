import type { KubeObject } from "#api/kubernetes/meta";
import { type Status, StatusError } from "#api/kubernetes/status";
import { applyJsonPatch, equalJson, type JsonObject, PatchError } from "#kube/apimachinery";
import type { Logger, Random } from "#lib";
import type { Resource, ResourceTable } from "../../resources.ts";
import { conditionsHold } from "../../cel/admission.ts";
import { bounded, CostError } from "../../cel/expression.ts";
import { badRequest, forbidden, internalError } from "../../status.ts";
import { admissionReview, readVerdict, reviewVersion, type Verdict, WebhookError } from "./admission-review.ts";
import type { Webhook } from "./configurations.ts";
import type { WebhookConnections } from "./connection.ts";
import { callValues } from "./expression-values.ts";
import { jsonError } from "./go-errors.ts";
import type { ReviewedCall } from "./review.ts";
import type { Conversions } from "../../conversion/conversions.ts";
import { coveredAs, type Ruled } from "./rules.ts";
import { selectsNamespace, selectsObject } from "./selectors.ts";

export interface WebhookContext {
  readonly resources: ResourceTable;
  readonly connections: WebhookConnections;
  readonly conversions: Conversions;
  readonly random: Random;
  readonly log: Logger;
  /** What the server itself adds, once more, to an object that webhooks have changed. */
  readmit(call: ReviewedCall, object: KubeObject): void;
}

const DEFAULT_TIMEOUT_SECONDS = 10;

/** A webhook that is asked, and in whose form. */
interface Invocation {
  readonly webhook: Webhook;
  readonly of: Resource;
}

/** Whoever is asked in another version sees the object as a webhook converts it. */
async function readyFor(
  { resources, conversions }: WebhookContext,
  webhook: Ruled,
  call: ReviewedCall,
  object: KubeObject | undefined,
): Promise<void> {
  if (call.resource.converted === undefined) return;
  const of = coveredAs(resources, webhook, call);
  if (of !== undefined) await conversions.ready(of, [object, call.previous]);
}

/** What was changed in another version is of the call's again. */
async function back(
  { conversions }: WebhookContext,
  { resource }: ReviewedCall,
  object: KubeObject | undefined,
): Promise<KubeObject | undefined> {
  if (object === undefined || resource.kept === undefined || object.apiVersion === resource.apiVersion) return object;
  return await conversions.shown(resource, object);
}

function invocationOf(
  { resources }: WebhookContext,
  webhook: Webhook,
  call: ReviewedCall,
  object: KubeObject | undefined,
): Invocation | undefined {
  if (!selectsObject(webhook.objects, object, call.previous)) return undefined;
  const of = coveredAs(resources, webhook, call);
  if (of === undefined || !selectsNamespace(resources, webhook.namespaces, call, object)) return undefined;
  return webhook.conditions.length === 0 || meetsConditions(resources, { webhook, of }, call, object) ? { webhook, of } : undefined;
}

/** Source: …/webhook/generic/webhook.go, ShouldCallHook. @throws {StatusError} Forbidden when it cannot be told, and nobody says to go on. */
function meetsConditions(
  resources: ResourceTable,
  { webhook, of }: Invocation,
  call: ReviewedCall,
  object: KubeObject | undefined,
): boolean {
  const values = callValues(resources, call, { of, object, withNamespace: false });
  let holds: boolean | Error;
  try {
    holds = bounded(() => conditionsHold(webhook.conditions, values));
  } catch (error) {
    if (!(error instanceof CostError)) throw error;
    holds = error;
  }
  if (!(holds instanceof Error)) return holds;
  if (webhook.failurePolicy === "Ignore") return false;
  throw forbidden(call.resource.of, call.name, holds.message);
}

/** Asks one webhook. @throws {WebhookError} when it does not answer as it should; {StatusError} when it refuses. */
async function ask(
  context: WebhookContext,
  { webhook, of }: Invocation,
  call: ReviewedCall,
  { object, mutating }: { object: KubeObject | undefined; mutating: boolean },
): Promise<Verdict> {
  const { name, sideEffects, clientConfig, timeoutSeconds = DEFAULT_TIMEOUT_SECONDS } = webhook;
  if (call.dryRun && sideEffects !== "None" && sideEffects !== "NoneOnDryRun")
    throw badRequest(`admission webhook ${JSON.stringify(name)} does not support dry run`);
  const version = reviewVersion(webhook.admissionReviewVersions);
  const uid = context.random.uuid();
  const show = (each: KubeObject | undefined): KubeObject | undefined => (each === undefined ? undefined : call.form.show(of, each));
  const review = admissionReview({ uid, version, call, of, object: show(object), previous: show(call.previous) });
  const { warn } = call.author;
  const answer = await called(() => context.connections.post(clientConfig, review, { timeoutSeconds, warn }));
  const verdict = readVerdict(answer, { uid, version, mutating });
  for (const warning of verdict.warnings) warn?.(warning);
  if (!verdict.allowed) throw new StatusError(denial(name, verdict.result ?? {}));
  return verdict;
}

async function called(post: () => Promise<unknown>): Promise<unknown> {
  try {
    return await post();
  } catch (error) {
    throw error instanceof WebhookError ? new WebhookError(`failed to call webhook: ${error.message}`) : error;
  }
}

/** Source: apiserver pkg/admission/plugin/webhook/errors/statuserror.go, ToStatusErr. */
function denial(name: string, { code = 0, status, message = "", reason, details, metadata }: Partial<Status>): Status {
  const head = `admission webhook ${JSON.stringify(name)} denied the request`;
  const why = message === "" ? (reason ?? "") : message;
  return {
    kind: "Status",
    apiVersion: "v1",
    metadata: metadata ?? {},
    status: status === undefined || status === "Success" ? "Failure" : status,
    message: why === "" ? `${head} without explanation` : `${head}: ${why}`,
    ...(reason !== undefined && { reason }),
    ...(details !== undefined && { details }),
    code: code < 400 ? 400 : code,
  };
}

/** Whether the call goes on in spite of the error. @throws {StatusError} otherwise. */
function forgive({ log }: WebhookContext, { name, failurePolicy }: Webhook, error: unknown): void {
  if (!(error instanceof WebhookError)) throw error;
  const message = `failed calling webhook ${JSON.stringify(name)}: ${error.message}`;
  if (failurePolicy !== "Ignore") throw internalError(message);
  log.debug("a webhook failed and is ignored", { webhook: name, error: error.message });
}

/** Asks every webhook at once. Source: …/webhook/validating/dispatcher.go. @throws {StatusError} the first refusal, in their order. */
export async function validateByWebhooks(
  context: WebhookContext,
  webhooks: readonly Webhook[],
  call: ReviewedCall,
  object: KubeObject | undefined,
): Promise<void> {
  for (const webhook of webhooks) await readyFor(context, webhook, call, object);
  const invocations = webhooks.flatMap((webhook) => invocationOf(context, webhook, call, object) ?? []);
  const results = await Promise.allSettled(
    invocations.map(async (invocation) => {
      try {
        await ask(context, invocation, call, { object, mutating: false });
      } catch (error) {
        forgive(context, invocation.webhook, error);
      }
    }),
  );
  const refused = results.find((result) => result.status === "rejected");
  if (refused !== undefined) throw refused.reason;
}

/** Which webhooks are asked again. Source: …/webhook/mutating/reinvocationcontext.go. */
class Reinvocation {
  readonly #again = new Set<string>();
  #asked = new Set<string>();

  has({ id }: Webhook): boolean {
    return this.#again.has(id);
  }

  /** The object is another now: those that were asked before want to see it. */
  changed(): void {
    for (const id of this.#asked) this.#again.add(id);
    this.#asked = new Set();
  }

  wasAsked({ id, reinvocationPolicy }: Webhook): void {
    if (reinvocationPolicy === "IfNeeded") this.#asked.add(id);
  }
}

/**
 * Asks webhooks one after the other, and those that want it once more when others have changed the object since.
 * @returns the object as they want it, or the same one.
 * Source: …/webhook/mutating/dispatcher.go; pkg/admission/plugin/…/reinvocation.go. @throws {StatusError}
 */
export async function mutateByWebhooks(
  context: WebhookContext,
  webhooks: readonly Webhook[],
  call: ReviewedCall,
  object: KubeObject | undefined,
): Promise<KubeObject | undefined> {
  const again = new Reinvocation();
  const once = await round(context, webhooks, call, { object, again, isSecond: false });
  if (once === object || once === undefined) return once;
  const before = JSON.stringify(once);
  context.readmit(call, once);
  if (JSON.stringify(once) !== before) again.changed();
  return await round(context, webhooks, call, { object: once, again, isSecond: true });
}

async function round(
  context: WebhookContext,
  webhooks: readonly Webhook[],
  call: ReviewedCall,
  { object, again, isSecond }: { object: KubeObject | undefined; again: Reinvocation; isSecond: boolean },
): Promise<KubeObject | undefined> {
  let current = object;
  for (const webhook of webhooks) {
    await readyFor(context, webhook, call, current);
    const invocation = invocationOf(context, webhook, call, current);
    if (invocation === undefined || (isSecond && !again.has(webhook))) continue;
    try {
      const { patch } = await ask(context, invocation, call, { object: current, mutating: true });
      const next = patch === undefined ? current : await back(context, call, patched(invocation, call, { object: current, patch }));
      if (next !== current) again.changed();
      current = next;
    } catch (error) {
      forgive(context, webhook, error);
    }
    again.wasAsked(webhook);
  }
  return current;
}

function patched(
  { webhook, of }: Invocation,
  call: ReviewedCall,
  { object, patch }: { object: KubeObject | undefined; patch: string },
): KubeObject | undefined {
  const operations = operationsOf(patch);
  if (operations.length === 0) return object;
  if (object === undefined)
    throw internalError(
      `admission webhook ${JSON.stringify(webhook.name)} attempted to modify the object, which is not supported for this operation`,
    );
  const shown = call.form.show(of, object) as unknown as JsonObject;
  try {
    const result = applyJsonPatch(shown, operations);
    return equalJson(result, shown) ? object : call.form.take(of, result as unknown as KubeObject, object);
  } catch (error) {
    if (error instanceof PatchError) throw internalError(error.cause instanceof Error ? error.cause.message : error.message);
    if (error instanceof StatusError) throw internalError(error.message);
    throw error;
  }
}

function operationsOf(patch: string): readonly unknown[] {
  const head = "received undecodable patch in webhook response: ";
  let operations: unknown;
  try {
    operations = JSON.parse(patch);
  } catch {
    throw new WebhookError(`${head}${jsonError(patch)}`);
  }
  if (!Array.isArray(operations)) throw new WebhookError(`${head}json: cannot unmarshal object into Go value of type jsonpatch.Patch`);
  return operations;
}
