import type { ResourceList } from "#api/kubernetes/core";
import type { ResourceQuota } from "#api/kubernetes/limits";
import type { KubeObject } from "#api/kubernetes/meta";
import { boundNames, quotaText, quotaUsage } from "#kube/apimachinery";

/** Objects of one kind in the quota's namespace. */
export interface Counted {
  readonly of: { readonly group: string; readonly resource: string };
  readonly objects: Iterable<KubeObject>;
}

/**
 * What a quota's status is to be: its bounds, and what is used of each.
 * Source: kubernetes pkg/controller/resourcequota/resource_quota_controller.go, syncResourceQuota.
 */
export function statusOf(quota: ResourceQuota, counted: Iterable<Counted>, nowMs: number): NonNullable<ResourceQuota["status"]> {
  const hard = quota.spec?.hard ?? {};
  const bounded: ResourceQuota = { ...quota, status: { hard } };
  const totals = new Map(Object.keys(hard).map((name) => [name, 0]));
  for (const { of, objects } of counted)
    for (const object of objects) {
      const names = boundNames(bounded, of, object);
      if (names.length === 0) continue;
      const usage = quotaUsage(of, object, nowMs);
      for (const name of names) totals.set(name, (totals.get(name) ?? 0) + (usage.get(name) ?? 0));
    }
  const used: ResourceList = Object.fromEntries([...totals].map(([name, amount]) => [name, quotaText(name, amount)]));
  return { hard, used };
}

/** Kinds that a quota counts, by `group/resource`. */
export function kindsOf({ spec }: ResourceQuota): ReadonlySet<string> {
  const kinds = Object.keys(spec?.hard ?? {}).map((name) => {
    const [, resource = "", group = ""] = /^count\/([^.]+)(?:\.(.+))?$/.exec(name) ?? [];
    if (resource !== "") return `${group}/${resource}`;
    if (name === "services" || name.startsWith("services.")) return "/services";
    if (/(^|\/)(persistentvolumeclaims|requests\.storage)$/.test(name)) return "/persistentvolumeclaims";
    return PLAIN.has(name) ? `/${name}` : "/pods";
  });
  return new Set(kinds);
}

const PLAIN: ReadonlySet<string> = new Set(["configmaps", "resourcequotas", "replicationcontrollers", "secrets"]);
