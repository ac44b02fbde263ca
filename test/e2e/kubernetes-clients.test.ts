import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createCluster, kubeconfigOf, putPool } from "../support/aks.ts";
import { find } from "../support/clients.ts";
import { type Json, type Lido, startLido } from "../support/lido.ts";
import { isFetched, SDK_FOLDER, titled, toldBy } from "../support/sdk.ts";

const python = find("python3");

let lido: Lido;
let env: NodeJS.ProcessEnv;
beforeAll(async () => {
  lido = await startLido("--memory", "--speed", "fast", "--generation", "current");
  await createCluster(lido, "");
  await lido.finish(await putPool(lido, "second", { count: 2 }));
  const file = join(lido.address.dataDir, "kubeconfig");
  writeFileSync(file, await kubeconfigOf(lido));
  env = { KUBECONFIG: file, PYTHONPATH: join(SDK_FOLDER, "python-kubernetes") };
});
afterAll(() => lido.kill("SIGKILL"));

const NO_NODE = { code: 404, reason: "NotFound", message: 'nodes "nope" not found' };

describe.skipIf(!isFetched("node_modules"))(titled("Kubernetes' client for JavaScript", isFetched("node_modules")), () => {
  let told: Json;
  beforeAll(async () => void (told = await toldBy(lido, [process.execPath, join(SDK_FOLDER, "kubernetes.mjs")], env)), 120_000);

  it("sees with an informer what becomes of pods, and with a watch what is there", () => {
    expect(told).toMatchObject({
      nodes: ["second", "second"],
      "informer's pods": ["js", "js"],
      watched: ["ADDED", "ADDED"],
      events: { added: true, updated: true, deleted: 3 },
      "as custom objects": true,
    });
  });

  it("patches, scales, and is refused as by Kubernetes", () => {
    expect(told).toMatchObject({
      replicas: 3,
      scale: 3,
      eviction: { code: 429, reason: "TooManyRequests", message: "Cannot evict pod as it would violate the pod's disruption budget." },
      missing: NO_NODE,
    });
  });
});

const hasPython = python !== undefined && isFetched("python-kubernetes");
describe.skipIf(!hasPython)(titled("Kubernetes' client for Python", hasPython), () => {
  it("runs workloads where taints and selectors send them, reads pages, and is refused as by Kubernetes", async () => {
    expect(await toldBy(lido, [python ?? "", join(SDK_FOLDER, "kubernetes_client.py")], env)).toMatchObject({
      nodes: ["second", "second"],
      ready: true,
      "on the tainted node": [true, true],
      scaled: 1,
      job: expect.arrayContaining(["Complete"]),
      missing: NO_NODE,
      bad: { code: 422, reason: "Invalid", message: 'Pod "bad" is invalid: spec.containers: Required value' },
      pages: [2, 1],
      version: "1",
    });
  }, 120_000);
});
