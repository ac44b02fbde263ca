import { join } from "node:path";
import type { RunningServer, ServerAddress, ServerOptions } from "#api/server";
import { createLogger, paceOf, systemClock, systemRandom } from "#lib";
import { openLmdbStore, openMemoryStore } from "#store";
import { isForCluster } from "./control-planes.ts";
import { type DataDirectory, takeDataDirectory } from "./data-directory.ts";
import { explained, IDENTITIES_FILE, identitiesReader } from "./identities.ts";
import { CA_FILE, loadInstallation, loadServerCertificate, type ServerCertificate } from "./identity.ts";
import { type Listener, openPlainListener, openSecureListener } from "./listeners.ts";
import { type Outside, reachOutside } from "./outside.ts";
import { type Service, startService } from "./service.ts";
import { loadSubscriptions } from "./subscriptions.ts";
import { openTime } from "./virtual-time.ts";

/** File in the data directory that tells other commands how to reach the server that runs on it. */
export const ADDRESS_FILE = "server.json";

/**
 * Starts everything and resolves when both listeners answer.
 * @throws {StartError} when the data directory is in use, a port is taken or the control plane of `kubernetes` cannot be used.
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const directory = takeDataDirectory(options.dataDir);
  try {
    return await startIn(directory, options);
  } catch (error) {
    directory.release();
    throw error;
  }
}

async function startIn(directory: DataDirectory, options: ServerOptions): Promise<RunningServer> {
  const outside = options.kubernetes === undefined ? undefined : await reachOutside(options.kubernetes, systemClock);
  return await startWith(directory, options, outside).catch((error: unknown) => {
    outside?.transport.close();
    throw error;
  });
}

async function startWith(directory: DataDirectory, options: ServerOptions, outside: Outside | undefined): Promise<RunningServer> {
  const installation = loadInstallation(directory, systemRandom);
  const subscriptions = loadSubscriptions(directory, { defaultId: installation.subscriptionId, added: options.subscriptions ?? [] });
  const [store, certificate] = await Promise.all([
    options.dataDir === undefined ? openMemoryStore() : openLmdbStore({ directory: join(directory.path, "store") }),
    loadServerCertificate(directory, options.host, { clock: systemClock }),
  ]);
  const log = await createLogger({ level: options.logLevel });
  const time = await openTime(options.clock ?? "real", { store, wall: systemClock, log }).catch(async (error: unknown) => {
    await store.close();
    throw error;
  });
  const service = await startService({
    ...time,
    pace: paceOf(options.speed),
    random: systemRandom,
    log,
    generation: options.generation,
    throttle: options.throttle ?? "none",
    supportWindow: options.supportWindow,
    installation,
    subscriptions,
    identities: identitiesReader(join(directory.path, IDENTITIES_FILE)),
    rbac: options.rbac,
    caPem: directory.read(CA_FILE) ?? "",
    outside,
  }).catch(async (error: unknown) => {
    await time.steered?.stop();
    await store.close();
    throw explained(error);
  });
  const listeners = await openListeners(options, certificate, service).catch(async (error: unknown) => {
    await service.stop();
    await time.steered?.stop();
    await store.close();
    throw error;
  });
  const address: ServerAddress = {
    endpoint: `https://${nameOf(options.host)}:${listeners.secure.port}`,
    httpEndpoint: `http://${nameOf(options.host)}:${listeners.plain.port}`,
    ca: join(directory.path, CA_FILE),
    ...installation,
    subscriptions,
    dataDir: directory.path,
    pid: process.pid,
  };
  service.arm.setEndpoint(address.endpoint);
  directory.write(ADDRESS_FILE, JSON.stringify(address, undefined, 2));
  return {
    address,
    async stop() {
      await Promise.all([listeners.secure.close(), listeners.plain.close()]);
      await service.stop();
      await time.steered?.stop();
      await store.close();
      directory.remove(ADDRESS_FILE);
      directory.release();
    },
  };
}

interface Listeners {
  readonly secure: Listener;
  readonly plain: Listener;
}

async function openListeners(options: ServerOptions, certificate: ServerCertificate, { arm, controlPlanes }: Service): Promise<Listeners> {
  const secure = await openSecureListener(options, certificate, {
    request: (request, response) =>
      isForCluster(request.url) ? controlPlanes.request(request, response) : arm.listener(request, response),
    upgrade: (request, socket, head) =>
      isForCluster(request.url)
        ? controlPlanes.upgrade(request, socket, head)
        : void socket.end("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"),
  });
  try {
    return { secure, plain: await openPlainListener({ host: options.host, port: options.httpPort }, arm.httpListener) };
  } catch (error) {
    await secure.close();
    throw error;
  }
}

/** How clients on this machine call the address that is listened on. */
function nameOf(host: string): string {
  if (["127.0.0.1", "::1", "0.0.0.0", "::", "localhost"].includes(host)) return "localhost";
  return host.includes(":") ? `[${host}]` : host;
}
