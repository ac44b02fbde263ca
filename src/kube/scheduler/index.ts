export { createRehearsal } from "./rehearsal/rehearsal.ts";
export { createRehearsals } from "./rehearsal/rehearsals.ts";
export { createScheduler, DEFAULT_SCHEDULER_NAME, type Scheduler, type SchedulerOptions } from "./scheduler.ts";
