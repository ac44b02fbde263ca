import type { NodeBootstrap } from "#api/kubelet";
import { type Node } from "#api/kubernetes/core";
import { resources } from "#api/kubernetes/resources";
import { isStatus } from "#api/kubernetes/status";
import { AllocationError } from "#compute";
import type { ClusterView } from "../cluster-view.ts";
import type { Failure } from "../documents.ts";
import { REVISIT_MS } from "../durations.ts";
import { each } from "../each.ts";
import { bootstrapOf } from "./bootstrap.ts";
import { conformancePatch } from "./conformance.ts";
import {
  beginWork,
  cancelWork,
  failWork,
  finishWork,
  forgetPool,
  giveUp,
  limitSurge,
  noteBlocked,
  noteDrains,
  noteRetired,
} from "./ending.ts";
import { type NodeEvent, nodeEvents, postEvents } from "./events.ts";
import type { Site } from "./site.ts";
import { scaleSetKey, scaleSetSpec } from "./scale-set.ts";
import type { Step } from "./step.ts";
import { surgeAfterRefusal, upgradeBatch } from "./upgrade/batch.ts";
import { blueGreenSettings } from "./upgrade/blue-green/settings.ts";
import { evict, ignoringAbsence } from "./upgrade/eviction.ts";
import { cordonPatch, uncordonPatch } from "./upgrade/marks.ts";
import { quarantinePatch } from "./upgrade/quarantine.ts";

/**
 * Carries out one step. Each can be repeated after a crash at any point: it asks for a state, and the next plan is made
 * from what is found then.
 * @returns how long until a look is worth while though nothing has changed; undefined when the work is over.
 */
export async function execute(site: Site, step: Step): Promise<number | undefined> {
  const { context, cluster, pool } = site;
  const key = scaleSetKey(cluster, pool);
  switch (step.kind) {
    case "wait":
      return step.untilMs === undefined ? REVISIT_MS * 60 : Math.max(step.untilMs - context.clock.now(), 0);
    case "begin":
      // Before the machines of this work: they boot from the image and show the tags that the pool has now.
      await context.compute.updateScaleSet(key, scaleSetSpec(cluster, pool, context.networks));
      return revisit(beginWork(site));
    case "ensureScaleSet":
      return revisit(context.compute.ensureScaleSet(scaleSetSpec(cluster, pool, context.networks)));
    case "createInstances":
      return createInstances(site, step);
    case "deleteInstances":
      return revisit(context.compute.deleteInstances(key, step.ids));
    case "deallocateInstances":
      return revisit(context.compute.deallocateInstances(key, step.ids));
    case "startInstances":
      return startInstances(site, step);
    case "deleteScaleSet":
      return revisit(context.compute.deleteScaleSet(key));
    case "reimage":
      return reimage(site, step.ids);
    case "startDrain":
      postEvents(viewOf(site), step.nodes.map(nodeEvents.draining));
      return revisit(noteDrains(site, step.nodes, { sinceMs: context.clock.now() }));
    case "retire":
      return revisit(noteRetired(site, step.nodes));
    case "drained":
      postEvents(viewOf(site), soaking(site, step));
      return revisit(noteDrains(site, step.nodes, { emptyMs: context.clock.now() }));
    case "upgraded":
      postEvents(viewOf(site), step.nodes.map(nodeEvents.upgraded));
      return revisit(noteDrains(site, step.nodes, { upgradedMs: context.clock.now() }));
    case "quarantine":
      return revisit(quarantine(site, step.nodes));
    case "giveUp":
      return revisit(giveUp(site, step.failure, step.state));
    case "cordon":
      return revisit(cordon(site, step.nodes));
    case "uncordon":
      return revisit(uncordon(site, step.nodes));
    case "evict":
      return evict(site, viewOf(site), step.nodes);
    case "conform":
      return revisit(conform(site, step.nodes));
    case "deleteNodes":
      return revisit(deleteNodes(viewOf(site), step.nodes));
    case "forget":
      return over(forgetPool(site));
    case "finish":
      return over(finishWork(site));
    case "cancel":
      if (site.view !== undefined) await uncordon(site, step.uncordon);
      return over(cancelWork(site));
    // What is left is `fail`.
    default:
      if (site.view !== undefined) await uncordon(site, step.uncordon);
      return over(failWork(site, step.failure, step.state));
  }
}

/** What the step changes tells the work to go on; this is for the case that nothing does. */
async function revisit(done: Promise<unknown>): Promise<number> {
  await done;
  return REVISIT_MS;
}

/** Unverified: that a blue-green upgrade tells of its soaking as a rolling one does. */
function soaking({ pool: { properties } }: Site, { nodes, soak }: Extract<Step, { kind: "drained" }>): readonly NodeEvent[] {
  const { batchSoakDurationInMinutes: batch, finalSoakDurationInMinutes: final } = blueGreenSettings(properties);
  const minutes = { batch, final, none: 0, each: properties.upgradeSettings?.nodeSoakDurationInMinutes ?? 0 }[soak ?? "each"];
  return minutes === 0 ? [] : nodes.map((node) => nodeEvents.soaking(node, `${minutes}m0s`));
}

/** The work has ended. */
async function over(done: Promise<unknown>): Promise<undefined> {
  await done;
}

/** Plans that name nodes come from a view: without one there are no nodes to name. */
function viewOf({ view, cluster }: Site): ClusterView {
  if (view === undefined) throw new Error(`cluster ${cluster.uid} has no running control plane`);
  return view;
}

