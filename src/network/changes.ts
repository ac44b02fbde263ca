import { type ArmRequest, type ArmResponse, findRegion, type Operation, sameName } from "#arm";
import type { Op } from "#store";
import { checkName, decodeNetwork, decodeSubnet, decodeTags, type SentNetwork, type SentSubnet } from "./decode.ts";
import { DURATIONS } from "./durations.ts";
import { networkId, networkKey, type NetworkName, type StoredNetwork, type StoredSubnet, subnetId, type Work } from "./network.ts";
import { change, firstUser, type NetworkParts } from "./open-networks.ts";
import { refusals } from "./refusals.ts";
import { checkRanges } from "./rules.ts";
import { holdersOf, type Users, usersOf } from "./users.ts";
import { networkView, subnetView } from "./views.ts";

interface Changed {
  readonly network: StoredNetwork;
  readonly created: boolean;
  readonly operation: Operation | undefined;
}

/** PUT of a network: the whole of it. 201 for a new one, 200 for a change; it is `Updating` until the operation ends. */
export async function putNetwork(parts: NetworkParts, request: ArmRequest, name: NetworkName): Promise<ArmResponse> {
  const sent = decodeNetwork(request.body);
  checkName(name.name);
  const users = usersOf(parts.compute, name.subscriptionId);
  const changed = await change(parts, networkKey(name), (stored) => {
    refuseWhileBusy(parts, request, stored);
    checkMatch(request, stored?.etag, networkId(name));
    const etag = etagOf(parts);
    const network = stored ?? newNetwork(parts, request, name);
    const subnets = sent.subnets?.map((subnet) => ({ ...subnet, etag })) ?? network.subnets;
    refuseTakenAway(network, subnets, holdersOf(parts, name.subscriptionId));
    return begun(parts, { stored, next: { ...network, ...membersOf(sent), subnets, etag } });
  });
  return answered(parts, request, changed, networkView(changed.network, users));
}

function membersOf({ tags, addressPrefixes, kept }: SentNetwork): Pick<StoredNetwork, "addressPrefixes" | "kept" | "tags"> {
  return { addressPrefixes, kept, ...(tags !== undefined && { tags }) };
}

function newNetwork({ arm, random, clock }: NetworkParts, { body }: ArmRequest, name: NetworkName): StoredNetwork {
  const { location } = body as { readonly location?: unknown };
  return {
    ...name,
    resourceGroup: arm.group(name.subscriptionId, name.resourceGroup)?.name ?? name.resourceGroup,
    location: findRegion(typeof location === "string" ? location : "")?.name ?? String(location),
    guid: random.uuid(),
    etag: "",
    addressPrefixes: [],
    subnets: [],
    kept: {},
    createdMs: clock.now(),
  };
}

/** PUT of a subnet. @throws {ArmError} 404 when its network is not there. */
export async function putSubnet(parts: NetworkParts, request: ArmRequest, { network: name, subnet }: SubnetName): Promise<ArmResponse> {
  const sent = decodeSubnet(request.body, subnet);
  checkName(subnet);
  const users = usersOf(parts.compute, name.subscriptionId);
  const changed = await change(parts, networkKey(name), (stored) => {
    const network = required(stored, name);
    refuseWhileBusy(parts, request, stored);
    const present = network.subnets.find((one) => sameName(one.name, subnet));
    checkMatch(request, present?.etag, subnetId(name, subnet));
    const etag = etagOf(parts);
    const subnets = withSubnet(network, { ...sent, name: present?.name ?? subnet, etag });
    refuseTakenAway(network, subnets, holdersOf(parts, name.subscriptionId));
    const started = begun(parts, { stored, next: { ...network, subnets, etag } });
    return { ...started, result: { ...started.result, created: present === undefined } };
  });
  return answered(parts, request, changed, subnetView(changed.network, subnetOf(changed.network, subnet), users));
}

function withSubnet({ subnets }: StoredNetwork, subnet: SentSubnet & { readonly etag: string }): readonly StoredSubnet[] {
  const index = subnets.findIndex(({ name }) => sameName(name, subnet.name));
  return index === -1 ? [...subnets, subnet] : subnets.with(index, subnet);
}

