import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Json, type Lido, startLido } from "../support/lido.ts";
import { missingTerraform, openTerraform, type Terraform, terraformTitle } from "../support/terraform.ts";

const GROUP = "/resourceGroups/terraform-network/providers";
const NETWORK = `${GROUP}/Microsoft.Network/virtualNetworks/network`;
const CLUSTER = `${GROUP}/Microsoft.ContainerService/managedClusters/cluster`;

describe.skipIf(missingTerraform.length > 0)(terraformTitle("unmodified Terraform with a network of one's own"), () => {
  let lido: Lido;
  let terraform: Terraform;
  beforeAll(async () => {
    lido = await startLido("--memory", "--speed", "fast");
    terraform = openTerraform(lido, join(import.meta.dirname, "terraform-network", "main.tf"));
  });
  afterAll(async () => {
    await lido.kill("SIGKILL");
    terraform.close();
  });
  const subnet = async (name: string): Promise<Json> =>
    (await lido.arm("GET", `${NETWORK}/subnets/${name}`, undefined, "2024-05-01")).body.properties;
  const addressesOf = async (pool: string): Promise<readonly string[]> => {
    const { body } = await lido.arm("GET", `${CLUSTER}/agentPools/${pool}/machines`, undefined, "2025-10-01");
    return (body.value as Json[]).map(({ properties }) => properties.network.ipAddresses[0].ip);
  };

  it("puts a cluster and a pool into its subnets, and then has nothing to do", async () => {
    await terraform.apply({}, "7 added, 0 changed, 0 destroyed");
    const prefixes = await terraform.call("output", "-json", "prefixes");
    expect(JSON.parse(prefixes.stdout)).toEqual(["10.10.2.0/24"]);
    const subnets = await terraform.call("output", "-json", "subnets");
    expect(JSON.parse(subnets.stdout)).toEqual(["delegated", "system", "user"]);
    expect(await addressesOf("default")).toEqual(["10.10.1.4"]);
    expect(await addressesOf("user")).toEqual(["10.10.2.4"]);
    expect(await subnet("delegated")).toMatchObject({
      privateEndpointNetworkPolicies: "Enabled",
      delegations: [{ properties: { serviceName: "Microsoft.ContainerService/managedClusters" } }],
    });
  });

  it("changes a subnet that is in use and its pool in place", async () => {
    await terraform.apply({ node_count: 2, endpoints: ["Microsoft.Storage"] }, "0 added, 2 changed, 0 destroyed");
    expect((await subnet("user")).serviceEndpoints).toMatchObject([{ service: "Microsoft.Storage" }]);
    // Azure CNI takes addresses for 28 of 30 pods beside each node's own: two are on the network of the node.
    expect(await addressesOf("user")).toEqual(["10.10.2.4", "10.10.2.33"]);
    await terraform.apply({ node_count: 0, endpoints: [] }, "0 added, 2 changed, 0 destroyed");
    expect((await subnet("user")).serviceEndpoints ?? []).toEqual([]);
  });

  it("destroys all of it in its order", async () => {
    const { stdout, code } = await terraform.call("destroy", "-auto-approve");
    expect(stdout).toContain("Destroy complete! Resources: 7 destroyed.");
    expect(code).toBe(0);
    expect((await lido.arm("GET", "/resourcegroups", undefined, "2023-07-01")).body.value).toEqual([]);
  });
});
