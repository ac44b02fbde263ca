import type { Pod } from "#api/kubernetes/core";
import { resources } from "#api/kubernetes/resources";
import type { PodDisruptionBudget } from "#api/kubernetes/workloads";
import type { Requeue } from "#lib";
import { controllerOf, equalJson, matchesLabelSelector } from "#kube/apimachinery";
import { type Informer, objectKey } from "#kube/client";
import type { ControllerContext, EventSink } from "../context.ts";
import { assembleController, type Controller } from "../controller.ts";
import { gapFor, paced } from "../pacer.ts";
import { selectedPods, selectorValuesOf } from "../selected-pods.ts";
import { writeStatus } from "../writes.ts";
import { planBudget } from "./plan.ts";
import { ControllerScales } from "./scales.ts";

/** Keeps the status of disruption budgets, by which evictions are granted. Source: kubernetes pkg/controller/disruption/disruption.go. */
export function createDisruptionController(context: ControllerContext): Controller {
  const sync = new DisruptionSync(context);
  const loop = paced(
    context.loop("disruption", (key) => sync.reconcile(key)),
    { clock: context.clock, gapMs: () => gapFor(sync.pods.size, 20) },
  );
  const wake = (pod: Pod): void => {
    for (const budget of sync.budgetsOf(pod)) loop.enqueue(objectKey(budget));
  };
  const wakeAll = (): void => {
    for (const budget of sync.budgets.list()) loop.enqueue(objectKey(budget));
  };
  return assembleController({
    name: "disruption",
    loops: [loop],
    subscribe: () => [
      sync.budgets.subscribe({ add: (object) => loop.enqueue(objectKey(object)), update: (object) => loop.enqueue(objectKey(object)) }),
      sync.pods.subscribe({
        add: wake,
        update(pod, previous) {
          wake(pod);
          if (!equalJson(pod.metadata.labels, previous.metadata.labels)) wake(previous);
        },
        delete: wake,
      }),
      ...sync.scales.subscribe(wakeAll),
    ],
  });
}

class DisruptionSync {
  readonly budgets: Informer<PodDisruptionBudget>;
  readonly pods: Informer<Pod>;
  readonly scales: ControllerScales;
  readonly #context: ControllerContext;
  readonly #events: EventSink;

  constructor(context: ControllerContext) {
    this.#context = context;
    this.budgets = context.informers.of(resources.podDisruptionBudgets);
    this.pods = context.informers.of(resources.pods);
    this.scales = new ControllerScales(context);
    this.#events = context.events("controllermanager");
  }

  /** Budgets that count the pod. */
  budgetsOf(pod: Pod): PodDisruptionBudget[] {
    const budgets = selectorValuesOf(pod).flatMap((value) => this.budgets.byIndex("selects", value));
    return budgets.filter((budget) => matchesLabelSelector(budget.spec.selector, pod.metadata.labels));
  }

  async reconcile(key: string): Promise<Requeue | void> {
    const budget = this.budgets.get(key);
    if (budget === undefined) return;
    const { clock, client } = this.#context;
    const pods = selectedPods(this.pods, budget.metadata.namespace ?? "", budget.spec.selector);
    if (pods.length === 0) this.#events.normal(budget, "NoPods", "No matching pods found");
    const nowMs = clock.now();
    const scale = this.scales.expected(pods);
    const plan = planBudget({ budget, pods, ...scale, nowMs, now: this.#context.now(), minor: this.#context.minor() });
    if (plan.failure !== undefined) this.#tellFailure(budget, pods, plan.failure);
    for (const pod of plan.notDeleted) {
      // The text names the namespace twice, as upstream's does.
      const namespace = budget.metadata.namespace ?? "";
      this.#events.warning(pod, "NotDeleted", `Pod was expected by PDB ${namespace}/${namespace} to be deleted but it wasn't`);
    }
    await writeStatus(client, resources.podDisruptionBudgets, budget, plan.status);
    return plan.recheckAtMs === undefined ? undefined : { requeueAfterMs: plan.recheckAtMs - nowMs };
  }

  #tellFailure(budget: PodDisruptionBudget, pods: readonly Pod[], failure: string): void {
    const unmanaged = pods.every((pod) => controllerOf(pod) === undefined);
    if (unmanaged) this.#events.warning(budget, "NoControllers", failure);
    else this.#events.warning(budget, "CalculateExpectedPodCountFailed", `Failed to calculate the number of expected pods: ${failure}`);
  }
}
