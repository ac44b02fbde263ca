import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Secret, ServiceAccount } from "#api/kubernetes/core";
import { resources } from "#api/kubernetes/resources";
import { startCluster, type TestCluster } from "../testing/cluster.ts";
import { accountOf, filledSecret, planSecret, TOKEN_TYPE } from "./plan.ts";

const NAME = "kubernetes.io/service-account.name";
const UID = "kubernetes.io/service-account.uid";
const secretOf = (annotations: Record<string, string>, data?: Record<string, string>): Secret => ({
  metadata: { name: "s", namespace: "default", annotations },
  type: TOKEN_TYPE,
  ...(data !== undefined && { data }),
});
const account: ServiceAccount = { metadata: { name: "robot", namespace: "default", uid: "1" } };

describe("a secret", () => {
  it("is an account's by its type and annotation", () => {
    expect(accountOf(secretOf({ [NAME]: "robot" }))).toBe("default/robot");
    expect(accountOf(secretOf({}))).toBeUndefined();
    expect(accountOf({ ...secretOf({ [NAME]: "robot" }), type: "Opaque" })).toBeUndefined();
  });

  it.each<[string, Secret, ServiceAccount | undefined, object]>([
    ["of no account goes", secretOf({ [NAME]: "robot" }), undefined, { kind: "delete" }],
    ["of an earlier account of the name goes", secretOf({ [NAME]: "robot", [UID]: "0" }), account, { kind: "delete" }],
    ["without a token gets one", secretOf({ [NAME]: "robot" }), account, { kind: "fill", needsToken: true }],
    [
      "with another authority gets this one",
      secretOf({ [NAME]: "robot", [UID]: "1" }, { token: "x" }),
      account,
      { kind: "fill", needsToken: false },
    ],
    [
      "that has everything stays",
      filledSecret(secretOf({ [NAME]: "robot" }), { uid: "1", token: "t", caPem: "ca" }),
      account,
      { kind: "keep" },
    ],
  ])("%s", (_, secret, of, plan) => {
    expect(planSecret(secret, of, "ca")).toEqual(plan);
  });
});

describe("in a cluster", () => {
  let cluster: TestCluster;
  afterEach(() => cluster.stop());
  const own = async (): Promise<readonly Secret[]> =>
    (await cluster.list(resources.secrets, "default")).filter((secret) => accountOf(secret) === "default/robot");
  const tokenIn = (secret: Secret | undefined): string => Buffer.from(secret?.data?.["token"] ?? "", "base64").toString();
  const create = (): Promise<ServiceAccount> =>
    cluster.client.create(resources.serviceAccounts, { metadata: { name: "robot", namespace: "default" } });

  describe("of today", () => {
    beforeEach(async () => {
      cluster = await startCluster("1.33.0");
    });

    it("secrets are filled, and go with their account; none are made", async () => {
      const { metadata } = await create();
      const secret = {
        ...secretOf({ [NAME]: "robot" }),
        metadata: { name: "mine", namespace: "default", annotations: { [NAME]: "robot" } },
      };
      await cluster.client.create(resources.secrets, secret);
      await cluster.until(async () => tokenIn((await own())[0]) !== "");
      const [filled, ...others] = await own();
      expect(others).toEqual([]);
      expect(tokenIn(filled)).toBe(`token of robot (${metadata.uid ?? ""}) in mine`);
      expect(Buffer.from(filled?.data?.["namespace"] ?? "", "base64").toString()).toBe("default");
      await cluster.client.delete(resources.serviceAccounts, { name: "robot", namespace: "default" });
      await cluster.until(async () => (await own()).length === 0);
    });
  });

  describe("before 1.24", () => {
    beforeEach(async () => {
      cluster = await startCluster("1.20.9");
    });

    it("each account gets a secret, and another one for the one that goes", async () => {
      await create();
      const named = async (): Promise<string[]> => {
        const { secrets = [] } = await cluster.client.get(resources.serviceAccounts, { name: "robot", namespace: "default" });
        return secrets.map(({ name = "" }) => name);
      };
      await cluster.until(async () => (await named()).length === 1 && tokenIn((await own())[0]) !== "");
      const [first = ""] = await named();
      expect(first).toMatch(/^robot-token-[a-z0-9]{5}$/);
      await cluster.client.delete(resources.secrets, { name: first, namespace: "default" });
      await cluster.until(async () => (await named()).length === 1 && !(await named()).includes(first));
      expect((await own()).map(({ metadata }) => metadata.name)).toEqual(await named());
    });
  });
});
