import { describe, expect, it } from "vitest";
import { fqdnOf, withoutSecrets } from "./defaults.ts";
import { networkDefaults } from "./network.ts";

const cluster = { subscriptionId: "s", resourceGroup: "rg", name: "c", dnsPrefix: "My-Dns", location: "eastus" } as const;

describe("fqdnOf", () => {
  it.each([
    { generation: "2019-preview" as const, form: /^my-dns-[0-9a-f]{8}\.hcp\.eastus\.azmk8s\.io$/ },
    { generation: "current" as const, form: /^my-dns-[0-9a-z]{8}\.hcp\.eastus\.azmk8s\.io$/ },
  ])("has the form of the $generation generation", ({ generation, form }) => {
    expect(fqdnOf({ ...cluster, generation }, () => false)).toMatch(form);
  });

  it("gives a second cluster of the same prefix a name of its own", () => {
    const first = fqdnOf({ ...cluster, generation: "current" }, () => false);
    expect(fqdnOf({ ...cluster, name: "d", generation: "current" }, (fqdn) => fqdn === first)).not.toBe(first);
  });
});

describe("withoutSecrets", () => {
  it("drops passwords and keeps the rest", () => {
    const sent = { windowsProfile: { adminUsername: "a", adminPassword: "p" }, aadProfile: { tenantID: "t", serverAppSecret: "p" } };
    expect(withoutSecrets(sent)).toEqual({ windowsProfile: { adminUsername: "a" }, aadProfile: { tenantID: "t" } });
  });
});

describe("networkDefaults", () => {
  const kubenet = { networkPlugin: "kubenet", podCidr: "10.244.0.0/16", serviceCidr: "10.0.0.0/16", dnsServiceIP: "10.0.0.10" };

  it.each([
    {
      name: "kubenet behind a basic load balancer in 2019",
      sent: {},
      apiVersion: "2019-04-01",
      want: { ...kubenet, loadBalancerSku: "basic" },
    },
    {
      name: "kubenet behind a standard one in 2022",
      sent: {},
      apiVersion: "2022-11-01",
      want: { ...kubenet, loadBalancerSku: "standard", loadBalancerProfile: { managedOutboundIPs: { count: 1 } } },
    },
    {
      name: "azure overlay since 2025",
      sent: {},
      apiVersion: "2025-03-01",
      want: { networkPlugin: "azure", networkPluginMode: "overlay", podCidrs: ["10.244.0.0/16"] },
    },
    {
      name: "what there is none of, by name, since late 2024",
      sent: { networkPlugin: "kubenet" },
      apiVersion: "2025-03-01",
      want: { ...kubenet, networkPolicy: "none", loadBalancerProfile: { backendPoolType: "nodeIPConfiguration" } },
    },
    {
      name: "what was sent before all",
      sent: { serviceCidr: "10.2.0.0/16" },
      apiVersion: "2022-11-01",
      want: { serviceCidr: "10.2.0.0/16" },
    },
  ])("$name", ({ sent, apiVersion, want }) => {
    const generation = apiVersion < "2019-06-01" ? "2019-preview" : "current";
    expect(networkDefaults(sent, generation, apiVersion)).toMatchObject(want);
  });

  it("gives pods of azure's own network no range of theirs", () => {
    expect(networkDefaults({ networkPlugin: "azure" }, "current", "2022-11-01")).not.toHaveProperty("podCidr");
  });
});
