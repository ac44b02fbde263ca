import type { ImageReference } from "#compute";
import { baseImageName } from "../catalog/index.ts";

/** The subscription that AKS publishes its images from. Source: Azure/AgentBaker pkg/agent/datamodel/sig_config.go. */
const IMAGES = "/subscriptions/109a5e88-712a-48ae-9078-9ca8b3c81345/resourceGroups";
const NAME = /^(AKS(?:Ubuntu|AzureLinux|CBLMariner|Windows))-(.+?)-([\d.]+)$/;
/** Images of machines of the first generation with docker lay in the marketplace until galleries came. */
const MARKETPLACE_DEFINITION = /^\d{4}$/;

/**
 * Where a node image is kept: `AKSUbuntu-2204gen2containerd-202607.09.0` is version 202607.09.0 of the definition
 * 2204gen2containerd in the gallery AKSUbuntu. Undefined for a name of another form.
 * Source: Azure/AgentBaker pkg/agent/datamodel/sig_config.go for the galleries; Azure/aks-engine pkg/api/vlabs and
 * pkg/api/const.go for the marketplace images of 2019.
 */
export function imageReference(nodeImageVersion: string): ImageReference | undefined {
  const [, gallery = "", definition = "", version = ""] = NAME.exec(baseImageName(nodeImageVersion)) ?? [];
  if (gallery === "") return undefined;
  if (gallery === "AKSUbuntu" && MARKETPLACE_DEFINITION.test(definition)) {
    const month = version.split(".").slice(0, 2).join("");
    return { publisher: "microsoft-aks", offer: "aks", sku: `aks-ubuntu-${definition}-${month}`, version };
  }
  const group = gallery.replace("AKS", "AKS-");
  const image = gallery === "AKSWindows" ? `windows-${definition}` : definition;
  return { id: `${IMAGES}/${group}/providers/Microsoft.Compute/galleries/${gallery}/images/${image}/versions/${version}` };
}
