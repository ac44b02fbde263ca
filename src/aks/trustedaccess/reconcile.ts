import type { Requeue } from "#lib";
import type { Op } from "#store";
import { endOperation } from "../agentpools/ending.ts";
import type { AksContext } from "../context.ts";
import { durations } from "../durations.ts";
import type { ClusterName } from "../documents.ts";
import { preempted } from "../errors.ts";
import { bindingsOf } from "./documents.ts";

/** Ends the work on a binding when it has taken its time: state and operation change in one transaction. */
export async function reconcileRoleBinding(context: AksContext, key: string): Promise<Requeue | void> {
  const document = context.roleBindings.get(key);
  if (document?.value.work === undefined) return;
  const { work, ...rest } = document.value;
  const leftMs = work.startedMs + context.pace(durations.roleBindingMs) - context.clock.now();
  if (leftMs > 0) return { requeueAfterMs: leftMs };
  const op = work.kind === "Deleting" ? context.roleBindings.remove(key) : context.roleBindings.put(key, rest);
  await context.store.transact(
    [context.roleBindings.unchanged(key, document)],
    [op, ...endOperation(context, rest.subscriptionId, work, { status: "Succeeded" })],
  );
}

/** What goes with a cluster: its bindings, whose number is bounded, and what was being done to them. */
export function removeRoleBindings(context: AksContext, cluster: ClusterName): readonly Op[] {
  return context.roleBindings.list(bindingsOf(cluster)).flatMap(({ id, value: { subscriptionId, work } }) => {
    const outcome =
      work?.kind === "Deleting" ? ({ status: "Succeeded" } as const) : ({ status: "Failed", error: preempted.byDelete } as const);
    return [context.roleBindings.remove(id), ...endOperation(context, subscriptionId, work, outcome)];
  });
}
