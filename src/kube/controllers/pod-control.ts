import type { Pod, PodSpec } from "#api/kubernetes/core";
import type { KubeObject } from "#api/kubernetes/meta";
import { resources } from "#api/kubernetes/resources";
import type { PodTemplate } from "#api/kubernetes/workloads";
import { controllerReference, type Owner } from "#kube/apimachinery";
import { type KubeClient, objectKey } from "#kube/client";
import type { EventSink } from "./context.ts";
import type { Expectations } from "./expectations.ts";
import { slowStart } from "./slow-start.ts";
import { found, isNamespaceTerminating, messageOf, nameOf } from "./writes.ts";

/** The object that controls pods: with the `apiVersion` and `kind` that its pods refer to. */
export type PodOwner = KubeObject & Owner;

/** `object` with the place of its kind in the API, which objects of a list or watch may not carry. */
export function asOwner<T extends KubeObject>(object: T, apiVersion: string, kind: string): T & PodOwner {
  return { ...object, apiVersion, kind };
}

/**
 * The pod that a template stands for, named by the server after its owner.
 * Source: kubernetes pkg/controller/controller_utils.go, GetPodFromTemplate.
 */
export function podFromTemplate(
  owner: PodOwner,
  template: PodTemplate,
  more: { labels?: Record<string, string>; spec?: PodSpec } = {},
): Pod {
  const { labels, annotations, finalizers } = template.metadata ?? {};
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name: "",
      generateName: `${owner.metadata.name}-`,
      ...(owner.metadata.namespace !== undefined && { namespace: owner.metadata.namespace }),
      labels: { ...labels, ...more.labels },
      ...(annotations && { annotations: { ...annotations } }),
      ...(finalizers && { finalizers: [...finalizers] }),
      ownerReferences: [controllerReference(owner)],
    },
    spec: more.spec ?? template.spec,
  };
}

/** Creates and deletes pods in their owner's name and tells of it by the owner's events. */
export interface PodControl {
  /** Resolves to undefined when the namespace is being deleted. Rejects when the API refuses. */
  create(owner: PodOwner, pod: Pod): Promise<Pod | undefined>;
  /** A pod that is gone is fine. Rejects when the API refuses. */
  delete(owner: PodOwner, pod: Pod): Promise<void>;
}

/** Source of the texts: kubernetes pkg/controller/controller_utils.go, RealPodControl. */
export function createPodControl(client: KubeClient, events: EventSink): PodControl {
  return {
    async create(owner, pod) {
      try {
        const created = await client.create(resources.pods, pod);
        events.normal(owner, "SuccessfulCreate", `Created pod: ${created.metadata.name}`);
        return created;
      } catch (error) {
        if (isNamespaceTerminating(error)) return undefined;
        events.warning(owner, "FailedCreate", `Error creating: ${messageOf(error)}`);
        throw error;
      }
    },
    async delete(owner, pod) {
      const { uid } = pod.metadata;
      try {
        const call = client.delete(resources.pods, nameOf(pod), uid === undefined ? {} : { preconditions: { uid } });
        if (await found(call)) events.normal(owner, "SuccessfulDelete", `Deleted pod: ${pod.metadata.name}`);
      } catch (error) {
        events.warning(owner, "FailedDelete", `Error deleting: ${messageOf(error)}`);
        throw error;
      }
    },
  };
}

/** Creates and deletes many pods and keeps the owner's expectations. */
export class PodBatches {
  readonly #control: PodControl;
  readonly #expectations: Expectations;

  constructor(control: PodControl, expectations: Expectations) {
    this.#control = control;
    this.#expectations = expectations;
  }

  /** Starts slowly; resolves to the first error, if there was one. */
  async create(key: string, owner: PodOwner, pods: readonly Pod[]): Promise<unknown> {
    this.#expectations.expectCreations(key, pods.length);
    let created = 0;
    const { error } = await slowStart(pods.length, async (index) => {
      const pod = pods[index];
      if (pod !== undefined && (await this.#control.create(owner, pod)) !== undefined) created++;
    });
    for (let missing = pods.length - created; missing > 0; missing--) this.#expectations.creationObserved(key);
    return error;
  }

  /** Deletes all at once; resolves to the first error, if there was one. */
  async delete(key: string, owner: PodOwner, pods: readonly Pod[]): Promise<unknown> {
    this.#expectations.expectDeletions(key, pods.map(objectKey));
    let firstError: unknown;
    const remove = async (pod: Pod): Promise<void> => {
      try {
        await this.#control.delete(owner, pod);
      } catch (error) {
        firstError ??= error;
        this.#expectations.deletionObserved(key, objectKey(pod));
      }
    };
    await Promise.all(pods.map(remove));
    return firstError;
  }
}
