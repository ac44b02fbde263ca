import {
  kindDefinitions,
  type KindDefinition,
  SCHEDULER_CONFIGURATION_NAME,
  type SchedulerConfigurationObject,
  schedulerConfigurations,
} from "#api/kubernetes/scheduler-configuration";
import { findCondition } from "#kube/apimachinery";
import { createInformer, type Informer, type KubeClient } from "#kube/client";
import type { Clock, Logger } from "#lib";

export interface UserObjectOptions {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly log: Logger;
  /** The object came, went or changed. */
  readonly onChange: () => void;
}

const DEFINITION = `${schedulerConfigurations.resource}.${schedulerConfigurations.group}`;

/**
 * Follows AKS's SchedulerConfiguration `upstream`, whose kind a cluster has only while its scheduler is ManagedByCRD:
 *
 * ```
 *   definition Established ──▶ the object is followed ──definition gone──▶ there is none
 * ```
 */
export class UserObject {
  readonly #options: UserObjectOptions;
  readonly #definitions: Informer<KindDefinition>;
  #objects: Informer<SchedulerConfigurationObject> | undefined;
  #starting: Promise<void> | undefined;

  constructor(options: UserObjectOptions) {
    const { client, clock, log } = options;
    this.#options = options;
    this.#definitions = createInformer(client, kindDefinitions, { clock, log, fieldSelector: `metadata.name=${DEFINITION}` });
    const look = (definition: KindDefinition): void => this.#follow(isEstablished(definition));
    this.#definitions.subscribe({ add: look, update: look, delete: () => this.#follow(false) });
  }

  get current(): SchedulerConfigurationObject | undefined {
    return this.#objects?.get(SCHEDULER_CONFIGURATION_NAME);
  }

  /** Resolves when the object is known, if there is one. */
  async start(): Promise<void> {
    await this.#definitions.start();
    await this.#starting;
  }

  stop(): void {
    this.#definitions.stop();
    this.#objects?.stop();
  }

  #follow(isThere: boolean): void {
    if (isThere === (this.#objects !== undefined)) return;
    const { client, clock, log, onChange } = this.#options;
    this.#objects?.stop();
    this.#objects = undefined;
    if (!isThere) return onChange();
    const objects = createInformer(client, schedulerConfigurations, { clock, log });
    objects.subscribe({ add: onChange, update: onChange, delete: onChange });
    this.#objects = objects;
    this.#starting = objects.start();
  }
}

function isEstablished({ metadata, status }: KindDefinition): boolean {
  return metadata.deletionTimestamp === undefined && findCondition(status?.conditions ?? [], "Established")?.status === "True";
}
