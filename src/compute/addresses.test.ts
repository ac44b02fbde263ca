import { describe, expect, it } from "vitest";
import { createAddresses } from "./addresses.ts";

const NETWORK = { id: "n", cidr: "10.20.0.0/26" };

describe("addresses for machines and what runs on them", () => {
  it("follow each other, as Azure's do", () => {
    const addresses = createAddresses();
    expect(addresses.takeFor(NETWORK, 2, 3)).toEqual([
      { privateIp: "10.20.0.4", others: [{ first: "10.20.0.5", count: 3 }] },
      { privateIp: "10.20.0.8", others: [{ first: "10.20.0.9", count: 3 }] },
    ]);
  });

  it("fill gaps first", () => {
    const addresses = createAddresses();
    addresses.take(NETWORK, 4);
    addresses.release(NETWORK.id, "10.20.0.5");
    expect(addresses.takeFor(NETWORK, 1, 2)).toEqual([
      {
        privateIp: "10.20.0.5",
        others: [{ first: "10.20.0.8", count: 2 }],
      },
    ]);
    addresses.releaseRanges(NETWORK.id, [{ first: "10.20.0.6", count: 2 }]);
    expect(addresses.takeRanges(NETWORK, 3)).toEqual([
      { first: "10.20.0.6", count: 2 },
      { first: "10.20.0.10", count: 1 },
    ]);
  });

  it("are all there or none", () => {
    const addresses = createAddresses();
    const full = "Subnet n with address prefix 10.20.0.0/26 doesn't have enough capacity for 60 IP addresses.";
    expect(() => addresses.takeFor(NETWORK, 2, 29)).toThrow(full);
    expect(addresses.take(NETWORK, 1)).toEqual(["10.20.0.4"]);
  });

  it("come in whole blocks where those are asked for, beside what Azure keeps", () => {
    const addresses = createAddresses();
    addresses.keep(NETWORK.id, "10.20.0.20");
    expect(addresses.takeBlocks(NETWORK, 1, 16)).toEqual([{ first: "10.20.0.32", count: 16 }]);
    expect(() => addresses.takeBlocks(NETWORK, 1, 16)).toThrow(/16 IP addresses/);
  });

  it("are known again after a restart", () => {
    const addresses = createAddresses();
    addresses.keepRanges(NETWORK.id, [{ first: "10.20.0.4", count: 58 }]);
    expect(addresses.take(NETWORK, 1)).toEqual(["10.20.0.62"]);
  });
});
