import { expect, it } from "vitest";
import { PodIps } from "./pod-ips.ts";

it("gives each address once, without the network's own, the bridge's and the broadcast", () => {
  const ips = PodIps.ofCidr("10.244.3.0/29");
  const all = Array.from({ length: 7 }, () => ips.take());
  expect(all).toEqual(["10.244.3.2", "10.244.3.3", "10.244.3.4", "10.244.3.5", "10.244.3.6", undefined, undefined]);
});

it("gives a released address again only after the others", () => {
  const ips = PodIps.ofCidr("10.244.3.0/29");
  expect(ips.take()).toBe("10.244.3.2");
  ips.release("10.244.3.2");
  expect(ips.take()).toBe("10.244.3.3");
});

it.each([
  { name: "a free address of the node", ip: "10.244.3.9", want: true },
  { name: "no address that is taken", ip: "10.244.3.2", want: false },
  { name: "no address of another node", ip: "10.244.4.9", want: false },
  { name: "not the bridge's address", ip: "10.244.3.1", want: false },
])("reserves $name", ({ ip, want }) => {
  const ips = PodIps.ofCidr("10.244.3.0/24");
  ips.take();
  expect(ips.reserve(ip)).toBe(want);
});

it("counts across bytes", () => {
  const ips = PodIps.ofCidr("10.244.0.0/16");
  expect(ips.reserve("10.244.255.254")).toBe(true);
  expect(ips.reserve("10.244.255.255")).toBe(false);
});
