import type { Endpoints, Node, Pod, Service } from "#api/kubernetes/core";
import { resources } from "#api/kubernetes/resources";
import { equalJson, selectorFromMap } from "#kube/apimachinery";
import { type Informer, objectKey } from "#kube/client";
import type { ControllerContext } from "../context.ts";
import { assembleController, type Controller } from "../controller.ts";
import { nameOfKey } from "../keys.ts";
import { gapFor, paced } from "../pacer.ts";
import { selectedPods } from "../selected-pods.ts";
import { createdUnlessTerminating, found, nameOf } from "../writes.ts";
import { subsetsOf } from "./addresses.ts";
import { ENDPOINT_SLICES, type EndpointSlice, MANAGED_BY, planSlices, SLICE_CONTROLLER } from "./slices.ts";

/**
 * Keeps the Endpoints and, where they are served, the EndpointSlices of services with a selector.
 * Source: kubernetes pkg/controller/endpoint/endpoints_controller.go, pkg/controller/endpointslice.
 */
export function createEndpointsController(context: ControllerContext): Controller {
  const sync = new EndpointsSync(context);
  const loop = paced(
    context.loop("endpoints", (key) => sync.reconcile(key)),
    { clock: context.clock, gapMs: () => gapFor(sync.pods.size, 20) },
  );
  const wake = (pod: Pod): void => {
    for (const service of sync.servicesOf(pod)) loop.enqueue(objectKey(service));
  };
  return assembleController({
    name: "endpoints",
    loops: [loop],
    subscribe: () => [
      sync.services.subscribe({
        add: (service) => loop.enqueue(objectKey(service)),
        update: (service) => loop.enqueue(objectKey(service)),
        delete: (service) => loop.enqueue(objectKey(service)),
      }),
      sync.pods.subscribe({
        add: wake,
        update(pod, previous) {
          if (!isServedDifferently(pod, previous)) return;
          wake(pod);
          if (!equalJson(pod.metadata.labels, previous.metadata.labels)) wake(previous);
        },
        delete: wake,
      }),
    ],
  });
}

function isServedDifferently(pod: Pod, previous: Pod): boolean {
  const seen = ({ metadata, status }: Pod): unknown => [
    metadata.labels,
    metadata.deletionTimestamp,
    status?.phase,
    status?.podIP,
    status?.conditions,
  ];
  return !equalJson(seen(pod), seen(previous));
}

class EndpointsSync {
  readonly services: Informer<Service>;
  readonly pods: Informer<Pod>;
  readonly #context: ControllerContext;
  readonly #nodes: Informer<Node>;
  readonly #endpoints: Informer<Endpoints>;
  readonly #slices: Informer<EndpointSlice> | undefined;

  constructor(context: ControllerContext) {
    this.#context = context;
    this.services = context.informers.of(resources.services);
    this.pods = context.informers.of(resources.pods);
    this.#nodes = context.informers.of(resources.nodes);
    this.#endpoints = context.informers.of(resources.endpoints);
    const { group, resource } = ENDPOINT_SLICES;
    const servesSlices = context.resources.some((type) => type.group === group && type.resource === resource);
    this.#slices = servesSlices ? context.informers.of(ENDPOINT_SLICES) : undefined;
  }

  /** Services that select the pod. */
  servicesOf({ metadata }: Pod): Service[] {
    return this.services.byIndex("namespace", metadata.namespace ?? "").filter((service) => selects(service, metadata.labels));
  }

  async reconcile(key: string): Promise<void> {
    const service = this.services.get(key);
    if (service === undefined) {
      await found(this.#context.client.delete(resources.endpoints, nameOfKey(key)));
      return;
    }
    // Who makes a service without a selector keeps its endpoints.
    if (service.spec.selector === undefined || service.metadata.deletionTimestamp !== undefined) return;
    const pods = selectedPods(this.pods, service.metadata.namespace ?? "", { matchLabels: service.spec.selector });
    await this.#writeEndpoints(key, service, pods);
    if (this.#slices !== undefined) await this.#writeSlices(this.#slices, service, pods);
  }

  async #writeEndpoints(key: string, service: Service, pods: readonly Pod[]): Promise<void> {
    const { client } = this.#context;
    const present = this.#endpoints.get(key);
    const subsets = subsetsOf(service, pods);
    const content = subsets.length > 0 ? { subsets } : {};
    const { labels = {} } = service.metadata;
    if (present === undefined) {
      const metadata = { ...nameOf(service), ...(Object.keys(labels).length > 0 && { labels }) };
      return createdUnlessTerminating(client.create(resources.endpoints, { metadata, ...content }));
    }
    if (equalJson(present.subsets ?? [], subsets) && equalJson(present.metadata.labels ?? {}, labels)) return;
    const { subsets: _, ...rest } = present;
    await found(client.update(resources.endpoints, { ...rest, metadata: { ...present.metadata, labels }, ...content }));
  }

  async #writeSlices(informer: Informer<EndpointSlice>, service: Service, pods: readonly Pod[]): Promise<void> {
    const { client } = this.#context;
    const slices = informer
      .byIndex("service", objectKey(service))
      .filter(({ metadata }) => metadata.labels?.[MANAGED_BY] === SLICE_CONTROLLER);
    const plan = planSlices({ service, pods, slices, node: (name) => this.#nodes.get(name) });
    for (const slice of plan.create) await createdUnlessTerminating(client.create(ENDPOINT_SLICES, slice));
    for (const slice of plan.update) await found(client.update(ENDPOINT_SLICES, slice));
    for (const slice of plan.delete) await found(client.delete(ENDPOINT_SLICES, nameOf(slice)));
  }
}

function selects(service: Service, labels: Readonly<Record<string, string>> | undefined): boolean {
  return service.spec.selector !== undefined && selectorFromMap(service.spec.selector).matches(labels ?? {});
}
