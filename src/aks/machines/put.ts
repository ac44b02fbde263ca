import type { ArmRequest, ArmResponse } from "#arm";
import { decodeMachine, type Machine, MACHINES_SINCE } from "#api/containerservice/machine";
import { isAtLeast, isPreviewVersion } from "#api/containerservice/versions";
import { sizesIn, vmSize } from "#compute";
import type { Document } from "#store";
import { kindOfChange, retagged, withWork } from "../agentpools/change.ts";
import { candidateOf } from "../agentpools/put.ts";
import { firstRefusal, type Rule } from "../agentpools/rules/candidate.ts";
import { changeRules } from "../agentpools/rules/change.ts";
import { placementRules } from "../agentpools/rules/placement.ts";
import { shapeRules } from "../agentpools/rules/shape.ts";
import { commitSent, type Change } from "../commit.ts";
import { refuseConflict } from "../conflicts.ts";
import type { AksContext } from "../context.ts";
import { machineKey, poolKey, type StoredCluster, type StoredPool } from "../documents.ts";
import { refusals } from "../errors.ts";
import { generations } from "../generations/index.ts";
import { poolDocuments, requireCluster, requirePool } from "../lookup.ts";
import { checkPreconditions } from "../preconditions.ts";
import { machineAnswer, machineId, type MachineRoute } from "./answer.ts";
import { holdsMachines, machinesOf } from "./documents.ts";
import { machineRefusals } from "./errors.ts";
import { asPool } from "./shape.ts";

/** Source: Azure/karpenter-provider-azure pkg/providers/instance/aksmachineinstanceutils.go, maxAKSMachineNameLength and windowsMachineNameMaxLenCustom. */
const LONGEST_NAME = { Linux: 34, Windows: 5 } as const;
/** Unverified: that names with an underscore, which the definition's pattern has and names of nodes may not have, are refused. */
const NAME = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/i;
/** By which one request makes several machines. Source: Azure/karpenter-provider-azure pkg/providers/azclient/aksmachinesheaderbatch. */
const BATCH_HEADER = "batchputmachine";
/** A single machine has none beside it while it is upgraded: it is emptied and made anew under its name. */
const IN_PLACE = { maxSurge: "0", maxUnavailable: "1" } as const;

interface Put {
  readonly created: boolean;
  readonly cluster: StoredCluster;
  readonly pool: StoredPool;
  readonly machine: StoredPool;
  readonly operationId: string;
}

/**
 * PUT of a machine of a pool of mode Machines: 201 for a new one, 200 for a change, with the goal as body and an operation that follows
 * the work. Machines of one pool are made and changed side by side.
 * Sources: Azure/azure-rest-api-specs, Machines_CreateOrUpdate of 2025-07-02-preview. Unverified: that its pool and cluster stay Succeeded,
 * and that the rules of agent pools hold for a machine's members.
 * @throws the refusals of the rules, 404, 405 at api-versions that cannot make machines, 409 and 412.
 */
export async function putMachine(context: AksContext, request: ArmRequest, route: MachineRoute): Promise<ArmResponse> {
  if (!isPreviewVersion(request.apiVersion) || !isAtLeast(request.apiVersion, MACHINES_SINCE)) throw refusals.methodNotAllowed("PUT");
  if (request.headers[BATCH_HEADER] !== undefined) throw refusals.notEmulated("A batch of machines in one request");
  const { errors, ...sent } = decodeMachine(request.body, request.apiVersion);
  if (errors[0] !== undefined) throw refusals.unreadable(errors[0]);
  const { created, operationId, ...owner } = await commitSent(context, () => changeMachine(context, request, { route, sent }));
  const operation = context.arm.operations.get(owner.cluster.subscriptionId, operationId);
  return {
    status: created ? 201 : 200,
    layout: "provider",
    ...(operation !== undefined && { headers: context.arm.operations.headers(request, operation) }),
    body: machineAnswer(context, owner, owner.machine, request.apiVersion),
  };
}

