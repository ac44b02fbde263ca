import type { ArmPath, ArmRequest, ProviderError } from "#arm";
import { type BucketRule, type Clock, TokenBuckets } from "#lib";
import { refusals } from "./errors.ts";

/** One limit that a request counts against. */
interface Limit {
  readonly rule: BucketRule;
  /** Whose limit it is: each has a bucket of its own. */
  readonly bucket: string;
  /** Whose limit it is, as refusals name it. */
  readonly scope: string;
  /** AKS's name of what was called. */
  readonly handler: string;
  /** Whether a refusal says where to read more. */
  readonly more: boolean;
}

/** Clusters, pools and subscriptions whose requests are counted. */
const MOST_BUCKETS = 10_000;
const PER_MINUTE = 1 / 60;

/**
 * Counts requests in AKS's token buckets.
 * Source: azure-aks-docs quotas-skus-regions.md, throttling limits on AKS resource provider APIs.
 * Unverified: the handlers' names but those of PUT, `Default` for all other calls among them. Buckets are the subscription's in all regions, where AKS has one in each.
 * @returns a function that counts a request. It throws {ProviderError} 429 Throttled for one that is over a limit.
 */
export function createThrottle(clock: Clock): (request: ArmRequest) => void {
  const buckets = new TokenBuckets(clock, MOST_BUCKETS);
  return (request) => {
    const { rule, bucket, scope, handler, more } = limitOn(request);
    const { waitMs } = buckets.take(`${handler} ${bucket}`.toLowerCase(), rule);
    if (waitMs > 0) throw refusals.throttled(handler, { scope, more }, Math.ceil(waitMs / 1000));
  };
}

/** The refusal of a call whose limit has been reached, whatever has been counted. */
export function throttled(request: Pick<ArmRequest, "method" | "path">, seconds: number): ProviderError {
  const { handler, scope, more } = limitOn(request);
  return refusals.throttled(handler, { scope, more }, seconds);
}

function limitOn({ method, path }: Pick<ArmRequest, "method" | "path">): Limit {
  const [type = "", , below = ""] = path.segments.map((segment) => segment.toLowerCase());
  const { subscriptionId, resourceGroup } = path;
  const id = idOf(path);
  const limit = (handler: string, rule: BucketRule, bucket = subscriptionId): Limit => ({
    rule,
    bucket,
    scope: `SubID='${subscriptionId}'`,
    handler: `${handler}Handler.${method}`,
    more: true,
  });
  const shape = `${method} ${type} ${path.segments.length}`;
  if (shape === "PUT managedclusters 2") return limit("PutManagedCluster", { capacity: 20, perSecond: PER_MINUTE }, id);
  if (shape === "PUT managedclusters 4" && below === "agentpools")
    return { ...limit("PutAgentPool", { capacity: 20, perSecond: PER_MINUTE }, id), scope: `agentpool ${id}`, more: false };
  if (shape === "GET managedclusters 2") return limit("GetManagedCluster", { capacity: 60, perSecond: 1 }, id);
  if (shape === "GET managedclusters 1" && resourceGroup === undefined)
    return limit("ListManagedClusters", { capacity: 500, perSecond: 1 });
  if (shape === "GET managedclusters 1") return limit("ListManagedClusters", { capacity: 60, perSecond: 1 }, id);
  if (type === "locations" && (below === "operations" || below === "operationresults"))
    return limit("GetOperationStatus", { capacity: 200, perSecond: 2 });
  return limit("Default", { capacity: 60, perSecond: 1 });
}

function idOf({ subscriptionId, resourceGroup = "", segments }: ArmPath): string {
  return `/subscriptions/${subscriptionId}/resourcegroups/${resourceGroup}/providers/Microsoft.ContainerService/${segments.join("/")}`;
}
