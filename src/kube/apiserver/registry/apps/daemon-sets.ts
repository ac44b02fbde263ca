import type { DaemonSet } from "#api/kubernetes/workloads";
import { equalJson, type FieldError, formatLabelSelector, invalid, notSupported } from "#kube/apimachinery";
import { immutable, nonNegative } from "../checks.ts";
import { AGE, age, CONTAINERS, containerCells, formatLabels, IMAGES, integer, NAME, SELECTOR, text } from "../columns.ts";
import { defineKind } from "../define.ts";
import { CONDITIONS, LABEL_SELECTOR, METADATA, POD_TEMPLATE } from "../pod-template/shape.ts";
import { defaultTemplate } from "../pod-template/template.ts";
import { selectorErrors, templateErrors } from "../pod-template/validation.ts";
import { objectOf } from "../shape.ts";
import { ALWAYS } from "./replica-sets.ts";
import { countOrShareErrors, isZero } from "./rolling-update.ts";

const UPDATE = "spec.updateStrategy";

/** Source: pkg/apis/apps/v1/defaults.go, SetDefaults_DaemonSet. */
function applyDefaults(set: DaemonSet): void {
  set.spec ??= {} as DaemonSet["spec"];
  const strategy = (set.spec.updateStrategy ??= {});
  strategy.type ||= "RollingUpdate";
  if (strategy.type === "RollingUpdate") strategy.rollingUpdate = { maxUnavailable: 1, maxSurge: 0, ...strategy.rollingUpdate };
  set.spec.revisionHistoryLimit ??= 10;
  defaultTemplate(set.spec.template);
}

function updateStrategyErrors({ updateStrategy }: DaemonSet["spec"]): FieldError[] {
  const { type, rollingUpdate } = updateStrategy ?? {};
  if (type === "OnDelete") return [];
  if (type !== "RollingUpdate") return [notSupported(`${UPDATE}.type`, type, ["RollingUpdate", "OnDelete"])];
  const { maxUnavailable = 1, maxSurge = 0 } = rollingUpdate ?? {};
  const path = `${UPDATE}.rollingUpdate`;
  const errors = [
    ...countOrShareErrors(`${path}.maxUnavailable`, maxUnavailable, 100),
    ...countOrShareErrors(`${path}.maxSurge`, maxSurge, 100),
  ];
  if (isZero(maxUnavailable) && isZero(maxSurge))
    errors.push(invalid(`${path}.maxUnavailable`, maxUnavailable, "cannot be 0 when maxSurge is 0"));
  if (!isZero(maxUnavailable) && !isZero(maxSurge))
    errors.push(invalid(`${path}.maxSurge`, maxSurge, "may not be set when maxUnavailable is non-zero"));
  return errors;
}

/** How often the template changed. Source: pkg/registry/apps/daemonset/strategy.go; pkg/apis/apps/v1/conversion.go keeps it here. */
const TEMPLATE_GENERATION = "deprecated.daemonset.template.generation";

function setTemplateGeneration({ metadata }: DaemonSet, generation: number): void {
  metadata.annotations = { ...metadata.annotations, [TEMPLATE_GENERATION]: String(generation) };
}

const COUNTS = {
  currentNumberScheduled: "int32",
  numberMisscheduled: "int32",
  desiredNumberScheduled: "int32",
  numberReady: "int32",
  updatedNumberScheduled: "int32",
  numberAvailable: "int32",
  numberUnavailable: "int32",
  observedGeneration: "int64",
} as const;

/** apps/v1 daemonsets. Source: pkg/registry/apps/daemonset/strategy.go, pkg/apis/apps/validation. */
export const daemonSets = defineKind<DaemonSet>({
  apiVersion: "apps/v1",
  kind: "DaemonSet",
  resource: "daemonsets",
  shortNames: ["ds"],
  categories: ["all"],
  hasStatus: true,
  shape: objectOf("DaemonSet", {
    metadata: METADATA,
    spec: objectOf("DaemonSetSpec", {
      selector: LABEL_SELECTOR,
      template: POD_TEMPLATE,
      updateStrategy: objectOf("DaemonSetUpdateStrategy", {
        type: "text",
        rollingUpdate: objectOf("RollingUpdateDaemonSet", { maxUnavailable: "intOrString", maxSurge: "intOrString" }),
      }),
      minReadySeconds: "int32",
      revisionHistoryLimit: "int32",
    }),
    status: objectOf("DaemonSetStatus", { ...COUNTS, conditions: CONDITIONS }),
  }),
  strategy: {
    applyDefaults(set) {
      applyDefaults(set);
      setTemplateGeneration(set, 1);
    },
    prepareForCreate(set) {
      set.status = { currentNumberScheduled: 0, numberMisscheduled: 0, desiredNumberScheduled: 0, numberReady: 0 };
    },
    prepareForUpdate(set, previous) {
      const before = Number(previous.metadata.annotations?.[TEMPLATE_GENERATION] ?? 0);
      setTemplateGeneration(set, equalJson(set.spec.template, previous.spec.template) ? Math.max(before, 1) : before + 1);
    },
    validate: ({ spec }, { version }) => [
      ...selectorErrors(spec.selector, spec.template, "daemonset"),
      ...templateErrors(spec.template, { ...ALWAYS, version }),
      ...nonNegative("spec.minReadySeconds", spec.minReadySeconds),
      ...updateStrategyErrors(spec),
      ...nonNegative("spec.revisionHistoryLimit", spec.revisionHistoryLimit),
    ],
    validateUpdate: ({ spec }, { spec: previous }) => immutable("spec.selector", spec.selector, previous.selector),
  },
  table: {
    columns: [
      NAME,
      integer("Desired", "Number of nodes that should run a pod of the set."),
      integer("Current", "Number of nodes that have a pod of the set and should."),
      integer("Ready", "Number of pods that are ready."),
      integer("Up-to-date", "Number of nodes whose pod is made from the present template."),
      integer("Available", "Number of pods that have been ready for long enough."),
      text("Node Selector", "Labels that a node must have."),
      AGE,
      CONTAINERS,
      IMAGES,
      SELECTOR,
    ],
    cells(set, context) {
      const { metadata, spec, status } = set;
      return [
        metadata.name,
        status?.desiredNumberScheduled ?? 0,
        status?.currentNumberScheduled ?? 0,
        status?.numberReady ?? 0,
        status?.updatedNumberScheduled ?? 0,
        status?.numberAvailable ?? 0,
        formatLabels(spec.template?.spec?.nodeSelector),
        age(set, context),
        ...containerCells(spec.template),
        formatLabelSelector(spec.selector),
      ];
    },
  },
});