function changeMachine(
  context: AksContext,
  request: ArmRequest,
  { route, sent }: { readonly route: MachineRoute; readonly sent: Machine },
): Change<Put> {
  const clusterDocument = requireCluster(context, route);
  const cluster = clusterDocument.value;
  const poolDocument = requirePool(context, cluster, route.pool);
  const pool = poolDocument.value;
  if (!holdsMachines(pool)) throw machineRefusals.notMachines(pool.name);
  const key = machineKey(poolDocument.id, route.machine);
  const document = context.machines.get(key);
  const wanted = wantedOf(context, request, { cluster, pool, document, sent, name: route.machine });
  refuseConflict("putAgentPool", cluster, [pool]);
  if (document?.value.work !== undefined) throw machineRefusals.busy(route.machine, document.value.work.kind);
  checkPreconditions(request, document?.value.properties["eTag"], "machine");
  if (document === undefined) refuseTooMany(context, cluster, poolDocument.id);

  const kind = kindOfChange(wanted, document?.value.properties);
  const name = document?.value.machine ?? route.machine;
  const { operation, op } = context.arm.operations.begin({
    subscriptionId: cluster.subscriptionId,
    namespace: "Microsoft.ContainerService",
    location: cluster.location,
    resourceId: machineId(cluster, pool, name),
    kind: `Machine.${kind}`,
    resultStatus: 204,
  });
  const startedMs = context.clock.now();
  const machine = withWork(document?.value ?? newMachine(pool, name, wanted, startedMs), retagged(context, wanted), {
    kind,
    operationId: operation.id,
    startedMs,
  });
  return {
    compares: [
      context.clusters.unchanged(clusterDocument.id, clusterDocument),
      context.pools.unchanged(poolDocument.id, poolDocument),
      context.machines.unchanged(key, document),
    ],
    ops: [context.machines.put(key, machine), op],
    result: { created: document === undefined, cluster, pool, machine, operationId: operation.id },
  };
}

function newMachine(pool: StoredPool, machine: string, properties: StoredPool["properties"], createdMs: number): StoredPool {
  return { name: pool.name, machine, sequence: 0, createdMs, properties, suffix: pool.suffix, withdrawn: { labels: [], taints: [] } };
}

function refuseTooMany(context: AksContext, cluster: StoredCluster, key: string): void {
  const { maxNodesPerAgentPool: most } = generations[cluster.generation];
  if (machinesOf(context, key).length >= most) throw machineRefusals.tooMany(most);
}

/** The machine that is asked for, as a pool of one that has passed the rules. */
function wantedOf(
  context: AksContext,
  request: ArmRequest,
  put: {
    readonly cluster: StoredCluster;
    readonly pool: StoredPool;
    readonly document: Document<StoredPool> | undefined;
    readonly sent: Machine;
    readonly name: string;
  },
): StoredPool["properties"] {
  const { cluster, pool, document, sent, name } = put;
  const stored = document && { ...document.value, properties: { ...document.value.properties, type: "VirtualMachineScaleSets" as const } };
  const others = poolDocuments(context, cluster).flatMap(({ value }) => (value.name === pool.name ? [] : [value]));
  const asked = {
    name: pool.name,
    machine: machineKey(poolKey(cluster, pool.name), name),
    sent: asPool(sent),
    stored,
    apiVersion: request.apiVersion,
    origin: "agentPool",
  } as const;
  const { coresLeft: _leftToCompute, ...candidate } = candidateOf(context, cluster, { ...asked, source: undefined }, others);
  const alone = {
    ...candidate,
    wanted: { ...candidate.wanted, upgradeSettings: IN_PLACE },
    generation: { ...candidate.generation, minPodsPerAgentPool: 0 },
  };
  const refusal = firstRefusal(alone, [nameRule(name), size, kept, mode, ...shapeRules, ...changeRules, ...placementRules]);
  if (refusal !== undefined) throw refusal;
  return { ...alone.wanted, count: 1, type: "VirtualMachines" };
}

const nameRule =
  (name: string): Rule =>
  ({ wanted: { osType } }) => {
    const most = LONGEST_NAME[osType];
    return name.length <= most && NAME.test(name) ? undefined : machineRefusals.name(most);
  };

const size: Rule = ({ wanted, cluster }) => {
  const known = vmSize(wanted.vmSize);
  const isOffered = known !== undefined && sizesIn(cluster.location).some(({ name }) => name === known.name);
  return isOffered ? undefined : machineRefusals.size(wanted.vmSize, cluster);
};

/** Members that a machine has for ever, by the names that they have on the wire. */
const kept: Rule = ({ wanted, stored }) => {
  if (stored === undefined) return undefined;
  const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a ?? []).toLowerCase() === JSON.stringify(b ?? []).toLowerCase();
  if (!isSame(wanted.vmSize, stored.vmSize)) return machineRefusals.immutable("properties.hardware.vmSize");
  if (!isSame(wanted.scaleSetPriority, stored.scaleSetPriority)) return machineRefusals.immutable("properties.priority");
  return isSame(wanted.availabilityZones, stored.availabilityZones) ? undefined : machineRefusals.immutable("zones");
};

const mode: Rule = ({ wanted, sent }) => {
  if (wanted.mode !== "System" && wanted.mode !== "User") return refusals.invalidParameter("machine.mode");
  return (sent.availabilityZones ?? []).length > 1 ? refusals.invalidParameter("machine.zones", "a machine is in one zone") : undefined;
};
