import { type AddressRange, toAddress, toNumber } from "#api/addresses";
import type { PodSubnet } from "#api/kubelet";
import type { Random, Timer } from "#lib";
import type { Agenda } from "../agenda.ts";
import type { NodeRuntime } from "../nodes/node-runtime.ts";
import { PodIps } from "./pod-ips.ts";
import type { PodWorker } from "./pod-worker.ts";

/** What gives nodes addresses of subnets, and remembers who has which. */
export interface PodAddressSource {
  /** What the node holds already. */
  held(nodeName: string): readonly AddressRange[];
  /** More for the node, which it holds from then on: all that it holds. @returns undefined when the subnet has none left. */
  more(nodeName: string, subnet: PodSubnet, count: number): Promise<readonly AddressRange[] | undefined>;
}

/** Addresses that a node asks for at a time, and how few free ones make it ask. Source: azure-aks-docs configure-azure-cni-dynamic-ip-allocation.md. */
const BATCH = 16;
const TOO_FEW = 8;
/** Until a node whose subnet had none asks again. Unverified: the agent on the node asks at each wish of a pod. */
const ASK_AGAIN_MS = 15_000;

interface Parts {
  readonly source: PodAddressSource;
  readonly agenda: Agenda;
  /** Addresses have come, or were refused again. */
  readonly answered: (runtime: NodeRuntime) => void;
}

/**
 * Keeps one node in addresses of a subnet for pods: a batch when it starts and whenever few are free, up to what its pods can need;
 * where blocks are static, all of them at once, of which the first address is the node's own.
 * Sources: azure-aks-docs configure-azure-cni-dynamic-ip-allocation.md and configure-azure-cni-static-block-allocation.md, "Plan IP addressing".
 * Differs from AKS: batches that came to be free stay with the node until its machine goes.
 */
export class SubnetAddresses {
  readonly #runtime: NodeRuntime;
  readonly #subnet: PodSubnet;
  readonly #parts: Parts;
  readonly #most: number;
  #known = 0;
  #isAsking = false;
  #timer: Timer | undefined;

  constructor(runtime: NodeRuntime, subnet: PodSubnet, parts: Parts) {
    this.#runtime = runtime;
    this.#subnet = subnet;
    this.#parts = parts;
    const pods = Number(runtime.bootstrap.capacity["pods"] ?? 0);
    this.#most = Math.ceil((pods + (this.#isStatic ? 1 : 0)) / BATCH) * BATCH;
  }

  get #isStatic(): boolean {
    return this.#subnet.mode === "StaticBlock";
  }

  start(): void {
    this.#hold(this.#parts.source.held(this.#runtime.name));
    this.#watch();
  }

  #watch(): void {
    const { ips } = this.#runtime;
    if (ips !== undefined) ips.watcher ??= () => this.#watch();
    const isShort = this.#isStatic || (ips?.free ?? 0) < TOO_FEW;
    if (!isShort || this.#isAsking || this.#timer !== undefined || this.#runtime.isStopped || this.#known >= this.#most) return;
    this.#isAsking = true;
    void this.#ask().finally(() => {
      this.#isAsking = false;
      this.#watch();
    });
  }

  async #ask(): Promise<void> {
    const { source, agenda, answered } = this.#parts;
    const count = this.#isStatic ? this.#most - this.#known : BATCH;
    const ranges = await source.more(this.#runtime.name, this.#subnet, count);
    if (this.#runtime.isStopped) return;
    if (ranges === undefined) {
      this.#runtime.ips ??= new PodIps([]);
      this.#timer = agenda.after(ASK_AGAIN_MS, () => {
        this.#timer = undefined;
        this.#watch();
      });
    } else this.#hold(ranges);
    answered(this.#runtime);
  }

  /** @param ranges All that the node holds, those that are known already first. */
  #hold(ranges: readonly AddressRange[]): void {
    if (ranges.length === 0) return;
    const ips = (this.#runtime.ips ??= new PodIps([]));
    let before = 0;
    for (const range of ranges) {
      const isNew = before >= this.#known;
      if (isNew) ips.add(this.#isStatic && before === 0 ? withoutFirst(range) : range);
      before += range.count;
    }
    this.#known = before;
  }
}

function withoutFirst({ first, count }: AddressRange): AddressRange {
  return { first: toAddress(toNumber(first) + 1), count: count - 1 };
}

/**
 * A pod has no address: its node's network is not up, or its sandbox cannot be made, where the addresses are known and all taken. Nothing
 * is said while a node starts. Sources: pkg/kubelet/kubelet.go, SyncPod; event quoted in Azure/AKS#2532; for subnets of pods that in Azure/azure-container-networking#2999, without what the agent was asked.
 */
export function missesAddress(worker: PodWorker, random: Random): void {
  const { ips, bootstrap, release, isBooted, isReady, hasNetwork } = worker.node;
  if (isBooted && !isReady && !hasNetwork) {
    return worker.record("NetworkNotReady", release.networkNotReady(release.notReadyMessage(bootstrap)), undefined, "Warning");
  }
  if (ips === undefined || !hasNetwork) return;
  const sandbox = `failed to setup network for sandbox "${random.hex(64)}": `;
  const reason =
    bootstrap.podSubnet === undefined
      ? "Failed to allocate pool: Failed to delegate: Failed to allocate address: No available addresses"
      : 'plugin type="azure-vnet" failed (add): IPAM Invoker Add failed with error: Failed to get IP address from CNS: ' +
        "AllocateIPConfig failed: not enough IPs available, waiting on Azure CNS to allocate more";
  const message = `Failed to create pod sandbox: rpc error: code = Unknown desc = ${sandbox}${reason}`;
  worker.record("FailedCreatePodSandBox", message, undefined, "Warning");
}
