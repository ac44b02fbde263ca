import { builtInKinds, createApiServer } from "#kube/apiserver";
import { createKubeClient, type KubeClient } from "#kube/client";
import { seededRandom, silentLogger, VirtualClock } from "#lib";
import { openMemoryStore } from "#store";

/** A cluster's API in this process, without controllers or nodes. */
export interface TestCluster {
  readonly clock: VirtualClock;
  readonly client: KubeClient;
  stop(): Promise<void>;
}

/** Starts the API of an empty cluster of this version. */
export async function startTestCluster(version: string): Promise<TestCluster> {
  const clock = new VirtualClock();
  const store = openMemoryStore();
  const apiServer = createApiServer({
    store,
    keyPrefix: "/kubernetes/test/",
    kinds: builtInKinds,
    clock,
    random: seededRandom(1),
    log: silentLogger,
    version,
    serviceCidr: "10.0.0.0/16",
    credentials: { caCertificatePem: "", tokens: () => undefined },
  });
  await apiServer.start();
  return {
    clock,
    client: createKubeClient(apiServer.transport({ name: "test", groups: ["system:masters"] })),
    async stop() {
      await apiServer.stop();
      await store.close();
    },
  };
}
