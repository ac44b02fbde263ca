import type { KubeObject, LabelSelector } from "#api/kubernetes/meta";
import { type Selector, selectorFromObject } from "#kube/apimachinery";
import { admissionScope, compileCondition } from "../../cel/admission.ts";
import type { CompileError, Expression } from "../../cel/expression.ts";
import type { ResourceTable } from "../../resources.ts";
import type { ResourceCache } from "../../storage/resource-cache.ts";
import type { Rule } from "./rules.ts";

/** Where a webhook is. */
export interface ClientConfig {
  readonly url?: string;
  /** Base64 of PEM. */
  readonly caBundle?: string;
  readonly service?: { readonly namespace: string; readonly name: string; readonly path?: string; readonly port?: number };
}

export interface MatchCondition {
  readonly name: string;
  readonly expression: string;
}

/** A webhook as its configuration says it, with its defaults. */
export interface WebhookSpec {
  readonly name: string;
  readonly clientConfig: ClientConfig;
  readonly rules?: readonly Rule[];
  readonly failurePolicy?: string;
  readonly matchPolicy?: string;
  readonly namespaceSelector?: LabelSelector;
  readonly objectSelector?: LabelSelector;
  readonly sideEffects?: string;
  readonly timeoutSeconds?: number;
  readonly reinvocationPolicy?: string;
  readonly admissionReviewVersions?: readonly string[];
  readonly matchConditions?: readonly MatchCondition[];
}

export interface Webhook extends WebhookSpec {
  /** Tells it from all others. */
  readonly id: string;
  readonly namespaces: Selector;
  readonly objects: Selector;
  readonly conditions: readonly { readonly text: string; readonly expression: Expression | CompileError }[];
}

const GROUP = "admissionregistration.k8s.io";

/** The webhooks of one kind of configuration: as they are now, in the order in which they are called. */
export class Webhooks {
  readonly #resources: ResourceTable;
  readonly #resource: string;
  #found: ResourceCache | undefined;
  #readAt = -1;
  #webhooks: readonly Webhook[] = [];

  constructor(resources: ResourceTable, resource: string) {
    this.#resources = resources;
    this.#resource = resource;
  }

  /** Looked for until it is there: what is served changes with the cluster's version. */
  get #cache(): ResourceCache | undefined {
    return (this.#found ??= this.#resources.preferred(GROUP, this.#resource)?.cache);
  }

  get isEmpty(): boolean {
    return this.#cache === undefined || this.#cache.size === 0;
  }

  /** By the names of their configurations. Source: apiserver pkg/admission/configuration, …WebhookConfigurationSorter. */
  get all(): readonly Webhook[] {
    const cache = this.#cache;
    if (cache === undefined || cache.size === 0) return [];
    if (this.#readAt !== cache.lastRevision) {
      this.#webhooks = [...cache.list({})].flatMap(({ object }) => webhooksOf(object));
      this.#readAt = cache.lastRevision;
    }
    return this.#webhooks;
  }
}

function webhooksOf(object: KubeObject): Webhook[] {
  const { webhooks } = object as { webhooks?: readonly WebhookSpec[] };
  return (webhooks ?? []).map((webhook, index) => ({
    ...webhook,
    id: `${object.metadata.name}/${webhook.name}/${index}`,
    namespaces: selectorFromObject(webhook.namespaceSelector ?? {}),
    objects: selectorFromObject(webhook.objectSelector ?? {}),
    conditions: conditionsOf(webhook.matchConditions ?? []),
  }));
}

function conditionsOf(conditions: readonly MatchCondition[]): Webhook["conditions"] {
  if (conditions.length === 0) return [];
  const scope = admissionScope(false);
  return conditions.map(({ expression }) => ({ text: expression, expression: compileCondition(expression.trim(), scope) }));
}
