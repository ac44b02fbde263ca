import type { IntOrString } from "#api/kubernetes/workloads";

const PERCENT = /^([+-]?\d+)%$/;

/**
 * A count, or a share of `total` such as `25%`, as a count.
 *
 * @param total Whole number, 0 or more.
 * @param rounding Which way a share that is no whole number goes.
 * @returns The count, or nothing when the text is no percentage (Kubernetes then reports
 *   `invalid value for IntOrString: invalid type: string is not a percentage`).
 * Source: apimachinery pkg/util/intstr/intstr.go, GetScaledValueFromIntOrPercent.
 */
export function scaledValue(value: IntOrString, total: number, rounding: "up" | "down"): number | undefined {
  if (typeof value === "number") return value;
  const percent = Number(PERCENT.exec(value)?.[1] ?? Number.NaN);
  if (Number.isNaN(percent)) return undefined;
  const share = (percent * total) / 100;
  return rounding === "up" ? Math.ceil(share) : Math.floor(share);
}

/**
 * How many pods a rolling update of `replicas` may have too many and too few. When both come out as 0, one may be missing.
 * Source: pkg/controller/deployment/util/deployment_util.go, ResolveFenceposts.
 */
export function resolveFenceposts(
  limits: { readonly maxSurge: IntOrString | undefined; readonly maxUnavailable: IntOrString | undefined },
  replicas: number,
): { readonly surge: number; readonly unavailable: number } {
  const surge = scaledValue(limits.maxSurge ?? 0, replicas, "up") ?? 0;
  const unavailable = scaledValue(limits.maxUnavailable ?? 0, replicas, "down") ?? 0;
  return { surge, unavailable: surge === 0 && unavailable === 0 ? 1 : unavailable };
}
