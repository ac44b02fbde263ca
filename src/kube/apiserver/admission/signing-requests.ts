import type { KubeObject } from "#api/kubernetes/meta";
import { equalJson } from "#kube/apimachinery";
import { subjectOfRequest } from "#lib";
import type { Authorizer } from "../access/authorizer.ts";
import type { User } from "../request.ts";
import type { Resource } from "../resources.ts";
import { forbidden } from "../status.ts";

const GROUP = "certificates.k8s.io";
const CLIENT_SIGNER = "kubernetes.io/kube-apiserver-client";
const MASTERS = "system:masters";

interface SigningRequest extends KubeObject {
  spec?: { request?: string; signerName?: string; username?: string; uid?: string; groups?: string[]; extra?: Record<string, string[]> };
  status?: { certificate?: string; conditions?: readonly unknown[] };
}

export function isSigningRequests({ group, kind }: Resource): boolean {
  return group === GROUP && kind.resource === "certificatesigningrequests";
}

/** Notes who asks, whatever the request says of that. Source: pkg/registry/certificates/certificates/strategy.go, PrepareForCreate. */
export function noteRequester(object: SigningRequest, user: User | undefined): void {
  if (typeof object.spec !== "object" || object.spec === null) return;
  const { username: _, uid: __, groups: ___, extra: ____, ...asked } = object.spec;
  const { name, uid = "", groups = [], extra } = user ?? { name: "" };
  object.spec = {
    ...asked,
    ...(name !== "" && { username: name }),
    ...(uid !== "" && { uid }),
    ...(groups.length > 0 && { groups: [...groups] }),
    ...(extra !== undefined && { extra: Object.fromEntries(Object.entries(extra).map(([key, values]) => [key, [...values]])) }),
  };
}

/**
 * Nobody becomes an administrator by a certificate. Source: plugin/pkg/admission/certificates/subjectrestriction/admission.go.
 * @throws {StatusError} Forbidden.
 */
export function checkSubject({ of }: Resource, { spec, metadata }: SigningRequest): void {
  if (spec?.signerName !== CLIENT_SIGNER) return;
  const subject = subjectOfRequest(Buffer.from(spec.request ?? "", "base64").toString("utf8"));
  if (subject?.organizations.includes(MASTERS) === true)
    throw forbidden(of, metadata.name, `use of ${CLIENT_SIGNER} signer with ${MASTERS} group is not allowed`);
}

/** A change of what others say of a request. */
interface Judgement {
  readonly user: User;
  readonly subresource: string;
  readonly previous: SigningRequest;
  sent(): SigningRequest;
}

/**
 * Who approves or signs may do that for the signer. Source: plugin/pkg/admission/certificates/approval and signing; pkg/certauthorization.
 * @throws {StatusError} Forbidden.
 */
export function checkJudge(access: Pick<Authorizer, "decide">, { of }: Resource, { user, subresource, previous, sent }: Judgement): void {
  if (subresource === "status" && isUnchanged(sent(), previous)) return;
  const verb = subresource === "status" ? "sign" : "approve";
  const { signerName = "" } = previous.spec ?? {};
  const attributes = { user, verb, group: GROUP, resource: "signers", subresource: "", namespace: "" };
  const names = [signerName, `${signerName.split("/", 1)[0] ?? ""}/*`];
  if (names.some((name) => access.decide({ ...attributes, name }).allowed)) return;
  throw forbidden(of, previous.metadata.name, `user not permitted to ${verb} requests with signerName ${JSON.stringify(signerName)}`);
}

function isUnchanged({ status: next }: SigningRequest, { status: before }: SigningRequest): boolean {
  return next?.certificate === before?.certificate && equalJson(next?.conditions ?? [], before?.conditions ?? []);
}
