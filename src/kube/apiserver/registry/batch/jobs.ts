import type { CronJob, Job, JobSpec } from "#api/kubernetes/workloads";
import {
  ageSince,
  type FieldError,
  formatLabelSelector,
  findCondition,
  humanDuration,
  invalid,
  isReleaseAtLeast,
  isTimeZone,
  parseTime,
  required,
} from "#kube/apimachinery";
import { immutable, nonNegative, oneOf } from "../checks.ts";
import { AGE, age, boolean, CONTAINERS, containerCells, IMAGES, integer, NAME, orElse, SELECTOR, text } from "../columns.ts";
import { defineKind } from "../define.ts";
import type { StrategyContext } from "../kind.ts";
import { CONDITIONS, LABEL_SELECTOR, METADATA, POD_TEMPLATE } from "../pod-template/shape.ts";
import { defaultTemplate } from "../pod-template/template.ts";
import { templateErrors } from "../pod-template/validation.ts";
import { listOf, objectOf } from "../shape.ts";

const ENDING: readonly string[] = ["OnFailure", "Never"];
const ANY: readonly string[] = ["Always", ...ENDING];

/** Source: pkg/apis/batch/v1/defaults.go, SetDefaults_Job. */
function applyDefaults(job: Job, { version }: StrategyContext): void {
  job.spec ??= {};
  const { spec } = job;
  if (spec.completions === undefined && spec.parallelism === undefined) spec.completions = 1;
  spec.parallelism ??= 1;
  spec.backoffLimit ??= 6;
  if (isReleaseAtLeast(version, "1.21")) {
    spec.completionMode ??= "NonIndexed";
    spec.suspend ??= false;
  }
  if (isReleaseAtLeast(version, "1.29")) spec.podReplacementPolicy ??= "TerminatingOrFailed";
  defaultTemplate(spec.template);
}

/** Gives the job's pods labels of their own and selects by them. Source: pkg/registry/batch/job/strategy.go, generateSelector. */
function prepareForCreate(job: Job, { version }: StrategyContext): void {
  job.status = {};
  const { spec, metadata } = job;
  if (spec.manualSelector === true || spec.template === undefined) return;
  const uid = metadata.uid ?? "";
  const prefixed = isReleaseAtLeast(version, "1.27");
  const labels = {
    "controller-uid": uid,
    "job-name": metadata.name,
    ...(prefixed ? { "batch.kubernetes.io/controller-uid": uid, "batch.kubernetes.io/job-name": metadata.name } : {}),
  };
  spec.template.metadata = { ...spec.template.metadata, labels: { ...spec.template.metadata?.labels, ...labels } };
  const key = prefixed ? "batch.kubernetes.io/controller-uid" : "controller-uid";
  spec.selector = { ...spec.selector, matchLabels: { ...spec.selector?.matchLabels, [key]: uid } };
}

function specErrors(spec: JobSpec, field: string, version: string): FieldError[] {
  return [
    ...nonNegative(`${field}.parallelism`, spec.parallelism),
    ...nonNegative(`${field}.completions`, spec.completions),
    ...nonNegative(`${field}.activeDeadlineSeconds`, spec.activeDeadlineSeconds),
    ...nonNegative(`${field}.backoffLimit`, spec.backoffLimit),
    ...nonNegative(`${field}.ttlSecondsAfterFinished`, spec.ttlSecondsAfterFinished),
    ...oneOf(`${field}.completionMode`, spec.completionMode, ["NonIndexed", "Indexed"]),
    ...templateErrors(spec.template, { field: `${field}.template`, restartPolicies: ANY, version }),
    ...restartPolicyErrors(spec.template?.spec.restartPolicy, `${field}.template.spec.restartPolicy`),
  ];
}

/** Pods of jobs end. Source: pkg/apis/batch/validation/validation.go, validateJobSpec; the default of pods is no answer. */
function restartPolicyErrors(policy: string | undefined, field: string): FieldError[] {
  if (policy === undefined || ENDING.includes(policy) || !ANY.includes(policy)) return [];
  return [required(field, `valid values: ${ENDING.map((each) => JSON.stringify(each)).join(", ")}`)];
}

