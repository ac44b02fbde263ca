import type { Node } from "#api/kubernetes/core";
import { resources } from "#api/kubernetes/resources";
import type { ControllerContext } from "../context.ts";
import { assembleController, type Controller } from "../controller.ts";
import { found } from "../writes.ts";
import { CidrSet } from "./cidr-set.ts";

/** Bits of a node's block unless said otherwise. Source: kubernetes --node-cidr-mask-size-ipv4. */
export const DEFAULT_NODE_MASK = 24;
/** Nodes written at the same time. Source: kubernetes pkg/controller/nodeipam/ipam, cidrUpdateWorkers. */
const WORKERS = 30;
/** First minor with `spec.podCIDRs`. Source: kubernetes PR 73977. */
const POD_CIDRS_MINOR = 16;

/** Where the addresses of pods come from. */
export interface NodeIpamOptions {
  /** `10.244.0.0/16` */
  readonly podCidr: string;
  readonly nodeCidrMaskSize: number;
}

/** Gives each node a block of the pods' addresses. Source: kubernetes pkg/controller/nodeipam/ipam/range_allocator.go. */
export function createNodeIpamController(context: ControllerContext, { podCidr, nodeCidrMaskSize }: NodeIpamOptions): Controller {
  const nodes = context.informers.of(resources.nodes);
  const events = context.events("cidrAllocator");
  const blocks = new CidrSet(podCidr, nodeCidrMaskSize);
  /** Blocks of nodes that do not show them yet. */
  const promised = new Map<string, string>();
  /** Nodes that came when no block was left; one is tried again for each block that is given back. */
  const waiting = new Set<string>();

  const observe = (node: Node): void => {
    const { name } = node.metadata;
    if (!node.spec.podCIDR) return loop.enqueue(name);
    blocks.occupy(node.spec.podCIDR);
    promised.delete(name);
  };
  const assign = async (name: string): Promise<void> => {
    const node = nodes.get(name);
    if (node === undefined || node.spec.podCIDR) return;
    const block = promised.get(name) ?? blocks.allocate();
    if (block === undefined) {
      waiting.add(name);
      events.normal(node, "CIDRNotAvailable", `Node ${name} status is now: CIDRNotAvailable`);
      return;
    }
    promised.set(name, block);
    const spec = { podCIDR: block, ...(context.minor() >= POD_CIDRS_MINOR && { podCIDRs: [block] }) };
    await found(context.client.patch(resources.nodes, { name }, { type: "merge", body: { metadata: { uid: node.metadata.uid }, spec } }));
  };
  const forget = ({ metadata: { name }, spec }: Node): void => {
    const block = spec.podCIDR ?? promised.get(name);
    promised.delete(name);
    waiting.delete(name);
    if (block === undefined) return;
    blocks.release(block);
    const [next] = waiting;
    if (next === undefined) return;
    waiting.delete(next);
    loop.enqueue(next);
  };
  const loop = context.loop("node-ipam", assign, WORKERS);
  return assembleController({
    name: "node-ipam",
    loops: [loop],
    subscribe: () => [
      nodes.subscribe({
        add: observe,
        update(node, previous) {
          if (node.spec.podCIDR !== previous.spec.podCIDR) observe(node);
        },
        delete: forget,
      }),
    ],
  });
}
