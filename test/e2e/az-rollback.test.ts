import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { azs, type Outcome } from "../support/clients.ts";
import { openSession, type Session } from "../support/session.ts";

/** The first az that rolls pools back. Source: azure-docs articles/aks/roll-back-node-pool-version.md. */
const FIRST = { major: 2, minor: 88 };

const az = azs().find(({ version }) => {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > FIRST.major || (major === FIRST.major && minor >= FIRST.minor);
});
const NAMED = ["-g", "rg", "-n", "c"];
const POOL = ["-g", "rg", "--cluster-name", "c", "-n", "two"];

describe.skipIf(az === undefined)(
  `rollbacks and schedules with an unmodified az${az === undefined ? ": none of 2.88 or later" : ""}`,
  () => {
    let session: Session;

    beforeAll(async () => {
      session = await openSession();
      await ok("group", "create", "-n", "rg", "-l", "eastus");
      await ok("aks", "create", ...NAMED, "--node-count", "1", "--no-ssh-key", "-k", "1.34.2", "--node-os-upgrade-channel", "None");
      await ok("aks", "nodepool", "add", ...POOL, "--node-count", "1", "-k", "1.33.7");
    });
    afterAll(() => session.close());

    const call = (...args: string[]): Promise<Outcome> => session.call(az?.path, ...args);
    const ok = (...args: string[]): Promise<string> => session.ok(az?.path, ...args);
    const version = (): Promise<string> =>
      ok("aks", "nodepool", "show", ...POOL, "--query", "[currentOrchestratorVersion, provisioningState]", "-o", "tsv");

    it("shows what a pool can go back to, and goes back once", async () => {
      expect(await ok("aks", "nodepool", "get-rollback-versions", ...POOL, "-o", "tsv")).toBe("");
      await ok("aks", "nodepool", "upgrade", ...POOL, "-k", "1.34.2", "--yes");
      const [recent] = JSON.parse(await ok("aks", "nodepool", "get-rollback-versions", ...POOL, "-o", "json")) as unknown[];
      expect(recent).toMatchObject({
        orchestratorVersion: "1.33.7",
        nodeImageVersion: expect.stringMatching(/^AKSUbuntu-2204gen2containerd-/),
      });
      await ok("aks", "nodepool", "rollback", ...POOL);
      expect(await version()).toBe("1.33.7\nSucceeded");
      const again = await call("aks", "nodepool", "rollback", ...POOL);
      expect([again.code, again.stderr]).toEqual([1, expect.stringContaining("No rollback versions available.")]);
    });

    it("keeps a schedule, and refuses to go back beside a channel", async () => {
      await ok("aks", "nodepool", "upgrade", ...POOL, "-k", "1.34.2", "--yes");
      // Never today: nothing is upgraded while this looks.
      const window = ["--schedule-type", "Weekly", "--day-of-week", "Sunday", "--interval-weeks", "4", "--duration", "4"];
      const start = ["--start-date", "2099-01-01", "--start-time", "00:00", "--utc-offset=-08:00"];
      const schedule = ["-g", "rg", "--cluster-name", "c", "-n", "aksManagedAutoUpgradeSchedule"];
      await ok("aks", "maintenanceconfiguration", "add", ...schedule, ...window, ...start);
      await ok("aks", "update", ...NAMED, "--auto-upgrade-channel", "stable");
      expect(await ok("aks", "show", ...NAMED, "--query", "autoUpgradeProfile", "-o", "json")).toContain('"upgradeChannel": "stable"');
      const refused = await call("aks", "nodepool", "rollback", ...POOL);
      expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining("cannot be rolled back while auto-upgrade is enabled")]);
      expect(await version()).toBe("1.34.2\nSucceeded");
    });
  },
);
