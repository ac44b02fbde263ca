import type { Node, Pod } from "#api/kubernetes/core";
import { resources } from "#api/kubernetes/resources";
import type { DaemonSet } from "#api/kubernetes/workloads";
import type { Requeue } from "#lib";
import { isPodActive } from "#kube/apimachinery";
import { type Informer, objectKey } from "#kube/client";
import { claim } from "../claims.ts";
import type { ControllerContext, EventSink } from "../context.ts";
import { assembleController, type Controller } from "../controller.ts";
import { createExpectations, type Expectations } from "../expectations.ts";
import { subscribeOwnedPods } from "../owned-pods.ts";
import { gapFor, paced } from "../pacer.ts";
import { asOwner, createPodControl, PodBatches, podFromTemplate, type PodOwner } from "../pod-control.ts";
import { nextAvailableAt } from "../pods.ts";
import { REVISION, RevisionHistory } from "../revisions.ts";
import { writeStatus } from "../writes.ts";
import { daemonPodSpec, pinnedTo, targetNodeOf } from "./eligibility.ts";
import { FailedPodBackoff, placeOf } from "./failed-pods.ts";
import { KnownPlaces } from "./known-places.ts";
import type { DaemonPodDeletion, Places } from "./places.ts";
import { daemonSetStatus, planDaemonSet } from "./plan.ts";

/**
 * Runs one pod of each daemon set on each node that is one for it.
 * Source: kubernetes pkg/controller/daemon/daemon_controller.go.
 */
export function createDaemonSetController(context: ControllerContext): Controller {
  const sync = new DaemonSetSync(context);
  const loop = paced(
    context.loop("daemonset", (key) => sync.reconcile(key)),
    { clock: context.clock, gapMs: () => gapFor(sync.nodes.size, 4) },
  );
  const enqueue = (key: string): void => loop.enqueue(key);
  const wakeAll = (): void => {
    for (const daemonSet of sync.daemonSets.list()) enqueue(objectKey(daemonSet));
  };
  return assembleController({
    name: "daemonset",
    loops: [loop],
    subscribe: () => [
      sync.daemonSets.subscribe({
        add: (object) => enqueue(objectKey(object)),
        update: (object) => enqueue(objectKey(object)),
        delete: (object) => sync.forget(objectKey(object)),
      }),
      ...sync.places.subscribe(wakeAll),
      subscribeOwnedPods({ kind: "DaemonSet", pods: sync.pods, owners: sync.daemonSets, expectations: sync.expectations, enqueue }),
    ],
  });
}

class DaemonSetSync {
  readonly daemonSets: Informer<DaemonSet>;
  readonly nodes: Informer<Node>;
  readonly pods: Informer<Pod>;
  readonly expectations: Expectations;
  readonly places: KnownPlaces;
  readonly #context: ControllerContext;
  readonly #batches: PodBatches;
  readonly #events: EventSink;
  readonly #backoff = new FailedPodBackoff();
  readonly #history: RevisionHistory;

  constructor(context: ControllerContext) {
    this.#context = context;
    this.daemonSets = context.informers.of(resources.daemonSets);
    this.nodes = context.informers.of(resources.nodes);
    this.pods = context.informers.of(resources.pods);
    this.places = new KnownPlaces(this);
    this.expectations = createExpectations(() => context.clock.now());
    this.#events = context.events("daemonset-controller");
    this.#history = new RevisionHistory(context);
    this.#batches = new PodBatches(createPodControl(context.client, this.#events), this.expectations);
  }

  forget(key: string): void {
    this.expectations.forget(key);
    this.places.forget(key);
    this.#backoff.forget(key);
  }

