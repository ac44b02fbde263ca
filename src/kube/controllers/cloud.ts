import type { Node } from "#api/kubernetes/core";
import { assembleControllers, type Controllers, type ControllersOptions } from "./controllers.ts";
import { createNodeIpamController, DEFAULT_NODE_MASK } from "./node-ipam/controller.ts";

export interface CloudControllersOptions extends Pick<
  ControllersOptions,
  "client" | "clock" | "log" | "version" | "podCidr" | "nodeCidrMaskSize"
> {
  /** Nodes that are the cloud's machines. */
  readonly isOwn: (node: Node) => boolean;
}

/** Longer than a controller manager that gives nodes their blocks of addresses needs for that. */
const PATIENCE_MS = 2000;

/**
 * What a cloud runs beside Kubernetes' own controllers: where those give its nodes no block of pods' addresses, it does.
 * Source: kubernetes-sigs/cloud-provider-azure pkg/nodeipam.
 */
export function createCloudControllers(options: CloudControllersOptions): Controllers {
  const { podCidr, nodeCidrMaskSize = DEFAULT_NODE_MASK, isOwn } = options;
  return assembleControllers({ ...options, resources: [] }, (context) =>
    podCidr === undefined ? [] : [createNodeIpamController(context, { podCidr, nodeCidrMaskSize, isOwn, patienceMs: PATIENCE_MS })],
  );
}
