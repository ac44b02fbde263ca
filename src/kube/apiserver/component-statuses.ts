import type { ComponentStatus } from "./registry/core/unstored.ts";
import type { Answer } from "./request.ts";
import { selectionOf } from "./selection.ts";
import { notFound } from "./status.ts";
import { answerOf, type ResourceCall } from "./verbs/single.ts";

/**
 * What the API server finds when it asks around. It looks for scheduler and controller manager on its own machine, where in AKS they
 * are not. Source: pkg/registry/core/rest/storage_core.go, serversToValidate; Azure/AKS issue 173. Unverified: the words of AKS.
 */
const FOUND: readonly ComponentStatus[] = [
  unreachable("controller-manager", "127.0.0.1:10257"),
  unreachable("scheduler", "127.0.0.1:10259"),
  component("etcd-0", "True", "ok"),
];

function unreachable(name: string, address: string): ComponentStatus {
  return component(name, "False", `Get "https://${address}/healthz": dial tcp ${address}: connect: connection refused`);
}

function component(name: string, status: "True" | "False", message: string): ComponentStatus {
  return { kind: "ComponentStatus", apiVersion: "v1", metadata: { name }, conditions: [{ type: "Healthy", status, message }] };
}

/** @throws {StatusError} NotFound for a component that there is not. */
export function serveComponents({ info, resource, request }: ResourceCall): Answer {
  request.warn?.("v1 ComponentStatus is deprecated in v1.19+");
  if (info.verb === "get") {
    const found = FOUND.find(({ metadata }) => metadata.name === info.name);
    if (found === undefined) throw notFound({ group: "", resource: "componentstatus" }, info.name);
    return answerOf(200, found, resource);
  }
  const { labelSelector, fieldSelector } = request.query;
  const selection = selectionOf(resource, {
    namespace: "",
    ...(labelSelector === undefined ? {} : { labelSelector }),
    ...(fieldSelector === undefined ? {} : { fieldSelector }),
  });
  return { kind: "list", items: FOUND.filter(selection.matches).map((object) => ({ object })), metadata: {}, of: resource };
}
