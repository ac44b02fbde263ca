import { stringify } from "yaml";
import type { HttpTransportOptions } from "#kube/client";
import { type Clock, createCertificateAuthority, issueCertificate, type Random } from "#lib";

/** What a cluster trusts and hands out; nothing of it opens another cluster. */
export interface ClusterSecrets {
  /** Authority of client certificates. */
  readonly caPem: string;
  readonly caKeyPem: string;
  /** Certificate and key of the cluster's administrator: CN `masterclient`, O `system:masters`, as AKS issues them. */
  readonly adminCertPem: string;
  readonly adminKeyPem: string;
  /** Bearer token of the same user. */
  readonly adminToken: string;
}

/** Who the administrator's credentials speak for. Source: kubeconfigs of AKS clusters with local accounts. */
export const ADMINISTRATOR = { name: "masterclient", groups: ["system:masters", "system:authenticated"] } as const;

const CA_DAYS = 30 * 365;
/** AKS issues client certificates for two years. Source: azure-aks-docs certificate-rotation.md. */
const CLIENT_DAYS = 730;
const TOKEN_LENGTH = 128;

/** New secrets for a new cluster. */
export async function createClusterSecrets(clock: Clock, random: Random): Promise<ClusterSecrets> {
  const authority = await createCertificateAuthority({ commonName: "ca", clock, validDays: CA_DAYS });
  const admin = await issueCertificate(authority, {
    commonName: ADMINISTRATOR.name,
    organizations: ["system:masters"],
    usage: "client",
    clock,
    validDays: CLIENT_DAYS,
  });
  return {
    caPem: authority.certPem,
    caKeyPem: authority.keyPem,
    adminCertPem: admin.certPem,
    adminKeyPem: admin.keyPem,
    adminToken: random.hex(TOKEN_LENGTH),
  };
}

export interface KubeconfigNames {
  readonly cluster: string;
  readonly user: string;
  readonly context: string;
  /** Where the cluster's API is served. */
  readonly server: string;
}

/** How the cluster's API server is known, and who asks it. */
export type KubeconfigAccess = Omit<HttpTransportOptions, "server">;

/** The administrator's credentials of a cluster that the listener serves. */
export function administratorOf(secrets: ClusterSecrets, listenerCaPem: string): KubeconfigAccess {
  return { caPem: listenerCaPem, certPem: secrets.adminCertPem, keyPem: secrets.adminKeyPem, token: secrets.adminToken };
}

/**
 * A kubeconfig with the administrator's credentials, members in the order that AKS writes them.
 * Differs from AKS: the certificate authority is that of Lido's one listener, not the cluster's.
 * Source: recorded answers of listClusterUserCredential.
 */
export function kubeconfigText(names: KubeconfigNames, access: KubeconfigAccess): string {
  const base64 = (text: string): string => Buffer.from(text).toString("base64");
  const { caPem, serverName, isInsecure, certPem, keyPem, token } = access;
  const cluster = {
    ...(caPem !== undefined && { "certificate-authority-data": base64(caPem) }),
    ...(isInsecure === true && { "insecure-skip-tls-verify": true }),
    server: names.server,
    ...(serverName !== undefined && { "tls-server-name": serverName }),
  };
  const user = {
    ...(certPem !== undefined && { "client-certificate-data": base64(certPem) }),
    ...(keyPem !== undefined && { "client-key-data": base64(keyPem) }),
    ...(token !== undefined && { token }),
  };
  return stringify(
    {
      apiVersion: "v1",
      clusters: [{ cluster, name: names.cluster }],
      contexts: [{ context: { cluster: names.cluster, user: names.user }, name: names.context }],
      "current-context": names.context,
      kind: "Config",
      preferences: {},
      users: [{ name: names.user, user }],
    },
    { lineWidth: 0, indentSeq: false },
  );
}
