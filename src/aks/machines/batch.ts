import { type ArmRequest, type ArmResponse, ProviderError } from "#arm";
import type { Machine } from "#api/containerservice/machine";
import { type Change, commitSent } from "../commit.ts";
import { refuseConflict } from "../conflicts.ts";
import type { AksContext } from "../context.ts";
import { machineKey } from "../documents.ts";
import { checkPreconditions } from "../preconditions.ts";
import type { MachineRoute, Owner } from "./answer.ts";
import { type BatchEntry, isSameMachine, MOST_IN_BATCH } from "./batch-header.ts";
import { answerPut, begin, type Begun, refuseTooMany, requireMachinesPool } from "./begin.ts";
import { type MachineFailure, machineRefusals } from "./errors.ts";
import { wantedOf } from "./wanted.ts";

interface BatchPut {
  readonly route: MachineRoute;
  readonly sent: Machine;
  readonly batch: readonly BatchEntry[];
}

interface Batch {
  readonly owner: Owner;
  readonly failures: readonly MachineFailure[];
  /** The machine of the path, when it is made. */
  readonly first: Begun | undefined;
}

/**
 * PUT of a machine with the header `BatchPutMachine`: the machine of the path and those that the header names are made alike, but for
 * their names, zones and tags. 200 with the machine of the path and its operation; each of the others has an operation that is
 * told nowhere. Zones and tags of the body are those of the machine of the path, where the header does not name it.
 * Machines that are there are not changed: they fail. When some fail, the others are made none the less, and the answer says which failed.
 * Source: Azure/karpenter-provider-azure designs/0010-aks-machines-batch-creation.md, "Batch creation in the current AKS machine API" and
 * "Synchronous phase/batch API call error". Unverified: the order in which limits are reached; a machine of the path that is in no entry.
 * @throws as the PUT of one machine for what all have in common; 400 BatchMachineClientError with a detail for each that failed.
 */
export async function putBatch(context: AksContext, request: ArmRequest, put: BatchPut): Promise<ArmResponse> {
  const { owner, failures, first } = await commitSent(context, () => makeMachines(context, request, put));
  if (failures.length > 0 || first === undefined) throw machineRefusals.batch(failures);
  return answerPut(context, request, { owner, begun: first, status: 200 });
}

function makeMachines(context: AksContext, request: ArmRequest, { route, sent, batch }: BatchPut): Change<Batch> {
  const { owner, poolDocumentKey, compares } = requireMachinesPool(context, route);
  const entries = entriesOf(route.machine, sent, batch);
  if (entries.length > MOST_IN_BATCH) throw machineRefusals.batchHeader(`a batch has ${MOST_IN_BATCH} machines at most`);
  wantedOf(context, request, { ...owner, document: undefined, sent: alike(sent), name: "a" });
  refuseConflict("putAgentPool", owner.cluster, [owner.pool]);
  checkPreconditions(request, undefined, "machine");
  const made: (Begun & { readonly key: string })[] = [];
  const failures: MachineFailure[] = [];
  for (const { name, ...own } of entries) {
    const key = machineKey(poolDocumentKey, name);
    const beside = made.map(({ machine }) => machine.properties);
    try {
      if (context.machines.get(key) !== undefined) throw machineRefusals.exists(name);
      refuseTooMany(context, owner, made.length + 1);
      const wanted = wantedOf(context, request, { ...owner, document: undefined, sent: alike(sent, own), name, beside });
      made.push({ key, ...begin(context, owner, { name, wanted, document: undefined }) });
    } catch (error) {
      failures.push(failureOf(name, error));
    }
  }
  return {
    compares: [...compares, ...made.map(({ key }) => context.machines.unchanged(key, undefined))],
    ops: made.flatMap(({ ops }) => ops),
    result: { owner, failures, first: made.find(({ machine }) => isSameMachine(machine.machine ?? "", route.machine)) },
  };
}

/** The machines in the order in which they are made: the one of the path first. */
function entriesOf(name: string, { zones = [], properties }: Machine, batch: readonly BatchEntry[]): readonly BatchEntry[] {
  const tags = (properties["tags"] ?? {}) as BatchEntry["tags"];
  const first = batch.find((entry) => isSameMachine(entry.name, name)) ?? { zones, tags };
  return [{ ...first, name }, ...batch.filter((entry) => !isSameMachine(entry.name, name))];
}

/** What is asked for, with zones and tags of one machine in the place of the body's. */
function alike({ properties }: Machine, own?: Omit<BatchEntry, "name">): Machine {
  const { tags: _body, ...shared } = properties;
  const { zones = [], tags } = own ?? {};
  return { ...(zones.length > 0 && { zones }), properties: { ...shared, ...(tags !== undefined && { tags }) } };
}

/** @throws what is no refusal. */
function failureOf(target: string, error: unknown): MachineFailure {
  if (!(error instanceof ProviderError)) throw error;
  const { code, message } = error.response.body;
  return { code, message, target };
}
