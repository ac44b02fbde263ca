import type { HorizontalPodAutoscaler, Scale } from "#api/kubernetes/autoscaling";
import type { Condition, Pod } from "#api/kubernetes/core";
import type { PodMetrics } from "#api/kubernetes/metrics";
import { podMetrics, resources } from "#api/kubernetes/resources";
import type { ResourceType } from "#api/kubernetes/meta";
import type { Requeue } from "#lib";
import { parseLabelSelector, type Selector, SelectorError, withCondition } from "#kube/apimachinery";
import { type Informer, objectKey } from "#kube/client";
import type { ControllerContext, EventSink } from "../context.ts";
import { assembleController, type Controller } from "../controller.ts";
import { messageOf, writeStatus } from "../writes.ts";
import { History } from "./behavior.ts";
import { type ConditionToSet, decide, type Decision } from "./decide.ts";
import type { Observation } from "./evaluate.ts";
import { ScaleTargets } from "./targets.ts";

/** How often each autoscaler looks. Source: --horizontal-pod-autoscaler-sync-period. */
export const SYNC_MS = 15_000;

/** Scales by what pods use. Source: kubernetes pkg/controller/podautoscaler/horizontal.go. */
export function createHorizontalPodAutoscalerController(context: ControllerContext): Controller {
  const sync = new AutoscalerSync(context);
  const loop = context.loop("horizontal-pod-autoscaler", (key) => sync.reconcile(key));
  return assembleController({
    name: "horizontal-pod-autoscaler",
    loops: [loop],
    subscribe: () => [
      sync.autoscalers.subscribe({
        add: (object) => loop.enqueue(objectKey(object)),
        update(object, previous) {
          // Its own status is nothing new.
          if (object.metadata.generation !== previous.metadata.generation) loop.enqueue(objectKey(object));
        },
        delete: (object) => sync.forget(objectKey(object)),
      }),
    ],
  });
}

interface Target {
  readonly type: ResourceType<Scale>;
  readonly scale: Scale;
}

class AutoscalerSync {
  readonly autoscalers: Informer<HorizontalPodAutoscaler>;
  readonly #context: ControllerContext;
  readonly #pods: Informer<Pod>;
  readonly #targets: ScaleTargets;
  readonly #events: EventSink;
  readonly #histories = new Map<string, History>();
  /** What each autoscaler's target selects, as it was last seen. */
  readonly #selectors = new Map<string, Selector>();

  constructor(context: ControllerContext) {
    this.#context = context;
    this.autoscalers = context.informers.of(resources.horizontalPodAutoscalers);
    this.#pods = context.informers.of(resources.pods);
    this.#targets = new ScaleTargets(context);
    this.#events = context.events("horizontal-pod-autoscaler");
  }

  forget(key: string): void {
    this.#histories.delete(key);
    this.#selectors.delete(key);
  }

  async reconcile(key: string): Promise<Requeue | void> {
    const autoscaler = this.autoscalers.get(key);
    if (autoscaler === undefined || autoscaler.metadata.deletionTimestamp !== undefined) return this.forget(key);
    await this.#scale(key, autoscaler);
    return { requeueAfterMs: SYNC_MS };
  }

  async #scale(key: string, autoscaler: HorizontalPodAutoscaler): Promise<void> {
    const target = await this.#target(autoscaler);
    if (target instanceof Error) {
      const why = messageOf(target);
      this.#events.warning(autoscaler, "FailedGetScale", why);
      const message = `the HPA controller was unable to get the target's current scale: ${why}`;
      return await this.#write(autoscaler, [{ type: "AbleToScale", status: "False", reason: "FailedGetScale", message }]);
    }
    const succeeded: ConditionToSet = {
      type: "AbleToScale",
      status: "True",
      reason: "SucceededGetScale",
      message: "the HPA controller was able to get the target's current scale",
    };
    const selector = this.#selectorOf(autoscaler, target.scale);
    if (!isSelector(selector)) return await this.#write(autoscaler, [succeeded, selector]);
    this.#selectors.set(key, selector);
    const ambiguity = this.#ambiguity(autoscaler, selector, target.scale.status?.selector ?? "");
    if (ambiguity !== undefined) return await this.#write(autoscaler, [succeeded, ambiguity]);
    const currentReplicas = target.scale.spec.replicas ?? 0;
    const history = this.#historyOf(key, currentReplicas);
    const decision = decide(autoscaler, await this.#observe(autoscaler, currentReplicas, selector), history);
    for (const { reason, message } of decision.complaints) this.#events.warning(autoscaler, reason, message);
    await this.#apply(autoscaler, target, { ...decision, conditions: [succeeded, ...decision.conditions] }, history);
  }

