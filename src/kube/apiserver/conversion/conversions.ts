import type { KubeObject } from "#api/kubernetes/meta";
import { StatusError } from "#api/kubernetes/status";
import { cloneJson } from "#kube/apimachinery";
import type { Clock, Random } from "#lib";
import { WebhookError } from "../admission/dynamic/admission-review.ts";
import { WebhookConnections } from "../admission/dynamic/connection.ts";
import type { ConversionWebhook, StrategyContext } from "../registry/kind.ts";
import { needsConversion, type Resource, type ResourceTable, shown } from "../resources.ts";
import { storable } from "../storage/codec.ts";
import { ConversionError, conversionReview, conversionReviewVersion, convertedKind, readConverted } from "./review.ts";

/** Source: apiextensions-apiserver pkg/apiserver/conversion/webhook_converter.go, of which a call has what any request of a client has. */
const TIMEOUT_SECONDS = 30;
/** Objects, and bytes of their JSON, that one review holds at most: an object alone may be larger. */
const MAX_OBJECTS = 100;
const MAX_BYTES = 1024 * 1024;

export interface ConversionsContext {
  readonly resources: ResourceTable;
  /** The clock that callers wait by. */
  readonly wall: Clock;
  context(): StrategyContext;
  readonly random: Random;
}

/**
 * Objects of custom kinds at other versions than those that they are kept in, where a webhook has to be asked for that.
 * What it says of an object that is stored holds for lists and watches until the definition changes, as it does in Kubernetes'
 * caches, of which every version has one.
 */
export class Conversions {
  readonly #random: Random;
  readonly #context: () => StrategyContext;
  readonly #connections: WebhookConnections;
  readonly #running = new WeakMap<Resource, WeakMap<KubeObject, Promise<void>>>();

  constructor({ resources, wall, random, context }: ConversionsContext) {
    this.#context = context;
    this.#random = random;
    this.#connections = new WebhookConnections(resources, wall);
  }

  stop(): void {
    this.#connections.close();
  }

  /**
   * Has converted what the resource shows of the objects, so that {@link shown} knows it; undefined when it knows already.
   * @throws {StatusError} of no reason, as the webhook fails.
   */
  ready(of: Resource, objects: Iterable<KubeObject | undefined>): Promise<void> | undefined {
    if (of.converted === undefined) return undefined;
    const missing: KubeObject[] = [];
    for (const object of objects) if (object !== undefined && needsConversion(of, object)) missing.push(object);
    return missing.length === 0 ? undefined : this.#join(of, missing);
  }

  /** The object as the resource shows it, whatever was known of it. @throws {StatusError} as {@link ready}. */
  async shown(of: Resource, object: KubeObject): Promise<KubeObject> {
    of.converted?.delete(object);
    await this.ready(of, [object]);
    return shown(of, object);
  }

  /** An object of the resource's version as it is to be stored. @throws {StatusError} as {@link ready}. */
  async kept(of: Resource, object: KubeObject): Promise<KubeObject> {
    const { kept = of } = of;
    const converted = await this.shown(kept, object);
    const next = storable(converted === object ? object : cloneJson(converted), kept.storedApiVersion, kept.storedKind);
    // What Kubernetes fills when it reads, so that every version shows it.
    if (converted !== object) kept.strategy.applyDefaults?.(next, this.#context());
    return next;
  }

  /** What somebody else waits for already is not asked for again. */
  async #join(of: Resource, objects: readonly KubeObject[]): Promise<void> {
    let running = this.#running.get(of);
    if (running === undefined) this.#running.set(of, (running = new WeakMap()));
    const known = running;
    const own = objects.filter((object) => !known.has(object));
    const others = new Set(objects.flatMap((object) => known.get(object) ?? []));
    const asked = this.#convertAll(of, own);
    for (const object of own) known.set(object, asked);
    try {
      await Promise.all([asked, ...others]);
    } finally {
      for (const object of own) known.delete(object);
    }
  }

  async #convertAll(of: Resource, objects: readonly KubeObject[]): Promise<void> {
    for (const batch of batchesOf(objects)) {
      try {
        await this.#convert(of, batch);
      } catch (error) {
        if (error instanceof ConversionError) throw refusal(error.message);
        throw error;
      }
    }
  }

  async #convert(of: Resource, objects: readonly KubeObject[]): Promise<void> {
    const { conversionWebhook: webhook, coerce } = of.kind;
    const [first] = objects;
    if (webhook === undefined || first === undefined) return;
    const version = conversionReviewVersion(webhook.reviewVersions);
    const request = { uid: this.#random.uuid(), version, desiredAPIVersion: of.apiVersion, objects };
    const answer = await this.#ask(webhook, conversionReview(request), first);
    for (const [index, object] of readConverted(answer, request).entries()) {
      const original = objects[index];
      if (original !== undefined) of.converted?.set(original, coerce?.(object) ?? object);
    }
  }

  async #ask({ clientConfig }: ConversionWebhook, review: object, first: KubeObject): Promise<unknown> {
    try {
      return await this.#connections.post(clientConfig, review, { timeoutSeconds: TIMEOUT_SECONDS });
    } catch (error) {
      if (!(error instanceof WebhookError)) throw error;
      throw new ConversionError(`conversion webhook for ${convertedKind(first)} failed: ${error.message}`);
    }
  }
}

function* batchesOf(objects: readonly KubeObject[]): Generator<readonly KubeObject[]> {
  let batch: KubeObject[] = [];
  let bytes = 0;
  for (const object of objects) {
    const size = objects.length === 1 ? 0 : JSON.stringify(object).length;
    if (batch.length > 0 && (batch.length === MAX_OBJECTS || bytes + size > MAX_BYTES)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(object);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}

/** An error that is no Status has no reason. Source: apiserver pkg/endpoints/handlers/responsewriters/status.go, ErrorToAPIStatus. */
function refusal(message: string): StatusError {
  return new StatusError({ kind: "Status", apiVersion: "v1", metadata: {}, status: "Failure", message, code: 500 });
}
