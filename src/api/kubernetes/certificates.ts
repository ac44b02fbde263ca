import type { Condition } from "./core.ts";
import type { KubeObject } from "./meta.ts";

/** certificates.k8s.io/v1 CertificateSigningRequest. */
export interface CertificateSigningRequest extends KubeObject {
  spec: {
    /** PEM of PKCS #10, in base64. */
    request: string;
    signerName: string;
    usages?: string[];
    expirationSeconds?: number;
    /** Who asks, as the API server knows it. */
    username?: string;
    uid?: string;
    groups?: string[];
    extra?: Record<string, string[]>;
  };
  status?: {
    conditions?: (Condition & { lastUpdateTime?: string })[];
    /** PEM, in base64. */
    certificate?: string;
  };
}
