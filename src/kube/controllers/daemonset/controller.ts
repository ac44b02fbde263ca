import type { Node, Pod } from "#api/kubernetes/core";
import { resources } from "#api/kubernetes/resources";
import type { DaemonSet } from "#api/kubernetes/workloads";
import type { Requeue } from "#lib";
import { equalJson, isPodActive } from "#kube/apimachinery";
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
import { type DaemonPodDeletion, type DaemonSetObservation, daemonSetStatus, planDaemonSet } from "./plan.ts";

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
      sync.nodes.subscribe({
        add: wakeAll,
        update(node, previous) {
          if (isPlacementChanged(node, previous)) wakeAll();
        },
        delete: wakeAll,
      }),
      subscribeOwnedPods({ kind: "DaemonSet", pods: sync.pods, owners: sync.daemonSets, expectations: sync.expectations, enqueue }),
    ],
  });
}

function isPlacementChanged(node: Node, previous: Node): boolean {
  return !equalJson(node.spec.taints ?? [], previous.spec.taints ?? []) || !equalJson(node.metadata.labels, previous.metadata.labels);
}

class DaemonSetSync {
  readonly daemonSets: Informer<DaemonSet>;
  readonly nodes: Informer<Node>;
  readonly pods: Informer<Pod>;
  readonly expectations: Expectations;
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
    this.expectations = createExpectations(() => context.clock.now());
    this.#events = context.events("daemonset-controller");
    this.#history = new RevisionHistory(context);
    this.#batches = new PodBatches(createPodControl(context.client, this.#events), this.expectations);
  }

  forget(key: string): void {
    this.expectations.forget(key);
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
    await writeStatus(client, resources.daemonSets, daemonSet, daemonSetStatus(this.#observe(owner, this.#owned(owner), hash)));
    if (outcome.error !== undefined) throw outcome.error;
    await this.#forgetOld(owner, hash);
    const nowMs = clock.now();
    const availableAtMs = nextAvailableAt(this.#owned(owner), daemonSet.spec.minReadySeconds ?? 0, nowMs);
    const waits = [this.expectations.outstandingMs(key, nowMs), outcome.retryMs, (availableAtMs ?? nowMs) - nowMs].filter((ms) => ms > 0);
    return waits.length === 0 ? undefined : { requeueAfterMs: Math.min(...waits) };
  }

  async #forgetOld(owner: DaemonSet, hash: string): Promise<void> {
    const used = new Set([hash, ...this.#owned(owner).map(({ metadata }) => metadata.labels?.[REVISION])]);
    await this.#history.forgetOld(owner, ({ metadata }) => used.has(metadata.labels?.[REVISION]));
  }

  #owned(owner: DaemonSet): readonly Pod[] {
    return this.pods.byIndex("owner", owner.metadata.uid ?? "");
  }

  #observe(daemonSet: DaemonSet, pods: readonly Pod[], hash: string): DaemonSetObservation {
    return { daemonSet, nodes: this.nodes.list(), pods, hash, nowMs: this.#context.clock.now() };
  }

  async #manage(key: string, owner: DaemonSet & PodOwner, hash: string): Promise<{ readonly error?: unknown; readonly retryMs: number }> {
    const { client, clock } = this.#context;
    const claims = { client, type: resources.pods, owner, ownerType: resources.daemonSets, selector: owner.spec.selector };
    const orphans = this.pods.byIndex("orphan", owner.metadata.namespace ?? "").filter(isPodActive);
    const claimed = await claim({ ...claims, owned: this.#owned(owner), orphans });
    if (this.expectations.outstandingMs(key, clock.now()) > 0) return { retryMs: 0 };
    const plan = planDaemonSet(this.#observe(owner, claimed, hash));
    const { due, retryMs } = this.#dueDeletions(key, owner, plan.delete);
    const created = await this.#batches.create(
      key,
      owner,
      plan.create.map((nodeName) => this.#podFor(owner, nodeName, hash)),
    );
    const deleted = await this.#batches.delete(key, owner, due);
    return { error: created ?? deleted, retryMs };
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
