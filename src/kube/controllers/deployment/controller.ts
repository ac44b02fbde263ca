import type { Pod } from "#api/kubernetes/core";
import { resources } from "#api/kubernetes/resources";
import { isStatus } from "#api/kubernetes/status";
import type { Deployment, ReplicaSet } from "#api/kubernetes/workloads";
import type { Requeue } from "#lib";
import { controllerOf, equalJson, isControlledBy, matchesLabelSelector } from "#kube/apimachinery";
import { type Informer, objectKey } from "#kube/client";
import { claim } from "../claims.ts";
import type { ControllerContext, EventSink } from "../context.ts";
import { assembleController, type Controller } from "../controller.ts";
import { keyOf } from "../keys.ts";
import { asOwner, type PodOwner } from "../pod-control.ts";
import { found, isNamespaceTerminating, messageOf, nameOf, writeStatus } from "../writes.ts";
import { type DeploymentPlan, planDeployment } from "./plan.ts";
import { newReplicaSetOf, replicasAnnotations, replicasOf, REVISION } from "./replica-sets.ts";
import type { Resize } from "./rolling.ts";
import { deploymentStatus, type NewReplicaSetOutcome, progressDeadline } from "./status.ts";

/** Rolls deployments out over replica sets. Source: kubernetes pkg/controller/deployment/deployment_controller.go. */
export function createDeploymentController(context: ControllerContext): Controller {
  const sync = new DeploymentSync(context);
  const loop = context.loop("deployment", (key) => sync.reconcile(key));
  const wake = (replicaSet: ReplicaSet): void => {
    for (const key of sync.deploymentsOf(replicaSet)) loop.enqueue(key);
  };
  return assembleController({
    name: "deployment",
    loops: [loop],
    subscribe: () => [
      sync.deployments.subscribe({
        add: (object) => loop.enqueue(objectKey(object)),
        update: (object) => loop.enqueue(objectKey(object)),
      }),
      sync.replicaSets.subscribe({
        add: wake,
        update(replicaSet, previous) {
          wake(replicaSet);
          if (controllerOf(previous)?.uid !== controllerOf(replicaSet)?.uid) wake(previous);
        },
        delete: wake,
      }),
      // A rollout of type Recreate waits for the last old pod to be gone.
      sync.pods.subscribe({
        delete(pod) {
          const reference = controllerOf(pod);
          const replicaSet =
            reference?.kind === "ReplicaSet" ? sync.replicaSets.get(keyOf(pod.metadata.namespace, reference.name)) : undefined;
          if (replicaSet !== undefined) sync.recreatesOf(replicaSet).forEach((key) => loop.enqueue(key));
        },
      }),
    ],
  });
}

class DeploymentSync {
  readonly deployments: Informer<Deployment>;
  readonly replicaSets: Informer<ReplicaSet>;
  readonly pods: Informer<Pod>;
  readonly #context: ControllerContext;
  readonly #events: EventSink;

  constructor(context: ControllerContext) {
    this.#context = context;
    this.deployments = context.informers.of(resources.deployments);
    this.replicaSets = context.informers.of(resources.replicaSets);
    this.pods = context.informers.of(resources.pods);
    this.#events = context.events("deployment-controller");
  }

  /** Keys of the deployment that controls the replica set, or of those that may adopt it. */
  deploymentsOf(replicaSet: ReplicaSet): string[] {
    const { namespace, labels } = replicaSet.metadata;
    const reference = controllerOf(replicaSet);
    if (reference !== undefined) return reference.kind === "Deployment" ? [keyOf(namespace, reference.name)] : [];
    const candidates = this.deployments.byIndex("namespace", namespace ?? "");
    return candidates.filter((deployment) => matchesLabelSelector(deployment.spec.selector, labels)).map(objectKey);
  }

  recreatesOf(replicaSet: ReplicaSet): string[] {
    return this.deploymentsOf(replicaSet).filter((key) => this.deployments.get(key)?.spec.strategy?.type === "Recreate");
  }

