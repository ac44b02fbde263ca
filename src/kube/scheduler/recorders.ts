import { createRecorder, type Recorder, type RecorderOptions } from "#kube/client";

/** Recorders of the schedulers that pods name: each profile tells of its pods by its own name. */
export interface Recorders {
  of(schedulerName: string): Recorder;
  /** Resolves when everything recorded so far is written. */
  idle(): Promise<void>;
}

/** Profiles that are told apart; the events of any more are told by the first again. */
const MAX_RECORDERS = 64;

/** Source: pkg/scheduler/profile/profile.go, NewRecorderFactory. */
export function createRecorders(options: Omit<RecorderOptions, "source">): Recorders {
  const recorders = new Map<string, Recorder>();
  return {
    of(schedulerName) {
      const known = recorders.get(schedulerName);
      if (known !== undefined) return known;
      const [oldest] = recorders;
      if (recorders.size >= MAX_RECORDERS && oldest !== undefined) return oldest[1];
      const recorder = createRecorder({ ...options, source: { component: schedulerName } });
      recorders.set(schedulerName, recorder);
      return recorder;
    },
    async idle() {
      await Promise.all([...recorders.values()].map((recorder) => recorder.idle()));
    },
  };
}
