import type { ConfigMap } from "#api/kubernetes/core";
import type { KubeObject } from "#api/kubernetes/meta";
import { resources } from "#api/kubernetes/resources";
import {
  type SchedulerConfigurationObject,
  schedulerConfigurations,
  type SchedulerConfigurationStatus,
} from "#api/kubernetes/scheduler-configuration";
import { equalJson } from "#kube/apimachinery";
import { createInformer, createRecorder, type Informer, type KubeClient, type Recorder } from "#kube/client";
import { type Clock, createReconciler, type Logger, type Reconciler } from "#lib";
import { readUserConfiguration } from "../configuration/aks-limits.ts";
import { ConfigurationError } from "../configuration/decode.ts";
import { readConfiguration } from "../configuration/read-configuration.ts";
import { DEFAULT_CONFIGURATION, type SchedulerConfiguration } from "../profiles/active-profiles.ts";
import { CONFIGURATION, CONFIGURATION_KEY, readAccepted, writeAccepted } from "./accepted.ts";
import { UserObject } from "./user-object.ts";

export interface ConfigurationSourcesOptions {
  /** May read and write in kube-system, and AKS's own kinds. */
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly log: Logger;
  /** The cluster's version. */
  readonly version: () => string;
  /** Takes over a configuration. */
  readonly configure: (configuration: SchedulerConfiguration) => void;
}

/** What tells a scheduler its configuration. */
export interface ConfigurationSources {
  /** Resolves when the configuration that is there is in force. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** A text of somebody's, and whose. */
interface Wanted {
  readonly text: string;
  readonly about: KubeObject;
  readonly read: (text: string, version: string) => SchedulerConfiguration;
}

/**
 * Brings the configuration into force that people have put into the cluster: AKS's SchedulerConfiguration `upstream` where the cluster
 * has that kind, or else the ConfigMap `kube-scheduler-config` of kube-system, whose `config.yaml` is all that the scheduler has, as the
 * file of `--config` is. One that is refused leaves the last one in force, and an event on its object says why; an object that goes
 * brings the scheduler's own rules back.
 *
 * Differs from AKS: the ConfigMap; AKS's users cannot reach the file of kube-scheduler. A configuration takes effect without a restart of
 * the scheduler.
 */
export function createConfigurationSources(options: ConfigurationSourcesOptions): ConfigurationSources {
  return new WatchedSources(options);
}

const KEY = "configuration";

class WatchedSources implements ConfigurationSources {
  readonly #options: ConfigurationSourcesOptions;
  readonly #maps: Informer<ConfigMap>;
  readonly #userObject: UserObject;
  readonly #recorder: Recorder;
  readonly #reconciler: Reconciler;
  /** What was looked at last: the object and its text. */
  #seen: string | undefined;
  #refusal = "";
  #accepted: string | undefined;

  constructor(options: ConfigurationSourcesOptions) {
    const { client, clock, log, version } = options;
    this.#options = options;
    this.#recorder = createRecorder({ client, clock, log, source: { component: "kube-scheduler" }, version });
    this.#reconciler = createReconciler({
      name: "scheduler configuration",
      clock,
      log,
      concurrency: 1,
      reconcile: () => this.#reconcile(),
    });
    const onChange = (): void => this.#reconciler.enqueue(KEY);
    const { namespace, name } = CONFIGURATION;
    this.#maps = createInformer<ConfigMap>(client, resources.configMaps, { clock, log, namespace, fieldSelector: `metadata.name=${name}` });
    this.#maps.subscribe({ add: onChange, update: onChange, delete: onChange });
    this.#userObject = new UserObject({ client, clock, log, onChange });
  }

  async start(): Promise<void> {
    const { client, configure, version } = this.#options;
    await Promise.all([this.#maps.start(), this.#userObject.start()]);
    this.#accepted = await readAccepted(client);
    const wanted = this.#wanted();
    if (this.#accepted !== undefined && wanted !== undefined) {
      // What was accepted before holds until what is wanted now has been looked at.
      const before = attempt(() => wanted.read(this.#accepted ?? "", version()));
      if (!(before instanceof ConfigurationError)) configure(before);
    }
    this.#reconciler.enqueue(KEY);
    await this.#reconciler.idle();
  }

  async stop(): Promise<void> {
    this.#maps.stop();
    this.#userObject.stop();
    await this.#reconciler.stop();
    await this.#recorder.idle();
  }

  #wanted(): Wanted | undefined {
    const object = this.#userObject.current;
    if (object !== undefined) return { text: object.spec?.rawConfig ?? "", about: object, read: readUserConfiguration };
    const map = this.#maps.get(`${CONFIGURATION.namespace}/${CONFIGURATION.name}`);
    if (map === undefined) return undefined;
    return { text: map.data?.[CONFIGURATION_KEY] ?? "", about: map, read: readConfiguration };
  }

  async #reconcile(): Promise<void> {
    const { client, configure, version } = this.#options;
    const wanted = this.#wanted();
    const seen = wanted === undefined ? "" : JSON.stringify([wanted.about.metadata.uid, wanted.text]);
    if (seen !== this.#seen) {
      const made = wanted === undefined ? DEFAULT_CONFIGURATION : attempt(() => wanted.read(wanted.text, version()));
      this.#refusal = made instanceof ConfigurationError ? made.message : "";
      if (!(made instanceof ConfigurationError)) {
        configure(made);
        if (this.#accepted !== wanted?.text) await writeAccepted(client, wanted?.text);
      }
      this.#tell(wanted);
      if (this.#refusal === "") this.#accepted = wanted?.text;
      this.#seen = seen;
    }
    await this.#writeStatus();
  }

  #tell(wanted: Wanted | undefined): void {
    if (wanted === undefined) return;
    const { about } = wanted;
    if (this.#refusal !== "")
      this.#recorder.record({
        about,
        type: "Warning",
        reason: "ConfigurationRefused",
        action: "Configuring",
        message: `The last configuration that was accepted stays in force: ${this.#refusal}`,
      });
    else if (this.#accepted !== wanted.text) {
      const message = "The configuration is in force";
      this.#recorder.record({ about, type: "Normal", reason: "ConfigurationAccepted", action: "Configuring", message });
    }
  }

  async #writeStatus(): Promise<void> {
    const object = this.#userObject.current;
    if (object === undefined) return;
    const status = statusOf(object, this.#refusal, this.#accepted);
    if (equalJson(object.status, status)) return;
    const { name } = object.metadata;
    await this.#options.client.patch(schedulerConfigurations, { name }, { type: "merge", body: { status } }, { subresource: "status" });
  }
}

/** Source: Azure docs configure-aks-scheduler, "How can I monitor and validate that the scheduler honored my configuration?". */
function statusOf(
  { metadata }: SchedulerConfigurationObject,
  error: string,
  currentConfig: string | undefined,
): SchedulerConfigurationStatus {
  return {
    configuration: error === "" ? "Succeeded" : "Failed",
    error,
    currentConfig: currentConfig ?? "",
    observedGeneration: metadata.generation ?? 0,
  };
}

function attempt(read: () => SchedulerConfiguration): SchedulerConfiguration | ConfigurationError {
  try {
    return read();
  } catch (error) {
    if (error instanceof ConfigurationError) return error;
    throw error;
  }
}
