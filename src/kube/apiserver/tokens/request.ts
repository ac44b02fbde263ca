import type { Pod } from "#api/kubernetes/core";
import type { KubeObject } from "#api/kubernetes/meta";
import { formatTime, isJsonObject, isReleaseAtLeast, type JsonObject } from "#kube/apimachinery";
import type { Core } from "../core.ts";
import type { FieldError } from "../registry/kind.ts";
import { badRequest, conflict, invalid, notDoneHere, notFound } from "../status.ts";
import { entryKey } from "../storage/storage.ts";
import type { ResourceCall } from "../verbs/single.ts";
import { type BoundClaims, podClaims } from "./claims.ts";

const KIND = { group: "authentication.k8s.io", kind: "TokenRequest" };
/** Source: pkg/apis/authentication/v1/defaults.go. */
const DEFAULT_SECONDS = 3600;
/** Source: pkg/apis/authentication/validation/validation.go. */
const MIN_SECONDS = 600;
const MAX_SECONDS = 2 ** 32;
/** What pods ask for, and what they get so that old clients can go on. Source: pkg/serviceaccount/claims.go. */
const POD_SECONDS = 60 * 60 + 7;
const EXTENDED_SECONDS = 365 * 24 * 60 * 60;
/** First version whose tokens have ids and name nodes. Source: pkg/features, ServiceAccountTokenJTI and …PodNodeInfo (beta 1.30). */
const IDS_SINCE = "1.30";

interface Reference {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly name?: string;
  readonly uid?: string;
}

/**
 * `create` of `serviceaccounts/token`: a token of the account, for a time and audiences, bound to an object if asked for.
 * Source: pkg/registry/core/serviceaccount/storage/token.go.
 * @throws {StatusError} NotFound, Invalid, Conflict, BadRequest.
 */
export async function requestToken(core: Core, { info, resource, request, dryRun }: ResourceCall): Promise<object> {
  const { tokens } = core;
  if (tokens === undefined) throw notDoneHere("tokens of service accounts are not issued by this server");
  const { name, namespace } = info;
  const { metadata, spec } = requestOf(request.body);
  checkPlace(metadata, { name, namespace });
  const account = resource.cache.get(entryKey(namespace, name))?.object;
  if (account === undefined) throw notFound(resource.of, name);
  const uid = account.metadata.uid ?? "";
  checkAccountUid(metadata["uid"], uid, name);
  const asked = audiencesOf(spec);
  const audiences = asked.length === 0 ? tokens.audiences : asked;
  const expirationSeconds = secondsOf(spec);
  const { boundObjectRef: reference } = spec as { boundObjectRef?: Reference };
  const bound = isJsonObject(reference) ? boundTo(core, { name, namespace }, reference) : {};
  const lifetime = lifetimeOf(expirationSeconds, "pod" in bound && audiences.every((audience) => tokens.audiences.includes(audience)));
  // Whoever is shown a token reads the clock on the wall, also while the cluster's time is moved.
  const nowMs = core.wall.now();
  const claims: BoundClaims = {
    namespace,
    ...bound,
    serviceaccount: { name, uid },
    ...(lifetime.warnAfter !== undefined && { warnafter: Math.floor(nowMs / 1000) + lifetime.warnAfter }),
  };
  const withId = isReleaseAtLeast(core.version, IDS_SINCE);
  const token = dryRun ? "" : await tokens.issue({ namespace, name }, claims, { audiences, seconds: lifetime.seconds, withId });
  return {
    kind: "TokenRequest",
    apiVersion: "authentication.k8s.io/v1",
    metadata: { name, namespace, uid, creationTimestamp: formatTime(nowMs) },
    spec: { audiences, expirationSeconds, boundObjectRef: isJsonObject(reference) ? reference : null },
    status: { token, expirationTimestamp: formatTime(nowMs + expirationSeconds * 1000) },
  };
}

function requestOf(body: unknown): { metadata: JsonObject; spec: JsonObject } {
  if (body !== undefined && body !== null && !isJsonObject(body)) throw badRequest("the body must be a TokenRequest");
  const { metadata, spec } = body ?? {};
  return { metadata: isJsonObject(metadata) ? metadata : {}, spec: isJsonObject(spec) ? spec : {} };
}

