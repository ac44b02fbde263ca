import { paceOf, silentLogger, systemClock, systemRandom } from "#lib";
import { type Service, startService } from "#main";
import { openMemoryStore } from "#store";
import { connect, type Send, type WireResponse } from "../test/conformance/runner/wire.ts";
import { type Figure, quantile } from "./figures.ts";

const WARM_UP = 100;
const CALLS = 500;
const LOOK_MS = 20;
/** Lido's own share of a call that az does not wait behind. */
const SHARE_MS = 5;
const HOST = "localhost:8443";
const SUBSCRIPTION = "19da3500-0000-4000-8000-000000000000";
const ROOT = `/subscriptions/${SUBSCRIPTION}`;
const GROUP = `${ROOT}/resourceGroups/rg`;
const AKS = `${GROUP}/providers/Microsoft.ContainerService`;
const CLUSTER = `${AKS}/managedClusters/c`;
const POOL = { count: 1, vmSize: "Standard_DS2_v2", osType: "Linux", type: "VirtualMachineScaleSets", mode: "System" };
const CLUSTER_BODY = {
  location: "eastus",
  identity: { type: "SystemAssigned" },
  properties: { dnsPrefix: "bench", agentPoolProfiles: [{ name: "nodepool1", ...POOL }] },
};

interface Call {
  readonly what: string;
  readonly method: string;
  readonly path: string;
  readonly version: string;
  readonly body?: unknown;
}

/** The calls that az makes in the article's commands and does not wait behind, those that are sent again and again but one. */
const CALLS_OF_AZ: readonly Call[] = [
  { what: "GET of an agent pool", method: "GET", path: `${CLUSTER}/agentPools/nodepool1`, version: "2022-11-01" },
  { what: "list of agent pools", method: "GET", path: `${CLUSTER}/agentPools`, version: "2022-11-01" },
  { what: "GET of a cluster", method: "GET", path: CLUSTER, version: "2022-11-01" },
  { what: "list of clusters", method: "GET", path: `${AKS}/managedClusters`, version: "2022-11-01" },
  { what: "upgrade profile", method: "GET", path: `${CLUSTER}/upgradeProfiles/default`, version: "2022-11-01" },
  { what: "credentials", method: "POST", path: `${CLUSTER}/listClusterUserCredential`, version: "2022-11-01" },
  { what: "PUT of a group", method: "PUT", path: GROUP, version: "2022-09-01", body: { location: "eastus" } },
  {
    what: "PUT of an agent pool, nothing to do",
    method: "PUT",
    path: `${CLUSTER}/agentPools/nodepool1`,
    version: "2022-11-01",
    body: { properties: POOL },
  },
  { what: "list of scale sets", method: "GET", path: `${ROOT}/providers/Microsoft.Compute/virtualMachineScaleSets`, version: "2022-11-01" },
  { what: "sizes of a region", method: "GET", path: `${ROOT}/providers/Microsoft.Compute/locations/eastus/vmSizes`, version: "2022-11-01" },
];

/** What the door and what is behind it take of a call, through memory: no socket, no TLS, no client. */
export async function doorFigures(print: (figure: Figure) => void): Promise<void> {
  const service = await startService({
    store: openMemoryStore(),
    clock: systemClock,
    pace: paceOf("instant"),
    random: systemRandom,
    log: silentLogger,
    generation: "auto",
    installation: {
      tenantId: "11111111-1111-1111-1111-111111111111",
      subscriptionId: SUBSCRIPTION,
      clientId: "22222222-2222-2222-2222-222222222222",
      clientSecret: "bench",
    },
    caPem: "",
  });
  try {
    await measureAll(service, print);
  } finally {
    await service.stop();
  }
}

async function measureAll(service: Service, print: (figure: Figure) => void): Promise<void> {
  const send = connect(service.arm.listener, true);
  const authorization = `Bearer ${await service.arm.issueToken()}`;
  const ask = (call: Call): Promise<WireResponse> => answerTo(send, call, authorization);
  // The wire's own share: a path that nothing is behind.
  const wire = await measure(() => ask({ what: "", method: "GET", path: "/", version: "2022-11-01" }));
  await ask({ what: "", method: "PUT", path: GROUP, version: "2022-09-01", body: { location: "eastus" } });
  await ask({ what: "", method: "PUT", path: CLUSTER, version: "2022-11-01", body: CLUSTER_BODY });
  await untilSucceeded(ask);
  for (const call of CALLS_OF_AZ) {
    const { status } = await ask(call);
    if (status >= 400) throw new Error(`${call.what} answered ${status}`);
    const times = await measure(() => ask(call));
    const [p50, p99] = [quantile(times, 0.5), quantile(times, 0.99)];
    print({
      what: `own share, ${call.what}`,
      figure: `${(p50 / SHARE_MS).toFixed(2)} / ${(p99 / SHARE_MS).toFixed(2)}`,
      target: "≤ 1",
      method: `p50 and p99 over ${SHARE_MS} ms (${p50.toFixed(2)}, ${p99.toFixed(2)} ms; the wire alone ${quantile(wire, 0.5).toFixed(2)} ms), ${CALLS} calls in process`,
    });
  }
}

async function answerTo(send: Send, { method, path, version, body }: Call, authorization: string): Promise<WireResponse> {
  const text = body === undefined ? undefined : JSON.stringify(body);
  const length = text === undefined ? {} : { "content-length": String(Buffer.byteLength(text)) };
  const headers = { host: HOST, "content-type": "application/json", authorization, ...length };
  return await send({ method, path: `${path}?api-version=${version}`, headers, text });
}

async function untilSucceeded(ask: (call: Call) => Promise<WireResponse>): Promise<void> {
  for (;;) {
    const { text } = await ask({ what: "", method: "GET", path: CLUSTER, version: "2022-11-01" });
    const { properties } = JSON.parse(text) as { properties?: { provisioningState?: string } };
    if (properties?.provisioningState === "Succeeded") return;
    if (properties === undefined || properties.provisioningState === "Failed") throw new Error(`the cluster is not created: ${text}`);
    await systemClock.sleep(LOOK_MS);
  }
}

/** Times of calls, one after the other, milliseconds; the first ones, which compile the program, are left out. */
async function measure(call: () => Promise<unknown>): Promise<readonly number[]> {
  const times: number[] = [];
  for (let count = 0; count < WARM_UP + CALLS; count++) {
    const from = process.hrtime.bigint();
    await call();
    if (count >= WARM_UP) times.push(Number(process.hrtime.bigint() - from) / 1e6);
  }
  return times;
}
