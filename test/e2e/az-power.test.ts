import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { find, type Outcome } from "../support/clients.ts";
import { openSession, type Session } from "../support/session.ts";

const az = find("az");
const kubectl = find("kubectl");
const NAMED = ["-g", "rg", "-n", "c"];
const POOL = ["-g", "rg", "--cluster-name", "c", "-n", "two"];

const missing = [az === undefined ? "az" : "", kubectl === undefined ? "kubectl" : ""].filter((name) => name !== "");

describe.skipIf(missing.length > 0)(
  `power, images and certificates with an unmodified az${missing.length === 0 ? "" : `: ${missing.join(" and ")} missing on this machine`}`,
  () => {
    let session: Session;

    beforeAll(async () => {
      session = await openSession();
      await ok("group", "create", "-n", "rg", "-l", "eastus");
      await ok("aks", "create", ...NAMED, "--node-count", "1", "--no-ssh-key");
      await ok("aks", "nodepool", "add", ...POOL, "--node-count", "2");
      await ok("aks", "get-credentials", ...NAMED);
    });
    afterAll(() => session.close());

    const call = (...args: string[]): Promise<Outcome> => session.call(az, ...args);
    const ok = (...args: string[]): Promise<string> => session.ok(az, ...args);
    const nodes = async (): Promise<string> => {
      const { code, stdout, stderr } = await session.call(kubectl, "get", "nodes", "--no-headers");
      const names = stdout.split("\n").flatMap((line) => /^aks-(\w+)-\d+-vmss0*(\w) +Ready/.exec(line)?.slice(1, 3).join("") ?? []);
      return code === 0 ? names.join(" ") : stderr.trim();
    };
    const poolState = (): Promise<string> =>
      ok("aks", "nodepool", "show", ...POOL, "--query", "[count, powerState.code, provisioningState]", "-o", "tsv");

    it("stops and starts a pool, and upgrades its image", async () => {
      expect(await nodes()).toBe("nodepool10 two0 two1");
      await ok("aks", "nodepool", "stop", ...POOL);
      expect([await poolState(), await nodes()]).toEqual(["0\nStopped\nSucceeded", "nodepool10"]);
      await ok("aks", "nodepool", "start", ...POOL);
      expect([await poolState(), await nodes()]).toEqual(["2\nRunning\nSucceeded", "nodepool10 two2 two3"]);
      const upgraded: unknown = JSON.parse(await ok("aks", "nodepool", "upgrade", ...POOL, "--node-image-only"));
      expect(upgraded).toMatchObject({ name: "two", count: 2, provisioningState: "Succeeded" });
      expect(await nodes()).toBe("nodepool10 two2 two3");
    });

    it("stops and starts the cluster, whose objects stay", async () => {
      expect(await ok("aks", "stop", ...NAMED)).toBe("");
      expect(await nodes()).toContain("no cluster is served under this address");
      const again = await call("aks", "stop", ...NAMED);
      expect([again.code, again.stderr]).toEqual([1, expect.stringContaining("Power State(Stopped), stopping cannot be performed")]);
      expect(await ok("aks", "start", ...NAMED)).toBe("");
      expect(await nodes()).toBe("nodepool11 two4 two5");
    });

    it("rotates certificates: the old kubeconfig opens the cluster no more, a new one does", async () => {
      await ok("aks", "rotate-certs", ...NAMED, "--yes");
      await ok("aks", "wait", ...NAMED, "--updated", "--interval", "1");
      expect(await nodes()).toContain("Unauthorized");
      await ok("aks", "get-credentials", ...NAMED, "--overwrite-existing");
      expect(await nodes()).toBe("nodepool11 two4 two5");
    });
  },
);
