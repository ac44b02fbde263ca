import type { Endpoints, Service } from "#api/kubernetes/core";
import type { KubeObject } from "#api/kubernetes/meta";
import { resources } from "#api/kubernetes/resources";
import { type Informer, objectKey } from "#kube/client";
import type { ControllerContext } from "../context.ts";
import { assembleController, type Controller } from "../controller.ts";
import { ENDPOINT_SLICES, type EndpointSlice, MANAGED_BY, SERVICE_NAME } from "../endpoints/slices.ts";
import { keyOf } from "../keys.ts";
import { createdUnlessTerminating, found, nameOf } from "../writes.ts";
import { isMirrored, MIRRORING_CONTROLLER, planMirror } from "./mirror.ts";

/**
 * Mirrors Endpoints that people keep for services without a selector to EndpointSlices, where those are served.
 * Source: kubernetes pkg/controller/endpointslicemirroring/endpointslicemirroring_controller.go.
 */
export function createEndpointSliceMirroringController(context: ControllerContext): Controller {
  const { group, resource } = ENDPOINT_SLICES;
  const isServed = context.resources.some((type) => type.group === group && type.resource === resource);
  const sync = isServed ? new MirrorSync(context) : undefined;
  const loop = context.loop("endpointslice-mirroring", async (key) => sync?.reconcile(key));
  const wake = (object: KubeObject): void => loop.enqueue(objectKey(object));
  const wakeService = (slice: EndpointSlice): void => {
    const { namespace, labels } = slice.metadata;
    const service = labels?.[SERVICE_NAME];
    if (service !== undefined && isMirror(slice)) loop.enqueue(keyOf(namespace, service));
  };
  return assembleController({
    name: "endpointslice-mirroring",
    loops: [loop],
    subscribe: () =>
      sync === undefined
        ? []
        : [
            sync.endpoints.subscribe({ add: wake, update: wake, delete: wake }),
            sync.services.subscribe({ add: wake, update: wake, delete: wake }),
            sync.slices.subscribe({ add: wakeService, update: wakeService, delete: wakeService }),
          ],
  });
}

function isMirror({ metadata }: EndpointSlice): boolean {
  return metadata.labels?.[MANAGED_BY] === MIRRORING_CONTROLLER;
}

class MirrorSync {
  readonly endpoints: Informer<Endpoints>;
  readonly services: Informer<Service>;
  readonly slices: Informer<EndpointSlice>;
  readonly #context: ControllerContext;

  constructor(context: ControllerContext) {
    this.#context = context;
    this.endpoints = context.informers.of(resources.endpoints);
    this.services = context.informers.of(resources.services);
    this.slices = context.informers.of(ENDPOINT_SLICES);
  }

  async reconcile(key: string): Promise<void> {
    const { client } = this.#context;
    const endpoints = this.endpoints.get(key);
    const service = this.services.get(key);
    const slices = this.slices.byIndex("service", key).filter(isMirror);
    const isKept = endpoints !== undefined && isMirrored(endpoints) && service !== undefined && service.spec.selector === undefined;
    const plan = isKept ? planMirror(endpoints, slices) : { create: [], update: [], delete: slices };
    for (const slice of plan.create) await createdUnlessTerminating(client.create(ENDPOINT_SLICES, slice));
    for (const slice of plan.update) await found(client.update(ENDPOINT_SLICES, slice));
    for (const slice of plan.delete) await found(client.delete(ENDPOINT_SLICES, nameOf(slice)));
  }
}
