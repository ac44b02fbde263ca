import { generateKeyPairSync } from "node:crypto";
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, type JSONWebKeySet, jwtVerify } from "jose";
import { beforeEach, describe, expect, it } from "vitest";
import type { Pod } from "#api/kubernetes/core";
import type { KubeObject } from "#api/kubernetes/meta";
import { podOf, pods, startCluster, type TestCluster } from "../testing/cluster.ts";

const makeKey = (): string =>
  generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ type: "pkcs8", format: "pem" }).toString();
const [FIRST, SECOND] = [makeKey(), makeKey()];
const ISSUER = "https://c.hcp.eastus.azmk8s.io";
const ACCOUNTS = "/api/v1/namespaces/default/serviceaccounts";

let cluster: TestCluster;
let keys: string[];
let uid: string;
beforeEach(async () => {
  keys = [FIRST];
  cluster = await startCluster({ version: "1.33.0", signingKeys: { issuer: ISSUER, keys: async () => keys } });
  uid = (await cluster.call("POST", ACCOUNTS, { metadata: { name: "robot" } })).metadata.uid ?? "";
});

interface TokenRequest extends KubeObject {
  spec: object;
  status: { token: string; expirationTimestamp: string };
}
const request = (spec: object = {}): Promise<TokenRequest> => cluster.call("POST", `${ACCOUNTS}/robot/token`, { spec });
const tokenOf = async (spec: object = {}): Promise<string> => (await request(spec)).status.token;
const review = async (token: string, audiences?: string[]): Promise<Record<string, unknown>> => {
  const spec = { token, ...(audiences !== undefined && { audiences }) };
  const answer = await cluster.call<{ status: Record<string, unknown> } & KubeObject>(
    "POST",
    "/apis/authentication.k8s.io/v1/tokenreviews",
    {
      spec,
    },
  );
  return answer.status;
};
const seconds = (): number => Math.floor(cluster.clock.now() / 1000);