/** Source: pkg/apis/batch/validation/validation.go, ValidateJobUpdate. A suspended job's template may still change. */
function validateUpdate({ spec }: Job, { spec: previous }: Job): FieldError[] {
  return [
    ...(spec.completionMode === "Indexed" ? [] : immutable("spec.completions", spec.completions, previous.completions)),
    ...immutable("spec.selector", spec.selector, previous.selector),
    ...(previous.suspend === true ? [] : immutable("spec.template", spec.template, previous.template)),
    ...immutable("spec.completionMode", spec.completionMode, previous.completionMode),
  ];
}

/** Source: pkg/printers/internalversion/printers.go, printJob. */
function statusCell({ spec, status, metadata }: Job): string {
  const holds = (type: string): boolean => findCondition(status?.conditions, type)?.status === "True";
  if (holds("Complete")) return "Complete";
  if (holds("Failed")) return "Failed";
  if (metadata.deletionTimestamp !== undefined) return "Terminating";
  if (holds("Suspended")) return "Suspended";
  if (holds("FailureTarget")) return "FailureTarget";
  if (holds("SuccessCriteriaMet")) return "SuccessCriteriaMet";
  return spec.suspend === true && status?.startTime === undefined ? "Suspended" : "Running";
}

function completionsCell({ spec, status }: Job): string {
  const succeeded = status?.succeeded ?? 0;
  if (spec.completions !== undefined) return `${succeeded}/${spec.completions}`;
  return (spec.parallelism ?? 0) > 1 ? `${succeeded}/1 of ${spec.parallelism}` : `${succeeded}/1`;
}

function durationCell({ status }: Job, { nowMs }: StrategyContext): string {
  const started = parseTime(status?.startTime);
  return started === undefined ? "" : humanDuration((parseTime(status?.completionTime) ?? nowMs) - started);
}

const JOB_SPEC = objectOf("JobSpec", {
  parallelism: "int32",
  completions: "int32",
  activeDeadlineSeconds: "int64",
  backoffLimit: "int32",
  selector: LABEL_SELECTOR,
  manualSelector: "bool",
  template: POD_TEMPLATE,
  ttlSecondsAfterFinished: "int32",
  completionMode: "text",
  suspend: "bool",
  podReplacementPolicy: "text",
});

/** batch/v1 jobs. */
export const jobs = defineKind<Job>({
  apiVersion: "batch/v1",
  kind: "Job",
  resource: "jobs",
  categories: ["all"],
  hasStatus: true,
  shape: objectOf("Job", {
    metadata: METADATA,
    spec: JOB_SPEC,
    status: objectOf("JobStatus", {
      active: "int32",
      ready: "int32",
      terminating: "int32",
      completedIndexes: "text",
      uncountedTerminatedPods: objectOf("UncountedTerminatedPods", { succeeded: listOf("text"), failed: listOf("text") }),
      succeeded: "int32",
      failed: "int32",
      startTime: "time",
      completionTime: "time",
      conditions: CONDITIONS,
    }),
  }),
  strategy: { applyDefaults, prepareForCreate, validate: ({ spec }, { version }) => specErrors(spec, "spec", version), validateUpdate },
  table: {
    columns: [
      NAME,
      text("Status", "Status of the job."),
      text("Completions", "Pods that have succeeded, of those that have to."),
      text("Duration", "Time the job took, or has taken so far."),
      AGE,
      CONTAINERS,
      IMAGES,
      SELECTOR,
    ],
    cells: (job, context) => [
      job.metadata.name,
      statusCell(job),
      completionsCell(job),
      durationCell(job, context),
      age(job, context),
      ...containerCells(job.spec.template),
      formatLabelSelector(job.spec.selector),
    ],
  },
  selectableFields: ({ status }) => ({ "status.successful": String(status?.succeeded ?? 0) }),
});

