import { builtInKinds } from "#kube/apiserver";
import { systemClock } from "#lib";
import { type Json, waitUntil } from "../support/lido.ts";
import type { Call, Target } from "./target.ts";

/** Kinds whose objects come and go by themselves. */
const RESTLESS = new Set(["leases", "events"]);
/** Members that move while nothing changes: heartbeats, and the tag of a resource that was written as it was. */
const MOVING = new Set(["resourceVersion", "lastHeartbeatTime", "eTag", "lastModifiedAt"]);
const SETTLE_MS = 60_000;
const LOOK_MS = 50;

/** Everything that can be read: the answer to each read of the program, and every object of the cluster. */
export async function listing(calls: readonly Call[], target: Target): Promise<Readonly<Record<string, unknown>>> {
  const entries: [string, unknown][] = [];
  for (const { method, side, path, operation } of calls) {
    if (method !== "GET" || side !== "arm") continue;
    const { status, body } = await target.lido.raw("GET", `${path}?api-version=2022-11-01`);
    entries.push([operation, { status, body: still(body) }]);
  }
  for (const { group, version, resource } of builtInKinds) {
    if (RESTLESS.has(resource)) continue;
    const path = `/clusters/${target.fqdn}${group === "" ? "/api" : `/apis/${group}`}/${version}/${resource}`;
    const { status, body } = await target.lido.raw("GET", path, { token: target.kubeToken });
    entries.push([path, { status, items: still(body?.items) }]);
  }
  return Object.fromEntries(entries);
}

/** Waits until what runs in the cluster from its start is ready: until then it changes by itself. */
export async function awaitSystemPods({ lido, fqdn, kubeToken }: Target): Promise<void> {
  await waitUntil(
    "the system's pods are ready",
    async () => {
      const { body } = await lido.raw("GET", `/clusters/${fqdn}/api/v1/pods`, { token: kubeToken });
      const pods = body.items as Json[];
      const isReady = ({ status }: Json): boolean =>
        (status.conditions as Json[] | undefined)?.some(({ type, status }) => type === "Ready" && status === "True") ?? false;
      return pods.length > 0 && pods.every(isReady);
    },
    SETTLE_MS,
  );
}

/** The listing once two in a row are the same. @throws {Error} when it does not come to rest. */
export async function settledListing(calls: readonly Call[], target: Target): Promise<Readonly<Record<string, unknown>>> {
  const end = systemClock.now() + SETTLE_MS;
  let last = await listing(calls, target);
  for (;;) {
    await systemClock.sleep(LOOK_MS);
    const next = await listing(calls, target);
    if (JSON.stringify(next) === JSON.stringify(last)) return next;
    if (systemClock.now() > end) throw new Error("the service does not come to rest");
    last = next;
  }
}

function still(value: Json): unknown {
  if (Array.isArray(value)) return value.map(still);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value as Record<string, unknown>).flatMap(([name, member]) => (MOVING.has(name) ? [] : [[name, still(member)]])),
  );
}
