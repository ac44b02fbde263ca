import type { Pod } from "#api/kubernetes/core";
import type { PodDisruptionBudget } from "#api/kubernetes/workloads";
import type { KubeObject, ResourceType } from "#api/kubernetes/meta";
import { claimNamesOf, controllerOf } from "#kube/apimachinery";
import { accountOf } from "./service-account-token/plan.ts";
import type { Informer } from "#kube/client";
import { labelValue, selectorValue } from "./selected-pods.ts";

/** Values under which an object is found. */
export type Index = (object: KubeObject) => readonly string[];

/** Makes an informer with its indexes. */
export type MakeInformer = <T extends KubeObject>(type: ResourceType<T>, indexes: Readonly<Record<string, Index>>) => Informer<T>;

const one = (value: string | undefined): readonly string[] => (value === undefined || value === "" ? [] : [value]);

const namespace: Index = (object) => one(object.metadata.namespace);
/** By the uid of the controller. */
const owner: Index = (object) => one(controllerOf(object)?.uid);
/** By namespace, those that have no controller. */
const orphan: Index = (object) => (controllerOf(object) === undefined ? one(object.metadata.namespace) : []);
/** By the node a pod is bound to. */
const node: Index = (object) => one((object as Pod).spec.nodeName);
/** By namespace and label, each. */
const label: Index = ({ metadata }) =>
  Object.entries(metadata.labels ?? {}).map(([key, value]) => labelValue(metadata.namespace ?? "", key, value));
/** By the claims that a pod mounts, `namespace/name`. */
const claim: Index = (object) => claimNamesOf(object as Pod).map((name) => `${object.metadata.namespace ?? ""}/${name}`);
/** By the service that a slice belongs to, `namespace/name`. */
const service: Index = ({ metadata }) => {
  const name = metadata.labels?.["kubernetes.io/service-name"];
  return name === undefined ? [] : [`${metadata.namespace ?? ""}/${name}`];
};

/** By one of the labels that a budget asks of its pods. */
const selects: Index = (object) => [selectorValue(object.metadata.namespace ?? "", (object as PodDisruptionBudget).spec.selector)];
/** By the service account whose token a secret holds, `namespace/name`. */
const account: Index = (object) => one(accountOf(object));

/** Indexes by kind; every kind's informer is shared, so they are declared in one place. */
const INDEXES: Readonly<Record<string, Readonly<Record<string, Index>>>> = {
  "/pods": { namespace, label, owner, orphan, node, claim },
  "apps/replicasets": { namespace, owner, orphan },
  "/replicationcontrollers": { namespace },
  "apps/deployments": { namespace },
  "apps/daemonsets": { namespace },
  "apps/statefulsets": { namespace },
  "apps/controllerrevisions": { owner, orphan },
  "batch/jobs": { namespace, owner },
  "policy/poddisruptionbudgets": { selects },
  "/services": { namespace },
  "/resourcequotas": { namespace },
  "/secrets": { account },
  "discovery.k8s.io/endpointslices": { service },
};

/** One informer per kind, made when first asked for and shared by all controllers. */
export class SharedInformers {
  readonly #make: MakeInformer;
  readonly #informers = new Map<string, Informer<KubeObject>>();

  constructor(make: MakeInformer) {
    this.#make = make;
  }

  /** The kind's informer; ask before {@link start}, or start it yourself. */
  of<T extends KubeObject>(type: ResourceType<T>): Informer<T> {
    const key = `${type.group}/${type.resource}`;
    const present = this.#informers.get(key);
    if (present !== undefined) return present as Informer<T>;
    const informer = this.#make(type, INDEXES[key] ?? {});
    this.#informers.set(key, informer);
    return informer;
  }

  /** Resolves when every informer has its first list. */
  async start(): Promise<void> {
    await Promise.all([...this.#informers.values()].map((informer) => informer.start()));
  }

  /** Forgets a kind that is not served any more. */
  drop({ group, resource }: ResourceType): void {
    const key = `${group}/${resource}`;
    this.#informers.get(key)?.stop();
    this.#informers.delete(key);
  }

  stop(): void {
    for (const informer of this.#informers.values()) informer.stop();
  }
}
