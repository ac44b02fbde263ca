import { BlockList, isIP } from "node:net";
import type { Service } from "#api/kubernetes/core";
import { isStatus } from "#api/kubernetes/status";
import { formatTime } from "#kube/apimachinery";
import { createReconciler } from "#lib";
import type { AddressSpace } from "./admission/services.ts";
import type { Core } from "./core.ts";
import type { Author } from "./field-management.ts";
import type { IpAddress, ServiceCidr } from "./registry/networking/service-addresses.ts";
import type { Resource, ResourceTable } from "./resources.ts";
import { entryKey } from "./storage/storage.ts";
import { applyObject } from "./verbs/apply.ts";
import { createObject } from "./verbs/create.ts";
import { deleteObject } from "./verbs/delete.ts";
import { updateObject } from "./verbs/update.ts";

const GROUP = "networking.k8s.io";
const FINALIZER = "networking.k8s.io/service-cidr-finalizer";
const MANAGED = { "ipaddress.kubernetes.io/managed-by": "ipallocator.k8s.io" };

/** Keeps the ranges and the addresses of services as objects, in releases that have such. */
export interface ServiceAddresses {
  /** Makes the first range, and what is missing of the addresses; then follows services, addresses and ranges. */
  start(): Promise<void>;
  /** Does so for the release that the cluster is of from now on. */
  releaseChanged(): void;
  stop(): Promise<void>;
}

interface Followed {
  readonly services: Resource;
  readonly ranges: Resource;
  readonly addresses: Resource;
}

function followedOf(resources: ResourceTable): Followed | undefined {
  const services = resources.preferred("", "services");
  const ranges = resources.preferred(GROUP, "servicecidrs");
  const addresses = resources.preferred(GROUP, "ipaddresses");
  return services && ranges && addresses && { services, ranges, addresses };
}

/** What the objects say of addresses. Source: pkg/registry/core/service/ipallocator/cidrallocator.go. */
export function addressSpaceOf(resources: ResourceTable): AddressSpace {
  return {
    ranges() {
      const ranges = [...(resources.preferred(GROUP, "servicecidrs")?.cache.values() ?? [])].map(({ object }) => object as ServiceCidr);
      return ranges.filter((range) => range.metadata.name !== DEFAULT_RANGE && isReady(range)).flatMap(({ spec }) => spec.cidrs ?? []);
    },
    ownerOf(address) {
      const found = resources.preferred(GROUP, "ipaddresses")?.cache.get(address)?.object as IpAddress | undefined;
      const { group = "", resource = "", namespace = "", name = "" } = found?.spec.parentRef ?? {};
      return found && `${resource}${group === "" ? "" : `.${group}`}/${namespace}/${name}`;
    },
  };
}

const DEFAULT_RANGE = "kubernetes";

function isReady({ metadata, status }: ServiceCidr): boolean {
  const ready = status?.conditions?.find(({ type }) => type === "Ready");
  return metadata.deletionTimestamp === undefined && ready?.status === "True";
}

export function createServiceAddresses(core: Core, serviceCidr: string): ServiceAddresses {
  const sync = new AddressSync(core, serviceCidr);
  const { clock, log } = core;
  const loop = createReconciler({ name: "service addresses", clock, log, concurrency: 1, reconcile: (key) => sync.reconcile(key) });
  let stopWatching: (() => void) | undefined;
  const follow = (): void => {
    const followed = followedOf(core.resources);
    if (stopWatching !== undefined || followed === undefined) return;
    const stops = [
      followed.services.cache.watchers.add({}, ({ object, previous }) => {
        for (const service of [previous, object] as (Service | undefined)[]) {
          if (service === undefined) continue;
          loop.enqueue(serviceKey(service.metadata));
          for (const address of addressesOf(service)) loop.enqueue(`address/${address}`);
        }
      }),
      followed.addresses.cache.watchers.add({}, ({ object, previous }) => {
        const { parentRef } = ((object ?? previous) as IpAddress).spec;
        if (parentRef?.resource === "services") loop.enqueue(serviceKey(parentRef));
        if (object === undefined) for (const key of rangeKeys(followed)) loop.enqueue(key);
      }),
      followed.ranges.cache.watchers.add({}, () => ["first", ...rangeKeys(followed)].forEach((key) => loop.enqueue(key))),
    ];
    stopWatching = () => stops.forEach((stop) => stop());
  };
  return {
    async start() {
      follow();
      for (const key of sync.keys()) await sync.reconcile(key);
    },
    releaseChanged() {
      follow();
      for (const key of sync.keys()) loop.enqueue(key);
    },
    async stop() {
      stopWatching?.();
      await loop.stop();
    },
  };
}

