export { createScheduler, DEFAULT_SCHEDULER_NAME, type Scheduler, type SchedulerOptions } from "./scheduler.ts";
