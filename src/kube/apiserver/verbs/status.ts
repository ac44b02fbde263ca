import type { KubeObject, ObjectMeta } from "#api/kubernetes/meta";
import { cloneJson, isJsonObject } from "#kube/apimachinery";
import { type Core, strategyContext } from "../core.ts";
import { metadataErrors, refuseMalformed } from "../object-meta.ts";
import type { StrategyContext } from "../registry/kind.ts";
import type { Resource } from "../resources.ts";
import { invalid } from "../status.ts";
import { storable } from "../storage/codec.ts";
import { omitEmpty } from "../omitted.ts";
import { finalizerErrors, metadataLeftByStatus, nextMetadata } from "./next-metadata.ts";
import type { PartCall } from "./update.ts";

interface WithStatus extends KubeObject {
  status?: unknown;
}

/**
 * An object with the status that was sent: labels and annotations sent along are taken too, as the strategy of its kind says;
 * everything else stays. Controllers of the cluster itself write nothing but the status.
 * @throws {StatusError} Invalid, or BadRequest for a status of another form.
 */
export function withStatus(
  core: Core,
  { resource, subresource, author }: PartCall,
  { previous, sent, ownsSent }: { readonly previous: KubeObject; readonly sent: KubeObject; readonly ownsSent: boolean },
): KubeObject {
  const copy: WithStatus = ownsSent ? sent : { ...sent, status: cloneJson((sent as WithStatus).status) };
  const status = subresource === "approval" ? withConditions(previous, copy) : copy.status;
  const { name } = previous.metadata;
  const shaped = { metadata: author.isClient ? { ...sent.metadata, name } : { name }, status } as KubeObject;
  refuseMalformed(resource, shaped);
  omitEmpty(resource, shaped);
  const object: WithStatus = storable(previous, resource.storedApiVersion, resource.storedKind);
  object.status = status;
  const context = strategyContext(core);
  resource.strategy.prepareForStatusUpdate?.(object, previous, context);
  if (author.isClient) takeMetadata(resource, object, shaped.metadata);
  if (resource.kind.isCustom === true) checkCustomStatus(resource, object, previous, context);
  return object;
}

function takeMetadata(resource: Resource, object: KubeObject, sent: ObjectMeta): void {
  const left = metadataLeftByStatus(resource.kind);
  if (left === "all") return;
  const previous = object.metadata;
  object.metadata = nextMetadata(left === "nothing" ? sent : { ...sent, [left]: previous[left] }, previous);
  const errors = [...metadataErrors(resource, object.metadata), ...finalizerErrors(object.metadata, previous)];
  if (errors.length > 0) throw invalid(resource.kind, previous.name, errors);
}

/** Who approves writes conditions only. Source: pkg/registry/certificates/certificates/strategy.go, csrApprovalStrategy. */
function withConditions(previous: WithStatus, { status }: WithStatus): object {
  const { conditions } = (isJsonObject(status) ? status : {}) as { conditions?: unknown };
  return { ...(previous.status as object | undefined), ...(conditions !== undefined && { conditions }) };
}

/** Schemas and rules of custom kinds speak of their status too. Source: apiextensions-apiserver pkg/registry/customresource/status_strategy.go. */
function checkCustomStatus(resource: Resource, object: KubeObject, previous: KubeObject, context: StrategyContext): void {
  const { kind, strategy } = resource;
  const errors = [...(strategy.validate?.(object, context) ?? []), ...(strategy.validateUpdate?.(object, previous, context) ?? [])];
  if (errors.length > 0) throw invalid(kind, object.metadata.name, errors);
}
