import type { KubeObject } from "#api/kubernetes/meta";
import { type FieldError, invalid, required } from "#kube/apimachinery";
import { positive } from "../checks.ts";
import { AGE, age, integer, NAME, orElse, text } from "../columns.ts";
import { defineKind } from "../define.ts";
import type { Kind, TablePrinter } from "../kind.ts";
import { CONDITIONS, METADATA } from "../pod-template/shape.ts";
import { listOf, objectOf, type Shape } from "../shape.ts";

interface MetricTarget {
  type?: string;
  averageUtilization?: number;
  averageValue?: string;
  value?: string;
}

interface Metric {
  type?: string;
  resource?: { name?: string; target?: MetricTarget };
}

interface CurrentMetric {
  type?: string;
  resource?: { name?: string; current?: MetricTarget };
}

interface HorizontalPodAutoscaler extends KubeObject {
  spec: {
    scaleTargetRef?: { kind?: string; name?: string; apiVersion?: string };
    minReplicas?: number;
    maxReplicas?: number;
    metrics?: Metric[];
  };
  status?: { currentReplicas?: number; desiredReplicas?: number; currentMetrics?: CurrentMetric[] };
}

const DEFAULT_CPU_PERCENT = 80;
/** Metrics that a row names; the others are only counted. */
const SHOWN = 2;

function defaults(autoscaler: HorizontalPodAutoscaler): void {
  autoscaler.spec ??= {};
  autoscaler.spec.minReplicas ??= 1;
  autoscaler.spec.metrics ??= [cpuMetric(DEFAULT_CPU_PERCENT)];
}

function cpuMetric(averageUtilization: number): Metric {
  return { type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization } } };
}

/** Source: pkg/apis/autoscaling/validation/validation.go, validateHorizontalPodAutoscalerSpec. */
function validate({ spec }: HorizontalPodAutoscaler): FieldError[] {
  const { minReplicas = 1, maxReplicas = 0, scaleTargetRef = {} } = spec;
  const errors = positive("spec.maxReplicas", maxReplicas);
  if (minReplicas < 1) errors.push(invalid("spec.minReplicas", minReplicas, "must be greater than or equal to 1"));
  if (maxReplicas < minReplicas) errors.push(invalid("spec.maxReplicas", maxReplicas, "must be greater than or equal to `minReplicas`"));
  if (!scaleTargetRef.kind) errors.push(required("spec.scaleTargetRef.kind"));
  if (!scaleTargetRef.name) errors.push(required("spec.scaleTargetRef.name"));
  return errors;
}

function metricText(metric: Metric, current: MetricTarget | undefined): string {
  const { name = "", target = {} } = metric.resource ?? {};
  if (metric.type !== "Resource") return "<unknown>";
  if (target.averageValue !== undefined) return `${name}: ${current?.averageValue ?? "<unknown>"}/${target.averageValue}`;
  const now = current?.averageUtilization === undefined ? "<unknown>" : `${current.averageUtilization}%`;
  return `${name}: ${now}/${target.averageUtilization ?? 0}%`;
}

/** Source: pkg/printers/internalversion/printers.go, formatHPAMetrics. */
function targetsCell({ spec, status }: HorizontalPodAutoscaler): string {
  const metrics = spec.metrics ?? [];
  const texts = metrics.slice(0, SHOWN).map((metric, index) => metricText(metric, status?.currentMetrics?.[index]?.resource?.current));
  const more = metrics.length > SHOWN ? ` + ${metrics.length - SHOWN} more...` : "";
  return orElse(texts.join(", ") + more, "<none>");
}

const table: TablePrinter<HorizontalPodAutoscaler> = {
  columns: [
    NAME,
    text("Reference", "What is scaled."),
    text("Targets", "Present and wanted values of the metrics."),
    text("MinPods", "Fewest pods there may be."),
    integer("MaxPods", "Most pods there may be."),
    integer("Replicas", "Pods there are."),
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
const RESOURCE = objectOf("ResourceMetricSource", {
  name: "text",
  target: objectOf("MetricTarget", { type: "text", averageUtilization: "int32", averageValue: "quantity", value: "quantity" }),
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
      autoscaler.status = { currentReplicas: 0, desiredReplicas: 0 };
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
    metrics: listOf(objectOf("MetricSpec", { type: "text", resource: RESOURCE })),
    behavior: objectOf("HorizontalPodAutoscalerBehavior", {}),
  }),
  status: objectOf("HorizontalPodAutoscalerStatus", {
    currentReplicas: "int32",
    desiredReplicas: "int32",
    lastScaleTime: "time",
    currentMetrics: listOf(objectOf("MetricStatus", { type: "text" })),
    conditions: CONDITIONS,
  }),
});

/** autoscaling/v2 horizontalpodautoscalers. Source: pkg/apis/autoscaling/v2/defaults.go. */
export const horizontalPodAutoscalers = defineKind<HorizontalPodAutoscaler>({ ...sharedParts, apiVersion: "autoscaling/v2", shape });

interface OlderSpec {
  targetCPUUtilizationPercentage?: number;
  metrics?: Metric[];
}

function isCpuMetric({ type, resource }: Metric): boolean {
  return type === "Resource" && resource?.name === "cpu" && resource.target?.averageUtilization !== undefined;
}

function toStored(object: KubeObject): KubeObject {
  const { spec, ...rest } = object as KubeObject & { spec?: OlderSpec };
  const { targetCPUUtilizationPercentage: percent, ...kept } = spec ?? {};
  return {
    ...rest,
    apiVersion: "autoscaling/v2",
    spec: { ...kept, ...(percent === undefined ? {} : { metrics: [cpuMetric(percent)] }) },
  } as KubeObject;
}

/** Differs from AKS: other metrics than the share of cpu are left out of v1 instead of being kept in annotations. */
function fromStored(object: KubeObject): KubeObject {
  const { spec, ...rest } = object as KubeObject & { spec?: OlderSpec };
  const { metrics, ...kept } = spec ?? {};
  const percent = metrics?.find(isCpuMetric)?.resource?.target?.averageUtilization;
  return {
    ...rest,
    apiVersion: "autoscaling/v1",
    spec: { ...kept, ...(percent === undefined ? {} : { targetCPUUtilizationPercentage: percent }) },
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
