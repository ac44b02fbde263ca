import type { Clock } from "#lib";
import type { Resource } from "../../resources.ts";
import { type Webhook, Webhooks } from "./configurations.ts";
import { WebhookConnections } from "./connection.ts";
import { concerns, readyForPolicies, validateByPolicies } from "./policies.ts";
import { Policies } from "./policy-index.ts";
import type { Review, ReviewedCall, Reviews } from "./review.ts";
import { coveredAs, isExempt } from "./rules.ts";
import { mutateByWebhooks, validateByWebhooks, type WebhookContext } from "./webhooks.ts";

export interface ReviewsContext extends Omit<WebhookContext, "connections"> {
  /** The clock that callers wait by. */
  readonly wall: Clock;
}

/** Asks the webhooks and policies that the cluster has configured. */
export function createReviews({ wall, ...rest }: ReviewsContext): Reviews {
  const { resources } = rest;
  const connections = new WebhookConnections(resources, wall);
  const context: WebhookContext = { ...rest, connections };
  const mutating = new Webhooks(resources, "mutatingwebhookconfigurations");
  const validating = new Webhooks(resources, "validatingwebhookconfigurations");
  const policies = new Policies(resources);
  const covering = (webhooks: readonly Webhook[], call: ReviewedCall): readonly Webhook[] =>
    webhooks.filter((webhook) => coveredAs(resources, webhook, call) !== undefined);
  return {
    of(resource: Resource, callOf: () => ReviewedCall): Review | undefined {
      if ((mutating.isEmpty && validating.isEmpty && policies.isEmpty) || isExempt(resource)) return undefined;
      const call = callOf();
      const [mutators, validators] = [covering(mutating.all, call), covering(validating.all, call)];
      const concerned = policies.all.filter((policy) => concerns(resources, policy, call));
      if (mutators.length + validators.length + concerned.length === 0) return undefined;
      return {
        mutate: async (object) => (mutators.length === 0 ? object : await mutateByWebhooks(context, mutators, call, object)),
        async validate(object) {
          const named = nameFrom(call, object?.metadata?.name);
          await readyForPolicies(rest, concerned, named, object);
          validateByPolicies(resources, concerned, named, object);
          if (validators.length > 0) await validateByWebhooks(context, validators, named, object);
        },
      };
    },
    stop: () => connections.close(),
  };
}

/** A new object has its name by the time that it is checked. */
function nameFrom(call: ReviewedCall, name: string | undefined): ReviewedCall {
  return call.name === "" && name !== undefined ? { ...call, name } : call;
}
