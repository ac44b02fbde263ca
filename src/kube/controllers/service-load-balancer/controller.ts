import type { Node, Service } from "#api/kubernetes/core";
import { resources } from "#api/kubernetes/resources";
import { type Informer, objectKey } from "#kube/client";
import type { ControllerContext, EventSink } from "../context.ts";
import { assembleController, type Controller } from "../controller.ts";
import { dropFinalizer, writeStatus } from "../writes.ts";
import { addressesOf, addressFor, wantsLoadBalancer } from "./addresses.ts";

/** Source: kubernetes cloud-provider service/helpers, LoadBalancerCleanupFinalizer; on by default since 1.16. */
const FINALIZER = "service.kubernetes.io/load-balancer-cleanup";
const FINALIZER_MINOR = 16;
/** First minor that says how traffic reaches the address. Source: kubernetes pkg/features, LoadBalancerIPMode (beta 1.30). */
const IP_MODE_MINOR = 30;

/** What a cluster without nodes would have. Source: Azure docs, the default network of az aks create. */
const AKS_NODE_ADDRESS = "10.224.0.4";

/**
 * Gives services of type LoadBalancer their address, and takes it back.
 * Differs from AKS: the address comes at once, not when Azure has made it.
 * Source: kubernetes staging/src/k8s.io/cloud-provider/controllers/service/controller.go.
 */
export function createServiceLoadBalancerController(context: ControllerContext): Controller {
  const balancers = new LoadBalancers(context);
  // One at a time, so that no address is given twice.
  const loop = context.loop("service-load-balancer", (key) => balancers.reconcile(key), 1);
  const concerns = (service: Service): boolean => wantsLoadBalancer(service) || isHandled(service);
  const enqueue = (service: Service): void => {
    if (concerns(service)) loop.enqueue(objectKey(service));
  };
  return assembleController({
    name: "service-load-balancer",
    loops: [loop],
    subscribe: () => [
      balancers.services.subscribe({
        add: enqueue,
        update: enqueue,
        delete: (service) => balancers.release(objectKey(service)),
      }),
    ],
  });
}

/** Whether something of a load balancer is left at it. */
function isHandled(service: Service): boolean {
  return addressesOf(service).length > 0 || (service.metadata.finalizers ?? []).includes(FINALIZER);
}

class LoadBalancers {
  readonly services: Informer<Service>;
  readonly #nodes: Informer<Node>;
  readonly #context: ControllerContext;
  readonly #events: EventSink;
  /** Service by address: what was given and may not be in the informer yet. */
  readonly #given = new Map<string, string>();

  constructor(context: ControllerContext) {
    this.#context = context;
    this.services = context.informers.of(resources.services);
    this.#nodes = context.informers.of(resources.nodes);
    this.#events = context.events("service-controller");
  }

  async reconcile(key: string): Promise<void> {
    const service = this.services.get(key);
    if (service === undefined) return this.release(key);
    if (service.metadata.deletionTimestamp === undefined && wantsLoadBalancer(service)) await this.#ensure(key, service);
    else await this.#remove(key, service);
  }

  release(key: string): void {
    for (const [address, holder] of this.#given) if (holder === key) this.#given.delete(address);
  }

  async #ensure(key: string, service: Service): Promise<void> {
    for (const address of addressesOf(service)) this.#given.set(address, key);
    const address = addressFor(service, this.#nodeAddress(), this.#takenByOthers(key));
    if (address !== undefined && addressesOf(service).join(",") === address) return;
    this.#events.normal(service, "EnsuringLoadBalancer", "Ensuring load balancer");
    const labelled = await this.#withFinalizer(service);
    if (this.#nodes.size === 0) this.#events.warning(service, "UnAvailableLoadBalancer", "There are no available nodes for LoadBalancer");
    if (address === undefined) {
      this.#events.warning(
        service,
        "SyncLoadBalancerFailed",
        "Error syncing load balancer: failed to ensure load balancer: no address is left in the range",
      );
      return;
    }
    this.release(key);
    this.#given.set(address, key);
    const ingress = { ip: address, ...(this.#context.minor() >= IP_MODE_MINOR && { ipMode: "VIP" }) };
    await writeStatus(this.#context.client, resources.services, labelled, { ...labelled.status, loadBalancer: { ingress: [ingress] } });
    this.#events.normal(service, "EnsuredLoadBalancer", "Ensured load balancer");
  }

  async #remove(key: string, service: Service): Promise<void> {
    if (!isHandled(service)) return;
    const isGoing = service.metadata.deletionTimestamp !== undefined;
    this.#events.normal(service, "DeletingLoadBalancer", "Deleting load balancer");
    this.release(key);
    let latest = service;
    if (!isGoing && addressesOf(service).length > 0)
      latest = await this.#context.client.update(
        resources.services,
        { ...service, status: { ...service.status, loadBalancer: {} } },
        { subresource: "status" },
      );
    await dropFinalizer(this.#context.client, resources.services, latest, FINALIZER);
    this.#events.normal(service, "DeletedLoadBalancer", "Deleted load balancer");
  }

  async #withFinalizer(service: Service): Promise<Service> {
    const { finalizers = [] } = service.metadata;
    if (this.#context.minor() < FINALIZER_MINOR || finalizers.includes(FINALIZER)) return service;
    return this.#context.client.update(resources.services, {
      ...service,
      metadata: { ...service.metadata, finalizers: [...finalizers, FINALIZER] },
    });
  }

  #takenByOthers(key: string): ReadonlySet<string> {
    const given = [...this.#given].filter(([, holder]) => holder !== key).map(([address]) => address);
    const stored = [...this.services.list()].filter((other) => objectKey(other) !== key).flatMap(addressesOf);
    return new Set([...given, ...stored]);
  }

  #nodeAddress(): string {
    for (const { status } of this.#nodes.list()) {
      const address = status?.addresses?.find(({ type }) => type === "InternalIP");
      if (address !== undefined) return address.address;
    }
    return AKS_NODE_ADDRESS;
  }
}
