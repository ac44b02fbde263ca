import { isReleaseAtLeast } from "#kube/apimachinery";
import type { Service } from "#api/kubernetes/core";
import type { KubeObject } from "#api/kubernetes/meta";
import type { Random } from "#lib";
import type { FieldError } from "../registry/kind.ts";
import type { Resource } from "../resources.ts";
import { invalid } from "../status.ts";

/** Node ports are taken from here. Source: apiserver's default for --service-node-port-range. */
const FIRST_NODE_PORT = 30_000;
const NODE_PORTS = 2768;
/** Random picks before the range is searched in order. */
const MAX_PICKS = 32;

const NONE = "None";
/** Ranges with less than two addresses give none. */
const SMALLEST_RANGE_BITS = 30;

interface Range {
  readonly cidr: string;
  /** The network's own address; usable ones follow it. */
  readonly base: number;
  /** Addresses without the network's own and the last one. */
  readonly size: number;
}

interface Taken {
  readonly addresses: ReadonlySet<string>;
  readonly ports: ReadonlySet<number>;
}

/** What the objects of the cluster say of addresses, beside the range that it was made with. */
export interface AddressSpace {
  /** Further ranges that are ready, of either family. */
  ranges(): readonly string[];
  /** Who has an address that is not free: `services/default/web`; undefined when nobody has. */
  ownerOf(address: string): string | undefined;
}

interface AllocatorOptions {
  readonly serviceCidr: string;
  readonly random: Random;
  readonly version: () => string;
  readonly more: AddressSpace;
}

/**
 * Gives services their cluster IP and node ports. What is taken is what the services in the cache have, and what was set
 * aside for writes under way. Source: pkg/registry/core/service/storage/alloc.go.
 */
export class ServiceAllocator {
  readonly #range: Range;
  readonly #random: Random;
  readonly #version: () => string;
  readonly #more: AddressSpace;
  readonly #reservedAddresses = new Set<string>();
  readonly #reservedPorts = new Set<number>();

  constructor({ serviceCidr, random, version, more }: AllocatorOptions) {
    this.#range = rangeOf(serviceCidr);
    this.#random = random;
    this.#version = version;
    this.#more = more;
  }

