import type { Secret, ServiceAccount } from "#api/kubernetes/core";

/** Source: kubernetes staging/src/k8s.io/api/core/v1/types.go. */
export const TOKEN_TYPE = "kubernetes.io/service-account-token";
export const NAME_ANNOTATION = "kubernetes.io/service-account.name";
export const UID_ANNOTATION = "kubernetes.io/service-account.uid";

/** `namespace/name` of the account whose token the secret is to hold; undefined for other secrets. */
export function accountOf({ type, metadata }: Secret): string | undefined {
  const name = metadata.annotations?.[NAME_ANNOTATION];
  return type !== TOKEN_TYPE || name === undefined || name === "" ? undefined : `${metadata.namespace ?? ""}/${name}`;
}

export type SecretPlan =
  | { readonly kind: "keep" }
  /** Its account is gone, or another one of the same name. */
  | { readonly kind: "delete" }
  | { readonly kind: "fill"; readonly needsToken: boolean };

/** What becomes of a token's secret. Source: kubernetes pkg/controller/serviceaccount/tokens_controller.go, syncSecret. */
export function planSecret({ metadata, data = {} }: Secret, account: ServiceAccount | undefined, caPem: string): SecretPlan {
  const uid = metadata.annotations?.[UID_ANNOTATION];
  if (account === undefined || (uid !== undefined && uid !== "" && uid !== account.metadata.uid)) return { kind: "delete" };
  const needsToken = !data["token"];
  const isComplete =
    !needsToken && data["ca.crt"] === encoded(caPem) && data["namespace"] === encoded(metadata.namespace ?? "") && uid !== undefined;
  return isComplete ? { kind: "keep" } : { kind: "fill", needsToken };
}

/** The secret with everything that the account's pods find in it. */
export function filledSecret(secret: Secret, { uid, token, caPem }: { uid: string; token: string | undefined; caPem: string }): Secret {
  const { metadata, data } = secret;
  return {
    ...secret,
    metadata: { ...metadata, annotations: { ...metadata.annotations, [UID_ANNOTATION]: uid } },
    data: {
      ...data,
      "ca.crt": encoded(caPem),
      namespace: encoded(metadata.namespace ?? ""),
      ...(token !== undefined && { token: encoded(token) }),
    },
  };
}

function encoded(text: string): string {
  return Buffer.from(text).toString("base64");
}
