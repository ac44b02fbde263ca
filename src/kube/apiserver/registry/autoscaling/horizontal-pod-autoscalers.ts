import type { HorizontalPodAutoscaler, MetricSpec, MetricStatus, MetricTarget, MetricValue } from "#api/kubernetes/autoscaling";
import type { KubeObject } from "#api/kubernetes/meta";
import { type FieldError, invalid, isReleaseAtLeast, required } from "#kube/apimachinery";
import { positive } from "../checks.ts";
import { AGE, age, NAME, orElse, text } from "../columns.ts";
import { defineKind } from "../define.ts";
import type { Kind, StrategyContext, TablePrinter } from "../kind.ts";
import { CONDITIONS, METADATA } from "../pod-template/shape.ts";
import { listOf, nullOr, objectOf, type Shape } from "../shape.ts";
import { behaviorErrors, defaultBehavior, metricErrors } from "./scaling-rules.ts";

const DEFAULT_CPU_PERCENT = 80;
/** Metrics that a row names; the others are only counted. */
const SHOWN = 2;

/** An object of the wire may lack its spec. */
function defaults(autoscaler: Omit<HorizontalPodAutoscaler, "spec"> & { spec?: Partial<HorizontalPodAutoscaler["spec"]> }): void {
  autoscaler.spec ??= {};
  autoscaler.spec.minReplicas ??= 1;
  if (autoscaler.spec.metrics === undefined || autoscaler.spec.metrics.length === 0)
    autoscaler.spec.metrics = [cpuMetric(DEFAULT_CPU_PERCENT)];
  defaultBehavior(autoscaler as HorizontalPodAutoscaler);
}

function cpuMetric(averageUtilization: number): MetricSpec {
  return { type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization } } };
}

/** Source: pkg/apis/autoscaling/validation/validation.go, validateHorizontalPodAutoscalerSpec. */
function validate(autoscaler: HorizontalPodAutoscaler, { version }: StrategyContext): FieldError[] {
  // What a caller leaves out is missing here, whatever the type says.
  const spec: Partial<HorizontalPodAutoscaler["spec"]> = autoscaler.spec;
  const { minReplicas = 1, maxReplicas = 0 } = spec;
  const scaleTargetRef: Partial<HorizontalPodAutoscaler["spec"]["scaleTargetRef"]> = spec.scaleTargetRef ?? {};
  const errors = positive("spec.maxReplicas", maxReplicas);
  if (minReplicas < 1) errors.push(invalid("spec.minReplicas", minReplicas, "must be greater than or equal to 1"));
  if (maxReplicas < minReplicas) errors.push(invalid("spec.maxReplicas", maxReplicas, "must be greater than or equal to `minReplicas`"));
  if (!scaleTargetRef.kind) errors.push(required("spec.scaleTargetRef.kind"));
  if (!scaleTargetRef.name) errors.push(required("spec.scaleTargetRef.name"));
  // Source: the same file as of v1.34.0; v1.33 does not ask for it.
  if (isReleaseAtLeast(version, "1.34") && scaleTargetRef.apiVersion?.includes("/") !== true)
    errors.push(invalid("spec.scaleTargetRef.apiVersion", scaleTargetRef.apiVersion ?? "", "apiVersion must specify API group"));
  return [...errors, ...metricErrors(autoscaler), ...behaviorErrors(autoscaler)];
}

function metricText(metric: MetricSpec, status: MetricStatus | undefined): string {
  const source = metric.resource ?? metric.containerResource;
  if (source === undefined) return "<unknown>";
  const current: MetricValue | undefined = status?.resource?.current ?? status?.containerResource?.current;
  const { name, target }: { name?: string; target?: MetricTarget } = source;
  // What a caller leaves out is missing here, whatever the type says.
  if (name === undefined || target === undefined) return "<unknown>";
  if (target.averageValue !== undefined) return `${name}: ${current?.averageValue ?? "<unknown>"}/${target.averageValue}`;
  const now = current?.averageUtilization === undefined ? "<unknown>" : `${current.averageUtilization}%`;
  return `${name}: ${now}/${target.averageUtilization ?? 0}%`;
}

/** Source: pkg/printers/internalversion/printers.go, formatHPAMetrics. */
function targetsCell({ spec, status }: HorizontalPodAutoscaler): string {
  const metrics = spec.metrics ?? [];
  const texts = metrics.slice(0, SHOWN).map((metric, index) => metricText(metric, status?.currentMetrics?.[index]));
  const more = metrics.length > SHOWN ? ` + ${metrics.length - SHOWN} more...` : "";
  return orElse(texts.join(", ") + more, "<none>");
}

const table: TablePrinter<HorizontalPodAutoscaler> = {
  columns: [
    NAME,
    text("Reference", "What is scaled."),
    text("Targets", "Present and wanted values of the metrics."),
    text("MinPods", "Fewest pods there may be."),
    text("MaxPods", "Most pods there may be."),
    text("Replicas", "Pods there are."),
    AGE,
  ],
  cells(autoscaler, context) {
    const { metadata, spec, status } = autoscaler;
    const target = `${spec.scaleTargetRef?.kind ?? ""}/${spec.scaleTargetRef?.name ?? ""}`;
    const least = spec.minReplicas === undefined ? "<unset>" : String(spec.minReplicas);
    return [
      metadata.name,
      target,
      targetsCell(autoscaler),
      least,
      spec.maxReplicas ?? 0,
      status?.currentReplicas ?? 0,
      age(autoscaler, context),
    ];
  },
};

