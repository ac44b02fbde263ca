import { type APIService, METRICS_API_SERVICE } from "#api/kubernetes/apiregistration";
import { findCondition } from "#kube/apimachinery";
import type { Core } from "../core.ts";
import { metricsKinds } from "./metrics.ts";

/**
 * Serves the metrics server's group as long as its APIService is there and available; of other APIServices nothing is answered.
 * Returns the way to stop. Source: kube-aggregator pkg/apiserver/apiserver.go.
 */
export function followApiServices({ resources }: Core): () => void {
  const services = resources.preferred("apiregistration.k8s.io", "apiservices");
  if (services === undefined) return () => undefined;
  let isServed = false;
  const look = (): void => {
    const service = services.cache.get(METRICS_API_SERVICE)?.object as APIService | undefined;
    const isAvailable = findCondition(service?.status?.conditions, "Available")?.status === "True";
    if (isAvailable === isServed) return;
    isServed = isAvailable;
    resources.setCustom(METRICS_API_SERVICE, isAvailable ? metricsKinds : []);
  };
  look();
  return services.cache.watchers.add({}, look);
}