/** PATCH: the tags, done when it is answered. Source: Azure/azure-rest-api-specs, VirtualNetworks_UpdateTags. */
export async function patchNetwork(parts: NetworkParts, request: ArmRequest, name: NetworkName): Promise<ArmResponse> {
  const tags = decodeTags((request.body as { readonly tags?: unknown } | null | undefined)?.tags);
  const network = await change(parts, networkKey(name), (stored) => {
    const present = required(stored, name);
    refuseWhileBusy(parts, request, stored);
    const next = { ...present, etag: etagOf(parts), ...(tags !== undefined && { tags }) };
    return { next, ops: [], result: next };
  });
  return { status: 200, layout: "dotnet", body: networkView(network, usersOf(parts.compute, name.subscriptionId)) };
}

/** 202 for one that goes, 204 for none. @throws {ArmError} 400 InUseSubnetCannotBeDeleted. */
export async function deleteNetwork(parts: NetworkParts, request: ArmRequest, name: NetworkName): Promise<ArmResponse> {
  const operation = await change(parts, networkKey(name), (stored) => {
    if (stored === undefined) return { next: undefined, ops: [], result: undefined };
    refuseWhileBusy(parts, request, stored);
    const inUse = firstUser(stored, holdersOf(parts, name.subscriptionId));
    if (inUse !== undefined) throw refusals.subnetInUse(inUse.subnet, inUse.user);
    const { work, ops, operation: begunOperation } = workOn(parts, { id: networkId(stored), network: stored, kind: "Deleting" });
    return { next: { ...stored, work }, ops, result: begunOperation };
  });
  return removed(parts, request, operation);
}

/** As {@link deleteNetwork}. */
export async function deleteSubnet(parts: NetworkParts, request: ArmRequest, { network: name, subnet }: SubnetName): Promise<ArmResponse> {
  const operation = await change(parts, networkKey(name), (stored) => {
    const present = stored?.subnets.find((one) => sameName(one.name, subnet));
    if (stored === undefined || present === undefined) return { next: undefined, ops: [], result: undefined };
    refuseWhileBusy(parts, request, stored);
    const id = subnetId(stored, present.name);
    const user = holdersOf(parts, name.subscriptionId)(id)[0];
    if (user !== undefined) throw refusals.subnetInUse(present.name, user);
    const { work, ops, operation: begunOperation } = workOn(parts, { id, network: stored, kind: "Updating", takesMs: DURATIONS.deleteMs });
    const subnets = stored.subnets.map((one) => (one === present ? { ...one, isDeleting: true as const } : one));
    return { next: { ...stored, subnets, etag: etagOf(parts), work }, ops, result: begunOperation };
  });
  return removed(parts, request, operation);
}

/**
 * Marks a network as going with its group: it goes when nothing is in it any more.
 * Differs from AKS: a group whose network holds machines or pools of a cluster elsewhere waits for them; on Azure its deletion fails.
 */
export async function beginNetworkDeletion(parts: NetworkParts, name: NetworkName): Promise<void> {
  await change(parts, networkKey(name), (stored) => {
    if (stored === undefined || stored.work?.kind === "Deleting") return { next: undefined, ops: [], result: undefined };
    const { work } = workOn(parts, { id: networkId(stored), network: stored, kind: "Deleting" });
    const { operationId: _none, ...silent } = work;
    const running =
      stored.work?.operationId === undefined ? undefined : parts.arm.operations.get(name.subscriptionId, stored.work.operationId);
    const ops = running === undefined ? [] : [parts.arm.operations.end(running, { status: "Canceled" })];
    return { next: { ...stored, work: silent }, ops, result: undefined };
  });
}

/** A subnet by the names of all that holds it. */
export interface SubnetName {
  readonly network: NetworkName;
  readonly subnet: string;
}

