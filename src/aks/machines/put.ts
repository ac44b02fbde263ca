import type { ArmRequest, ArmResponse } from "#arm";
import { decodeMachine, type Machine, MACHINES_SINCE } from "#api/containerservice/machine";
import { isAtLeast, isPreviewVersion } from "#api/containerservice/versions";
import { commitSent, type Change } from "../commit.ts";
import { refuseConflict } from "../conflicts.ts";
import type { AksContext } from "../context.ts";
import { machineKey } from "../documents.ts";
import { refusals } from "../errors.ts";
import { checkPreconditions } from "../preconditions.ts";
import type { MachineRoute, Owner } from "./answer.ts";
import { batchOf } from "./batch-header.ts";
import { putBatch } from "./batch.ts";
import { answerPut, begin, type Begun, refuseTooMany, requireMachinesPool } from "./begin.ts";
import { machineRefusals } from "./errors.ts";
import { wantedOf } from "./wanted.ts";

interface Put {
  readonly created: boolean;
  readonly owner: Owner;
  readonly begun: Begun;
}

/**
 * PUT of a machine of a pool of mode Machines: 201 for a new one, 200 for a change, with the goal as body and an operation that follows
 * the work. Machines of one pool are made and changed side by side. With the header of a batch, several are made: see {@link putBatch}.
 * Sources: Azure/azure-rest-api-specs, Machines_CreateOrUpdate of 2025-07-02-preview. Unverified: that its pool and cluster stay Succeeded,
 * and that the rules of agent pools hold for a machine's members.
 * @throws the refusals of the rules, 404, 405 at api-versions that cannot make machines, 409 and 412.
 */
export async function putMachine(context: AksContext, request: ArmRequest, route: MachineRoute): Promise<ArmResponse> {
  if (!isPreviewVersion(request.apiVersion) || !isAtLeast(request.apiVersion, MACHINES_SINCE)) throw refusals.methodNotAllowed("PUT");
  const { errors, ...sent } = decodeMachine(request.body, request.apiVersion);
  if (errors[0] !== undefined) throw refusals.unreadable(errors[0]);
  const batch = batchOf(request);
  if (batch !== undefined) return await putBatch(context, request, { route, sent, batch });
  const { created, ...put } = await commitSent(context, () => changeMachine(context, request, { route, sent }));
  return answerPut(context, request, { ...put, status: created ? 201 : 200 });
}

function changeMachine(
  context: AksContext,
  request: ArmRequest,
  { route, sent }: { readonly route: MachineRoute; readonly sent: Machine },
): Change<Put> {
  const { owner, poolDocumentKey, compares } = requireMachinesPool(context, route);
  const key = machineKey(poolDocumentKey, route.machine);
  const document = context.machines.get(key);
  const wanted = wantedOf(context, request, { ...owner, document, sent, name: route.machine });
  refuseConflict("putAgentPool", owner.cluster, [owner.pool]);
  if (document?.value.work !== undefined) throw machineRefusals.busy(route.machine, document.value.work.kind);
  checkPreconditions(request, document?.value.properties["eTag"], "machine");
  if (document === undefined) refuseTooMany(context, owner, 1);
  const begun = begin(context, owner, { name: route.machine, wanted, document });
  return {
    compares: [...compares, context.machines.unchanged(key, document)],
    ops: begun.ops,
    result: { created: document === undefined, owner, begun },
  };
}
