import { StartError } from "#api/server";
import { type Document, openDocuments, type Store } from "#store";
import { SECRETS_PREFIX } from "./cluster-secrets.ts";
import type { Outside } from "./outside.ts";

/** The one cluster that a control plane elsewhere holds. */
interface Tenant {
  readonly id: string;
  readonly fqdn: string;
  /** Of the control plane. */
  readonly identity: string;
  readonly server: string;
}

/** Which cluster has the one place in a control plane elsewhere, kept in the store. */
export interface OutsidePlace {
  /** Takes the place for good. @throws {Error} when another cluster has it. */
  take(cluster: { readonly id: string; readonly fqdn: string }): Promise<void>;
  /** Gives it back; of another cluster, or of none, nothing happens. */
  leave(id: string): Promise<void>;
  close(): void;
}

const PREFIX = "/outside-control-plane/";
const KEY = "tenant";

/**
 * The place in the control plane, with who has it by the store.
 * @throws {StartError} when the store is of a cluster in another control plane, or of clusters that have their own.
 */
export async function openPlace(store: Store, { identity, access: { server } }: Outside): Promise<OutsidePlace> {
  await refuseOwnClusters(store);
  const documents = await openDocuments<Tenant>(store, PREFIX);
  const present = (): Document<Tenant> | undefined => documents.get(KEY);
  const tenant = present()?.value;
  if (tenant !== undefined && tenant.identity !== identity) {
    documents.close();
    throw new StartError(
      `The state is of the cluster ${tenant.fqdn} in another control plane than ${server}: it was at ${tenant.server}. ` +
        'Start with its kubeconfig, or forget the state with "lido reset".',
    );
  }
  return {
    async take({ id, fqdn }) {
      const before = present();
      if (before?.value.id === id) return;
      if (before !== undefined) throw new Error(`the control plane ${server} holds the cluster ${before.value.fqdn}`);
      const { succeeded } = await store.transact([documents.unchanged(KEY, before)], [documents.put(KEY, { id, fqdn, identity, server })]);
      if (!succeeded) throw new Error(`the control plane ${server} has just been given another cluster`);
    },
    async leave(id) {
      const before = present();
      if (before?.value.id === id) await store.transact([documents.unchanged(KEY, before)], [documents.remove(KEY)]);
    },
    close: () => documents.close(),
  };
}

async function refuseOwnClusters(store: Store): Promise<void> {
  const { pairs } = await store.range({ prefix: SECRETS_PREFIX, limit: 1 });
  if (pairs.length === 0) return;
  throw new StartError(
    "The state holds clusters whose control planes are Lido's own, and --kubernetes puts every cluster in the one of its kubeconfig. " +
      'Use another --data-dir, or forget the state with "lido reset".',
  );
}

/** @throws {StartError} when the store is of a cluster that lives in a control plane elsewhere. */
export async function refuseOutsideState(store: Store): Promise<void> {
  const documents = await openDocuments<Tenant>(store, PREFIX);
  const tenant = documents.get(KEY)?.value;
  documents.close();
  if (tenant === undefined) return;
  throw new StartError(
    `The state is of the cluster ${tenant.fqdn} in the control plane at ${tenant.server}. Start with --kubernetes and its kubeconfig, ` +
      'or forget the state with "lido reset".',
  );
}
