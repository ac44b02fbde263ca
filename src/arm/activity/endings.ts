import type { Store, StoreEvent } from "#store";
import { type Deployment, isEnded } from "../deployments/records.ts";
import type { Group } from "../groups/groups.ts";
import type { Operation } from "../provider.ts";
import { deploymentKey, type Ending, groupKey, type OpenRequest, operationKey } from "./event.ts";

/** What happened to a stored document, before and after; undefined where there is none. */
type Follow<T> = (before: T | undefined, after: T | undefined) => Ending | undefined;

const decoder = new TextDecoder();

/**
 * Tells of every operation, deployment and group deletion that ends, from what is stored: whoever ends it need not know.
 * @returns the way to stop.
 */
export function followEndings(store: Store, onEnd: (ending: Ending) => void): () => void {
  const follow = <T>(prefix: string, ending: Follow<T>): (() => void) => {
    const watch = store.watch({ prefix }, (events) => {
      for (const event of events) {
        const found = ending(...sides<T>(event));
        if (found !== undefined) onEnd(found);
      }
    });
    return () => watch.close();
  };
  const stops = [
    follow<Operation>("/arm/operations/", ofOperation),
    follow<Deployment>("/arm/deployments/", ofDeployment),
    follow<Group>("/arm/groups/", ofGroup),
  ];
  return () => stops.forEach((stop) => stop());
}

function sides<T>(event: StoreEvent): [before: T | undefined, after: T | undefined] {
  const decode = (pair: { readonly value: Uint8Array } | undefined): T | undefined =>
    pair === undefined ? undefined : (JSON.parse(decoder.decode(pair.value)) as T);
  return [decode(event.previous), event.kind === "put" ? decode(event.pair) : undefined];
}

const CANCELED = { code: "Canceled", message: "The operation was canceled." };

function ofOperation(before: Operation | undefined, after: Operation | undefined): Ending | undefined {
  if (after === undefined || after.status === "InProgress" || (before !== undefined && before.status !== "InProgress")) return undefined;
  const { id, status, error } = after;
  const failure = status === "Succeeded" ? undefined : (error ?? CANCELED);
  return { key: operationKey(id), ...(failure !== undefined && { error: { code: failure.code, message: failure.message } }) };
}

function ofDeployment(_before: Deployment | undefined, after: Deployment | undefined): Ending | undefined {
  if (after === undefined || !isEnded(after)) return undefined;
  const { subscriptionId, resourceGroup, name, state, error = state === "Canceled" ? CANCELED : undefined } = after;
  const failure = error === undefined ? {} : { error: { code: error.code, message: error.message } };
  return { key: deploymentKey(subscriptionId, resourceGroup, name), ...failure };
}

/**
 * The end of what a request waits for, when it came while nobody watched: just before the program ended.
 * Undefined when it goes on.
 */
export async function endingOf(store: Store, key: string, { attempt }: OpenRequest): Promise<Ending | undefined> {
  const { subscriptionId } = attempt;
  const read = async <T>(name: string): Promise<T | undefined> => {
    const pair = await store.get(name.toLowerCase());
    return pair === undefined ? undefined : (JSON.parse(decoder.decode(pair.value)) as T);
  };
  const [kind, ...rest] = key.split("/");
  const name = rest.join("/");
  if (kind === "operation") return ofOperation(undefined, await read<Operation>(`/arm/operations/${subscriptionId}/${name}`));
  if (kind === "deployment") return ofDeployment(undefined, await read<Deployment>(`/arm/deployments/${name}`));
  const group = await read<Group>(`/arm/groups/${name}`);
  return group?.provisioningState === "Deleting" ? undefined : { key };
}

function ofGroup(before: Group | undefined, after: Group | undefined): Ending | undefined {
  if (before?.provisioningState !== "Deleting" || after?.provisioningState === "Deleting") return undefined;
  const key = groupKey(before.subscriptionId, before.name);
  const refusal = { code: "ResourceGroupDeletionBlocked", message: "Deletion of the resource group failed: a resource was not deleted." };
  return after === undefined ? { key } : { key, error: refusal };
}
