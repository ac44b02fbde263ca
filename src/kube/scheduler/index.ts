export { createRehearsal } from "./rehearsal/rehearsal.ts";
export { createRehearsals } from "./rehearsal/rehearsals.ts";
export { createConfiguredScheduler } from "./sources/configured-scheduler.ts";
export { createScheduler, type Scheduler, type SchedulerOptions } from "./scheduler.ts";