const TARGET: Shape = objectOf("CrossVersionObjectReference", { kind: "text", name: "text", apiVersion: "text" });
const METRIC_TARGET = objectOf("MetricTarget", { type: "text", averageUtilization: "int32", averageValue: "quantity", value: "quantity" });
const METRIC = objectOf("MetricIdentifier", { name: "text" });
const METRIC_SPEC = objectOf("MetricSpec", {
  type: "text",
  resource: objectOf("ResourceMetricSource", { name: "text", target: METRIC_TARGET }),
  containerResource: objectOf("ContainerResourceMetricSource", { name: "text", container: "text", target: METRIC_TARGET }),
  pods: objectOf("PodsMetricSource", { metric: METRIC, target: METRIC_TARGET }),
  object: objectOf("ObjectMetricSource", { metric: METRIC, describedObject: TARGET, target: METRIC_TARGET }),
  external: objectOf("ExternalMetricSource", { metric: METRIC, target: METRIC_TARGET }),
});
const RULES = objectOf("HPAScalingRules", {
  stabilizationWindowSeconds: "int32",
  selectPolicy: "text",
  policies: listOf(objectOf("HPAScalingPolicy", { type: "text", value: "int32", periodSeconds: "int32" })),
});

const sharedParts = {
  kind: "HorizontalPodAutoscaler",
  resource: "horizontalpodautoscalers",
  shortNames: ["hpa"],
  categories: ["all"],
  hasStatus: true,
  strategy: {
    applyDefaults: defaults,
    prepareForCreate(autoscaler: HorizontalPodAutoscaler): void {
      autoscaler.status = { desiredReplicas: 0, currentMetrics: null };
    },
    validate,
  },
  table,
} as const;

const shape: Shape = objectOf("HorizontalPodAutoscaler", {
  metadata: METADATA,
  spec: objectOf("HorizontalPodAutoscalerSpec", {
    scaleTargetRef: TARGET,
    minReplicas: "int32",
    maxReplicas: "int32",
    targetCPUUtilizationPercentage: "int32",
    metrics: listOf(METRIC_SPEC),
    behavior: objectOf("HorizontalPodAutoscalerBehavior", { scaleUp: RULES, scaleDown: RULES }),
  }),
  status: objectOf("HorizontalPodAutoscalerStatus", {
    currentReplicas: "int32",
    desiredReplicas: "int32",
    lastScaleTime: "time",
    currentMetrics: nullOr(listOf(objectOf("MetricStatus", { type: "text" }))),
    conditions: CONDITIONS,
  }),
});

/** autoscaling/v2 horizontalpodautoscalers. Source: pkg/apis/autoscaling/v2/defaults.go. */
export const horizontalPodAutoscalers = defineKind<HorizontalPodAutoscaler>({ ...sharedParts, apiVersion: "autoscaling/v2", shape });

interface OlderSpec {
  targetCPUUtilizationPercentage?: number;
  metrics?: MetricSpec[];
}

function isCpuMetric({ type, resource }: MetricSpec): boolean {
  return type === "Resource" && resource?.name === "cpu" && resource.target?.averageUtilization !== undefined;
}

interface OlderStatus {
  currentCPUUtilizationPercentage?: number;
  currentMetrics?: MetricStatus[];
}

function toStored(object: KubeObject): KubeObject {
  const { spec, status, ...rest } = object as KubeObject & { spec?: OlderSpec; status?: OlderStatus };
  const { targetCPUUtilizationPercentage: percent, ...kept } = spec ?? {};
  return {
    ...rest,
    apiVersion: "autoscaling/v2",
    spec: { ...kept, ...(percent === undefined ? {} : { metrics: [cpuMetric(percent)] }) },
    ...(status === undefined ? {} : { status: newerStatus(status) }),
  } as KubeObject;
}

function newerStatus({ currentCPUUtilizationPercentage: averageUtilization, ...status }: OlderStatus): OlderStatus {
  if (averageUtilization === undefined) return status;
  const averageValue = "0";
  return { ...status, currentMetrics: [{ type: "Resource", resource: { name: "cpu", current: { averageUtilization, averageValue } } }] };
}

/** The share of cpu that is used, where v1 has it. */
function olderStatus(status: HorizontalPodAutoscaler["status"]): object | undefined {
  if (status === undefined) return undefined;
  const { currentMetrics, conditions: _, ...kept } = status;
  const used = currentMetrics?.find(({ resource }) => resource?.name === "cpu")?.resource?.current.averageUtilization;
  return { currentReplicas: 0, ...kept, ...(used === undefined ? {} : { currentCPUUtilizationPercentage: used }) };
}

/** Differs from AKS: other metrics than the share of cpu, rules and conditions are left out of v1 instead of being kept in annotations. */
function fromStored(object: KubeObject): KubeObject {
  const { spec, status, ...rest } = object as KubeObject & { spec?: OlderSpec; status?: HorizontalPodAutoscaler["status"] };
  const { metrics, ...kept } = spec ?? {};
  const percent = metrics?.find(isCpuMetric)?.resource?.target?.averageUtilization;
  return {
    ...rest,
    apiVersion: "autoscaling/v1",
    spec: { ...kept, ...(percent === undefined ? {} : { targetCPUUtilizationPercentage: percent }) },
    ...(status === undefined ? {} : { status: olderStatus(status) }),
  } as KubeObject;
}

/** autoscaling/v1 horizontalpodautoscalers: stored as v2. Source: pkg/apis/autoscaling/v1/conversion.go. */
export const olderHorizontalPodAutoscalers: Kind<HorizontalPodAutoscaler> = defineKind<HorizontalPodAutoscaler>({
  ...sharedParts,
  apiVersion: "autoscaling/v1",
  shape,
  storedAs: { group: "autoscaling", resource: "horizontalpodautoscalers" },
  conversion: { toStored, fromStored },
  table: { columns: table.columns, cells: (object, context) => table.cells(toStored(object) as HorizontalPodAutoscaler, context) },
});
