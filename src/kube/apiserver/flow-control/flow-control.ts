import type { FlowSchema } from "#api/kubernetes/flowcontrol";
import { isStatus } from "#api/kubernetes/status";
import { formatTime } from "#kube/apimachinery";
import { createReconciler, type Timer } from "#lib";
import type { Core } from "../core.ts";
import type { User } from "../request.ts";
import type { RequestInfo } from "../request-info.ts";
import { byPrecedence } from "../registry/flowcontrol/flow-schemas.ts";
import { applyObject } from "../verbs/apply.ts";
import { matchesSchema } from "./classify.ts";
import { ensureDefaults, type FlowControlResources } from "./ensure.ts";

/** The schema and the priority level of a request, by their uids. */
export interface Flow {
  readonly schema: string;
  readonly level: string;
}

/**
 * Priority and fairness without queues: its objects are kept, and requests are told what they would be queued by.
 * Differs from AKS: no request waits for its turn or is refused by its priority level.
 */
export interface FlowControl {
  /** Makes the objects of the release, then follows what becomes of them. */
  start(): Promise<void>;
  /** Does so for the release that the cluster is of from now on. */
  releaseChanged(): void;
  /** Undefined for requests that no level is asked about, and where there is no flow control. */
  flowOf(user: User, info: RequestInfo, path: string): Flow | undefined;
  stop(): Promise<void>;
}

/** Time until what was changed or deleted is as it should be again. Source: pkg/registry/flowcontrol/rest/storage_flowcontrol.go. */
const ENSURE_MS = 60_000;
/** Subresources of requests that go on and are no watches. Source: pkg/controlplane/apiserver/config.go, BasicLongRunningRequestCheck. */
const LONG_RUNNING: ReadonlySet<string> = new Set(["attach", "exec", "proxy", "log", "portforward"]);

export function createFlowControl(core: Core): FlowControl {
  return new FollowedFlowControl(core);
}

class FollowedFlowControl implements FlowControl {
  readonly #core: Core;
  readonly #loop;
  #usable: readonly { readonly schema: FlowSchema; readonly flow: Flow }[] | undefined;
  #timer: Timer | undefined;
  #stopWatching = (): void => undefined;
  #isFollowing = false;

  constructor(core: Core) {
    this.#core = core;
    const { clock, log } = core;
    // One key for what has to be there, and the schemas by their names.
    this.#loop = createReconciler({ name: "flow schemas", clock, log, concurrency: 1, reconcile: (key) => this.#reconcile(key) });
  }

  async start(): Promise<void> {
    const resources = this.#resources();
    if (resources === undefined) return;
    await ensureDefaults(this.#core, resources);
    this.#follow();
    await Promise.all([...resources.schemas.cache.values()].map(({ object }) => this.#writeCondition(object.metadata.name)));
  }

  releaseChanged(): void {
    this.#usable = undefined;
    this.#follow();
    this.#loop.enqueue(DEFAULTS);
  }

  flowOf(user: User, info: RequestInfo, path: string): Flow | undefined {
    if (info.isResource && info.verb !== "watch" && LONG_RUNNING.has(info.subresource)) return undefined;
    this.#usable ??= this.#read();
    return this.#usable.find(({ schema }) => matchesSchema({ user, info, path }, schema))?.flow;
  }

  async stop(): Promise<void> {
    this.#stopWatching();
    this.#timer?.cancel();
    await this.#loop.stop();
  }

  /** As of the release that has them; from then on they are followed. */
  #follow(): void {
    const resources = this.#resources();
    if (this.#isFollowing || resources === undefined) return;
    this.#isFollowing = true;
    const stops = [resources.levels, resources.schemas].map(({ cache }) => cache.watchers.add({}, () => this.#changed()));
    this.#stopWatching = () => stops.forEach((stop) => stop());
  }

  #resources(): FlowControlResources | undefined {
    const { resources } = this.#core;
    const levels = resources.preferred("flowcontrol.apiserver.k8s.io", "prioritylevelconfigurations");
    const schemas = resources.preferred("flowcontrol.apiserver.k8s.io", "flowschemas");
    return levels && schemas && { levels, schemas };
  }

  /** Schemas whose level is there, in the order in which they are asked. */
  #read(): readonly { readonly schema: FlowSchema; readonly flow: Flow }[] {
    const resources = this.#resources();
    if (resources === undefined) return [];
    const schemas = [...resources.schemas.cache.values()].map(({ object }) => object as FlowSchema).sort(byPrecedence);
    return schemas.flatMap((schema) => {
      const level = resources.levels.cache.get(levelOf(schema))?.object.metadata.uid;
      const { uid } = schema.metadata;
      return level === undefined || uid === undefined ? [] : [{ schema, flow: { schema: uid, level } }];
    });
  }

  #changed(): void {
    this.#usable = undefined;
    for (const { object } of this.#resources()?.schemas.cache.values() ?? []) this.#loop.enqueue(object.metadata.name);
    this.#timer ??= this.#core.clock.after(ENSURE_MS, () => {
      this.#timer = undefined;
      this.#loop.enqueue(DEFAULTS);
    });
  }

  async #reconcile(key: string): Promise<void> {
    const resources = this.#resources();
    if (resources === undefined) return;
    if (key === DEFAULTS) await ensureDefaults(this.#core, resources);
    else await this.#writeCondition(key);
  }

  /** Source: apiserver pkg/util/flowcontrol/apf_controller.go, presyncFlowSchemaStatus. */
  async #writeCondition(name: string): Promise<void> {
    const resources = this.#resources();
    const schema = resources?.schemas.cache.get(name)?.object as FlowSchema | undefined;
    if (resources === undefined || schema === undefined) return;
    const level = levelOf(schema);
    const isThere = resources.levels.cache.get(level) !== undefined;
    const told = `This FlowSchema references the PriorityLevelConfiguration object named ${JSON.stringify(level)}`;
    const condition = {
      type: "Dangling",
      status: isThere ? "False" : "True",
      reason: isThere ? "Found" : "NotFound",
      message: isThere ? `${told} and it exists` : `${told} but there is no such object`,
    };
    const before = schema.status?.conditions?.find(({ type }) => type === "Dangling");
    if (before?.status === condition.status && before.reason === condition.reason && before.message === condition.message) return;
    const { apiVersion, version } = resources.schemas;
    const lastTransitionTime = formatTime(this.#core.clock.now());
    const body = { apiVersion, kind: "FlowSchema", metadata: { name }, status: { conditions: [{ ...condition, lastTransitionTime }] } };
    const author = { name: `api-priority-and-fairness-config-consumer-${version}`, isClient: true };
    const at = { resource: resources.schemas, namespace: "", name, subresource: "status", dryRun: false };
    await applyObject(this.#core, { ...at, body, author, force: true, otherTypes: [] }).catch((error: unknown) => {
      if (!isStatus(error, "NotFound")) throw error;
    });
  }
}

/** No schema has this name. */
const DEFAULTS = "*";

function levelOf({ spec }: FlowSchema): string {
  return spec.priorityLevelConfiguration?.name ?? "";
}