async function createInstances(site: Site, step: Extract<Step, { kind: "createInstances" }>): Promise<number | undefined> {
  const { context, cluster, pool } = site;
  const { count, surge, instead, size } = step;
  const allocate = async (): Promise<void> => {
    const userData = (machine: Parameters<typeof bootstrapOf>[2]): NodeBootstrap => ({
      ...bootstrapOf(cluster, pool, machine, context.networks),
      ...(surge && { surge: true as const }),
    });
    const made = await context.compute.createInstances(scaleSetKey(cluster, pool), count, userData, size);
    // Unverified: that the new nodes of a blue-green upgrade are told of as surge nodes are.
    const surges = surge || instead !== undefined ? made.map(({ computerName }) => nodeEvents.surge(computerName, pool.name)) : [];
    postEvents(viewOf(site), surges);
  };
  if (surge) return allocating(site, allocate, (failure) => withoutSurge(site, failure));
  if (instead === undefined) return allocating(site, allocate);
  return allocating(site, allocate, async (failure) => {
    await uncordon(site, instead);
    return over(failWork(site, failure));
  });
}

/** Starts machines that are kept. Noted first: their nodes are cordoned since they were emptied, and are to take pods again. */
async function startInstances(site: Site, { ids, nodes }: Extract<Step, { kind: "startInstances" }>): Promise<number | undefined> {
  const { context, cluster, pool, work } = site;
  if (nodes.some((node) => work.drains[node] === undefined)) return revisit(noteDrains(site, nodes, { sinceMs: context.clock.now() }));
  return allocating(site, () =>
    context.compute.startInstances(scaleSetKey(cluster, pool), ids, (machine) => bootstrapOf(cluster, pool, machine, context.networks)),
  );
}

/** Does what needs machines that cannot always be had: then the work fails for that reason, unless something else is to be done. */
async function allocating(
  site: Site,
  allocate: () => Promise<void>,
  refused = (failure: Failure): Promise<number | undefined> => over(failWork(site, failure)),
): Promise<number | undefined> {
  try {
    await allocate();
    return REVISIT_MS;
  } catch (error) {
    if (!(error instanceof AllocationError)) throw error;
    return refused({ code: error.code, message: error.message });
  }
}

/** Extra nodes were refused: the upgrade goes on with fewer, or ends. */
async function withoutSurge(site: Site, failure: Failure): Promise<number> {
  const { cluster, pool, work, context } = site;
  const { surge } = upgradeBatch(pool.properties, cluster.generation, work.surgeLimit);
  const limit = surgeAfterRefusal(pool.properties, cluster.generation, surge);
  if (limit === undefined) return revisit(giveUp(site, failure, "Failed"));
  context.log.info("fewer surge nodes", { agentPool: site.document.id, code: failure.code, surge: limit });
  return revisit(limitSurge(site, limit));
}

/** Marked first: a node that is marked and not yet noted is still to be emptied, and is marked again. */
async function quarantine(site: Site, nodes: readonly string[]): Promise<void> {
  const view = viewOf(site);
  await each(nodes, (name) =>
    ignoringAbsence(view.client.patch<Node>(resources.nodes, { name }, { type: "merge", body: quarantinePatch })),
  );
  await noteBlocked(site, nodes);
}

/** Boots the machines anew, then removes their nodes, so that fresh ones register with the pool's labels and taints. */
async function reimage(site: Site, ids: readonly number[]): Promise<number> {
  const { context, cluster, pool } = site;
  const key = scaleSetKey(cluster, pool);
  const view = viewOf(site);
  await each(ids, async (id) => {
    const instance = context.compute.instance(key, id);
    if (instance === undefined) return;
    const node = instance.computerName;
    postEvents(view, [nodeEvents.deleting(node)]);
    await deleteNodes(view, [node]);
    await context.compute.reimageInstance(key, id, bootstrapOf(cluster, pool, instance, context.networks));
    postEvents(view, [nodeEvents.reimaged(node)]);
  });
  return REVISIT_MS;
}

async function cordon(site: Site, nodes: readonly string[]): Promise<void> {
  const { client, catchUp } = viewOf(site);
  const body = cordonPatch(site.work.kind === "Upgrading" || site.work.kind === "UpgradingNodeImageVersion");
  await each(nodes, (name) => ignoringAbsence(client.patch<Node>(resources.nodes, { name }, { type: "merge", body })));
  await catchUp(nodes);
}

async function uncordon(site: Site, nodes: readonly string[]): Promise<void> {
  const view = viewOf(site);
  const known = new Map(view.nodesOf(site.pool.name).map((node) => [node.metadata.name, node]));
  await each(nodes, (name) => {
    const body = uncordonPatch(known.get(name));
    return ignoringAbsence(view.client.patch<Node>(resources.nodes, { name }, { type: "merge", body }));
  });
}

async function deleteNodes(view: ClusterView, nodes: readonly string[]): Promise<void> {
  await each(nodes, (name) => ignoringAbsence(view.client.delete(resources.nodes, { name })));
}

async function conform({ view, pool }: Site, names: readonly string[]): Promise<void> {
  const nodes = (view?.nodesOf(pool.name) ?? []).filter((node) => names.includes(node.metadata.name));
  await each(nodes, async (node) => {
    const body = conformancePatch(node, pool);
    await ignoringAbsence(view?.client.patch<Node>(resources.nodes, { name: node.metadata.name }, { type: "merge", body })).catch(
      (error: unknown) => {
        // Somebody changed the node in between; the change wakes the work, which looks again.
        if (!isStatus(error, "Conflict")) throw error;
      },
    );
  });
}
