import type { ArmRequest } from "#arm";
import type { Machine } from "#api/containerservice/machine";
import { sizesIn, vmSize } from "#compute";
import type { Document } from "#store";
import { candidateOf } from "../agentpools/put.ts";
import { firstRefusal, type Rule } from "../agentpools/rules/candidate.ts";
import { changeRules } from "../agentpools/rules/change.ts";
import { placementRules } from "../agentpools/rules/placement.ts";
import { shapeRules } from "../agentpools/rules/shape.ts";
import type { AksContext } from "../context.ts";
import { machineKey, poolKey, type StoredPool } from "../documents.ts";
import { refusals } from "../errors.ts";
import { poolDocuments } from "../lookup.ts";
import type { Owner } from "./answer.ts";
import { machineRefusals } from "./errors.ts";
import { asPool } from "./shape.ts";

/** Source: Azure/karpenter-provider-azure pkg/providers/instance/aksmachineinstanceutils.go, maxAKSMachineNameLength and windowsMachineNameMaxLenCustom. */
const LONGEST_NAME = { Linux: 34, Windows: 5 } as const;
/** Unverified: that names with an underscore, which the definition's pattern has and names of nodes may not have, are refused. */
const NAME = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/i;
/** A single machine has none beside it while it is upgraded: it is emptied and made anew under its name. */
const IN_PLACE = { maxSurge: "0", maxUnavailable: "1" } as const;

interface Asked extends Owner {
  /** The machine, when it is there. */
  readonly document: Document<StoredPool> | undefined;
  readonly sent: Machine;
  readonly name: string;
  /** Machines that are made by the same request. */
  readonly beside?: readonly StoredPool["properties"][];
}

/** The machine that is asked for, as a pool of one that has passed the rules. @throws {ProviderError} what they refuse it with. */
export function wantedOf(
  context: AksContext,
  { apiVersion }: Pick<ArmRequest, "apiVersion">,
  { cluster, pool, document, sent, name, beside = [] }: Asked,
): StoredPool["properties"] {
  const stored = document && { ...document.value, properties: { ...document.value.properties, type: "VirtualMachineScaleSets" as const } };
  const others = poolDocuments(context, cluster).flatMap(({ value }) => (value.name === pool.name ? [] : [value]));
  const machine = machineKey(poolKey(cluster, pool.name), name);
  const asked = {
    name: pool.name,
    machine,
    beside,
    sent: asPool(sent),
    stored,
    apiVersion,
    origin: "agentPool",
    source: undefined,
  } as const;
  const { coresLeft: _leftToCompute, ...candidate } = candidateOf(context, cluster, asked, others);
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
