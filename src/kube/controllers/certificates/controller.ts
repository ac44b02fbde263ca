import type { CertificateSigningRequest } from "#api/kubernetes/certificates";
import type { KubeObject, ResourceType } from "#api/kubernetes/meta";
import { resources } from "#api/kubernetes/resources";
import { type CertificateRequest, type Clock, readCertificateRequest, type Requeue, type SigningOptions } from "#lib";
import type { ControllerContext } from "../context.ts";
import { assembleController, type Controller } from "../controller.ts";
import { found } from "../writes.ts";
import { deadlineOf } from "./deadline.ts";
import { isSigner, KUBELET_CLIENT, refusalBy, usagesOf, validity } from "./signers.ts";

/** Signs a request in PEM as the cluster's authority; answers the certificate in PEM. */
export type SignCertificate = (requestPem: string, options: SigningOptions) => Promise<string>;

export interface CertificatesOptions {
  readonly sign: SignCertificate;
  /** The clock that certificates are checked by. */
  readonly wall: Clock;
}

type Status = NonNullable<CertificateSigningRequest["status"]>;
type RequestCondition = NonNullable<Status["conditions"]>[number];

/** Roles may be bound later. */
const ASK_AGAIN_MS = 60_000;

/**
 * Answers requests of certificates: approves those of kubelets where roles say so, signs what is approved for the cluster's own signers,
 * and deletes them when their time is over.
 * Source: kubernetes pkg/controller/certificates: approver, signer, cleaner.
 */
export function createCertificatesController(context: ControllerContext, { sign, wall }: CertificatesOptions): Controller {
  const { client, clock, informers } = context;
  const requests = informers.of(resources.certificateSigningRequests);

  async function answer(name: string): Promise<Requeue | void> {
    const request = requests.get(name);
    if (request === undefined) return;
    const leftMs = deadlineOf(request) - clock.now();
    if (leftMs < 0) return void (await found(client.delete(resources.certificateSigningRequests, { name })));
    const isWaiting = isApproved(request) ? await signApproved(request) : await approveKubelet(request);
    const nextMs = isWaiting ? Math.min(ASK_AGAIN_MS, leftMs + 1) : leftMs + 1;
    return Number.isFinite(nextMs) ? { requeueAfterMs: nextMs } : undefined;
  }

  async function signApproved(request: CertificateSigningRequest): Promise<boolean> {
    const { spec, status } = request;
    if (status?.certificate || holds(request, "Failed") || holds(request, "Denied") || !isSigner(spec.signerName)) return false;
    const pem = pemOf(request);
    const asked = await readCertificateRequest(pem);
    const why = asked === undefined ? "the request or its signature is not valid" : refusalBy(spec.signerName, asked, spec.usages);
    if (why !== undefined) {
      const failed: RequestCondition = { type: "Failed", status: "True", reason: "SignerValidationFailure", message: why };
      await write(request, "status", { ...status, conditions: [...(status?.conditions ?? []), failed] });
      return false;
    }
    const certificate = await sign(pem, { ...usagesOf(spec.usages), ...validity(wall.now(), spec.expirationSeconds) });
    await write(request, "status", { ...status, certificate: Buffer.from(certificate).toString("base64") });
    return false;
  }

  /** Whether it is a kubelet's and nobody has said yet that it may have a certificate. */
  async function approveKubelet(request: CertificateSigningRequest): Promise<boolean> {
    const { spec, status } = request;
    if ((status?.conditions ?? []).length > 0 || spec.signerName !== KUBELET_CLIENT) return false;
    const asked = await readCertificateRequest(pemOf(request));
    if (asked === undefined || refusalBy(KUBELET_CLIENT, asked, spec.usages) !== undefined) return false;
    for (const { subresource, message } of recognized(asked, spec.username)) {
      if (!(await mayCreate(request, subresource))) continue;
      const approved: RequestCondition = { type: "Approved", status: "True", reason: "AutoApproved", message };
      await write(request, "approval", { ...status, conditions: [approved] });
      return false;
    }
    return true;
  }

  async function mayCreate({ spec }: CertificateSigningRequest, subresource: string): Promise<boolean> {
    const { username, uid, groups, extra } = spec;
    const resourceAttributes = {
      group: "certificates.k8s.io",
      resource: "certificatesigningrequests",
      verb: "create",
      subresource,
      version: "*",
    };
    const review = { metadata: { name: "" }, spec: { user: username, uid, groups, extra, resourceAttributes } } as AccessReview;
    return (await client.create(ACCESS_REVIEWS, review)).status?.allowed === true;
  }

  async function write(request: CertificateSigningRequest, subresource: string, status: Status): Promise<void> {
    await found(client.update(resources.certificateSigningRequests, { ...request, status }, { subresource }));
  }

  const loop = context.loop("certificates", answer);
  const observe = ({ metadata }: CertificateSigningRequest): void => loop.enqueue(metadata.name);
  return assembleController({
    name: "certificates",
    loops: [loop],
    subscribe: () => [requests.subscribe({ add: observe, update: observe })],
  });
}

interface AccessReview extends KubeObject {
  readonly spec: object;
  readonly status?: { readonly allowed?: boolean };
}

const ACCESS_REVIEWS: ResourceType<AccessReview> = {
  group: "authorization.k8s.io",
  version: "v1",
  resource: "subjectaccessreviews",
  kind: "SubjectAccessReview",
  namespaced: false,
};

/** Source: approver/sarapprove.go, recognizers. */
function recognized({ commonName }: CertificateRequest, username: string | undefined): { subresource: string; message: string }[] {
  const own = { subresource: "selfnodeclient", message: "Auto approving self kubelet client certificate after SubjectAccessReview." };
  const any = { subresource: "nodeclient", message: "Auto approving kubelet client certificate after SubjectAccessReview." };
  return commonName === username ? [own, any] : [any];
}

function holds({ status }: CertificateSigningRequest, type: string): boolean {
  return status?.conditions?.some((condition) => condition.type === type && condition.status === "True") === true;
}

function isApproved(request: CertificateSigningRequest): boolean {
  return holds(request, "Approved");
}

function pemOf({ spec }: CertificateSigningRequest): string {
  return Buffer.from(spec.request, "base64").toString("utf8");
}
