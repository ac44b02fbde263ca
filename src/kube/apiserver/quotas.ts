import type { ResourceList } from "#api/kubernetes/core";
import type { Pod } from "#api/kubernetes/core";
import type { ResourceQuota } from "#api/kubernetes/limits";
import type { KubeObject } from "#api/kubernetes/meta";
import { boundNames, quotaAmounts, quotaText, quotaUsage, unspecifiedIn } from "#kube/apimachinery";
import type { Core } from "./core.ts";
import type { Resource } from "./resources.ts";
import { forbidden } from "./status.ts";
import { storable } from "./storage/codec.ts";
import { commit } from "./verbs/commit.ts";

/** An object that is to be in a namespace, and what it was before. */
export interface Charged {
  readonly resource: Resource;
  readonly object: KubeObject;
  readonly previous?: KubeObject;
}

type Amounts = ReadonlyMap<string, number>;

/**
 * Counts a new object against the quotas of its namespace. Returns the way to take that back when the object is not stored;
 * undefined when no quota speaks of it.
 * @throws {StatusError} Forbidden for an object that is over a quota, or says too little to be counted.
 * Source: apiserver pkg/admission/plugin/resourcequota/controller.go, CheckRequest.
 */
export async function chargeQuotas(core: Core, charged: Charged, dryRun: boolean): Promise<(() => Promise<void>) | undefined> {
  const quotas = quotasOf(core, charged);
  const nowMs = core.clock.now();
  const due = quotas.filter((quota) => chargeOf(quota, charged, nowMs).size > 0);
  if (due.length === 0 || dryRun) return undefined;
  const done: { quota: ResourceQuota; charge: Amounts }[] = [];
  const refund = async (): Promise<void> => {
    for (const { quota, charge } of done) await add(core, quota, () => new Map([...charge].map(([name, amount]) => [name, -amount])));
  };
  try {
    for (const quota of due) {
      let charge: Amounts = new Map();
      await add(core, quota, (present) => (charge = chargeOf(present, charged, nowMs)));
      done.push({ quota, charge });
    }
  } catch (error) {
    await refund();
    throw error;
  }
  return refund;
}

/** Whether any namespace has a quota, and the resource could be counted by one. */
export function hasQuotas({ resources }: Pick<Core, "resources">, { kind }: Resource): boolean {
  return kind.namespaced && (resources.preferred("", "resourcequotas")?.cache.size ?? 0) > 0;
}

/** Refuses an update that takes more than a quota leaves; it is counted when the quota's controller sees it. @throws {StatusError} Forbidden. */
export function checkQuotas(core: Pick<Core, "resources" | "clock">, charged: Charged): void {
  for (const quota of quotasOf(core, charged)) chargeOf(quota, charged, core.clock.now());
}

function quotasOf({ resources }: Pick<Core, "resources">, { object }: Charged): ResourceQuota[] {
  const quotas = resources.preferred("", "resourcequotas");
  const { namespace } = object.metadata;
  if (quotas === undefined || quotas.cache.size === 0 || namespace === undefined) return [];
  return [...quotas.cache.list({ namespace })].map(({ object: quota }) => quota);
}

/** What the object takes of the quota, more than it took before. @throws {StatusError} Forbidden when that is too much. */
function chargeOf(quota: ResourceQuota, { resource, object, previous }: Charged, nowMs: number): Amounts {
  const { of } = resource;
  const { name } = object.metadata;
  const names = boundNames(quota, of, object);
  if (names.length === 0) return new Map();
  const missing = of.group === "" && of.resource === "pods" ? unspecifiedIn(names, object as Pod) : undefined;
  if (missing !== undefined) throw forbidden(of, name, `failed quota: ${quota.metadata.name}: ${missing}`);
  const { hard, used } = quota.status ?? {};
  if (names.some((each) => used?.[each] === undefined) || hard === undefined)
    throw forbidden(of, name, `status unknown for quota: ${quota.metadata.name}, resources: ${[...names].sort().join(",")}`);
  const [usage, before] = [quotaUsage(of, object, nowMs), previous === undefined ? undefined : quotaUsage(of, previous, nowMs)];
  const charge = new Map(names.map((each) => [each, Math.max(0, (usage.get(each) ?? 0) - (before?.get(each) ?? 0))]));
  for (const [each, amount] of charge) if (amount === 0) charge.delete(each);
  refuseExcess(quota, charge, (why) => forbidden(of, name, why));
  return charge;
}

function refuseExcess({ metadata, status }: ResourceQuota, charge: Amounts, refusal: (why: string) => Error): void {
  const [hard, used] = [quotaAmounts(status?.hard), quotaAmounts(status?.used)];
  const exceeded = [...charge.keys()].filter((each) => (used.get(each) ?? 0) + (charge.get(each) ?? 0) > (hard.get(each) ?? 0)).sort();
  if (exceeded.length === 0) return;
  const shown = (list: ResourceList | undefined): string => exceeded.map((each) => `${each}=${list?.[each] ?? "0"}`).join(",");
  const requested = exceeded.map((each) => `${each}=${quotaText(each, charge.get(each) ?? 0)}`).join(",");
  throw refusal(`exceeded quota: ${metadata.name}, requested: ${requested}, used: ${shown(status?.used)}, limited: ${shown(status?.hard)}`);
}

/** Adds to what is used, on whatever state it finds. */
async function add(core: Core, { metadata }: ResourceQuota, charge: (present: ResourceQuota) => Amounts): Promise<void> {
  const resource = core.resources.preferred("", "resourcequotas");
  if (resource === undefined) return;
  await commit(core, { resource, namespace: metadata.namespace ?? "", name: metadata.name, dryRun: false }, ({ object }) => {
    const quota: ResourceQuota = storable(object, resource.storedApiVersion, resource.storedKind);
    const used = quotaAmounts(quota.status?.used);
    const next = [...charge(object)].map(([name, amount]) => [name, quotaText(name, Math.max(0, (used.get(name) ?? 0) + amount))]);
    quota.status = { ...quota.status, used: { ...quota.status?.used, ...(Object.fromEntries(next) as ResourceList) } };
    return { kind: "replace", object: quota };
  });
}
