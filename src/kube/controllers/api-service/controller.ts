import type { APIService } from "#api/kubernetes/apiregistration";
import type { Condition, Endpoints, Service } from "#api/kubernetes/core";
import { resources } from "#api/kubernetes/resources";
import { withCondition } from "#kube/apimachinery";
import { objectKey } from "#kube/client";
import type { ControllerContext } from "../context.ts";
import { assembleController, type Controller } from "../controller.ts";
import { writeStatus } from "../writes.ts";

/** Tells of each APIService whether who is to answer for it is there. Source: kube-aggregator pkg/controllers/status. */
export function createApiServiceController(context: ControllerContext): Controller {
  const apiServices = context.informers.of(resources.apiServices);
  const services = context.informers.of(resources.services);
  const endpoints = context.informers.of(resources.endpoints);
  const loop = context.loop("apiservice", async (name) => {
    const apiService = apiServices.get(name);
    if (apiService === undefined || apiService.metadata.deletionTimestamp !== undefined) return;
    const key = backingKey(apiService);
    const verdict = availability(apiService, {
      service: key === undefined ? undefined : services.get(key),
      endpoints: key === undefined ? undefined : endpoints.get(key),
    });
    const condition: Condition = { ...verdict, type: "Available", lastTransitionTime: context.now() };
    const conditions = withCondition(apiService.status?.conditions, condition);
    await writeStatus(context.client, resources.apiServices, apiService, { ...apiService.status, conditions });
  });
  const wake = (apiService: APIService): void => loop.enqueue(apiService.metadata.name);
  const wakeFor = (object: Endpoints | Service): void => {
    const key = objectKey(object);
    for (const apiService of apiServices.list()) if (backingKey(apiService) === key) wake(apiService);
  };
  return assembleController({
    name: "apiservice",
    loops: [loop],
    subscribe: () => [
      apiServices.subscribe({ add: wake, update: wake }),
      services.subscribe({ add: wakeFor, update: wakeFor, delete: wakeFor }),
      endpoints.subscribe({ add: wakeFor, update: wakeFor, delete: wakeFor }),
    ],
  });
}

function backingKey({ spec: { service } }: APIService): string | undefined {
  return service === undefined ? undefined : `${service.namespace ?? ""}/${service.name ?? ""}`;
}

type Verdict = Pick<Condition, "status" | "reason" | "message">;

/** Source: kube-aggregator pkg/controllers/status/remote/remote_available_controller.go, sync. */
export function availability(
  { spec }: APIService,
  { service, endpoints }: { readonly service: Service | undefined; readonly endpoints: Endpoints | undefined },
): Verdict {
  const reference = spec.service;
  if (reference === undefined) return { status: "True", reason: "Local", message: "Local APIServices are always available" };
  const named = `service/${reference.name ?? ""} in "${reference.namespace ?? ""}"`;
  if (service === undefined) return { status: "False", reason: "ServiceNotFound", message: `${named} is not present` };
  const port = service.spec.ports?.find((each) => each.port === (reference.port ?? 443));
  if (port === undefined)
    return { status: "False", reason: "ServicePortError", message: `${named} is not listening on port ${reference.port ?? 443}` };
  if (endpoints === undefined) return { status: "False", reason: "EndpointsNotFound", message: `cannot find endpoints for ${named}` };
  const answers = (endpoints.subsets ?? []).some(
    ({ addresses = [], ports = [] }) => addresses.length > 0 && ports.some(({ name = "" }) => name === (port.name ?? "")),
  );
  if (!answers) {
    const message = `endpoints for ${named} have no addresses with port name ${JSON.stringify(port.name ?? "")}`;
    return { status: "False", reason: "MissingEndpoints", message };
  }
  return { status: "True", reason: "Passed", message: "all checks passed" };
}