  async reconcile(key: string): Promise<Requeue | void> {
    const { client, clock } = this.#context;
    const daemonSet = this.daemonSets.get(key);
    if (daemonSet === undefined) return this.forget(key);
    if (daemonSet.metadata.deletionTimestamp !== undefined) return;
    const owner = asOwner(daemonSet, "apps/v1", "DaemonSet");
    const revision = await this.#history.newest(owner);
    if (revision === undefined) return;
    const hash = revision.metadata.labels?.[REVISION] ?? "";
    const outcome = await this.#manage(key, owner, hash);
    const nowMs = clock.now();
    const places = this.#look(daemonSet, hash, nowMs);
    await writeStatus(client, resources.daemonSets, daemonSet, daemonSetStatus(places, daemonSet));
    if (outcome.error !== undefined) throw outcome.error;
    await this.#history.forgetOld(owner, ({ metadata }) => {
      const used = metadata.labels?.[REVISION] ?? "";
      return used === hash || places.isInUse(used);
    });
    const ripening = [...places.those("ripening")].flatMap(({ pods }) => pods);
    const availableAtMs = nextAvailableAt(ripening, daemonSet.spec.minReadySeconds ?? 0, nowMs);
    const waits = [this.expectations.outstandingMs(key, nowMs), outcome.retryMs, (availableAtMs ?? nowMs) - nowMs].filter((ms) => ms > 0);
    return waits.length === 0 ? undefined : { requeueAfterMs: Math.min(...waits) };
  }

  #look(daemonSet: DaemonSet, hash: string, nowMs: number): Places {
    const places = this.places.of(daemonSet, hash);
    places.look(nowMs);
    return places;
  }

  async #manage(key: string, owner: DaemonSet & PodOwner, hash: string): Promise<{ readonly error?: unknown; readonly retryMs: number }> {
    const { clock } = this.#context;
    await this.#claim(owner, this.places.of(owner, hash));
    const nowMs = clock.now();
    if (this.expectations.outstandingMs(key, nowMs) > 0) return { retryMs: 0 };
    const plan = planDaemonSet(this.#look(owner, hash, nowMs), owner, nowMs);
    const { due, retryMs } = this.#dueDeletions(key, owner, plan.delete);
    const created = await this.#batches.create(
      key,
      owner,
      plan.create.map((nodeName) => this.#podFor(owner, nodeName, hash)),
    );
    const deleted = await this.#batches.delete(key, owner, due);
    return { error: created ?? deleted, retryMs };
  }

  /** Lets pods go that are selected no more, and takes in those that are; the informer may tell of these later. */
  async #claim(owner: DaemonSet & PodOwner, places: Places): Promise<void> {
    const { client } = this.#context;
    const owned = places.strangers;
    const orphans = this.pods.byIndex("orphan", owner.metadata.namespace ?? "").filter(isPodActive);
    if (owned.length === 0 && orphans.length === 0) return;
    const claims = { client, type: resources.pods, owner, ownerType: resources.daemonSets, selector: owner.spec.selector };
    for (const adopted of await claim({ ...claims, owned, orphans })) if (!places.has(adopted)) places.setPod(adopted);
  }

  /** Failed pods are replaced ever more slowly. */
  #dueDeletions(key: string, owner: PodOwner, deletions: readonly DaemonPodDeletion[]): { readonly due: Pod[]; readonly retryMs: number } {
    let retryMs = 0;
    const due = deletions.filter(({ pod, failed }) => {
      if (!failed) return true;
      const nodeName = targetNodeOf(pod.spec) ?? "";
      const waitMs = this.#backoff.delay(placeOf(key, nodeName), this.#context.clock.now());
      if (waitMs === 0) this.#tellFailed(owner, pod, nodeName);
      else retryMs = retryMs === 0 ? waitMs : Math.min(retryMs, waitMs);
      return waitMs === 0;
    });
    return { due: due.map(({ pod }) => pod), retryMs };
  }

  #tellFailed(owner: PodOwner, pod: Pod, nodeName: string): void {
    const name = objectKey(pod);
    if (pod.status?.phase === "Failed") {
      this.#events.warning(owner, "FailedDaemonPod", `Found failed daemon pod ${name} on node ${nodeName}, will try to kill it`);
    } else {
      this.#events.normal(owner, "SucceededDaemonPod", `Found succeeded daemon pod ${name} on node ${nodeName}, will try to delete it`);
    }
  }

  #podFor(owner: DaemonSet & PodOwner, nodeName: string, hash: string): Pod {
    const spec = daemonPodSpec(owner);
    const affinity = pinnedTo(nodeName, spec.affinity);
    return podFromTemplate(owner, owner.spec.template, { labels: { [REVISION]: hash }, spec: { ...spec, affinity } });
  }
}