describe("a requested token", () => {
  it("is the account's for an hour, for this API", async () => {
    const { metadata, spec, status } = await request();
    expect(metadata).toMatchObject({ name: "robot", namespace: "default", uid });
    expect(spec).toMatchObject({ audiences: [ISSUER], expirationSeconds: 3600 });
    expect(Date.parse(status.expirationTimestamp)).toBe((seconds() + 3600) * 1000);
    const { jti, ...claims } = decodeJwt(status.token);
    expect(claims).toEqual({
      aud: [ISSUER],
      exp: seconds() + 3600,
      iat: seconds(),
      iss: ISSUER,
      "kubernetes.io": { namespace: "default", serviceaccount: { name: "robot", uid } },
      nbf: seconds(),
      sub: "system:serviceaccount:default:robot",
    });
    expect(await review(status.token)).toEqual({
      authenticated: true,
      user: {
        username: "system:serviceaccount:default:robot",
        uid,
        groups: ["system:serviceaccounts", "system:serviceaccounts:default", "system:authenticated"],
        extra: { "authentication.kubernetes.io/credential-id": [`JTI=${jti ?? ""}`] },
      },
      audiences: [ISSUER],
    });
  });

  it("is good until a minute after its time", async () => {
    const token = await tokenOf({ expirationSeconds: 600 });
    await cluster.clock.advance(659_000);
    expect(await review(token)).toMatchObject({ authenticated: true });
    await cluster.clock.advance(3_000);
    expect(await review(token)).toEqual({ user: {}, error: "service account token has expired" });
  });

  it("is good for its audiences only", async () => {
    const token = await tokenOf({ audiences: ["vault", "other"] });
    expect(await review(token)).toMatchObject({
      error: `token audiences ["vault" "other"] is invalid for the target audiences ["${ISSUER}"]`,
    });
    expect(await review(token, ["vault", "x"])).toMatchObject({ authenticated: true, audiences: ["vault"] });
  });

  it("goes with its account", async () => {
    const token = await tokenOf();
    await cluster.call("DELETE", `${ACCOUNTS}/robot`);
    expect(await review(token)).toMatchObject({ error: 'serviceaccounts "robot" not found' });
    const again = await cluster.call("POST", ACCOUNTS, { metadata: { name: "robot" } });
    expect(await review(token)).toMatchObject({ error: `service account UID (${again.metadata.uid}) does not match claim (${uid})` });
  });

  it("goes with the pod that it is bound to, and names its node", async () => {
    const pod = await cluster.call<Pod>("POST", pods(), podOf("a", { spec: { serviceAccountName: "robot" } }));
    const node = await cluster.call("POST", "/api/v1/nodes", { metadata: { name: "n" } });
    await cluster.call("POST", pods("a/binding"), { target: { kind: "Node", name: "n" } });
    const token = await tokenOf({ boundObjectRef: { apiVersion: "v1", kind: "Pod", name: "a" }, expirationSeconds: 3607 });
    expect(decodeJwt(token)).toMatchObject({
      exp: seconds() + 365 * 86_400,
      "kubernetes.io": {
        pod: { name: "a", uid: pod.metadata.uid },
        node: { name: "n", uid: node.metadata.uid },
        warnafter: seconds() + 3607,
      },
    });
    expect(await review(token)).toMatchObject({
      user: { extra: { "authentication.kubernetes.io/pod-name": ["a"], "authentication.kubernetes.io/node-name": ["n"] } },
    });
    await cluster.call("DELETE", pods("a"), { gracePeriodSeconds: 0 });
    expect(await review(token)).toMatchObject({ error: "service account token has been invalidated" });
  });

  it.each<[object, RegExp | string]>([
    [
      { expirationSeconds: 599 },
      'TokenRequest.authentication.k8s.io "" is invalid: spec.expirationSeconds: Invalid value: 599: may not specify a duration less than 10 minutes',
    ],
    [
      { expirationSeconds: 2 ** 32 + 1 },
      'TokenRequest.authentication.k8s.io "" is invalid: spec.expirationSeconds: Invalid value: 4294967297: may not specify a duration larger than 2^32 seconds',
    ],
    [{ boundObjectRef: { apiVersion: "v1", kind: "Pod", name: "none" } }, 'pods "none" not found'],
    [{ boundObjectRef: { apiVersion: "v1", kind: "ConfigMap", name: "x" } }, "cannot bind token to object of type /v1, Kind=ConfigMap"],
    [{ audiences: "all" }, /spec\.audiences of type \[\]string/],
  ])("with %j is refused", async (spec, message) => {
    await expect(request(spec)).rejects.toThrow(message);
  });

  it("of an account that does not exist, or for another one's pod, is refused", async () => {
    expect((await cluster.refusal("POST", `${ACCOUNTS}/none/token`, {})).message).toBe('serviceaccounts "none" not found');
    await cluster.call("POST", pods(), podOf("b"));
    await expect(request({ boundObjectRef: { apiVersion: "v1", kind: "Pod", name: "b" } })).rejects.toThrow(
      'cannot bind token for serviceaccount "robot" to pod running with different serviceaccount name.',
    );
  });
});

describe("keys", () => {
  it("are published so that others can check tokens", async () => {
    const token = await tokenOf();
    const found = await cluster.call<JSONWebKeySet & KubeObject>("GET", "/openid/v1/jwks");
    expect(found.keys.map(({ kid }) => kid)).toEqual([decodeProtectedHeader(token).kid]);
    await jwtVerify(token, createLocalJWKSet(found), { issuer: ISSUER, currentDate: new Date(cluster.clock.now()) });
    expect(await cluster.call("GET", "/.well-known/openid-configuration")).toMatchObject({
      issuer: ISSUER,
      jwks_uri: `${ISSUER}/openid/v1/jwks`,
    });
  });

  it("sign from their rotation on, and are good while they are kept", async () => {
    const old = await tokenOf();
    expect(await review(old)).toMatchObject({ authenticated: true });
    keys = [SECOND, FIRST];
    expect(decodeProtectedHeader(await tokenOf()).kid).not.toBe(decodeProtectedHeader(old).kid);
    expect(await review(old)).toMatchObject({ authenticated: true });
    keys = [SECOND];
    expect(await review(old)).toEqual({ user: {}, error: "invalid signature, no keys found" });
  });

  it("of somebody else sign nothing that is good here", async () => {
    const other = await startCluster({ version: "1.33.0", signingKeys: { issuer: ISSUER, keys: async () => [SECOND] } });
    await other.call("POST", ACCOUNTS, { metadata: { name: "robot" } });
    const { status } = await other.call<TokenRequest>("POST", `${ACCOUNTS}/robot/token`, {});
    expect(await review(status.token)).toEqual({ user: {}, error: "invalid signature, no keys found" });
    const [header, , signature] = (await tokenOf()).split(".");
    const forged = [header, Buffer.from(JSON.stringify({ iss: ISSUER, sub: "x" })).toString("base64url"), signature].join(".");
    expect(await review(forged)).toEqual({ user: {}, error: "signature verification failed" });
    expect(await review("nonsense")).toEqual({ user: {}, error: "invalid bearer token" });
  });
});

