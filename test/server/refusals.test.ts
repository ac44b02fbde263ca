import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { clusterBody, CLUSTER, createCluster, GROUP, kubeClient, poolPath, putPool, registerPreview } from "../support/aks.ts";
import { type Answer, type Lido, startLido } from "../support/lido.ts";
import { resources } from "#api/kubernetes/resources";

interface Case {
  readonly title: string;
  readonly call: (lido: Lido) => Promise<Answer>;
  readonly status: number;
  readonly code: string;
  readonly message: RegExp;
  readonly target?: string;
}

const pool = (name: string, properties: Record<string, unknown>) => (lido: Lido) => putPool(lido, name, { count: 1, ...properties });
const NAMING = "Please see https://aka.ms/aks-naming-rules for more details.";

/** Refusals of the AKS resource provider: a flat body. */
const PROVIDER: readonly Case[] = [
  {
    title: "a size that Azure has not",
    call: pool("fresh", { vmSize: "Standard_Huge" }),
    status: 400,
    code: "BadRequest",
    message: /VM size .*is not allowed in your subscription in location 'eastus'/,
  },
  {
    title: "a name with a capital letter",
    call: pool("Fresh", {}),
    status: 400,
    code: "InvalidParameter",
    message: new RegExp(`^The value of parameter agentPoolProfile.name is invalid.*${NAMING}$`),
    target: "agentPoolProfile.name",
  },
  {
    title: "a name that is too long",
    call: pool("abcdefghijklm", {}),
    status: 400,
    code: "InvalidParameter",
    message: /agentPoolProfile\.name/,
  },
  {
    title: "a count over the limit",
    call: pool("fresh", { count: 101 }),
    status: 400,
    code: "InvalidParameter",
    message: /agentPoolProfile\.count/,
    target: "agentPoolProfile.count",
  },
  {
    title: "a negative count",
    call: pool("fresh", { count: -1 }),
    status: 400,
    code: "InvalidParameter",
    message: /agentPoolProfile\.count/,
  },
  {
    title: "a version that does not exist",
    call: pool("fresh", { orchestratorVersion: "1.12.99" }),
    status: 400,
    code: "AgentPoolK8sVersionNotSupported",
    message: /^Version 1\.12\.99 is not supported in this region\./,
  },
  {
    title: "a version newer than the control plane's",
    call: pool("fresh", { orchestratorVersion: "1.13.5" }),
    status: 400,
    code: "InvalidParameter",
    message: /agentpool\.Properties\.OrchestratorVersion is invalid/,
  },
  {
    title: "a downgrade",
    call: pool("mypool", { orchestratorVersion: "1.12.5" }),
    status: 400,
    code: "AgentPoolUpgradeVersionNotAllowed",
    message: /^Upgrade agent pool version from 1\.12\.6 to 1\.12\.5 is not allowed/,
  },
  {
    title: "another size for a pool that exists",
    call: pool("mypool", { vmSize: "Standard_DS3_v2" }),
    status: 400,
    code: "PropertyChangeNotAllowed",
    message: /vmSize/i,
  },
  {
    title: "a member of the wrong type",
    call: pool("fresh", { count: "three" }),
    status: 400,
    code: "UnmarshalError",
    message: /cannot unmarshal string into Go struct field AgentPoolProperties\.properties\.count of type int32/,
  },
  {
    title: "the autoscaler in the preview",
    call: pool("fresh", { enableAutoScaling: true, minCount: 1, maxCount: 3 }),
    status: 400,
    code: ".",
    message: /autoscal/i,
  },
  {
    title: "deleting the first pool",
    call: (lido) => lido.arm("DELETE", poolPath("nodepool1")),
    status: 400,
    code: "OperationNotAllowed",
    message: /nodepool1/,
  },
  {
    title: "a pool that does not exist",
    call: (lido) => lido.arm("GET", poolPath("absent")),
    status: 404,
    code: "NotFound",
    message: /^Could not find the agentpool: absent in subscription: /,
  },
  {
    title: "a cluster name that is none",
    call: (lido) => lido.arm("PUT", CLUSTER.replace(/c$/, "-bad-"), clusterBody("1.12.6")),
    status: 400,
    code: ".",
    message: /name/,
  },
  {
    title: "HTTP application routing in the preview",
    call: (lido) =>
      lido.arm("PUT", CLUSTER.replace(/c$/, "d"), clusterBody("1.12.6", { addonProfiles: { httpApplicationRouting: { enabled: true } } })),
    status: 400,
    code: ".",
    message: /routing/i,
  },
];

