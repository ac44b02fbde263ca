import type { ArmServices } from "#arm";
import type { Compute } from "#compute";
import { type Clock, createReconciler, type Logger, type Pace, type Random, type Requeue } from "#lib";
import { type Documents, MAX_ATTEMPTS, type Op, openDocuments, type Store } from "#store";
import { parseRange } from "./cidr.ts";
import { networkKey, type Networks, parseSubnetId, type StoredNetwork, type StoredSubnet, subnetId } from "./network.ts";
import { refusals } from "./refusals.ts";
import { type Claims, holdersOf, type Users } from "./users.ts";

export interface NetworkOptions {
  readonly store: Store;
  readonly arm: ArmServices;
  readonly compute: Compute;
  readonly clock: Clock;
  readonly pace: Pace;
  readonly random: Random;
  readonly log: Logger;
}

/** What the calls work with. */
export interface NetworkParts extends NetworkOptions {
  readonly documents: Documents<StoredNetwork>;
  readonly claims: Claims;
}

/** Virtual networks, and the work on them. */
export interface OpenNetworks extends Networks {
  readonly parts: NetworkParts;
  /** Goes on with what was being done. @param claims who is promised addresses: nobody before this. */
  start(claims?: Claims): void;
  stop(): Promise<void>;
}

/** Networks worked on at the same time. */
const CONCURRENCY = 16;
/** How often one that is to go looks whether it is still in use. */
const LOOK_AGAIN_MS = 500;

/** Opens the networks that the store holds. */
export async function openNetworks(options: NetworkOptions): Promise<OpenNetworks> {
  const { store, clock, log } = options;
  const documents = await openDocuments<StoredNetwork>(store, "/network/virtual-networks/");
  let claims: Claims = () => [];
  const parts: NetworkParts = { ...options, documents, claims: (id) => claims(id) };
  const reconciler = createReconciler({
    name: "virtual networks",
    clock,
    log,
    concurrency: CONCURRENCY,
    reconcile: (key) => finishWork(parts, key),
  });
  const stopWaking = documents.subscribe((event) => {
    if (event.kind === "put" && event.document.value.work !== undefined) reconciler.enqueue(event.document.id);
  });
  return {
    parts,
    find: (id) => findSubnet(documents, id),
    start(claimed = claims) {
      claims = claimed;
      for (const { id, value } of documents.list()) if (value.work !== undefined) reconciler.enqueue(id);
    },
    async stop() {
      stopWaking();
      await reconciler.stop();
      documents.close();
    },
  };
}

function findSubnet(documents: Documents<StoredNetwork>, id: string): ReturnType<Networks["find"]> {
  const names = parseSubnetId(id);
  if (names === undefined) return undefined;
  const network = documents.get(networkKey({ ...names, name: names.network }))?.value;
  if (network === undefined) return undefined;
  const stored = network.work?.kind === "Deleting" ? undefined : network.subnets.find(({ name }) => isSame(name, names.name));
  const cidr = stored?.prefixes.find((prefix) => parseRange(prefix)?.family === 4);
  const isThere = stored !== undefined && stored.isDeleting !== true && cidr !== undefined;
  const subnet = isThere ? { id: subnetId(network, stored.name), name: stored.name, cidr, location: network.location } : undefined;
  return { ...names, subnet };
}

/** What is due is done, and its operation ended, in one transaction. A network that goes waits for what is in it. */
async function finishWork(parts: NetworkParts, key: string): Promise<Requeue | void> {
  const { documents, store, arm, clock } = parts;
  const document = documents.get(key);
  const work = document?.value.work;
  if (document === undefined || work === undefined) return;
  if (work.dueMs > clock.now()) return { requeueAfterMs: work.dueMs - clock.now() };
  const { work: _done, ...network } = document.value;
  const holders = holdersOf(parts, network.subscriptionId);
  if (work.kind === "Deleting" && firstUser(network, holders) !== undefined) {
    return { requeueAfterMs: LOOK_AGAIN_MS };
  }
  const kept = firstUser({ ...network, subnets: network.subnets.filter(({ isDeleting }) => isDeleting) }, holders);
  const ops: Op[] = [];
  if (work.kind === "Deleting") ops.push(documents.remove(key));
  else ops.push(documents.put(key, { ...network, subnets: network.subnets.flatMap((one) => settled(one, kept?.subnet)) }));
  const operation = work.operationId === undefined ? undefined : arm.operations.get(network.subscriptionId, work.operationId);
  if (operation !== undefined) ops.push(arm.operations.end(operation, outcomeOf(kept)));
  // Whoever changed it meanwhile has woken this again.
  await store.transact([documents.unchanged(key, document)], ops);
}

/** One that goes is gone, but for one that a pool named at the very time: it stays. */
function settled({ isDeleting, ...subnet }: StoredSubnet, kept: string | undefined): readonly StoredSubnet[] {
  return isDeleting === true && subnet.name !== kept ? [] : [subnet];
}

function outcomeOf(kept: ReturnType<typeof firstUser>): Parameters<ArmServices["operations"]["end"]>[1] {
  if (kept === undefined) return { status: "Succeeded" };
  const { code, message } = refusals.subnetInUse(kept.subnet, kept.user);
  return { status: "Failed", error: { code, message } };
}

/** A subnet that is in use and what uses it. */
export function firstUser(network: StoredNetwork, users: Users): { readonly subnet: string; readonly user: string } | undefined {
  for (const { name } of network.subnets) {
    const user = users(subnetId(network, name))[0];
    if (user !== undefined) return { subnet: name, user };
  }
  return undefined;
}

/**
 * Changes what a key names in one transaction, anew when somebody else came between.
 * @param decide refuses by throwing.
 */
export async function change<R>(
  { store, documents }: NetworkParts,
  key: string,
  decide: (document: StoredNetwork | undefined) => {
    readonly next: StoredNetwork | undefined;
    readonly ops: readonly Op[];
    readonly result: R;
  },
): Promise<R> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const document = documents.get(key);
    const { next, ops, result } = decide(document?.value);
    const all = next === undefined ? ops : [documents.put(key, next), ...ops];
    if (all.length === 0) return result;
    if ((await store.transact([documents.unchanged(key, document)], all)).succeeded) return result;
  }
  throw new Error(`virtual network ${key} was changed by others at each of ${MAX_ATTEMPTS} attempts`);
}

export function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
