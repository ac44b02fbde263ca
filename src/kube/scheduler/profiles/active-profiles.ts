import type { Pod } from "#api/kubernetes/core";
import { defaultProfile, schedulerNameOf, type SchedulerProfile } from "./profile.ts";

/** What a scheduler was told. Source: pkg/scheduler/apis/config/types.go, KubeSchedulerConfiguration. */
export interface SchedulerConfiguration {
  /** By scheduler name, for a cluster of this version: `1.34.2`. */
  profiles(version: string): ReadonlyMap<string, SchedulerProfile>;
  /** The wait after a pod's first failed attempt; each failure doubles it, up to the longest. */
  readonly initialBackoffMs: number;
  readonly maxBackoffMs: number;
}

/** Of a scheduler that nobody has configured. Source: pkg/scheduler/apis/config/v1/defaults.go. */
export const DEFAULT_CONFIGURATION: SchedulerConfiguration = {
  profiles(version) {
    const profile = defaultProfile(version);
    return new Map([[profile.name, profile]]);
  },
  initialBackoffMs: 1_000,
  maxBackoffMs: 10_000,
};

/** The configuration in force, for the cluster's version of now. */
export class ActiveProfiles {
  readonly #version: () => string;
  #configuration = DEFAULT_CONFIGURATION;
  #resolvedFor: string | undefined;
  #profiles: ReadonlyMap<string, SchedulerProfile> = new Map();

  /** @param version the cluster's, asked anew each time: profiles follow an upgrade. */
  constructor(version: () => string) {
    this.#version = version;
  }

  get configuration(): SchedulerConfiguration {
    return this.#configuration;
  }

  set configuration(configuration: SchedulerConfiguration) {
    this.#configuration = configuration;
    this.#resolvedFor = undefined;
  }

  /** The profile of the pod's scheduler; nothing when the pod is for another scheduler. */
  of({ spec }: Pod): SchedulerProfile | undefined {
    const version = this.#version();
    if (version !== this.#resolvedFor) {
      this.#resolvedFor = version;
      this.#profiles = this.#configuration.profiles(version);
    }
    return this.#profiles.get(schedulerNameOf(spec));
  }
}
