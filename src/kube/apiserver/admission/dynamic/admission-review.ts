import type { KubeObject } from "#api/kubernetes/meta";
import type { Status } from "#api/kubernetes/status";
import { isJsonObject } from "#kube/apimachinery";
import { illegalBase64At } from "../../registry/base64.ts";
import type { Resource } from "../../resources.ts";
import { goUnmarshal } from "./go-errors.ts";
import type { ReviewedCall } from "./review.ts";

/** What is wrong with what a webhook does: its failure policy says what follows. */
export class WebhookError extends Error {}

/** What a webhook says. */
export interface Verdict {
  readonly allowed: boolean;
  readonly result?: Partial<Status>;
  readonly warnings: readonly string[];
  /** Text of a JSON Patch. */
  readonly patch?: string;
}

/** Versions in which webhooks are asked. Source: apiserver pkg/admission/plugin/webhook/request/admissionreview.go. */
const VERSIONS: readonly string[] = ["v1", "v1beta1"];

/** @throws {WebhookError} when it takes none of them. */
export function reviewVersion(accepted: readonly string[] | undefined): string {
  const found = accepted?.find((version) => VERSIONS.includes(version));
  if (found === undefined)
    throw new WebhookError("could not create admission objects: webhook does not accept known AdmissionReview versions (v1, v1beta1)");
  return found;
}

export interface ReviewRequest {
  readonly uid: string;
  readonly version: string;
  readonly call: ReviewedCall;
  /** In whose form the objects are. */
  readonly of: Resource;
  readonly object: KubeObject | undefined;
  readonly previous: KubeObject | undefined;
}

/** Source: as above, CreateV1AdmissionReview. */
export function admissionReview({ uid, version, call, of, object, previous }: ReviewRequest): object {
  const { resource, subresource, name, namespace, operation, author, dryRun, options, form } = call;
  const { name: username = "", groups = [], uid: userUid, extra } = author.user ?? {};
  const sub = subresource === "" ? {} : { subResource: subresource };
  const requestSub = subresource === "" ? {} : { requestSubResource: subresource };
  return {
    kind: "AdmissionReview",
    apiVersion: `admission.k8s.io/${version}`,
    request: {
      uid,
      kind: form.kind(of),
      resource: resourceOf(of),
      ...sub,
      requestKind: form.kind(resource),
      requestResource: resourceOf(resource),
      ...requestSub,
      ...(name !== "" && { name }),
      ...(namespace !== "" && { namespace }),
      operation,
      userInfo: { username, ...(userUid !== undefined && { uid: userUid }), groups, ...(extra !== undefined && { extra }) },
      object: object ?? null,
      oldObject: previous ?? null,
      dryRun,
      options: options ?? null,
    },
  };
}

function resourceOf({ group, version, of }: Resource): object {
  return { group, version, resource: of.resource };
}

/**
 * Reads a webhook's answer.
 * @throws {WebhookError} Source: as above, VerifyAdmissionResponse.
 */
export function readVerdict(answer: unknown, { uid, version, mutating }: { uid: string; version: string; mutating: boolean }): Verdict {
  const response = responseOf(answer, uid, version);
  const { allowed, patch, patchType, status, warnings } = response;
  if (allowed !== undefined && typeof allowed !== "boolean")
    throw new WebhookError(`failed to call webhook: ${goUnmarshal(allowed, "AdmissionResponse.response.allowed", "bool")}`);
  if (version === "v1") checkPatch(response, mutating);
  const hasPatch = mutating && typeof patch === "string" && patch !== "";
  if (hasPatch && version === "v1" && patchType !== "JSONPatch")
    throw new WebhookError(`unsupported patch type ${JSON.stringify(patchType)}`);
  return {
    allowed: allowed === true,
    ...(isJsonObject(status) && { result: status }),
    warnings: Array.isArray(warnings) ? warnings.filter((each) => typeof each === "string") : [],
    ...(hasPatch && { patch: decoded(patch) }),
  };
}

function responseOf(answer: unknown, uid: string, version: string): Record<string, unknown> {
  const { kind, apiVersion, response } = isJsonObject(answer) ? answer : {};
  if (typeof kind !== "string" || kind === "")
    throw new WebhookError(`failed to call webhook: Object 'Kind' is missing in '${JSON.stringify(answer)}'`);
  if (typeof apiVersion !== "string" || apiVersion === "")
    throw new WebhookError(`failed to call webhook: Object 'apiVersion' is missing in '${JSON.stringify(answer)}'`);
  const other = VERSIONS.find((each) => each !== version && apiVersion === `admission.k8s.io/${each}`);
  if (other !== undefined && kind === "AdmissionReview")
    throw new WebhookError(
      `failed to call webhook: converting (${other}.AdmissionReview) to (${version}.AdmissionReview): unknown conversion`,
    );
  const refuse = (why: string): never => {
    throw new WebhookError(`received invalid webhook response: ${why}`);
  };
  if (!isJsonObject(response)) return refuse("webhook response was absent");
  if (version !== "v1") return response;
  if (response["uid"] !== uid) refuse(`expected response.uid=${JSON.stringify(uid)}, got ${JSON.stringify(response["uid"] ?? "")}`);
  const expected = "admission.k8s.io/v1, Kind=AdmissionReview";
  const got = `${apiVersion}, Kind=${kind}`;
  if (got !== expected) refuse(`expected webhook response of ${expected}, got ${got}`);
  return response;
}

function checkPatch({ patch, patchType }: Record<string, unknown>, mutating: boolean): void {
  const refuse = (why: string): never => {
    throw new WebhookError(`received invalid webhook response: ${why}`);
  };
  const [hasPatch, hasType] = [typeof patch === "string" && patch !== "", patchType !== undefined && patchType !== null];
  if (!mutating && hasPatch) refuse("validating webhook may not return response.patch");
  if (!mutating && hasType) refuse("validating webhook may not return response.patchType");
  if (hasPatch && !hasType) refuse("webhook returned response.patch but not response.patchType");
  if (!hasPatch && hasType) refuse("webhook returned response.patchType but not response.patch");
  if (patchType === "") refuse('webhook returned invalid response.patchType of ""');
}

function decoded(patch: string): string {
  const place = illegalBase64At(patch);
  if (place !== undefined) throw new WebhookError(`failed to call webhook: illegal base64 data at input byte ${place}`);
  return Buffer.from(patch, "base64").toString("utf8");
}