const serviceKey = ({ namespace = "", name = "" }: { readonly namespace?: string; readonly name?: string }): string =>
  `service/${entryKey(namespace, name)}`;

const rangeKeys = ({ ranges }: Followed): readonly string[] => [...ranges.cache.values()].map(({ key }) => `range/${key}`);

function addressesOf({ spec }: Service): readonly string[] {
  return (spec.clusterIPs ?? [spec.clusterIP]).filter((each): each is string => each !== undefined && isIP(each) !== 0);
}

/** Keys: `first`, `range/<name>`, `service/<namespace>/<name>`, `address/<address>`. */
class AddressSync {
  readonly #core: Core;
  readonly #serviceCidr: string;

  constructor(core: Core, serviceCidr: string) {
    this.#core = core;
    this.#serviceCidr = serviceCidr;
  }

  /** Everything that there is to look at. */
  keys(): readonly string[] {
    const followed = followedOf(this.#core.resources);
    if (followed === undefined) return [];
    const services = [...followed.services.cache.values()].map(({ key }) => `service/${key}`);
    const addresses = [...followed.addresses.cache.values()].map(({ key }) => `address/${key}`);
    return ["first", `range/${DEFAULT_RANGE}`, ...rangeKeys(followed), ...services, ...addresses];
  }

  async reconcile(key: string): Promise<void> {
    const followed = followedOf(this.#core.resources);
    if (followed === undefined) return;
    const at = key.indexOf("/");
    const [role, name] = at === -1 ? [key, ""] : [key.slice(0, at), key.slice(at + 1)];
    if (role === "first") await this.#makeFirstRange(followed);
    else if (role === "range") await this.#keepRange(followed, name);
    else if (role === "service") await this.#keepAddresses(followed, name);
    else await this.#releaseAddress(followed, name);
  }

  /** Source: pkg/controlplane/controller/defaultservicecidr/default_servicecidr_controller.go. */
  async #makeFirstRange({ ranges }: Followed): Promise<void> {
    if (ranges.cache.get(DEFAULT_RANGE) !== undefined) return;
    const body = { metadata: { name: DEFAULT_RANGE }, spec: { cidrs: [this.#serviceCidr] } };
    await this.#create(ranges, body);
  }

  async #create(resource: Resource, body: object): Promise<void> {
    const call = { resource, namespace: "", body, ownsBody: true, dryRun: false, author: API_SERVER };
    await createObject(this.#core, call).catch((error: unknown) => {
      if (!isStatus(error, "AlreadyExists")) throw error;
    });
  }

  /** Source: pkg/controller/servicecidrs/servicecidrs_controller.go. */
  async #keepRange(followed: Followed, name: string): Promise<void> {
    const range = followed.ranges.cache.get(name)?.object as ServiceCidr | undefined;
    if (range === undefined) return;
    const at = { resource: followed.ranges, namespace: "", name, subresource: "", dryRun: false, ownsBody: true };
    const finalizers = range.metadata.finalizers ?? [];
    const isDeleting = range.metadata.deletionTimestamp !== undefined;
    if (isDeleting && !hasAddresses(followed, range)) {
      const body = structuredClone({
        ...range,
        metadata: { ...range.metadata, finalizers: finalizers.filter((each) => each !== FINALIZER) },
      });
      return await ignoringGone(updateObject(this.#core, { ...at, body, author: CONTROLLERS }));
    }
    if (!isDeleting && !finalizers.includes(FINALIZER)) {
      const body = structuredClone({ ...range, metadata: { ...range.metadata, finalizers: [...finalizers, FINALIZER] } });
      await ignoringGone(updateObject(this.#core, { ...at, body, author: CONTROLLERS }));
    }
    await this.#writeReady(at, isDeleting ? TERMINATING : READY);
  }

  async #writeReady(at: { resource: Resource; name: string }, wanted: typeof READY | typeof TERMINATING): Promise<void> {
    const { resource, name } = at;
    const { apiVersion } = resource;
    const current = resource.cache.get(name)?.object as ServiceCidr | undefined;
    const before = current?.status?.conditions?.find(({ type }) => type === "Ready");
    if (current === undefined || (before?.status === wanted.status && before.message === wanted.message)) return;
    const condition = { type: "Ready", ...wanted, lastTransitionTime: formatTime(this.#core.clock.now()) };
    const body = { apiVersion, kind: "ServiceCIDR", metadata: { name }, status: { conditions: [condition] } };
    const call = { resource, namespace: "", name, subresource: "status", dryRun: false, force: true, otherTypes: [] };
    await ignoringGone(applyObject(this.#core, { ...call, body, author: { name: "service-cidr-controller", isClient: true } }));
  }

  /** Source: pkg/registry/core/service/ipallocator/ipallocator.go, newIPAddress. */
  async #keepAddresses({ services, addresses }: Followed, key: string): Promise<void> {
    const service = services.cache.get(key)?.object as Service | undefined;
    if (service === undefined) return;
    const { name, namespace = "" } = service.metadata;
    for (const address of addressesOf(service)) {
      if (addresses.cache.get(address) !== undefined) continue;
      const labels = { "ipaddress.kubernetes.io/ip-family": isIP(address) === 6 ? "IPv6" : "IPv4", ...MANAGED };
      const body = { metadata: { name: address, labels }, spec: { parentRef: { resource: "services", namespace, name } } };
      await this.#create(addresses, body);
    }
  }

  /** An address that a service had, and nobody else's. Source: pkg/registry/core/service/ipallocator/controller/repairip.go. */
  async #releaseAddress({ services, addresses }: Followed, address: string): Promise<void> {
    const found = addresses.cache.get(address)?.object as IpAddress | undefined;
    const { labels = {} } = found?.metadata ?? {};
    const { resource, namespace = "", name = "" } = found?.spec.parentRef ?? {};
    if (found === undefined || resource !== "services" || labels["ipaddress.kubernetes.io/managed-by"] !== "ipallocator.k8s.io") return;
    const owner = services.cache.get(entryKey(namespace, name))?.object as Service | undefined;
    if (owner !== undefined && addressesOf(owner).includes(address)) return;
    await ignoringGone(deleteObject(this.#core, { resource: addresses, namespace: "", name: address, dryRun: false, options: {} }));
  }
}

const API_SERVER: Author = { name: "kube-apiserver", isClient: true };
const CONTROLLERS: Author = { name: "kube-controller-manager", isClient: true };
const READY = { status: "True", reason: "", message: "Kubernetes Service CIDR is ready" } as const;
const TERMINATING = {
  status: "False",
  reason: "Terminating",
  message: "There are still IPAddresses referencing the ServiceCIDR, please remove them or create a new ServiceCIDR",
} as const;

/** Whether an address is in the range and in no other that stays. Source: …/servicecidrs_controller.go, canDeleteCIDR. */
function hasAddresses({ ranges, addresses }: Followed, { metadata, spec }: ServiceCidr): boolean {
  const own = blocksOf(spec.cidrs ?? []);
  const others = [...ranges.cache.values()].map(({ object }) => object as ServiceCidr);
  const staying = others.filter((each) => each.metadata.name !== metadata.name && each.metadata.deletionTimestamp === undefined);
  const covered = blocksOf(staying.flatMap((each) => each.spec.cidrs ?? []));
  return [...addresses.cache.values()].some(({ key }) => own(key) && !covered(key));
}

function blocksOf(cidrs: readonly string[]): (address: string) => boolean {
  const blocks = new BlockList();
  for (const cidr of cidrs) {
    const [network = "", bits = ""] = cidr.split("/");
    blocks.addSubnet(network, Number(bits), isIP(network) === 6 ? "ipv6" : "ipv4");
  }
  return (address) => blocks.check(address, isIP(address) === 6 ? "ipv6" : "ipv4");
}

async function ignoringGone(done: Promise<unknown>): Promise<void> {
  try {
    await done;
  } catch (error) {
    if (!isStatus(error, "NotFound") && !isStatus(error, "Conflict")) throw error;
  }
}
