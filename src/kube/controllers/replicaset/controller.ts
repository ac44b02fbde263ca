import type { Pod } from "#api/kubernetes/core";
import { resources } from "#api/kubernetes/resources";
import type { ReplicaSet } from "#api/kubernetes/workloads";
import type { Requeue } from "#lib";
import { controllerOf, equalJson, isPodActive } from "#kube/apimachinery";
import { type Informer, objectKey } from "#kube/client";
import { claim } from "../claims.ts";
import type { ControllerContext } from "../context.ts";
import { assembleController, type Controller } from "../controller.ts";
import { createExpectations, type Expectations } from "../expectations.ts";
import { subscribeOwnedPods } from "../owned-pods.ts";
import { gapFor, paced } from "../pacer.ts";
import { asOwner, createPodControl, PodBatches, podFromTemplate, type PodOwner } from "../pod-control.ts";
import { nextAvailableAt } from "../pods.ts";
import { messageOf } from "../writes.ts";
import type { Flavor } from "./flavors.ts";
import { planReplicas } from "./plan.ts";
import { type ReplicaFailure, replicaSetStatus } from "./status.ts";

/** Keeps as many pods as each replica set, or replication controller, wants. Source: kubernetes pkg/controller/replicaset/replica_set.go. */
export function createReplicaSetController(context: ControllerContext, flavor: Flavor): Controller {
  const sync = new ReplicaSetSync(context, flavor);
  const loop = paced(
    context.loop(flavor.name, (key) => sync.reconcile(key)),
    { clock: context.clock, gapMs: () => gapFor(sync.pods.size, 20) },
  );
  const enqueue = (key: string): void => loop.enqueue(key);
  return assembleController({
    name: flavor.name,
    loops: [loop],
    subscribe: () => [
      flavor.sets.subscribe({
        add: (object) => enqueue(objectKey(object)),
        update: (object) => enqueue(objectKey(object)),
        delete: (object) => sync.expectations.forget(objectKey(object)),
      }),
      subscribeOwnedPods({ kind: flavor.kind, pods: sync.pods, owners: flavor.sets, expectations: sync.expectations, enqueue }),
    ],
  });
}

class ReplicaSetSync {
  readonly pods: Informer<Pod>;
  readonly expectations: Expectations;
  readonly #context: ControllerContext;
  readonly #flavor: Flavor;
  readonly #batches: PodBatches;

  constructor(context: ControllerContext, flavor: Flavor) {
    this.#context = context;
    this.#flavor = flavor;
    this.pods = context.informers.of(resources.pods);
    this.expectations = createExpectations(() => context.clock.now());
    this.#batches = new PodBatches(createPodControl(context.client, context.events(flavor.component)), this.expectations);
  }

  async reconcile(key: string): Promise<Requeue | void> {
    const { clock } = this.#context;
    const { sets, apiVersion, kind } = this.#flavor;
    const replicaSet = sets.get(key);
    if (replicaSet === undefined) return this.expectations.forget(key);
    const outcome = await this.#manage(key, asOwner(replicaSet, apiVersion, kind));
    const pods = this.#owned(replicaSet);
    const nowMs = clock.now();
    const status = replicaSetStatus({ replicaSet, pods, failure: outcome?.failure, nowMs, now: this.#context.now() });
    if (!equalJson(replicaSet.status, status)) await this.#flavor.writeStatus({ ...replicaSet, status });
    if (outcome !== undefined) throw outcome.error;
    return this.#nextLook(key, replicaSet, nowMs);
  }

  #owned(replicaSet: ReplicaSet): readonly Pod[] {
    return this.pods.byIndex("owner", replicaSet.metadata.uid ?? "");
  }

  /** Creates or deletes pods; undefined when that went well. */
  async #manage(
    key: string,
    owner: ReplicaSet & PodOwner,
  ): Promise<{ readonly error: unknown; readonly failure: ReplicaFailure } | undefined> {
    const { client, clock } = this.#context;
    const claims = { client, type: resources.pods, owner, ownerType: this.#flavor.type, selector: owner.spec.selector };
    const orphans = this.pods.byIndex("orphan", owner.metadata.namespace ?? "").filter(isPodActive);
    const claimed = await claim({ ...claims, owned: this.#owned(owner), orphans });
    if (this.expectations.outstandingMs(key, clock.now()) > 0) return undefined;
    const order = { minor: this.#context.minor(), nowMs: clock.now(), relatedPodsOn: this.#relatedPods(owner) };
    const plan = planReplicas(owner, claimed, order);
    if (plan.kind === "none") return undefined;
    const error =
      plan.kind === "create" ? await this.#createPods(key, owner, plan.count) : await this.#batches.delete(key, owner, plan.pods);
    const reason = plan.kind === "create" ? "FailedCreate" : "FailedDelete";
    return error === undefined ? undefined : { error, failure: { reason, message: messageOf(error) } };
  }

  #createPods(key: string, owner: ReplicaSet & PodOwner, count: number): Promise<unknown> {
    const { template } = owner.spec;
    const pods = template === undefined ? [] : Array.from({ length: count }, () => podFromTemplate(owner, template));
    return this.#batches.create(key, owner, pods);
  }

  /** Active pods on a node of the replica set and of the others of its deployment. */
  #relatedPods(replicaSet: ReplicaSet): (nodeName: string) => number {
    const deployment = controllerOf(replicaSet)?.uid;
    const family = deployment === undefined ? [replicaSet] : this.#flavor.sets.byIndex("owner", deployment);
    let counts: Map<string, number> | undefined;
    return (nodeName) => {
      counts ??= countByNode(family.flatMap((each) => this.#owned(each)));
      return counts.get(nodeName) ?? 0;
    };
  }

  #nextLook(key: string, replicaSet: ReplicaSet, nowMs: number): Requeue | undefined {
    const outstandingMs = this.expectations.outstandingMs(key, nowMs);
    const availableAtMs = nextAvailableAt(this.#owned(replicaSet), replicaSet.spec.minReadySeconds ?? 0, nowMs);
    const waits = [...(outstandingMs > 0 ? [outstandingMs] : []), ...(availableAtMs === undefined ? [] : [availableAtMs - nowMs])];
    return waits.length === 0 ? undefined : { requeueAfterMs: Math.min(...waits) };
  }
}

function countByNode(pods: readonly Pod[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const pod of pods) {
    const { nodeName } = pod.spec;
    if (nodeName && isPodActive(pod)) counts.set(nodeName, (counts.get(nodeName) ?? 0) + 1);
  }
  return counts;
}
