import type { FilterPlugin } from "../../framework/plugin.ts";
import { unschedulable } from "../../framework/status.ts";

const NAME = "NodePorts";
const REJECTION = unschedulable(NAME, "node(s) didn't have free ports for the requested pod ports");

/** Rejects nodes on which another pod has one of the pod's host ports. Source: plugins/nodeports/node_ports.go. */
export const nodePorts: FilterPlugin = {
  name: NAME,
  prepare({ hostPorts }) {
    if (hostPorts.length === 0) return undefined;
    return { scope: "node", check: (node) => (hostPorts.some((port) => node.hostPorts.conflicts(port)) ? REJECTION : undefined) };
  },
};
