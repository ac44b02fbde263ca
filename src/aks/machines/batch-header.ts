import type { ArmRequest } from "#arm";
import { isObject } from "#api/containerservice/decode";
import { machineRefusals } from "./errors.ts";

/** One machine of a batch: what it has of its own. */
export interface BatchEntry {
  readonly name: string;
  readonly zones: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
}

const HEADER = "batchputmachine";
/** Machines in one request at most. Source: as {@link batchOf}, "Batch creation in the current AKS machine API". */
export const MOST_IN_BATCH = 50;

/**
 * The machines that the header `BatchPutMachine` names; undefined without it. Of several entries with one name the first counts, and
 * other members than these are nobody's.
 * Sources: Azure/karpenter-provider-azure designs/0010-aks-machines-batch-creation.md and pkg/providers/azclient/aksmachinesheaderbatch;
 * Azure/telescope modules/python/clients/aks_machine_client.py, whose entries have a `name`. Unverified: that both names are taken, what
 * is refused, and that `vmSkus` has no effect.
 * @throws {ProviderError} 400 for a header that cannot be read.
 */
export function batchOf({ headers }: Pick<ArmRequest, "headers">): readonly BatchEntry[] | undefined {
  const text = headers[HEADER];
  if (text === undefined) return undefined;
  const sent = parsed(text);
  const machines = isObject(sent) ? sent["batchMachines"] : undefined;
  if (!Array.isArray(machines)) throw machineRefusals.batchHeader("batchMachines is not a list of machines");
  const entries = machines.map(entryOf);
  return entries.filter(({ name }, index) => entries.findIndex((other) => isSameMachine(other.name, name)) === index);
}

/** Whether two names are of one machine. */
export function isSameMachine(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw machineRefusals.batchHeader("it is not JSON");
  }
}

function entryOf(sent: unknown, index: number): BatchEntry {
  const at = `batchMachines[${index}]`;
  if (!isObject(sent)) throw machineRefusals.batchHeader(`${at} is not an object`);
  const { name: short, machineName: name = short } = sent;
  const [zones, tags] = [sent["zones"] ?? [], sent["tags"] ?? {}];
  if (typeof name !== "string" || name === "") throw machineRefusals.batchHeader(`${at}.machineName is missing`);
  if (!isListOfText(zones)) throw machineRefusals.batchHeader(`${at}.zones is not a list of zones`);
  if (!isObject(tags) || !isListOfText(Object.values(tags))) throw machineRefusals.batchHeader(`${at}.tags is not a map of text`);
  return { name, zones, tags: tags as BatchEntry["tags"] };
}

function isListOfText(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === "string");
}
