export { type Clock, type Timer, systemClock, VirtualClock } from "./clock.ts";
export { type Pace, type Speed, paceOf } from "./pace.ts";
export { type Logger, type LogFields, silentLogger } from "./log.ts";
export { FIRST_BACKOFF_MS, MAX_BACKOFF_MS, type Reconciler, type Requeue } from "./reconciler.ts";