/** @throws {ArmError} 404 ResourceNotFound. */
export function required(network: StoredNetwork | undefined, { name, resourceGroup }: NetworkName): StoredNetwork {
  if (network === undefined) throw refusals.networkNotFound(name, resourceGroup);
  return network;
}

/** @throws {ArmError} 404 NotFound. */
export function subnetOf(network: StoredNetwork, name: string): StoredSubnet {
  const subnet = network.subnets.find((one) => sameName(one.name, name));
  if (subnet === undefined) throw refusals.subnetNotFound(subnetId(network, name));
  return subnet;
}

/** One change at a time of a network and all that is in it. @throws {ArmError} 409 AnotherOperationInProgress. */
function refuseWhileBusy({ arm }: NetworkParts, request: ArmRequest, network: StoredNetwork | undefined): void {
  if (network?.work === undefined) return;
  const operation =
    network.work.operationId === undefined ? undefined : arm.operations.get(network.subscriptionId, network.work.operationId);
  const url = operation === undefined ? "" : (arm.operations.headers(request, operation)["Azure-AsyncOperation"] ?? "");
  throw refusals.busy(url);
}

/** @throws {ArmError} 412 for an `If-Match` that names another etag. */
function checkMatch({ headers }: ArmRequest, etag: string | undefined, id: string): void {
  const wanted = headers["if-match"];
  if (wanted !== undefined && wanted !== "*" && wanted !== etag) throw refusals.precondition(id);
}

/** What is in use stays, where it is. @throws {ArmError} 400 InUseSubnetCannotBeDeleted or InUseSubnetCannotBeUpdated. */
function refuseTakenAway(network: StoredNetwork, next: readonly StoredSubnet[], users: Users): void {
  for (const { name, prefixes } of network.subnets) {
    const user = users(subnetId(network, name))[0];
    if (user === undefined) continue;
    const kept = next.find((subnet) => sameName(subnet.name, name));
    if (kept === undefined) throw refusals.subnetInUse(name, user);
    if (prefixes.join() !== kept.prefixes.join()) throw refusals.subnetInUseKept(name);
  }
}

function begun(
  parts: NetworkParts,
  { stored, next }: { readonly stored: StoredNetwork | undefined; readonly next: StoredNetwork },
): { readonly next: StoredNetwork; readonly ops: readonly Op[]; readonly result: Changed } {
  checkRanges(next);
  const { work, ops, operation } = workOn(parts, { id: networkId(next), network: next, kind: "Updating" });
  const network = { ...next, work };
  return { next: network, ops, result: { network, created: stored === undefined, operation } };
}

interface WorkRequest {
  readonly id: string;
  readonly network: StoredNetwork;
  readonly kind: Work["kind"];
  readonly takesMs?: number;
}

function workOn({ arm, clock, pace }: NetworkParts, { id, network, kind, takesMs }: WorkRequest) {
  const { operation, op } = arm.operations.begin({
    subscriptionId: network.subscriptionId,
    namespace: "Microsoft.Network",
    location: network.location,
    resourceId: id,
    kind: `VirtualNetwork.${kind}`,
    resultStatus: 204,
  });
  const dueMs = clock.now() + pace(takesMs ?? (kind === "Deleting" ? DURATIONS.deleteMs : DURATIONS.updateMs));
  return { work: { kind, operationId: operation.id, dueMs } satisfies Work, ops: [op], operation };
}

function etagOf({ random }: NetworkParts): string {
  return `W/"${random.uuid()}"`;
}

function answered({ arm }: NetworkParts, request: ArmRequest, { created, operation }: Changed, body: unknown): ArmResponse {
  const headers = operation === undefined ? {} : arm.operations.headers(request, operation);
  return { status: created ? 201 : 200, layout: "dotnet", headers: { "Azure-AsyncNotification": "Enabled", ...headers }, body };
}

function removed({ arm }: NetworkParts, request: ArmRequest, operation: Operation | undefined): ArmResponse {
  if (operation === undefined) return { status: 204 };
  return {
    status: 202,
    headers: { "Azure-AsyncNotification": "Enabled", ...arm.operations.headers(request, operation, { location: true }) },
  };
}
