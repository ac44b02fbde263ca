import type { KubeObject, ObjectMeta } from "#api/kubernetes/meta";
import { isStatus } from "#api/kubernetes/status";
import { cloneJson, formatTime, generateName, isReleaseAtLeast, type Managers } from "#kube/apimachinery";
import { ownForm, type Review, type ReviewedCall, writeOptions } from "../admission/dynamic/review.ts";
import { toStore } from "../conversion/stored.ts";
import { type Core, strategyContext } from "../core.ts";
import { type Author, setManagers, trackCreation } from "../field-management.ts";
import { type FieldValidation, withKnownFields } from "../field-validation.ts";
import { asObject, asStored, metadataErrors } from "../object-meta.ts";
import { omitEmpty } from "../omitted.ts";
import { isPods, type Resource } from "../resources.ts";
import { alreadyExists, badRequest, beingDeleted, invalid, noUniqueName } from "../status.ts";
import { storable } from "../storage/codec.ts";
import { chargeQuotas, hasQuotas } from "../quotas.ts";
import { entryKey } from "../storage/storage.ts";

export interface CreateCall {
  readonly resource: Resource;
  /** Of the path; empty for kinds without namespaces. */
  readonly namespace: string;
  readonly body: unknown;
  readonly ownsBody: boolean;
  readonly dryRun: boolean;
  readonly author: Author;
  /** Who manages which field, where that is known already: of what is applied. */
  readonly managers?: Managers;
  readonly fieldValidation?: FieldValidation | undefined;
}

/** Names tried for `generateName`. Source: apiserver registry/generic/registry/store.go, maxNameGenerationCreateAttempts. */
const MAX_NAME_ATTEMPTS = 8;

/** Creates an object and returns it as stored. @throws {StatusError} as the API refuses. */
export async function createObject(core: Core, call: CreateCall): Promise<KubeObject> {
  const sent = asStored(call.resource, withKnownFields(call.resource, asObject(call.resource, call.body), call.fieldValidation));
  const isNamed = sent.metadata.name !== undefined && sent.metadata.name !== "";
  const prefix = sent.metadata.generateName ?? "";
  if (isNamed || prefix === "") return await createNamed(core, call, sent);
  for (let attempt = 1; ; attempt++) {
    const name = generateName(prefix, () => core.random.next());
    try {
      return await createNamed(core, call, { ...sent, metadata: { ...sent.metadata, name } });
    } catch (error) {
      if (!isStatus(error, "AlreadyExists")) throw error;
      if (attempt === MAX_NAME_ATTEMPTS) throw noUniqueName(call.resource.of, name);
    }
  }
}

async function createNamed(core: Core, call: CreateCall, sent: KubeObject): Promise<KubeObject> {
  const { resource } = call;
  let object = newObject(core, call, sent);
  const context = strategyContext(core);
  const { strategy } = resource;
  strategy.applyDefaults?.(object, context);
  omitEmpty(resource, object);
  // What admission and the strategy add is nobody's. Source: apiserver pkg/endpoints/handlers/create.go.
  if (call.managers === undefined) trackCreation(core, { resource, subresource: "", author: call.author }, object);
  else setManagers(object, call.managers);
  const { author } = call;
  core.admission.completeCreate(resource, object, { author });
  const review = core.reviews.of(resource, () => creationOf(core, call, sent));
  if (review !== undefined) object = await mutatedNew(review, object);
  // Source: apiextensions-apiserver pkg/registry/customresource/strategy.go, PrepareForCreate, which runs after those who mutate.
  if (resource.kind.isCustom === true && resource.kind.hasStatus) delete (object as { status?: unknown }).status;
  const undo = core.admission.checkCreate(resource, object, { author });
  try {
    strategy.prepareForCreate?.(object, context);
    const errors = [
      ...metadataErrors(resource, object.metadata),
      ...(strategy.validate?.(object, context) ?? []),
      ...(strategy.validateCreate?.(object) ?? []),
    ];
    if (errors.length > 0) throw invalid(resource.kind, object.metadata.name, errors);
    if (review !== undefined) await review.validate(object);
    return await storeCharged(core, call, object);
  } finally {
    undo?.();
  }
}

/** A name that the server makes up is not known before the object is complete. */
function creationOf(core: Core, { resource, namespace, author, dryRun }: CreateCall, { metadata }: KubeObject): ReviewedCall {
  const isOfNamespace = resource.group === "" && resource.kind.resource === "namespaces";
  return {
    operation: "CREATE",
    resource,
    subresource: "",
    name: metadata.generateName === undefined ? metadata.name : "",
    namespace: isOfNamespace ? metadata.name : namespace,
    author,
    dryRun,
    form: ownForm(strategyContext(core)),
    options: writeOptions("CreateOptions", author, dryRun),
  };
}

/**
 * What others make of a new object. They see it without what the server says of it, and cannot change that.
 * Source: apiserver pkg/endpoints/handlers/create.go; pkg/registry/rest/create.go, BeforeCreate.
 */
