import type { KubeObject } from "#api/kubernetes/meta";
import type { PodTemplate, ReplicaSet } from "#api/kubernetes/workloads";
import { type FieldError, formatLabelSelector, invalid, matchesLabelSelector, required } from "#kube/apimachinery";
import { immutable, nonNegative } from "../checks.ts";
import { AGE, age, CONTAINERS, containerCells, formatLabels, IMAGES, integer, NAME, SELECTOR } from "../columns.ts";
import { defineKind } from "../define.ts";
import type { Column, StrategyContext } from "../kind.ts";
import { CONDITIONS, LABEL_SELECTOR, METADATA, POD_TEMPLATE } from "../pod-template/shape.ts";
import { defaultTemplate } from "../pod-template/template.ts";
import { selectorErrors, templateErrors } from "../pod-template/validation.ts";
import { mapOf, objectOf } from "../shape.ts";

const columns: readonly Column[] = [
  NAME,
  integer("Desired", "Number of desired pods."),
  integer("Current", "Number of pods there are."),
  integer("Ready", "Number of pods that are ready."),
  AGE,
  CONTAINERS,
  IMAGES,
  SELECTOR,
];

const STATUS = objectOf("ReplicaSetStatus", {
  replicas: "int32",
  fullyLabeledReplicas: "int32",
  readyReplicas: "int32",
  availableReplicas: "int32",
  observedGeneration: "int64",
  conditions: CONDITIONS,
});

/** Where Scale finds its numbers in objects with `spec.selector`. */
export const REPLICAS_SCALE = { specReplicas: "spec.replicas", statusReplicas: "status.replicas", selector: "spec.selector" } as const;

/** Pods that are to run for ever may only be restarted always. */
export const ALWAYS = { field: "spec.template", restartPolicies: ["Always"] } as const;

/** apps/v1 replicasets. Source: pkg/registry/apps/replicaset/strategy.go, pkg/apis/apps/validation. */
export const replicaSets = defineKind<ReplicaSet>({
  apiVersion: "apps/v1",
  kind: "ReplicaSet",
  resource: "replicasets",
  shortNames: ["rs"],
  categories: ["all"],
  hasStatus: true,
  scale: REPLICAS_SCALE,
  shape: objectOf("ReplicaSet", {
    metadata: METADATA,
    spec: objectOf("ReplicaSetSpec", { replicas: "int32", minReadySeconds: "int32", selector: LABEL_SELECTOR, template: POD_TEMPLATE }),
    status: STATUS,
  }),
  strategy: {
    applyDefaults(set) {
      set.spec ??= {} as ReplicaSet["spec"];
      set.spec.replicas ??= 1;
      defaultTemplate(set.spec.template);
    },
    prepareForCreate(set) {
      set.status = { replicas: 0 };
    },
    validate: ({ spec }, { version }) => [
      ...nonNegative("spec.replicas", spec.replicas),
      ...nonNegative("spec.minReadySeconds", spec.minReadySeconds),
      ...selectorErrors(spec.selector, spec.template, "deployment"),
      ...templateErrors(spec.template, { ...ALWAYS, version }),
    ],
    validateUpdate: ({ spec }, { spec: previous }) => immutable("spec.selector", spec.selector, previous.selector),
  },
  table: {
    columns,
    cells(set, context) {
      const { metadata, spec, status } = set;
      const counts = [spec.replicas ?? 0, status?.replicas ?? 0, status?.readyReplicas ?? 0];
      return [metadata.name, ...counts, age(set, context), ...containerCells(spec.template), formatLabelSelector(spec.selector)];
    },
  },
  selectableFields: ({ status }) => ({ "status.replicas": String(status?.replicas ?? 0) }),
});

interface ReplicationController extends KubeObject {
  spec: { replicas?: number; minReadySeconds?: number; selector?: Record<string, string>; template?: PodTemplate };
  status?: { replicas: number; readyReplicas?: number };
}

function controllerErrors({ spec }: ReplicationController, { version }: StrategyContext): FieldError[] {
  const { selector = {}, template } = spec;
  const errors = [...nonNegative("spec.replicas", spec.replicas), ...templateErrors(template, { ...ALWAYS, version })];
  if (Object.keys(selector).length === 0) errors.push(required("spec.selector"));
  const labels = template?.metadata?.labels ?? {};
  if (template !== undefined && !matchesLabelSelector({ matchLabels: selector }, labels)) {
    errors.push(invalid("spec.template.metadata.labels", labels, "`selector` does not match template `labels`"));
  }
  return errors;
}

/** core/v1 replicationcontrollers: selector and labels default to the template's. Source: pkg/apis/core/v1/defaults.go. */
export const replicationControllers = defineKind<ReplicationController>({
  apiVersion: "v1",
  kind: "ReplicationController",
  resource: "replicationcontrollers",
  shortNames: ["rc"],
  categories: ["all"],
  hasStatus: true,
  scale: REPLICAS_SCALE,
  shape: objectOf("ReplicationController", {
    metadata: METADATA,
    spec: objectOf("ReplicationControllerSpec", {
      replicas: "int32",
      minReadySeconds: "int32",
      selector: mapOf("text"),
      template: POD_TEMPLATE,
    }),
    status: STATUS,
  }),
  strategy: {
    applyDefaults(controller) {
      controller.spec ??= {};
      const { spec, metadata } = controller;
      spec.replicas ??= 1;
      defaultTemplate(spec.template);
      const labels = spec.template?.metadata?.labels;
      if (labels === undefined) return;
      if (Object.keys(spec.selector ?? {}).length === 0) spec.selector = { ...labels };
      if (Object.keys(metadata.labels ?? {}).length === 0) metadata.labels = { ...labels };
    },
    prepareForCreate(controller) {
      controller.status = { replicas: 0 };
    },
    validate: controllerErrors,
  },
  table: {
    columns,
    cells(controller, context) {
      const { metadata, spec, status } = controller;
      const counts = [spec.replicas ?? 0, status?.replicas ?? 0, status?.readyReplicas ?? 0];
      return [metadata.name, ...counts, age(controller, context), ...containerCells(spec.template), formatLabels(spec.selector)];
    },
  },
  selectableFields: ({ status }) => ({ "status.replicas": String(status?.replicas ?? 0) }),
});