  /** Writes the number, then what is known of it. */
  async #apply(autoscaler: HorizontalPodAutoscaler, { type, scale }: Target, decision: Decision, history: History): Promise<void> {
    const current = scale.spec.replicas ?? 0;
    const { replicas, reason, metrics } = decision;
    const seen = { currentReplicas: current, currentMetrics: [...metrics] };
    if (decision.isFailed || replicas === current) {
      const desired = decision.isFailed ? {} : { desiredReplicas: current };
      return await this.#write(autoscaler, decision.conditions, { ...seen, ...desired });
    }
    try {
      await this.#targets.set(type, scale, replicas);
    } catch (error) {
      const why = messageOf(error);
      this.#events.warning(autoscaler, "FailedRescale", `New size: ${replicas}; reason: ${reason}; error: ${why}`);
      const message = `the HPA controller was unable to update the target scale: ${why}`;
      const failed: ConditionToSet = { type: "AbleToScale", status: "False", reason: "FailedUpdateScale", message };
      return await this.#write(autoscaler, [...decision.conditions, failed], seen);
    }
    this.#events.normal(autoscaler, "SuccessfulRescale", `New size: ${replicas}; reason: ${reason}`);
    history.scaled(current, replicas, this.#context.clock.now());
    const message = `the HPA controller was able to update the target scale to ${replicas}`;
    const done: ConditionToSet = { type: "AbleToScale", status: "True", reason: "SucceededRescale", message };
    const status = { ...seen, desiredReplicas: replicas, lastScaleTime: this.#context.now() };
    await this.#write(autoscaler, [...decision.conditions, done], status);
  }

  async #target({ metadata, spec }: HorizontalPodAutoscaler): Promise<Target | Error> {
    const { namespace = "" } = metadata;
    const { kind, name, apiVersion = "" } = spec.scaleTargetRef;
    const type = this.#targets.typeOf(spec.scaleTargetRef);
    if (type === undefined) return new Error(`no matches for kind "${kind}" in group "${apiVersion.split("/", 1)[0] ?? ""}"`);
    try {
      return { type, scale: await this.#targets.read(type, { name, namespace }) };
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    }
  }

  /** Which pods count, or what is wrong with that. Source: horizontal.go, validateAndParseSelector. */
  #selectorOf(autoscaler: HorizontalPodAutoscaler, { status }: Scale): Selector | ConditionToSet {
    const text = status?.selector ?? "";
    const invalid = (reason: string, message: string): ConditionToSet => ({ type: "ScalingActive", status: "False", reason, message });
    if (text === "") {
      this.#events.warning(autoscaler, "SelectorRequired", "selector is required");
      return invalid("InvalidSelector", "the HPA target's scale is missing a selector");
    }
    try {
      return parseLabelSelector(text);
    } catch (error) {
      if (!(error instanceof SelectorError)) throw error;
      const message = `couldn't convert selector into a corresponding internal selector object: ${error.message}`;
      this.#events.warning(autoscaler, "InvalidSelector", message);
      return invalid("InvalidSelector", message);
    }
  }

  /** Several autoscalers of the same pods work against each other. Source: horizontal.go, hpasControllingPodsUnderSelector. */
  #ambiguity(autoscaler: HorizontalPodAutoscaler, selector: Selector, text: string): ConditionToSet | undefined {
    const { namespace = "" } = autoscaler.metadata;
    const others = [...this.#selectors].filter(([key]) => key.startsWith(`${namespace}/`));
    if (others.length === 1) return undefined;
    const all = new Set<string>();
    for (const { metadata } of this.#podsOf(namespace, selector))
      for (const [key, each] of others) if (each.matches(metadata.labels)) all.add(key);
    if (all.size <= 1) return undefined;
    const message = `pods by selector ${text} are controlled by multiple HPAs: [${[...all].sort().join(" ")}]`;
    this.#events.warning(autoscaler, "AmbiguousSelector", message);
    return { type: "ScalingActive", status: "False", reason: "AmbiguousSelector", message };
  }

  #podsOf(namespace: string, selector: Selector): Pod[] {
    return this.#pods.byIndex("namespace", namespace).filter((pod) => selector.matches(pod.metadata.labels));
  }

  async #observe({ metadata }: HorizontalPodAutoscaler, currentReplicas: number, selector: Selector): Promise<Observation> {
    const { namespace = "" } = metadata;
    const pods = this.#podsOf(namespace, selector);
    return { currentReplicas, pods, metrics: await this.#metrics(namespace, selector), nowMs: this.#context.clock.now() };
  }

  async #metrics(namespace: string, selector: Selector): Promise<readonly PodMetrics[] | Error> {
    try {
      const { items } = await this.#context.client.list(podMetrics, { namespace });
      return items.filter((each) => selector.matches(each.metadata.labels));
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    }
  }

  #historyOf(key: string, currentReplicas: number): History {
    let history = this.#histories.get(key);
    if (history === undefined) {
      this.#histories.set(key, (history = new History()));
      history.recommend(currentReplicas, this.#context.clock.now());
    }
    return history;
  }

  async #write(
    autoscaler: HorizontalPodAutoscaler,
    conditions: readonly ConditionToSet[],
    more: HorizontalPodAutoscaler["status"] = {},
  ): Promise<void> {
    let all: Condition[] = autoscaler.status?.conditions ?? [];
    for (const each of conditions) all = withCondition(all, { ...each, lastTransitionTime: this.#context.now() });
    const { generation } = autoscaler.metadata;
    const observed = generation === undefined ? {} : { observedGeneration: generation };
    const status = { ...autoscaler.status, ...more, ...observed, conditions: all };
    await writeStatus(this.#context.client, resources.horizontalPodAutoscalers, autoscaler, status);
  }
}

function isSelector(value: Selector | ConditionToSet): value is Selector {
  return "matches" in value;
}