/** Source: pkg/apis/batch/validation/validation.go, validateTimeZone. */
function timeZoneErrors(timeZone: string | undefined): FieldError[] {
  return timeZone === undefined || isTimeZone(timeZone) ? [] : [invalid("spec.timeZone", timeZone, `unknown time zone ${timeZone}`)];
}

/** Only the number of fields: what they hold is for the controller. Source: robfig/cron v3 parser.go, normalizeFields. */
function scheduleErrors(schedule: string): FieldError[] {
  const fields = schedule
    .replace(/^(?:TZ|CRON_TZ)=\S*\s*/, "")
    .split(/\s+/)
    .filter((field) => field !== "");
  if (fields.length === 5 || fields[0]?.startsWith("@") === true) return [];
  return [invalid("spec.schedule", schedule, `expected exactly 5 fields, found ${fields.length}: [${fields.join(" ")}]`)];
}

/** batch/v1 cronjobs. Source: pkg/apis/batch/v1/defaults.go, SetDefaults_CronJob. */
export const cronJobs = defineKind<CronJob>({
  apiVersion: "batch/v1",
  kind: "CronJob",
  resource: "cronjobs",
  shortNames: ["cj"],
  categories: ["all"],
  hasStatus: true,
  shape: objectOf("CronJob", {
    metadata: METADATA,
    spec: objectOf("CronJobSpec", {
      schedule: "text",
      timeZone: "text",
      concurrencyPolicy: "text",
      suspend: "bool",
      startingDeadlineSeconds: "int64",
      successfulJobsHistoryLimit: "int32",
      failedJobsHistoryLimit: "int32",
      jobTemplate: objectOf("JobTemplateSpec", { metadata: METADATA, spec: JOB_SPEC }),
    }),
    status: objectOf("CronJobStatus", { active: listOf("any"), lastScheduleTime: "time", lastSuccessfulTime: "time" }),
  }),
  strategy: {
    applyDefaults(job) {
      job.spec ??= {};
      const { spec } = job;
      spec.concurrencyPolicy ||= "Allow";
      spec.suspend ??= false;
      spec.successfulJobsHistoryLimit ??= 3;
      spec.failedJobsHistoryLimit ??= 1;
      if (spec.jobTemplate !== undefined) spec.jobTemplate.metadata ??= {};
      defaultTemplate(spec.jobTemplate?.spec?.template);
    },
    prepareForCreate(job) {
      job.status = {};
    },
    validate: ({ spec }, { version }) => [
      ...(spec.schedule ? scheduleErrors(spec.schedule) : [required("spec.schedule")]),
      ...timeZoneErrors(spec.timeZone),
      ...oneOf("spec.concurrencyPolicy", spec.concurrencyPolicy, ["Allow", "Forbid", "Replace"]),
      ...specErrors(spec.jobTemplate?.spec ?? {}, "spec.jobTemplate.spec", version),
      ...nonNegative("spec.startingDeadlineSeconds", spec.startingDeadlineSeconds),
      ...nonNegative("spec.successfulJobsHistoryLimit", spec.successfulJobsHistoryLimit),
      ...nonNegative("spec.failedJobsHistoryLimit", spec.failedJobsHistoryLimit),
    ],
  },
  table: {
    columns: [
      NAME,
      text("Schedule", "When jobs are made, in cron's format."),
      text("Timezone", "Time zone of the schedule."),
      boolean("Suspend", "Whether no jobs are made."),
      integer("Active", "Number of jobs that are running."),
      text("Last Schedule", "When a job was made last."),
      AGE,
      CONTAINERS,
      IMAGES,
      SELECTOR,
    ],
    cells(job, context) {
      const { metadata, spec, status } = job;
      const last = status?.lastScheduleTime === undefined ? "<none>" : ageSince(status.lastScheduleTime, context.nowMs);
      const { template, selector } = spec.jobTemplate?.spec ?? {};
      return [
        metadata.name,
        spec.schedule ?? "",
        orElse(spec.timeZone, "<none>"),
        spec.suspend === true ? "True" : "False",
        status?.active?.length ?? 0,
        last,
        age(job, context),
        ...containerCells(template),
        formatLabelSelector(selector),
      ];
    },
  },
});
