import { decodeBody } from "../door/body.ts";
import { scopeOf } from "../door/resource-id.ts";
import { armErrors } from "../errors.ts";
import { requireObject } from "../groups/validate.ts";
import { sameName } from "../ids.ts";
import type { ArmRequest, ArmResponse, ResourceProvider } from "../provider.ts";
import { parseFilter } from "../query.ts";
import { type Lock, LOCK_LEVELS, type LockLevel, type Locks } from "./locks.ts";

const NAMESPACE = "Microsoft.Authorization";
const API_VERSIONS = ["2020-05-01", "2017-04-01", "2016-09-01", "2015-06-01", "2015-05-01-preview", "2015-01-01"];
/** Source: Azure/azure-rest-api-specs Microsoft.Authorization locks.json, parameter lockName and lockNotes. */
const NAME = /^[^<>%&?/+\s][^<>%&?/+]{0,259}$/;
const MAX_NOTES = 512;

/** What {@link createLocksProvider} answers, below the namespace, at any scope. */
export const lockOperations: readonly string[] = ["GET locks", "GET locks/{lock}", "PUT locks/{lock}", "DELETE locks/{lock}"];

/** Answers `{scope}/providers/Microsoft.Authorization/locks…` of a subscription, a group or a resource. */
export function createLocksProvider(locks: Locks): ResourceProvider {
  return {
    namespace: NAMESPACE,
    resourceTypes: [{ resourceType: "locks", locations: [], apiVersions: API_VERSIONS, capabilities: "SupportsExtension" }],
    resources: () => [],
    beginDelete: async () => undefined,
    async handle(request) {
      const [, name, ...rest] = request.path.segments;
      const scope = scopeOf(request.path);
      if (scope === "" || rest.length > 0) throw armErrors.invalidType(NAMESPACE, request.apiVersion);
      return name === undefined ? list(request, scope, locks) : await forLock(request, { scope, name }, locks);
    },
  };
}

/**
 * Source: recorded `az lock list` of a group and of a subscription, and the documentation of `$filter=atScope()`.
 * Unverified: that a list without the filter shows the locks above the scope too.
 */
function list(request: ArmRequest, scope: string, locks: Locks): ArmResponse {
  if (request.method !== "GET") throw armErrors.methodNotAllowed(request.method);
  const filter = request.query.get("$filter");
  const isAtScope = filter !== null && /^\s*atScope\(\)\s*$/i.test(filter);
  if (!isAtScope) parseFilter(filter, []);
  return { status: 200, body: { value: locks.list(scope, { below: !isAtScope }).map(view) } };
}

async function forLock(
  request: ArmRequest,
  { scope, name }: { readonly scope: string; readonly name: string },
  locks: Locks,
): Promise<ArmResponse> {
  switch (request.method) {
    case "PUT": {
      const lock = decode(request, { scope, name, present: locks.find(scope, name) });
      const { created } = await locks.put(lock);
      return { status: created ? 201 : 200, body: view(lock) };
    }
    case "DELETE":
      return { status: (await locks.remove(scope, name)) ? 200 : 204 };
    case "GET": {
      const lock = locks.find(scope, name);
      if (lock === undefined) throw armErrors.lockNotFound(name);
      return { status: 200, body: view(lock) };
    }
    default:
      throw armErrors.methodNotAllowed(request.method);
  }
}

/** @throws {ArmError} for a name, a level or notes that a lock cannot have. */
function decode(
  request: ArmRequest,
  { scope, name, present }: { readonly scope: string; readonly name: string; readonly present: Lock | undefined },
): Lock {
  if (!NAME.test(name)) throw armErrors.lockName(name);
  const { properties } = requireObject(request.body ?? decodeBody(request.text));
  const { level, notes, owners } = requireObject(properties);
  const known = typeof level === "string" ? LOCK_LEVELS.find((candidate) => sameName(candidate, level)) : undefined;
  if (known === undefined) throw armErrors.lockLevel(typeof level === "string" ? level : (JSON.stringify(level) ?? ""));
  if (notes !== undefined && notes !== null && (typeof notes !== "string" || notes.length > MAX_NOTES)) {
    throw armErrors.invalidContent(`The notes of a lock are a text of at most ${MAX_NOTES} characters. Path 'properties.notes'`);
  }
  return {
    scope: present?.scope ?? scope,
    name: present?.name ?? name,
    level: known satisfies LockLevel,
    ...(typeof notes === "string" ? { notes } : {}),
    ...(Array.isArray(owners) ? { owners: owners.map(ownerOf) } : {}),
  };
}

function ownerOf(owner: unknown): { readonly applicationId: string } {
  const { applicationId } = requireObject(owner);
  if (typeof applicationId === "string") return { applicationId };
  throw armErrors.invalidContent("Required property 'applicationId' not found in JSON. Path 'properties.owners'");
}

/** Source: recorded `az lock create` of 2016-09-01. */
function view({ scope, name, level, notes, owners }: Lock): Record<string, unknown> {
  return {
    properties: { level, ...(notes === undefined ? {} : { notes }), ...(owners === undefined ? {} : { owners }) },
    id: `${scope}/providers/${NAMESPACE}/locks/${name}`,
    type: `${NAMESPACE}/locks`,
    name,
  };
}
