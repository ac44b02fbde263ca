import type { Deployment } from "#api/kubernetes/workloads";
import { type FieldError, formatLabelSelector, invalid, notSupported } from "#kube/apimachinery";
import { immutable, nonNegative } from "../checks.ts";
import { AGE, age, CONTAINERS, containerCells, IMAGES, NAME, SELECTOR, text } from "../columns.ts";
import { defineKind } from "../define.ts";
import type { StrategyContext } from "../kind.ts";
import { CONDITIONS, LABEL_SELECTOR, METADATA, POD_TEMPLATE } from "../pod-template/shape.ts";
import { defaultTemplate } from "../pod-template/template.ts";
import { selectorErrors, templateErrors } from "../pod-template/validation.ts";
import { objectOf } from "../shape.ts";
import { ALWAYS, REPLICAS_SCALE } from "./replica-sets.ts";
import { aboveAllErrors, countOrShareErrors, isZero } from "./rolling-update.ts";

const STRATEGIES = ["Recreate", "RollingUpdate"];
const STRATEGY = "spec.strategy.rollingUpdate";

/** Source: pkg/apis/apps/v1/defaults.go, SetDefaults_Deployment. */
function applyDefaults(deployment: Deployment): void {
  deployment.spec ??= {} as Deployment["spec"];
  const { spec } = deployment;
  spec.replicas ??= 1;
  const strategy = (spec.strategy ??= {});
  strategy.type ||= "RollingUpdate";
  if (strategy.type === "RollingUpdate") strategy.rollingUpdate = { maxUnavailable: "25%", maxSurge: "25%", ...strategy.rollingUpdate };
  spec.revisionHistoryLimit ??= 10;
  spec.progressDeadlineSeconds ??= 600;
  defaultTemplate(spec.template);
}

function strategyErrors({ strategy }: Deployment["spec"]): FieldError[] {
  const { type, rollingUpdate } = strategy ?? {};
  if (type === "Recreate" && rollingUpdate !== undefined) {
    return [{ type: "Forbidden", field: STRATEGY, detail: "may not be specified when strategy `type` is 'Recreate'" }];
  }
  if (type !== "Recreate" && type !== "RollingUpdate") return [notSupported("spec.strategy.type", type, STRATEGIES)];
  if (rollingUpdate === undefined) return [];
  const { maxSurge = 0, maxUnavailable = 0 } = rollingUpdate;
  const errors = [
    ...countOrShareErrors(`${STRATEGY}.maxUnavailable`, maxUnavailable),
    ...countOrShareErrors(`${STRATEGY}.maxSurge`, maxSurge),
  ];
  if (isZero(maxSurge) && isZero(maxUnavailable)) {
    errors.push(invalid(`${STRATEGY}.maxUnavailable`, maxUnavailable, "may not be 0 when `maxSurge` is 0"));
  }
  return [...errors, ...aboveAllErrors(`${STRATEGY}.maxUnavailable`, maxUnavailable)];
}

/** Source: pkg/apis/apps/validation/validation.go, ValidateDeploymentSpec. */
function validate({ spec }: Deployment, { version }: StrategyContext): FieldError[] {
  const errors = [
    ...nonNegative("spec.replicas", spec.replicas),
    ...selectorErrors(spec.selector, spec.template, "deployment"),
    ...templateErrors(spec.template, { ...ALWAYS, version }),
    ...strategyErrors(spec),
    ...nonNegative("spec.minReadySeconds", spec.minReadySeconds),
    ...nonNegative("spec.revisionHistoryLimit", spec.revisionHistoryLimit),
    ...nonNegative("spec.progressDeadlineSeconds", spec.progressDeadlineSeconds),
  ];
  const { progressDeadlineSeconds = 0, minReadySeconds = 0 } = spec;
  if (progressDeadlineSeconds <= minReadySeconds) {
    errors.push(invalid("spec.progressDeadlineSeconds", progressDeadlineSeconds, "must be greater than minReadySeconds"));
  }
  return errors;
}

/** apps/v1 deployments. */
export const deployments = defineKind<Deployment>({
  apiVersion: "apps/v1",
  kind: "Deployment",
  resource: "deployments",
  shortNames: ["deploy"],
  categories: ["all"],
  hasStatus: true,
  scale: REPLICAS_SCALE,
  shape: objectOf("Deployment", {
    metadata: METADATA,
    spec: objectOf("DeploymentSpec", {
      replicas: "int32",
      selector: LABEL_SELECTOR,
      template: POD_TEMPLATE,
      strategy: objectOf("DeploymentStrategy", {
        type: "text",
        rollingUpdate: objectOf("RollingUpdateDeployment", { maxUnavailable: "intOrString", maxSurge: "intOrString" }),
      }),
      minReadySeconds: "int32",
      revisionHistoryLimit: "int32",
      paused: "bool",
      progressDeadlineSeconds: "int32",
    }),
    status: objectOf("DeploymentStatus", {
      observedGeneration: "int64",
      replicas: "int32",
      updatedReplicas: "int32",
      readyReplicas: "int32",
      availableReplicas: "int32",
      unavailableReplicas: "int32",
      conditions: CONDITIONS,
    }),
  }),
  strategy: {
    applyDefaults,
    prepareForCreate(deployment) {
      deployment.status = {};
    },
    validate,
    validateUpdate: ({ spec }, { spec: previous }) => immutable("spec.selector", spec.selector, previous.selector),
  },
  table: {
    columns: [
      NAME,
      text("Ready", "Number of the pod with ready state"),
      text("Up-to-date", "Number of pods made from the present template."),
      text("Available", "Number of pods that have been ready for long enough."),
      AGE,
      CONTAINERS,
      IMAGES,
      SELECTOR,
    ],
    cells(deployment, context) {
      const { metadata, spec, status } = deployment;
      return [
        metadata.name,
        `${status?.readyReplicas ?? 0}/${spec.replicas ?? 0}`,
        status?.updatedReplicas ?? 0,
        status?.availableReplicas ?? 0,
        age(deployment, context),
        ...containerCells(spec.template),
        formatLabelSelector(spec.selector),
      ];
    },
  },
});
