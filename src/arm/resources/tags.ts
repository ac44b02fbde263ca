import { type Documents, openDocuments, type Store } from "#store";
import { decodeBody } from "../door/body.ts";
import type { Dispatch } from "../door/dispatch.ts";
import { parseResourceId, scopeOf } from "../door/resource-id.ts";
import { armErrors } from "../errors.ts";
import type { Groups } from "../groups/groups.ts";
import { decodeTags, requireObject, type Tags } from "../groups/validate.ts";
import { sameName } from "../ids.ts";
import type { ArmPath, ArmRequest, ArmResponse, ResourceProvider } from "../provider.ts";
import type { Registrations } from "../providers/registrations.ts";

const NAMESPACE = "Microsoft.Resources";
const API_VERSIONS = ["2025-04-01", "2024-11-01", "2022-09-01", "2021-04-01", "2020-10-01", "2020-06-01", "2019-10-01"];

/** What {@link createTagsProvider} answers, below the namespace, at any scope. */
export const tagOperations: readonly string[] = ["GET tags/default", "PUT tags/default", "PATCH tags/default", "DELETE tags/default"];

/** What tags are read from and written to. */
export interface TagRooms {
  readonly groups: Groups;
  readonly registrations: Registrations;
  readonly dispatch: Dispatch;
  readonly subscriptionTags: SubscriptionTags;
}

/** Tags of subscriptions themselves. */
export interface SubscriptionTags {
  get(subscriptionId: string): Tags;
  set(subscriptionId: string, tags: Tags): Promise<void>;
  close(): void;
}

/** Opens the tags of subscriptions that the store holds. */
export async function openSubscriptionTags({ store }: { readonly store: Store }): Promise<SubscriptionTags> {
  const documents: Documents<Tags> = await openDocuments<Tags>(store, "/arm/subscription-tags/");
  return {
    get: (subscriptionId) => documents.get(subscriptionId.toLowerCase())?.value ?? {},
    async set(subscriptionId, tags) {
      await store.transact([], [documents.put(subscriptionId.toLowerCase(), tags)]);
    },
    close: () => documents.close(),
  };
}

/**
 * Answers `{scope}/providers/Microsoft.Resources/tags/default`: the tags of a subscription, a group or a resource as a
 * resource of their own. Sources: recorded `az tag create` and `az tag delete` of 2025-04-01 (Azure/azure-cli, resource/tests/latest/recordings),
 * and Azure/azure-rest-api-specs Microsoft.Resources resources.json, Tags_*AtScope.
 */
export function createTagsProvider(rooms: TagRooms): ResourceProvider {
  return {
    namespace: NAMESPACE,
    resourceTypes: [{ resourceType: "tags", locations: [], apiVersions: API_VERSIONS, capabilities: "SupportsExtension" }],
    resources: () => [],
    beginDelete: async () => undefined,
    async handle(request) {
      const { path, apiVersion } = request;
      const [, name = "", ...rest] = path.segments;
      if (!sameName(name, "default") || rest.length > 0 || path.subscriptionId === "") {
        throw armErrors.invalidType(NAMESPACE, apiVersion);
      }
      return await forTags(request, targetOf(request, rooms));
    },
  };
}

/** Where a scope keeps its tags. */
interface Target {
  read(): Promise<Tags>;
  write(tags: Tags): Promise<void>;
}

function targetOf(request: ArmRequest, { groups, registrations, dispatch, subscriptionTags }: TagRooms): Target {
  const { subscriptionId, resourceGroup, extends: resource } = request.path;
  if (resource !== undefined) return resourceTarget(request, parseResourceId(resource), { registrations, dispatch });
  if (resourceGroup === undefined) {
    return { read: async () => subscriptionTags.get(subscriptionId), write: (tags) => subscriptionTags.set(subscriptionId, tags) };
  }
  return {
    read: async () => groups.require(subscriptionId, resourceGroup).tags ?? {},
    async write(tags) {
      await groups.update(subscriptionId, resourceGroup, (group) => ({ ...group, tags }));
    },
  };
}

/** A resource's own provider keeps its tags: read with GET, changed with PATCH. */
function resourceTarget(
  request: ArmRequest,
  path: ArmPath,
  { registrations, dispatch }: Pick<TagRooms, "registrations" | "dispatch">,
): Target {
  const { text: _text, ...caller } = request;
  const type = path.segments.filter((_, index) => index % 2 === 0).join("/");
  const known = registrations.find(path.namespace ?? "").resourceTypes.find(({ resourceType }) => sameName(resourceType, type));
  const apiVersion = known?.apiVersions[0] ?? request.apiVersion;
  return {
    async read() {
      const { body } = await dispatch({ ...caller, method: "GET", path, apiVersion, body: undefined });
      return (body as { readonly tags?: Tags } | undefined)?.tags ?? {};
    },
    async write(tags) {
      await dispatch({ ...caller, method: "PATCH", path, apiVersion, body: { tags } });
    },
  };
}

async function forTags(request: ArmRequest, target: Target): Promise<ArmResponse> {
  switch (request.method) {
    case "GET":
      return { status: 200, body: view(request, await target.read()) };
    case "PUT": {
      const { tags } = decode(request);
      await target.write(tags);
      return { status: 200, body: view(request, tags) };
    }
    case "PATCH": {
      const { tags, operation } = decode(request);
      const patched = patch(await target.read(), tags, operation);
      await target.write(patched);
      return { status: 200, body: view(request, patched) };
    }
    case "DELETE":
      await target.write({});
      return { status: 200 };
    default:
      throw armErrors.methodNotAllowed(request.method);
  }
}

const OPERATIONS = ["Merge", "Replace", "Delete"] as const;

/** @throws {ArmError} InvalidRequestContent, InvalidTags. */
function decode(request: ArmRequest): { readonly tags: Tags; readonly operation: (typeof OPERATIONS)[number] } {
  const { properties, operation = "Replace" } = requireObject(request.body ?? decodeBody(request.text));
  const tags = decodeTags(requireObject(properties ?? {}).tags) ?? {};
  const known = OPERATIONS.find((candidate) => typeof operation === "string" && sameName(candidate, operation));
  if (known === undefined) throw armErrors.invalidContent("The operation is one of 'Merge', 'Replace' and 'Delete'. Path 'operation'");
  return { tags, operation: known };
}

/** Tags are deleted by name and value. @throws {ArmError} InvalidTags when there are too many together. */
function patch(present: Tags, tags: Tags, operation: (typeof OPERATIONS)[number]): Tags {
  if (operation === "Replace") return tags;
  const wanted = Object.entries(tags);
  const others = Object.entries(present).filter(
    ([key, value]) => !wanted.some(([name, asked]) => sameName(key, name) && (operation === "Merge" || value === asked)),
  );
  const patched = Object.fromEntries(operation === "Merge" ? [...others, ...wanted] : others);
  decodeTags(patched);
  return patched;
}

function view(request: ArmRequest, tags: Tags): Record<string, unknown> {
  return {
    id: `${scopeOf(request.path)}/providers/${NAMESPACE}/tags/default`,
    name: "default",
    type: `${NAMESPACE}/tags`,
    properties: { tags },
  };
}