  /** The address of the service `default/kubernetes`: the first of the range. */
  get firstAddress(): string {
    return addressText(this.#range.base + 1);
  }

  /**
   * Completes a service. Returns what ends the reservation. An update keeps what `previous` has.
   * @throws {StatusError} Invalid for an address out of range or taken, and when the range is exhausted.
   */
  admit(resource: Resource, object: KubeObject, previous: KubeObject | undefined): (() => void) | undefined {
    const service = object as Service;
    if (typeof service.spec !== "object" || service.spec === null) return undefined;
    if (service.spec.type === "ExternalName") return undefined;
    const before = previous as Service | undefined;
    const taken = this.#taken(resource, service);
    const address = this.#admitAddress(service, { taken, before });
    const ports = this.#admitPorts(service, { taken, before });
    if (address !== undefined) this.#reservedAddresses.add(address);
    for (const port of ports) this.#reservedPorts.add(port);
    const release = (): void => {
      if (address !== undefined) this.#reservedAddresses.delete(address);
      for (const port of ports) this.#reservedPorts.delete(port);
    };
    if (previous === undefined) return release;
    // An update changes addresses and ports so rarely that its race is left to the next writer's check.
    release();
    return undefined;
  }

  #taken({ cache }: Resource, { metadata }: Service): Taken {
    const addresses = new Set(this.#reservedAddresses);
    const ports = new Set(this.#reservedPorts);
    for (const { object } of cache.values()) {
      const { spec, metadata: other } = object as Service;
      if (other.name === metadata.name && other.namespace === metadata.namespace) continue;
      if (spec.clusterIP !== undefined) addresses.add(spec.clusterIP);
      for (const { nodePort } of spec.ports ?? []) if (nodePort !== undefined) ports.add(nodePort);
    }
    return { addresses, ports };
  }

  /** The address that was taken anew, if one was. */
  #admitAddress(service: Service, { taken, before }: { taken: Taken; before: Service | undefined }): string | undefined {
    const { spec } = service;
    const asked = spec.clusterIP === undefined || spec.clusterIP === "" ? spec.clusterIPs?.[0] : spec.clusterIP;
    const kept = asked ?? before?.spec.clusterIP;
    const address = kept === undefined || kept === "" ? this.#freeAddress(service, taken) : kept;
    const isNew = address !== before?.spec.clusterIP && address !== NONE;
    if (isNew && kept !== undefined) this.#checkAddress(service, address, taken);
    spec.clusterIP = address;
    if (isReleaseAtLeast(this.#version(), "1.20")) {
      spec.clusterIPs = [address];
      spec["ipFamilies"] ??= ["IPv4"];
      spec["ipFamilyPolicy"] ??= "SingleStack";
    }
    return isNew ? address : undefined;
  }

  #checkAddress(service: Service, address: string, { addresses }: Taken): void {
    const number = addressNumber(address);
    const failed = `failed to allocate IP ${address}: `;
    if (number === undefined)
      throw refused(service, {
        type: "Invalid",
        field: "spec.clusterIPs[0]",
        value: address,
        detail: "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)",
      });
    if (!this.#ranges().some(({ base, size }) => number > base && number <= base + size))
      throw refused(service, clusterIpError(service, `${failed}${this.#outOfRange(address)}`));
    if (this.#isTaken(service, address, addresses))
      throw refused(service, clusterIpError(service, `${failed}provided IP is already allocated`));
  }

  #ranges(): readonly Range[] {
    const more = this.#more.ranges().filter((cidr) => addressNumber(cidr.split("/")[0] ?? "") !== undefined);
    return [this.#range, ...more.filter((cidr) => Number(cidr.split("/")[1]) <= SMALLEST_RANGE_BITS).map(rangeOf)];
  }

  /** Ranges are objects as of 1.33. Source: pkg/registry/core/service/ipallocator/cidrallocator.go, ErrMismatchedNetwork. */
  #outOfRange(address: string): string {
    if (isReleaseAtLeast(this.#version(), "1.33")) return "the provided network does not match the current range";
    return `the provided IP (${address}) is not in the valid range. The range of valid IPs is ${this.#range.cidr}`;
  }

  #isTaken({ metadata }: Service, address: string, taken: ReadonlySet<string>): boolean {
    if (taken.has(address)) return true;
    const owner = this.#more.ownerOf(address);
    return owner !== undefined && owner !== `services/${metadata.namespace}/${metadata.name}`;
  }

  #freeAddress(service: Service, { addresses }: Taken): string {
    for (const { base, size } of this.#ranges()) {
      const offset = this.#pick(size - 1, (index) => !this.#isTaken(service, addressText(base + 2 + index), addresses));
      if (offset !== undefined) return addressText(base + 2 + offset);
    }
    throw refused(service, {
      type: "Invalid",
      field: "spec.clusterIPs",
      value: service.spec.clusterIPs ?? [],
      detail: "failed to allocate IP: range is full",
    });
  }

  #admitPorts(service: Service, { taken, before }: { taken: Taken; before: Service | undefined }): readonly number[] {
    const { spec } = service;
    if (!Array.isArray(spec.ports) || (spec.type !== "NodePort" && spec.type !== "LoadBalancer")) return [];
    const own = new Set(before?.spec.ports?.map(({ nodePort }) => nodePort));
    const fresh: number[] = [];
    for (const [index, port] of spec.ports.entries()) {
      const kept =
        port.nodePort ?? before?.spec.ports?.find((each) => each.port === port.port && each.protocol === port.protocol)?.nodePort;
      const nodePort = kept === undefined || kept === 0 ? this.#freePort([...taken.ports, ...fresh]) : kept;
      // What the service has already may still be set aside for the write that made it.
      if (nodePort === undefined || (nodePort === port.nodePort && !own.has(nodePort) && taken.ports.has(nodePort)))
        throw refused(service, {
          type: "Invalid",
          field: `spec.ports[${index}].nodePort`,
          value: port.nodePort ?? 0,
          detail: "provided port is already allocated",
        });
      if (nodePort < FIRST_NODE_PORT || nodePort >= FIRST_NODE_PORT + NODE_PORTS)
        throw refused(service, {
          type: "Invalid",
          field: `spec.ports[${index}].nodePort`,
          value: nodePort,
          detail: `provided port is not in the valid range. The range of valid ports is ${FIRST_NODE_PORT}-${FIRST_NODE_PORT + NODE_PORTS - 1}`,
        });
      port.nodePort = nodePort;
      fresh.push(nodePort);
    }
    return fresh;
  }

  #freePort(taken: readonly number[]): number | undefined {
    const ports = new Set(taken);
    const index = this.#pick(NODE_PORTS, (each) => !ports.has(FIRST_NODE_PORT + each));
    return index === undefined ? undefined : FIRST_NODE_PORT + index;
  }

  #pick(size: number, isFree: (index: number) => boolean): number | undefined {
    const picks = size > 0 ? MAX_PICKS : 0;
    for (let attempt = 0; attempt < picks; attempt++) {
      const index = this.#random.int(size);
      if (isFree(index)) return index;
    }
    for (let index = 0; index < size; index++) if (isFree(index)) return index;
    return undefined;
  }
}

function refused({ metadata }: Pick<Service, "metadata">, error: FieldError): Error {
  return invalid({ group: "", kind: "Service" }, metadata.name, [error]);
}

function clusterIpError({ spec }: Service, detail: string): FieldError {
  return { type: "Invalid", field: "spec.clusterIPs", value: spec.clusterIPs ?? [spec.clusterIP], detail };
}

/** @param cidr of IPv4, `10.0.0.0/16`. */
function rangeOf(cidr: string): Range {
  const [address = "", bits = "32"] = cidr.split("/");
  const hostBits = 32 - Number(bits);
  const number = addressNumber(address);
  if (number === undefined || !Number.isInteger(hostBits) || hostBits < 2 || hostBits > 31)
    throw new TypeError(`${cidr} is no range for services`);
  const addresses = 2 ** hostBits;
  return { cidr, base: Math.floor(number / addresses) * addresses, size: addresses - 2 };
}

function addressNumber(text: string): number | undefined {
  const parts = text.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255)) return undefined;
  return parts.reduce((number, part) => number * 256 + Number(part), 0);
}

function addressText(number: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join(".");
}