  async reconcile(key: string): Promise<Requeue | void> {
    const present = this.deployments.get(key);
    if (present === undefined) return;
    const deployment = asOwner(present, "apps/v1", "Deployment");
    const replicaSets = await this.#claim(deployment);
    const podsOf = (replicaSet: ReplicaSet): readonly Pod[] => this.pods.byIndex("owner", replicaSet.metadata.uid ?? "");
    const plan = planDeployment({ deployment, replicaSets, podsOf });
    const { newest, outcome } = await this.#execute(deployment, plan);
    const revised = await this.#syncRevision(deployment, newest);
    const nowMs = this.#context.clock.now();
    const status = deploymentStatus({ deployment: revised, newest, old: plan.old, outcome, nowMs, now: this.#context.now() });
    await writeStatus(this.#context.client, resources.deployments, revised, status);
    if (outcome?.kind === "failed") throw new Error(outcome.message);
    const deadlineMs = progressDeadline(revised, status);
    return deadlineMs === undefined ? undefined : { requeueAfterMs: Math.max(deadlineMs - nowMs, 0) };
  }

  #claim(owner: Deployment & PodOwner): Promise<ReplicaSet[]> {
    return claim({
      client: this.#context.client,
      type: resources.replicaSets,
      owner,
      ownerType: resources.deployments,
      selector: owner.spec.selector,
      owned: this.replicaSets.byIndex("owner", owner.metadata.uid ?? ""),
      orphans: this.replicaSets.byIndex("orphan", owner.metadata.namespace ?? ""),
    });
  }

  async #execute(
    deployment: Deployment,
    plan: DeploymentPlan,
  ): Promise<{ newest: ReplicaSet | undefined; outcome?: NewReplicaSetOutcome }> {
    if (plan.create !== undefined) return this.#create(deployment, plan.create);
    let { newest } = plan;
    for (const resize of withAnnotations(plan)) {
      const written = await this.#resize(deployment, resize, resize.replicaSet === plan.newest ? plan.annotate : undefined);
      if (resize.replicaSet === plan.newest) newest = written;
    }
    for (const replicaSet of plan.remove) await found(this.#context.client.delete(resources.replicaSets, nameOf(replicaSet)));
    return newest === undefined ? { newest } : { newest, outcome: { kind: "found", name: newest.metadata.name } };
  }

  async #create(
    deployment: Deployment,
    replicaSet: ReplicaSet,
  ): Promise<{ newest: ReplicaSet | undefined; outcome?: NewReplicaSetOutcome }> {
    const { client } = this.#context;
    const { name } = replicaSet.metadata;
    try {
      const newest = await client.create(resources.replicaSets, replicaSet);
      if (replicasOf(newest) > 0) this.#tellScaled(deployment, newest, 0);
      return { newest, outcome: { kind: "created", name } };
    } catch (error) {
      if (isNamespaceTerminating(error)) return { newest: undefined };
      if (isStatus(error, "AlreadyExists")) return { newest: await this.#taken(deployment, replicaSet) };
      const message = messageOf(error);
      this.#events.warning(deployment, "ReplicaSetCreateError", `Failed to create new replica set "${name}": ${message}`);
      return { newest: undefined, outcome: { kind: "failed", message } };
    }
  }

  /** The name was taken: by our own write that the informer has not shown, or by another template of the same hash. */
  async #taken(deployment: Deployment, replicaSet: ReplicaSet): Promise<ReplicaSet> {
    const { client } = this.#context;
    const existing = await client.get(resources.replicaSets, nameOf(replicaSet));
    if (isControlledBy(existing, deployment) && newReplicaSetOf(deployment, [existing]) !== undefined) return existing;
    const collisionCount = (deployment.status?.collisionCount ?? 0) + 1;
    await client.update(
      resources.deployments,
      { ...deployment, status: { ...deployment.status, collisionCount } },
      { subresource: "status" },
    );
    throw new Error(`replica set "${existing.metadata.name}" is taken by another template; the next hash differs`);
  }

  async #resize(
    deployment: Deployment,
    { replicaSet, replicas }: Resize,
    annotate: Record<string, string> | undefined,
  ): Promise<ReplicaSet> {
    const { minReadySeconds } = deployment.spec;
    const annotations = { ...replicaSet.metadata.annotations, ...annotate, ...replicasAnnotations(deployment) };
    const isNewest = annotate !== undefined && minReadySeconds !== undefined;
    const spec = { ...replicaSet.spec, replicas, ...(isNewest && { minReadySeconds }) };
    if (equalJson(spec, replicaSet.spec) && equalJson(annotations, replicaSet.metadata.annotations)) return replicaSet;
    const next = { ...replicaSet, metadata: { ...replicaSet.metadata, annotations }, spec };
    const written = await this.#context.client.update(resources.replicaSets, next);
    if (replicas !== replicasOf(replicaSet)) this.#tellScaled(deployment, written, replicasOf(replicaSet));
    return written;
  }

  /**
   * Source: kubernetes pkg/controller/deployment/sync.go. Unverified: the releases (1.26, 1.31) in which the text began to
   * tell the former size, and put it first.
   */
  #tellScaled(deployment: Deployment, replicaSet: ReplicaSet, from: number): void {
    const minor = this.#context.minor();
    const to = replicasOf(replicaSet);
    const sizes = minor >= 31 ? `from ${from} to ${to}` : minor >= 26 && from > 0 ? `to ${to} from ${from}` : `to ${to}`;
    const direction = to > from ? "up" : "down";
    this.#events.normal(deployment, "ScalingReplicaSet", `Scaled ${direction} replica set ${replicaSet.metadata.name} ${sizes}`);
  }

  /** The deployment tells the revision of its newest replica set. */
  async #syncRevision(deployment: Deployment, newest: ReplicaSet | undefined): Promise<Deployment> {
    const revision = newest?.metadata.annotations?.[REVISION];
    if (revision === undefined || deployment.metadata.annotations?.[REVISION] === revision) return deployment;
    if (deployment.metadata.deletionTimestamp !== undefined) return deployment;
    const { resourceVersion } = deployment.metadata;
    const body = { metadata: { resourceVersion, annotations: { [REVISION]: revision } } };
    return this.#context.client.patch(resources.deployments, nameOf(deployment), { type: "merge", body });
  }
}

/** What is resized, and the newest replica set even when only its annotations change. */
function withAnnotations({ newest, annotate, resize }: DeploymentPlan): readonly Resize[] {
  if (newest === undefined || annotate === undefined || resize.some(({ replicaSet }) => replicaSet === newest)) return resize;
  return [{ replicaSet: newest, replicas: replicasOf(newest) }, ...resize];
}