async function mutatedNew(review: Review, object: KubeObject): Promise<KubeObject> {
  const { uid, generation, creationTimestamp, ...asked } = object.metadata;
  const { name, ...nameless } = asked;
  const bare = { ...object, metadata: asked.generateName === undefined ? asked : (nameless as ObjectMeta) };
  const mutated = await review.mutate(bare);
  if (mutated === undefined || mutated === bare) return object;
  const { labels, annotations, ownerReferences, finalizers, name: given } = mutated.metadata;
  mutated.metadata = {
    name: given === undefined || given === "" ? name : given,
    ...(asked.generateName !== undefined && { generateName: asked.generateName }),
    ...(asked.namespace !== undefined && { namespace: asked.namespace }),
    ...(uid !== undefined && { uid }),
    ...(generation !== undefined && { generation }),
    ...(creationTimestamp !== undefined && { creationTimestamp }),
    ...(labels !== undefined && { labels }),
    ...(annotations !== undefined && { annotations }),
    ...(ownerReferences !== undefined && { ownerReferences }),
    ...(finalizers !== undefined && { finalizers }),
    ...(asked.managedFields !== undefined && { managedFields: asked.managedFields }),
  };
  return mutated;
}

/** Stores the object if the quotas of its namespace have room for it. */
async function storeCharged(core: Core, call: CreateCall, object: KubeObject): Promise<KubeObject> {
  const { resource, dryRun } = call;
  // Nothing else waits for quotas where there are none.
  const refund = hasQuotas(core, resource) ? await chargeQuotas(core, { resource, object }, dryRun) : undefined;
  try {
    return await store(core, call, object);
  } catch (error) {
    await refund?.();
    throw error;
  }
}

async function store(core: Core, { resource, dryRun }: CreateCall, object: KubeObject): Promise<KubeObject> {
  const { name, namespace } = object.metadata;
  const key = entryKey(namespace, name);
  const existing = resource.cache.get(key);
  if (existing !== undefined)
    throw existing.object.metadata.deletionTimestamp === undefined ? alreadyExists(resource.of, name) : beingDeleted(resource.of, name);
  if (resource.kept === undefined) return dryRun ? object : await core.storage.create(resource.target, key, object);
  const kept = await toStore(core, resource, { object });
  return await core.conversions.shown(resource, dryRun ? kept : await core.storage.create(resource.target, key, kept));
}

/** Core kinds that count their changes; the others of the group have no `generation`. Source: pkg/registry/core. */
const COUNTING_CORE_RESOURCES: ReadonlySet<string> = new Set(["replicationcontrollers", "podtemplates"]);
/** Kinds of other groups that count though they have no status. */
const COUNTING_WITHOUT_STATUS: ReadonlySet<string> = new Set([
  "networkpolicies",
  "priorityclasses",
  "endpointslices",
  "ingressclasses",
  "mutatingwebhookconfigurations",
  "validatingwebhookconfigurations",
  "validatingadmissionpolicybindings",
]);
/** Kinds of other groups that have a status and do not count. */
const NOT_COUNTING: ReadonlySet<string> = new Set(["horizontalpodautoscalers", "volumeattachments", "apiservices", "servicecidrs"]);

/** Whether objects of the resource carry `metadata.generation`. Source: the PrepareForCreate of each strategy in pkg/registry. */
export function countsGenerations({ kind }: Pick<Resource, "kind">, version: string): boolean {
  if (kind.isCustom === true) return true;
  // Pods count as of v1.33.0.
  if (isPods(kind)) return isReleaseAtLeast(version, "1.33");
  if (kind.group === "") return COUNTING_CORE_RESOURCES.has(kind.resource);
  return kind.hasStatus ? !NOT_COUNTING.has(kind.resource) : COUNTING_WITHOUT_STATUS.has(kind.resource);
}

/** Nodes register with their status; other kinds start without one. Source: pkg/registry/core/node/strategy.go. */
function keepsStatusOnCreate({ kind }: Resource): boolean {
  return !kind.hasStatus || (kind.group === "" && kind.resource === "nodes");
}

/** A private object with the server's own metadata. Source: apiserver pkg/registry/rest/create.go, BeforeCreate. */
function newObject(core: Core, { resource, namespace, ownsBody }: CreateCall, sent: KubeObject): KubeObject {
  const object = storable(ownsBody ? sent : cloneJson(sent), resource.storedApiVersion, resource.storedKind);
  object.metadata = newMetadata(core, { resource, namespace }, object.metadata);
  if (!keepsStatusOnCreate(resource)) delete (object as { status?: unknown }).status;
  return object;
}

function newMetadata(core: Core, { resource, namespace }: Pick<CreateCall, "resource" | "namespace">, sent: ObjectMeta): ObjectMeta {
  const { name, generateName: prefix, namespace: sentNamespace, labels, annotations, ownerReferences, finalizers } = sent;
  if (resource.kind.namespaced && sentNamespace !== undefined && sentNamespace !== "" && sentNamespace !== namespace)
    throw badRequest("the namespace of the provided object does not match the namespace sent on the request");
  return {
    name: name ?? "",
    ...(prefix === undefined || prefix === "" ? {} : { generateName: prefix }),
    ...(resource.kind.namespaced ? { namespace } : {}),
    uid: core.random.uuid(),
    ...(countsGenerations(resource, core.version) ? { generation: 1 } : {}),
    creationTimestamp: formatTime(core.clock.now()),
    ...(labels === undefined ? {} : { labels }),
    ...(annotations === undefined ? {} : { annotations }),
    ...(ownerReferences === undefined ? {} : { ownerReferences }),
    ...(finalizers === undefined ? {} : { finalizers }),
  };
}
