import { subjectOfRequest } from "#lib";
import { isReleaseAtLeast } from "#kube/apimachinery";
import { userOfNode } from "../../access/nodes/identity.ts";
import type { Restriction } from "./restricted.ts";

const SIGNERS = ["kubernetes.io/kubelet-serving", "kubernetes.io/kube-apiserver-client-kubelet"];

/** Certificates that a node asks for are its own. Source: admission.go, admitCSR; since 1.31: AllowInsecureKubeletCertificateSigningRequests. */
export const restrictSigningRequest: Restriction = ({ operation, object, node, context }) => {
  if (operation !== "CREATE" || !isReleaseAtLeast(context.version, "1.31")) return undefined;
  const { spec } = object as { spec?: { signerName?: string; request?: string } };
  if (!SIGNERS.includes(spec?.signerName ?? "")) return undefined;
  const subject = subjectOfRequest(Buffer.from(spec?.request ?? "", "base64").toString("utf8"));
  if (subject === undefined) return "unable to parse csr: PEM block type must be CERTIFICATE REQUEST";
  return subject.commonName === userOfNode(node) ? undefined : `can only create a node CSR with CN=${userOfNode(node)}`;
};
