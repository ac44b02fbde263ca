import type { ArmRequest, ArmResponse } from "#arm";
import { isAtLeast, isPreviewVersion } from "#api/containerservice/versions";
import { nodeImageNames } from "../catalog/index.ts";
import type { AksContext } from "../context.ts";
import { refusals } from "../errors.ts";
import { today } from "../moment.ts";
import { ok } from "../route.ts";

/** Source: Azure/karpenter-provider-azure pkg/providers/imagefamily/nodeimageversionsclient.go, which asks at it. Unverified: that it is the first. */
const SINCE = "2024-04-02-preview";

/**
 * GET `locations/{location}/nodeImageVersions`: the newest version of each node image. Previews alone have it.
 * Source: Azure/azure-rest-api-specs, example NodeImageVersions_List and ContainerService_ListNodeImageVersions, "Only returns the latest
 * version of each node image". Unverified: the order.
 * @throws {ArmError} 404 InvalidResourceType at api-versions without it.
 */
export function nodeImageVersions(context: AksContext, { apiVersion }: ArmRequest): ArmResponse {
  if (!isPreviewVersion(apiVersion) || !isAtLeast(apiVersion, SINCE)) throw refusals.noSuchType(apiVersion);
  return ok({ value: nodeImageNames(today(context)).map(rowOf) });
}

/** The parts of `AKSUbuntu-2204gen2containerd-202607.09.0`; Windows is named in its sku again. Source: Azure/karpenter-provider-azure pkg/fake/nodeimageversionsapi.go. */
function rowOf(fullName: string): Readonly<Record<"fullName" | "os" | "sku" | "version", string>> {
  const [first, last] = [fullName.indexOf("-"), fullName.lastIndexOf("-")];
  const os = fullName.slice(0, first);
  const kind = fullName.slice(first + 1, last);
  return { fullName, os, sku: os === "AKSWindows" ? `windows-${kind}` : kind, version: fullName.slice(last + 1) };
}