/** Refusals of ARM itself: a nested body. */
const GATEWAY: readonly Case[] = [
  {
    title: "a body that is no JSON",
    call: (lido) => lido.arm("PUT", poolPath("fresh"), '{"properties":'),
    status: 400,
    code: "InvalidRequestContent",
    message: /^The request content was invalid and could not be deserialized/,
  },
  {
    title: "a call without api-version",
    call: (lido) => lido.raw("GET", `/subscriptions/${lido.address.subscriptionId}${CLUSTER}`),
    status: 400,
    code: "MissingApiVersionParameter",
    message: /^The api-version query parameter \(\?api-version=\) is required for all requests\.$/,
  },
  {
    title: "an api-version that is none",
    call: (lido) => lido.arm("GET", CLUSTER, undefined, "yesterday"),
    status: 400,
    code: ".",
    message: /yesterday/,
  },
  {
    title: "a call without a token",
    call: (lido) => lido.raw("GET", `/subscriptions/${lido.address.subscriptionId}${CLUSTER}?api-version=2022-11-01`, { token: null }),
    status: 401,
    code: "AuthenticationFailed",
    message: /'Authorization' header is missing/,
  },
  {
    title: "a token that nobody signed",
    call: (lido) =>
      lido.raw("GET", `/subscriptions/${lido.address.subscriptionId}${CLUSTER}?api-version=2022-11-01`, {
        token: `${lido.token.slice(0, -8)}AAAAAAAA`,
      }),
    status: 401,
    code: "InvalidAuthenticationToken",
    message: /./,
  },
  {
    title: "a subscription that does not exist",
    call: (lido) => lido.raw("GET", `/subscriptions/99999999-9999-9999-9999-999999999999/resourcegroups?api-version=2021-04-01`),
    status: 404,
    code: "SubscriptionNotFound",
    message: /could not be found/,
  },
  {
    title: "a group that does not exist",
    call: (lido) => lido.arm("PUT", CLUSTER.replace("/rg/", "/none/"), clusterBody("1.12.6")),
    status: 404,
    code: "ResourceGroupNotFound",
    message: /^Resource group 'none' could not be found\.$/,
  },
  {
    title: "a cluster that does not exist",
    call: (lido) => lido.arm("GET", CLUSTER.replace(/c$/, "none")),
    status: 404,
    code: "ResourceNotFound",
    message: /^The Resource 'Microsoft\.ContainerService\/managedClusters\/none' under resource group 'rg' was not found\./,
  },
  {
    title: "a provider that does not exist",
    call: (lido) => lido.arm("GET", `${GROUP}/providers/Microsoft.Nowhere/things/x`),
    status: 404,
    code: "InvalidResourceNamespace",
    message: /Microsoft\.Nowhere/,
  },
  {
    title: "a body that is too large",
    call: (lido) => lido.arm("PUT", poolPath("fresh"), { properties: { filler: "x".repeat(5 * 1024 * 1024) } }),
    status: 413,
    code: ".",
    message: /./,
  },
];

describe("a refusal", () => {
  let lido: Lido;
  let before: string;
  const state = async (): Promise<string> => (await lido.arm("GET", CLUSTER)).text + (await lido.arm("GET", `${CLUSTER}/agentPools`)).text;
  beforeAll(async () => {
    lido = await startLido("--memory", "--speed", "instant");
    await registerPreview(lido);
    await createCluster(lido, "1.12.6");
    await lido.finish(await putPool(lido, "mypool", { count: 1 }));
    before = await state();
  });
  afterAll(() => lido.kill("SIGKILL"));

  it.each(PROVIDER)("by AKS: $title", async ({ call, status, code, message, target }) => {
    const answer = await call(lido);
    expect(answer.body.message).toMatch(message);
    expect(answer.body.code).toMatch(new RegExp(`^${code === "." ? ".+" : code}$`));
    expect(answer.status).toBe(status);
    if (target !== undefined) expect(answer.body.target).toBe(target);
    expect(answer.headers["x-ms-failure-cause"]).toBeUndefined();
    expect(await state()).toBe(before);
  });

  it.each(GATEWAY)("by ARM: $title", async ({ call, status, code, message }) => {
    const answer = await call(lido);
    expect(answer.body?.error?.message ?? answer.text).toMatch(message);
    expect(answer.body.error.code).toMatch(new RegExp(`^${code === "." ? ".+" : code}$`));
    expect(answer.status).toBe(status);
    if (status !== 401) expect(answer.headers["x-ms-failure-cause"]).toBe("gateway");
    expect(await state()).toBe(before);
  });

  it("by ARM: a token of another installation", async () => {
    const other = await startLido("--memory");
    const answer = await lido.raw("GET", `/subscriptions/${lido.address.subscriptionId}${CLUSTER}?api-version=2022-11-01`, {
      token: other.token,
    });
    await other.kill("SIGKILL");
    expect(answer.status).toBe(401);
    expect(answer.body.error.code).toBe("InvalidAuthenticationToken");
  });

  it("by Kubernetes: a credential of another cluster, and none", async () => {
    const second = await lido.arm("PUT", CLUSTER.replace(/c$/, "e"), clusterBody("1.12.6", { dnsPrefix: "other" }));
    await lido.finish(second);
    const client = await kubeClient(lido);
    await expect(client.list(resources.nodes)).resolves.toBeDefined();
    const fqdn = second.body.properties.fqdn as string;
    const own = (await lido.arm("POST", `${CLUSTER}/listClusterUserCredential`)).body.kubeconfigs[0].value as string;
    const token = /token: (\S+)/.exec(Buffer.from(own, "base64").toString())?.[1] ?? "";
    for (const foreign of [token, null, lido.token]) {
      const answer = await lido.raw("GET", `/clusters/${fqdn}/api/v1/nodes`, { token: foreign });
      expect(answer.status).toBe(401);
      expect(answer.body).toMatchObject({ kind: "Status", reason: "Unauthorized" });
    }
  });

  it("by AKS: the ninth pool, and the 401st node", async () => {
    for (let number = 3; number <= 8; number++) await lido.finish(await putPool(lido, `pool${number}`, { count: number === 8 ? 1 : 78 }));
    const ninth = await putPool(lido, "pool9", { count: 1 });
    expect({ status: ninth.status, message: ninth.body.message as string }).toEqual({
      status: 400,
      message: expect.stringMatching(/8|eight/) as string,
    });
    const tooMany = await putPool(lido, "pool8", { count: 9 });
    expect({ status: tooMany.status, message: tooMany.body.message as string }).toEqual({
      status: 400,
      message: expect.stringMatching(/400/) as string,
    });
    expect((await lido.arm("GET", poolPath("pool8"))).body.properties.count).toBe(1);
  });
});
