import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { azs, type Outcome } from "../support/clients.ts";
import { openSession, type Session } from "../support/session.ts";

const NET = ["-g", "rg", "--vnet-name", "net"];

/** Debian's 2.45 ends its own network commands with a traceback, whatever it talks to. */
const az = azs().find(({ version }) => !version.startsWith("2.45."));

describe.skipIf(az === undefined)(`networks of one's own with an unmodified az${az === undefined ? ": none but 2.45" : ""}`, () => {
  let session: Session;

  beforeAll(async () => {
    session = await openSession();
    await ok("group", "create", "-n", "rg", "-l", "eastus");
  });
  afterAll(() => session.close());

  const call = (...args: string[]): Promise<Outcome> => session.call(az?.path, ...args);
  const ok = (...args: string[]): Promise<string> => session.ok(az?.path, ...args);
  const subnet = (name: string): string => `${group()}/virtualNetworks/net/subnets/${name}`;
  const group = (): string => `/subscriptions/${session.lido.address.subscriptionId}/resourceGroups/rg/providers/Microsoft.Network`;

  it("makes, changes and reads them", async () => {
    await ok("network", "vnet", "create", "-g", "rg", "-n", "net", "--address-prefixes", "10.0.0.0/16");
    await ok("network", "vnet", "subnet", "create", ...NET, "-n", "nodes", "--address-prefixes", "10.0.1.0/24");
    await ok("network", "vnet", "subnet", "create", ...NET, "-n", "pods", "--address-prefixes", "10.0.2.0/24");
    await ok("network", "vnet", "subnet", "update", ...NET, "-n", "pods", "--service-endpoints", "Microsoft.Storage");
    const shown = await ok(
      "network",
      "vnet",
      "subnet",
      "show",
      ...NET,
      "-n",
      "pods",
      "--query",
      "serviceEndpoints[0].service",
      "-o",
      "tsv",
    );
    expect(shown).toBe("Microsoft.Storage");
    expect(await ok("network", "vnet", "subnet", "list", ...NET, "--query", "[].name", "-o", "tsv")).toBe("nodes\npods");
    expect(await ok("network", "vnet", "list", "--query", "[].provisioningState", "-o", "tsv")).toBe("Succeeded");
    const far = await call("network", "vnet", "subnet", "create", ...NET, "-n", "far", "--address-prefixes", "10.9.0.0/24");
    expect(far.code).toBe(1);
    expect(far.stderr).toContain("NetcfgSubnetRangeOutsideVnet");
  });

  it("puts a cluster and a pool into them, and lets them go afterwards", async () => {
    const cluster = [
      "-g",
      "rg",
      "-n",
      "c",
      "--network-plugin",
      "azure",
      "--service-cidr",
      "172.16.0.0/16",
      "--dns-service-ip",
      "172.16.0.10",
    ];
    const inSubnets = ["--vnet-subnet-id", subnet("nodes"), "--pod-subnet-id", subnet("pods")];
    await ok(
      "aks",
      "create",
      ...cluster,
      "--node-count",
      "1",
      "--no-ssh-key",
      ...inSubnets,
      "--enable-managed-identity",
      "--skip-subnet-role-assignment",
    );
    const two = ["-g", "rg", "--cluster-name", "c", "-n", "two", "--node-count"];
    const large = await call("aks", "nodepool", "add", ...two, "40", ...inSubnets);
    expect(large.stderr).toContain("InsufficientSubnetSize");
    await ok("aks", "nodepool", "add", ...two, "2", ...inSubnets);
    const count = "length(ipConfigurations)";
    expect(await ok("network", "vnet", "subnet", "show", ...NET, "-n", "nodes", "--query", count, "-o", "tsv")).toBe("3");
    const kept = await call("network", "vnet", "subnet", "delete", ...NET, "-n", "nodes");
    expect(kept.stderr).toContain("InUseSubnetCannotBeDeleted");
    await ok("aks", "delete", "-g", "rg", "-n", "c", "--yes");
    await ok("network", "vnet", "subnet", "delete", ...NET, "-n", "nodes");
    await ok("network", "vnet", "delete", "-g", "rg", "-n", "net");
    expect(await ok("network", "vnet", "list", "-g", "rg", "--query", "length(@)", "-o", "tsv")).toBe("0");
  });
});
