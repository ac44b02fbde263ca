import type { Clock, Random } from "#lib";
import { openDocuments, type Store } from "#store";
import { type ClusterSecrets, createClusterSecrets } from "./kubeconfig.ts";

/** What the clusters trust and hand out, kept in the store. */
export interface SecretsOfClusters {
  /** The cluster's; made when it has none. */
  of(id: string): Promise<ClusterSecrets>;
  /**
   * Replaces the cluster's, once for each number. What it trusts from then on has signed none of what it handed out before.
   * @param rotation counts from 1; a number that has been done already changes nothing.
   */
  rotate(id: string, rotation: number): Promise<void>;
  forget(id: string): Promise<void>;
  close(): void;
}

interface Stored {
  readonly secrets: ClusterSecrets;
  /** How often the secrets have been replaced; absent for never. */
  readonly rotation?: number;
}

/** Where they are kept: each cluster that this program has a control plane for has a key below it. */
export const SECRETS_PREFIX = "/control-planes/";

/** Opens the secrets that the store holds. */
export async function openSecrets(options: {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly makeSecrets?: typeof createClusterSecrets;
}): Promise<SecretsOfClusters> {
  const { store, clock, random, makeSecrets = createClusterSecrets } = options;
  const documents = await openDocuments<Stored>(store, SECRETS_PREFIX);
  return {
    async of(id) {
      const stored = documents.get(id);
      if (stored !== undefined) return stored.value.secrets;
      const secrets = await makeSecrets(clock, random);
      await store.transact([documents.unchanged(id, undefined)], [documents.put(id, { secrets })]);
      return documents.get(id)?.value.secrets ?? secrets;
    },
    async rotate(id, rotation) {
      const stored = documents.get(id);
      if (stored === undefined || (stored.value.rotation ?? 0) >= rotation) return;
      const secrets = await makeSecrets(clock, random);
      await store.transact([documents.unchanged(id, stored)], [documents.put(id, { secrets, rotation })]);
    },
    async forget(id) {
      await store.transact([], [documents.remove(id)]);
    },
    close: () => documents.close(),
  };
}
