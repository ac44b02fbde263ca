import { readFileSync } from "node:fs";
import { join } from "node:path";
import { builtInKinds, createApiServer } from "#kube/apiserver";
import { createKubeClient, type HttpTransportOptions, readKubeconfig } from "#kube/client";
import type { ConfigMap } from "#api/kubernetes/core";
import { resources } from "#api/kubernetes/resources";
import { createConfiguredScheduler } from "#kube/scheduler";
import { seededRandom, silentLogger, systemClock } from "#lib";
import { openMemoryStore } from "#store";
import { authorityOf, clientOf, listen } from "../../../../src/kube/apiserver/testing/tls.ts";
import { connect, type Wire } from "./wire.ts";

/** A control plane to ask: API server and scheduler, and nothing that would run pods. */
export interface Server {
  readonly wire: Wire;
  stop(): Promise<void>;
}

/** The release whose texts the tables have. */
const VERSION = "1.35.4";

/** Lido's own in this process, or the one that a kubeconfig names. @param kubeconfig path of a file */
export async function openServer(kubeconfig: string | undefined): Promise<Server> {
  if (kubeconfig === undefined) return startServer();
  const wire = connect(readKubeconfig(kubeconfig));
  return { wire, stop: () => Promise.resolve(wire.close()) };
}

async function startServer(): Promise<Server> {
  const authority = await authorityOf("cluster");
  const admin = await clientOf(authority, "admin", ["system:masters"]);
  const shared = { clock: systemClock, random: seededRandom(5), log: silentLogger };
  const api = createApiServer({
    ...shared,
    store: openMemoryStore(),
    keyPrefix: "/kubernetes/conformance/",
    kinds: builtInKinds,
    version: VERSION,
    serviceCidr: "10.0.0.0/16",
    credentials: { caCertificatePem: authority.certPem, tokens: () => undefined },
  });
  await api.start();
  const listener = await listen(api);
  const client = createKubeClient(api.transport({ name: "system:kube-scheduler", groups: ["system:masters"] }));
  const metadata = { namespace: "kube-system", name: "kube-scheduler-config" };
  const data = { "config.yaml": readFileSync(join(import.meta.dirname, "scheduler.yaml"), "utf8") };
  await client.create<ConfigMap>(resources.configMaps, { metadata, data });
  const scheduler = createConfiguredScheduler({ ...shared, client, administrator: client, version: () => VERSION });
  await scheduler.start();
  const access: HttpTransportOptions = { server: listener.server, caPem: listener.caPem, certPem: admin.certPem, keyPem: admin.keyPem };
  const wire = connect(access);
  return {
    wire,
    async stop() {
      wire.close();
      await scheduler.stop();
      await listener.close();
      await api.stop();
    },
  };
}
