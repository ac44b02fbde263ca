import type { NodeBootstrap } from "#api/kubelet";
import type { Node, Pod } from "#api/kubernetes/core";
import type { KubeObject, ResourceType, WatchEvent } from "#api/kubernetes/meta";
import { resources } from "#api/kubernetes/resources";
import { StatusError, type StatusReason } from "#api/kubernetes/status";
import type { Rehearsal } from "#api/kubernetes/rehearsal";
import type { KubeTransport } from "#api/kubernetes/transport";
import type { Instance, MachineHost } from "#compute";
import type { KubeClient, Name } from "#kube/client";
import { createRehearsal } from "#kube/scheduler";
import type { ControlPlanes, ControlPlaneSpec } from "../control-planes.ts";

/** A cluster's objects in memory, without admission, defaults or history: what the service's own tests need of an API. */
export class FakeKubernetes implements KubeClient {
  /** Names of pods whose eviction a budget forbids. */
  readonly protectedPods = new Set<string>();
  readonly tellsAtOnce = true;
  readonly #objects = new Map<string, KubeObject>();
  readonly #watchers = new Set<{ readonly resource: string; event(event: WatchEvent): void }>();
  #revision = 0;

  all<T extends KubeObject>(type: ResourceType<T>): readonly T[] {
    return [...this.#objects].filter(([key]) => key.startsWith(`${type.resource}/`)).map(([, object]) => object as T);
  }

  async get<T extends KubeObject>(type: ResourceType<T>, name: Name): Promise<T> {
    return this.#require(keyOf(type, name)) as T;
  }

  async list<T extends KubeObject>(type: ResourceType<T>): Promise<{ items: readonly T[]; resourceVersion: string }> {
    return { items: this.all(type), resourceVersion: String(this.#revision) };
  }

  async create<T extends KubeObject>(type: ResourceType<T>, object: T): Promise<T> {
    const key = keyOf(type, object.metadata);
    if (this.#objects.has(key)) throw refusal("AlreadyExists", 409);
    return this.#put(type, object, "ADDED");
  }

  async update<T extends KubeObject>(type: ResourceType<T>, object: T): Promise<T> {
    this.#require(keyOf(type, object.metadata));
    return this.#put(type, object, "MODIFIED");
  }

  async patch<T extends KubeObject>(type: ResourceType<T>, name: Name, patch: { readonly body: unknown }): Promise<T> {
    const present = this.#require(keyOf(type, name));
    const pinned = (patch.body as KubeObject).metadata?.resourceVersion;
    if (pinned !== undefined && pinned !== present.metadata.resourceVersion) throw refusal("Conflict", 409);
    return this.#put(type, mergePatch(present, patch.body) as T, "MODIFIED");
  }

  async delete(type: ResourceType, name: Name): Promise<void> {
    const key = keyOf(type, name);
    const object = this.#require(key);
    this.#objects.delete(key);
    this.#tell(type, "DELETED", { ...object, metadata: { ...object.metadata, resourceVersion: String(++this.#revision) } });
  }

  async bind(pod: Name, nodeName: string): Promise<void> {
    await this.patch<Pod>(resources.pods, pod, { body: { spec: { nodeName } } });
  }

  async evict(pod: Name): Promise<void> {
    if (this.protectedPods.has(pod.name)) throw refusal("TooManyRequests", 429);
    await this.delete(resources.pods, pod);
  }

  watch<T extends KubeObject>(type: ResourceType<T>, _options: unknown, handlers: { event(event: WatchEvent<T>): void }): { stop(): void } {
    const watcher = { resource: type.resource, event: (event: WatchEvent) => handlers.event(event as WatchEvent<T>) };
    this.#watchers.add(watcher);
    return { stop: () => void this.#watchers.delete(watcher) };
  }

  #require(key: string): KubeObject {
    const object = this.#objects.get(key);
    if (object === undefined) throw refusal("NotFound", 404);
    return object;
  }

  #put<T extends KubeObject>(type: ResourceType<T>, object: T, change: "ADDED" | "MODIFIED"): T {
    const stored = { ...object, metadata: { ...object.metadata, resourceVersion: String(++this.#revision) } };
    this.#objects.set(keyOf(type, object.metadata), stored);
    this.#tell(type, change, stored);
    return stored;
  }

  #tell(type: ResourceType, change: WatchEvent["type"], object: KubeObject): void {
    for (const watcher of this.#watchers) if (watcher.resource === type.resource) watcher.event({ type: change, object });
  }
}

/** Control planes whose clusters outlive a restart of the service, and the machines that join them as Ready nodes. */
export class FakeControlPlanes implements ControlPlanes {
  readonly clusters = new Map<string, FakeKubernetes>();
  readonly specs = new Map<string, ControlPlaneSpec>();
  /** How often the certificates of each have been replaced. */
  readonly rotations = new Map<string, number>();
  /** How often the keys of each that sign tokens have been replaced. */
  readonly keyRotations = new Map<string, number>();
  /** Those that do not run though their objects are kept. */
  readonly halted = new Set<string>();
  /** Machines with these names never become Ready. */
  readonly sickNodes = new Set<string>();

  readonly machines: MachineHost = {
    started: (instance: Instance) => void this.#join(instance.userData as NodeBootstrap),
    stopped: () => undefined,
  };

  async ensure(spec: ControlPlaneSpec): Promise<void> {
    this.specs.set(spec.id, spec);
    this.halted.delete(spec.id);
    if (!this.clusters.has(spec.id)) this.clusters.set(spec.id, new FakeKubernetes());
  }

  async halt(id: string): Promise<void> {
    this.halted.add(id);
  }

  async rotate(id: string, rotation: number): Promise<void> {
    if (!this.halted.has(id)) throw new Error(`control plane ${id} runs while its certificates are replaced`);
    this.rotations.set(id, rotation);
  }

  async rotateSigningKeys(id: string, rotation: number): Promise<void> {
    this.keyRotations.set(id, rotation);
  }

  async remove(id: string): Promise<void> {
    this.specs.delete(id);
    this.clusters.delete(id);
  }

  client(id: string): FakeKubernetes {
    const cluster = this.clusters.get(id);
    if (cluster === undefined || this.halted.has(id)) throw new Error(`control plane ${id} does not run`);
    return cluster;
  }

  /** Serves nothing but the version. */
  transport(id: string): KubeTransport {
    const spec = this.specs.get(id);
    return {
      call: async ({ path }) => {
        if (path === "/version" && spec !== undefined) return { gitVersion: `v${spec.version}` };
        throw refusal("NotFound", 404);
      },
      watch: () => ({ stop: () => undefined }),
    };
  }

  rehearse(id: string): Rehearsal {
    return createRehearsal({ version: this.specs.get(id)?.version ?? "" });
  }

  async kubeconfig(_id: string, names: { readonly cluster: string; readonly user: string; readonly context: string }): Promise<string> {
    return JSON.stringify(names);
  }

  /** A kubelet that registers once, or reports its new version on the node that is there. */
  async #join(bootstrap: NodeBootstrap): Promise<void> {
    const client = this.clusters.get(bootstrap.clusterId);
    if (client === undefined) return;
    const ready = this.sickNodes.has(bootstrap.nodeName) ? "False" : "True";
    const status: Node["status"] = {
      conditions: [{ type: "Ready", status: ready }],
      nodeInfo: { kubeletVersion: bootstrap.kubeletVersion },
    };
    const node: Node = {
      metadata: { name: bootstrap.nodeName, labels: { ...bootstrap.labels } },
      spec: { providerID: bootstrap.providerId, taints: [...bootstrap.taints] },
      status,
    };
    const present = client.all(resources.nodes).some(({ metadata }) => metadata.name === bootstrap.nodeName);
    if (present) await client.patch<Node>(resources.nodes, { name: bootstrap.nodeName }, { body: { status } });
    else await client.create(resources.nodes, node);
  }
}

function keyOf(type: ResourceType, { name, namespace }: Name): string {
  return type.namespaced ? `${type.resource}/${namespace ?? "default"}/${name}` : `${type.resource}/${name}`;
}

function refusal(reason: StatusReason, code: number): StatusError {
  return new StatusError({ kind: "Status", apiVersion: "v1", metadata: {}, status: "Failure", reason, code });
}

/** RFC 7386. */
function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const merged: Record<string, unknown> = isObject(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key];
    else if (value !== undefined) merged[key] = mergePatch(merged[key], value);
  }
  return merged;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
