import { describe, expect, it } from "vitest";
import { CLUSTER, POOL, Scene } from "../testing/scene.ts";

const API = "2026-04-01";

describe("a gateway pool", () => {
  it("has nodes with the service's label and taint, also after an update that sends no taints", async () => {
    const scene = await Scene.open();
    const first = { name: "one", count: 1, vmSize: "Standard_DS2_v2", mode: "System" };
    const networkProfile = { networkPlugin: "azure", networkPluginMode: "overlay", staticEgressGatewayProfile: { enabled: true } };
    const properties = { dnsPrefix: "c-dns", kubernetesVersion: "1.34.2", networkProfile, agentPoolProfiles: [first] };
    await scene.succeed(scene.call("PUT", CLUSTER, { location: "eastus", properties }, API));
    const gateway = { count: 2, vmSize: "Standard_DS2_v2", mode: "Gateway", gatewayProfile: { publicIPPrefixSize: 30 } };
    await scene.succeed(scene.call("PUT", POOL, { properties: gateway }, API));
    await scene.succeed(scene.call("PUT", POOL, { properties: { mode: "Gateway", count: 3, nodeTaints: [] } }, API));
    const nodes = scene.nodes();
    expect(nodes).toHaveLength(3);
    for (const { metadata, spec } of nodes) {
      expect(metadata.labels?.["kubernetes.azure.com/mode"]).toBe("gateway");
      expect(spec.taints).toEqual([{ key: "kubernetes.azure.com/mode", value: "gateway", effect: "NoSchedule" }]);
    }
    await scene.world.stop();
  });
});