describe("the token of a secret", () => {
  it("is good as long as the secret holds it", async () => {
    const token = await cluster.api.secretToken({ namespace: "default", name: "robot", uid }, "robot-token");
    expect(await review(token)).toMatchObject({ error: "Token has been invalidated" });
    const data = { token: Buffer.from(token).toString("base64") };
    const annotations = { "kubernetes.io/service-account.name": "robot" };
    const secret = { metadata: { name: "robot-token", annotations }, type: "kubernetes.io/service-account-token", data };
    await cluster.call("POST", "/api/v1/namespaces/default/secrets", secret);
    expect(await review(token)).toMatchObject({ authenticated: true, user: { username: "system:serviceaccount:default:robot" } });
    await cluster.call("DELETE", "/api/v1/namespaces/default/secrets/robot-token");
    expect(await review(token)).toMatchObject({ error: "Token has been invalidated" });
  });
});

describe("a pod", () => {
  const volumesOf = async (name: string, spec: object = {}): Promise<string[]> => {
    const pod = await cluster.call<Pod>("POST", pods(), podOf(name, { spec }));
    return (pod.spec.volumes ?? []).map((volume) => volume.name);
  };

  it("finds its account's token where libraries look for it", async () => {
    const pod = await cluster.call<Pod>("POST", pods(), podOf("a"));
    const name = pod.spec.volumes?.[0]?.name ?? "";
    expect(name).toMatch(/^kube-api-access-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
    expect(pod.spec.volumes).toEqual([
      {
        name,
        projected: {
          sources: [
            { serviceAccountToken: { expirationSeconds: 3607, path: "token" } },
            { configMap: { name: "kube-root-ca.crt", items: [{ key: "ca.crt", path: "ca.crt" }] } },
            { downwardAPI: { items: [{ path: "namespace", fieldRef: { apiVersion: "v1", fieldPath: "metadata.namespace" } }] } },
          ],
          defaultMode: 420,
        },
      },
    ]);
    expect(pod.spec.containers[0]?.volumeMounts).toEqual([
      { name, readOnly: true, mountPath: "/var/run/secrets/kubernetes.io/serviceaccount" },
    ]);
  });

  it("gets none when it, or else its account, wants none, or has something else there", async () => {
    expect(await volumesOf("a", { automountServiceAccountToken: false })).toEqual([]);
    await cluster.call("POST", ACCOUNTS, {
      metadata: { name: "quiet" },
      automountServiceAccountToken: false,
      imagePullSecrets: [{ name: "registry" }],
    });
    expect(await volumesOf("b", { serviceAccountName: "quiet" })).toEqual([]);
    expect(await volumesOf("c", { serviceAccountName: "quiet", automountServiceAccountToken: true })).toHaveLength(1);
    const volumeMounts = [{ name: "own", mountPath: "/var/run/secrets/kubernetes.io/serviceaccount" }];
    const containers = [{ name: "web", image: "nginx", volumeMounts }];
    expect(await volumesOf("d", { containers, volumes: [{ name: "own", emptyDir: {} }] })).toEqual(["own"]);
    expect((await cluster.call<Pod>("GET", pods("b"))).spec.imagePullSecrets).toEqual([{ name: "registry" }]);
  });

  it("of an older cluster mounts its account's secret", async () => {
    cluster = await startCluster({ version: "1.12.6" });
    const metadata = { name: "robot-token-x", annotations: { "kubernetes.io/service-account.name": "robot" } };
    await cluster.call("POST", "/api/v1/namespaces/default/secrets", { metadata, type: "kubernetes.io/service-account-token" });
    await cluster.call("POST", ACCOUNTS, { metadata: { name: "robot" }, secrets: [{ name: "robot-token-x" }] });
    expect(await volumesOf("a")).toEqual([]);
    expect(await volumesOf("b", { serviceAccountName: "robot" })).toEqual(["robot-token-x"]);
  });
});
