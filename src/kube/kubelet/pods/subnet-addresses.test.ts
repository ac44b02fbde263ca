import { expect, it } from "vitest";
import type { AddressRange } from "#api/addresses";
import type { PodSubnet } from "#api/kubelet";
import { resources } from "#api/kubernetes/resources";
import { findCondition } from "#kube/apimachinery";
import { startTestMachine } from "../testing/machine.ts";
import type { PodAddressSource } from "./subnet-addresses.ts";

const SUBNET: PodSubnet = { id: "pods", cidr: "10.241.0.0/16", mode: "DynamicIndividual" };

/** A subnet of this many batches of sixteen addresses, that notes what it was asked for. */
function sourceOf(batches: number): PodAddressSource & { readonly asked: number[] } {
  const held: AddressRange[] = [];
  const asked: number[] = [];
  return {
    asked,
    held: () => held,
    async more(_node, _subnet, count) {
      asked.push(count);
      if (held.length >= batches) return undefined;
      held.push({ first: `10.241.${held.length}.16`, count });
      return [...held];
    },
  };
}

const pod = { containers: [{ name: "web", image: "nginx:1" }] };

it("asks for a batch when it starts, and for another when few addresses are left", async () => {
  const source = sourceOf(2);
  const machine = await startTestMachine("1.30.0", "realtime", { podSubnet: SUBNET, source });
  expect(source.asked).toEqual([16]);
  for (let index = 0; index < 9; index++) await machine.run(`p${index}`, pod);
  await machine.until(() => machine.isReady("p8"));
  expect(source.asked).toEqual([16, 16]);
  expect((await machine.pod("p0")).status?.podIP).toMatch(/^10\.241\.0\./);
  await machine.stop();
});

it("keeps pods waiting while the subnet has no addresses, and says so", async () => {
  const machine = await startTestMachine("1.30.0", "realtime", { podSubnet: SUBNET, source: sourceOf(0) });
  await machine.run("a", pod);
  await machine.run("host", { ...pod, hostNetwork: true });
  await machine.until(() => machine.isReady("host"));
  expect((await machine.pod("host")).status?.podIP).toBe("10.240.0.4");
  expect((await machine.pod("a")).status?.podIP).toBeUndefined();
  expect((await machine.events("a")).join()).toContain("NetworkNotReady: network is not ready: container runtime network not ready: ");
  const node = await machine.client.get(resources.nodes, { name: machine.nodeName });
  expect(findCondition(node.status?.conditions, "Ready")).toMatchObject({
    status: "False",
    message: expect.stringContaining("cni plugin not initialized") as string,
  });
  await machine.stop();
});

it("has all its blocks at once where they are static, but for the node's own address, also after a restart", async () => {
  const source = sourceOf(1);
  const machine = await startTestMachine("1.30.0", "realtime", { podSubnet: { ...SUBNET, mode: "StaticBlock" }, source });
  // A hundred and ten pods and the node's own address are seven blocks.
  expect(source.asked).toEqual([112]);
  await machine.run("a", pod);
  await machine.until(() => machine.isReady("a"));
  expect((await machine.pod("a")).status?.podIP).toBe("10.241.0.17");
  await machine.restart();
  await machine.run("b", pod);
  await machine.until(() => machine.isReady("b"));
  expect((await machine.pod("b")).status?.podIP).toBe("10.241.0.18");
  expect(source.asked).toEqual([112]);
  await machine.stop();
});