function checkPlace(metadata: JsonObject, at: { name: string; namespace: string }): void {
  for (const field of ["name", "namespace"] as const) {
    const sent = metadata[field];
    if (sent === undefined || sent === null || sent === "" || sent === at[field]) continue;
    const detail = `must match the service account ${field} if specified`;
    throw invalid(KIND, at.name, [{ type: "Invalid", field: `metadata.${field}`, value: sent, detail }]);
  }
}

function checkAccountUid(sent: unknown, uid: string, name: string): void {
  if (typeof sent !== "string" || sent === "" || sent === uid) return;
  const why = `the UID in the token request (${sent}) does not match the UID of the service account (${uid})`;
  throw conflict({ group: KIND.group, resource: KIND.kind }, name, why);
}

function audiencesOf({ audiences }: JsonObject): readonly string[] {
  if (audiences === undefined || audiences === null) return [];
  if (Array.isArray(audiences) && audiences.every((each): each is string => typeof each === "string")) return audiences;
  throw badRequest(
    'TokenRequest in version "v1" cannot be handled as a TokenRequest: json: cannot unmarshal into Go struct field TokenRequestSpec.spec.audiences of type []string',
  );
}

function secondsOf({ expirationSeconds = DEFAULT_SECONDS }: JsonObject): number {
  const seconds = expirationSeconds ?? DEFAULT_SECONDS;
  if (typeof seconds !== "number" || !Number.isInteger(seconds))
    throw badRequest(
      'TokenRequest in version "v1" cannot be handled as a TokenRequest: json: cannot unmarshal into Go struct field TokenRequestSpec.spec.expirationSeconds of type int64',
    );
  const errors: FieldError[] = [];
  const refuse = (detail: string): void => void errors.push({ type: "Invalid", field: "spec.expirationSeconds", value: seconds, detail });
  if (seconds < MIN_SECONDS) refuse("may not specify a duration less than 10 minutes");
  if (seconds > MAX_SECONDS) refuse("may not specify a duration larger than 2^32 seconds");
  if (errors.length > 0) throw invalid(KIND, "", errors);
  return seconds;
}

/** Pods ask for an hour, and theirs are good for a year. */
function lifetimeOf(asked: number, isOfPod: boolean): { readonly seconds: number; readonly warnAfter?: number } {
  return isOfPod && asked === POD_SECONDS ? { seconds: EXTENDED_SECONDS, warnAfter: asked } : { seconds: asked };
}

function boundTo(core: Core, { name, namespace }: { name: string; namespace: string }, reference: Reference): Partial<BoundClaims> {
  const { apiVersion = "", kind = "", uid } = reference;
  const resource = apiVersion.includes("/") ? undefined : BINDABLE[kind];
  if (resource === undefined) {
    const [version = "", group = ""] = apiVersion.split("/").reverse();
    throw badRequest(`cannot bind token to object of type ${group}/${version}, Kind=${kind}`);
  }
  const object = bindable(core, resource, resource === "nodes" ? "" : namespace, reference.name ?? "");
  if (uid !== undefined && uid !== "" && uid !== object.metadata.uid)
    throw conflict(
      { group: "", resource: kind },
      object.metadata.name,
      `the UID in the bound object reference (${uid}) does not match the UID in record. The object might have been deleted and then recreated`,
    );
  const own = { name: object.metadata.name, uid: object.metadata.uid ?? "" };
  if (resource === "nodes") return { node: own };
  if (resource === "secrets") return { secret: own };
  if ((object as Pod).spec.serviceAccountName !== name)
    throw badRequest(`cannot bind token for serviceaccount "${name}" to pod running with different serviceaccount name.`);
  return podClaims(core.resources, object as Pod, isReleaseAtLeast(core.version, IDS_SINCE));
}

const BINDABLE: Readonly<Record<string, "pods" | "secrets" | "nodes">> = { Pod: "pods", Secret: "secrets", Node: "nodes" };

function bindable(core: Core, name: string, namespace: string, objectName: string): KubeObject {
  const object = core.resources.preferred("", name)?.cache.get(entryKey(namespace, objectName))?.object;
  if (object === undefined) throw notFound({ group: "", resource: name }, objectName);
  return object;
}
