import type { AgentPoolProperties } from "#api/containerservice/model";

/** What the image of a pool depends on, beside its version. */
export type ImagedPool = Pick<AgentPoolProperties, "osType" | "osSKU" | "enableFIPS" | "securityProfile">;

/** Whether the pool's machines are launched trusted. Source: MicrosoftDocs/azure-aks-docs articles/aks/use-trusted-launch.md. */
export function isTrusted({ securityProfile }: Pick<AgentPoolProperties, "securityProfile">): boolean {
  return securityProfile?.enableVTPM === true || securityProfile?.enableSecureBoot === true;
}
