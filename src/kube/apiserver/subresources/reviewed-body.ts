import type { KubeObject } from "#api/kubernetes/meta";
import { isJsonObject } from "#kube/apimachinery";
import { bodyForm, type GroupVersionKind, type Operation, writeOptions } from "../admission/dynamic/review.ts";
import type { Core } from "../core.ts";
import type { ResourceCall } from "../verbs/single.ts";

/** What is sent to a subresource that stores it nowhere: `create` of a binding, an eviction, a token; a connection. */
export interface SentBody {
  readonly operation: Operation;
  readonly kind: GroupVersionKind;
  readonly body: unknown;
}

/**
 * The body as those who have a say in it want it, at once when nobody has.
 * Source: apiserver pkg/endpoints/handlers/create.go and rest.go, ConnectResource. @throws {StatusError} as they refuse.
 */
export function reviewedBody(core: Core, call: ResourceCall, { operation, kind, body }: SentBody): unknown {
  const { resource, info, author, dryRun } = call;
  const review = core.reviews.of(resource, () => ({
    operation,
    resource,
    subresource: info.subresource,
    name: info.name,
    namespace: info.namespace,
    author,
    dryRun,
    form: bodyForm(kind),
    ...(operation === "CREATE" && { options: writeOptions("CreateOptions", author, dryRun) }),
  }));
  if (review === undefined || !isJsonObject(body)) return body;
  const { group, version } = kind;
  const sent = { kind: kind.kind, apiVersion: group === "" ? version : `${group}/${version}`, ...body } as unknown as KubeObject;
  return review.mutate(sent).then(async (mutated) => {
    await review.validate(mutated);
    return mutated;
  });
}

const FLAGS = ["stdin", "stdout", "stderr", "tty"] as const;

/** PodExecOptions and its like, as a connection's query says them. Source: pkg/apis/core/v1/conversion.go. */
export function connectOptions({ request }: ResourceCall): object {
  const { query, command, ports } = request;
  return {
    ...Object.fromEntries(FLAGS.filter((flag) => query[flag] === "true" || query[flag] === "1").map((flag) => [flag, true])),
    ...(query["container"] !== undefined && { container: query["container"] }),
    ...(command !== undefined && command.length > 0 && { command }),
    ...(ports !== undefined && ports.length > 0 && { ports: ports.map(Number) }),
  };
}
