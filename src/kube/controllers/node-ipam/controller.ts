import type { Node } from "#api/kubernetes/core";
import { resources } from "#api/kubernetes/resources";
import type { Requeue } from "#lib";
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
  /** Nodes that get a block here; all when absent. */
  readonly isOwn?: (node: Node) => boolean;
  /** How long a node may wait for somebody else to give it a block; 0 when absent. */
  readonly patienceMs?: number;
}

/** Gives each node a block of the pods' addresses. Source: kubernetes pkg/controller/nodeipam/ipam/range_allocator.go. */
export function createNodeIpamController(context: ControllerContext, options: NodeIpamOptions): Controller {
  const { podCidr, nodeCidrMaskSize, isOwn = () => true, patienceMs = 0 } = options;
  const nodes = context.informers.of(resources.nodes);
  const events = context.events("cidrAllocator");
  const blocks = new CidrSet(podCidr, nodeCidrMaskSize);
  /** Blocks of nodes that do not show them yet. */
  const promised = new Map<string, string>();
  /** Nodes that came when no block was left; one is tried again for each block that is given back. */
  const waiting = new Set<string>();
  /** When nodes without a block were seen first. */
  const seenMs = new Map<string, number>();

  const observe = (node: Node): void => {
    const { name } = node.metadata;
    if (!node.spec.podCIDR) return isOwn(node) ? loop.enqueue(name) : undefined;
    seenMs.delete(name);
    blocks.occupy(node.spec.podCIDR);
    promised.delete(name);
  };
  const waitMs = (name: string): number => {
    if (patienceMs === 0) return 0;
    const now = context.clock.now();
    const since = seenMs.get(name) ?? now;
    seenMs.set(name, since);
    return Math.max(since + patienceMs - now, 0);
  };
  const assign = async (name: string): Promise<Requeue | undefined> => {
    const node = nodes.get(name);
    if (node === undefined || node.spec.podCIDR) return undefined;
    const requeueAfterMs = waitMs(name);
    if (requeueAfterMs > 0) return { requeueAfterMs };
    const block = promised.get(name) ?? blocks.allocate();
    if (block === undefined) {
      waiting.add(name);
      events.normal(node, "CIDRNotAvailable", `Node ${name} status is now: CIDRNotAvailable`);
      return undefined;
    }
    promised.set(name, block);
    const spec = { podCIDR: block, ...(context.minor() >= POD_CIDRS_MINOR && { podCIDRs: [block] }) };
    await found(context.client.patch(resources.nodes, { name }, { type: "merge", body: { metadata: { uid: node.metadata.uid }, spec } }));
    return undefined;
  };
  const forget = ({ metadata: { name }, spec }: Node): void => {
    const block = spec.podCIDR ?? promised.get(name);
    promised.delete(name);
    waiting.delete(name);
    seenMs.delete(name);
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
