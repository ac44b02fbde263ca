import { checkRoom, type Compare, MAX_ATTEMPTS, type Op } from "#store";
import type { AksContext } from "./context.ts";
import { refusals } from "./errors.ts";

/** A change of the store and what is answered when it is made. */
export interface Change<R> {
  readonly compares: readonly Compare[];
  readonly ops: readonly Op[];
  readonly result: R;
}

/**
 * Makes a change in one transaction. `attempt` reads, decides and throws refusals; it runs anew, at most
 * {@link MAX_ATTEMPTS} times, when somebody else wrote what it had read.
 */
export async function commit<R>({ store }: Pick<AksContext, "store">, attempt: () => Change<R>): Promise<R> {
  for (let count = 0; count < MAX_ATTEMPTS; count++) {
    const { compares, ops, result } = attempt();
    const { succeeded } = await store.transact(compares, ops);
    if (succeeded) return result;
  }
  throw refusals.clusterBusy("Updating");
}

/**
 * As {@link commit}, for documents that a caller has sent as a whole.
 * @throws {ValueTooLargeError} for one that would leave no room for the work on it.
 */
export async function commitSent<R>(context: Pick<AksContext, "store">, attempt: () => Change<R>): Promise<R> {
  return await commit(context, () => {
    const change = attempt();
    checkRoom(change.ops);
    return change;
  });
}
