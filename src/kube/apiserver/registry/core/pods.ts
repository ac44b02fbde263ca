import type { Pod } from "#api/kubernetes/core";
import { equalJson, type FieldError, forbidden, humanDuration, isReleaseAtLeast, qosClass } from "#kube/apimachinery";
import { AGE, age, NAME, orElse, text, wideText } from "../columns.ts";
import { defineKind } from "../define.ts";
import type { Cell, StrategyContext, TablePrinter } from "../kind.ts";
import { defaultPod } from "../pod-template/defaults.ts";
import { imageErrors } from "../pod-template/containers.ts";
import { METADATA, POD_SPEC, POD_STATUS } from "../pod-template/shape.ts";
import { podSpecErrors } from "../pod-template/validation.ts";
import { objectOf } from "../shape.ts";
import { mergeLabelKeys, noteSchedulingGates } from "./pod-scheduling.ts";
import { summarize } from "./pod-status.ts";

const NONE = "<none>";

/** `3 (5m ago)`; just the number before 1.22 and when nothing is known of the last restart. */
function restartsCell(pod: Pod, { nowMs, version }: StrategyContext): Cell {
  const { restarts, lastRestartMs } = summarize(pod);
  if (!isReleaseAtLeast(version, "1.22")) return restarts;
  return restarts === 0 || lastRestartMs === undefined ? String(restarts) : `${restarts} (${humanDuration(nowMs - lastRestartMs)} ago)`;
}

function readinessGates({ spec, status }: Pod): string {
  const gates = spec.readinessGates ?? [];
  if (gates.length === 0) return NONE;
  const met = gates.filter(({ conditionType }) =>
    status?.conditions?.some((each) => each.type === conditionType && each.status === "True"),
  );
  return `${met.length}/${gates.length}`;
}

const table: TablePrinter<Pod> = {
  columns: [
    NAME,
    text("Ready", "The aggregate readiness state of this pod for accepting traffic."),
    text("Status", "The aggregate status of the containers in this pod."),
    text(
      "Restarts",
      "The number of times the containers in this pod have been restarted and when the last container in this pod has restarted.",
    ),
    AGE,
    wideText("IP", "IP address allocated to the pod."),
    wideText("Node", "Name of the node that the pod is assigned to."),
    wideText("Nominated Node", "Node that the pod may take once pods of lower priority have left it."),
    wideText("Readiness Gates", "Conditions that count for the pod's readiness beside its containers'."),
  ],
  cells(pod, context) {
    const { reason, ready, total } = summarize(pod);
    const { status, spec, metadata } = pod;
    const podIp = orElse(status?.podIPs?.[0]?.ip ?? status?.podIP, NONE);
    return [
      metadata.name,
      `${ready}/${total}`,
      reason,
      restartsCell(pod, context),
      age(pod, context),
      podIp,
      orElse(spec.nodeName, NONE),
      orElse(status?.nominatedNodeName, NONE),
      readinessGates(pod),
    ];
  },
  conditions({ status }) {
    const completed = { type: "Completed", status: "True" };
    if (status?.phase === "Succeeded") return [{ ...completed, reason: "Succeeded", message: "The pod has completed successfully." }];
    return status?.phase === "Failed" ? [{ ...completed, reason: "Failed", message: "The pod failed." }] : [];
  },
};

const UPDATE_TEXT =
  "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)";

/** What of a pod's spec must stay as it is, in a form to compare. */
function fixedPart({ spec }: Pod): unknown {
  const { tolerations: _, activeDeadlineSeconds: __, schedulingGates: ___, nodeSelector, affinity, ...rest } = spec;
  const withoutImage = ({ image: ____, ...container }: Pod["spec"]["containers"][number]): unknown => container;
  const gated = (spec.schedulingGates ?? []).length > 0;
  return {
    ...rest,
    // While a pod is gated its node selector and affinity may still be narrowed; that they only get narrower is not checked.
    ...(gated ? {} : { nodeSelector, affinity }),
    containers: spec.containers.map(withoutImage),
    initContainers: spec.initContainers?.map(withoutImage),
  };
}

/** Source: pkg/apis/core/validation/validation.go, ValidatePodUpdate. */
function updateErrors(pod: Pod, previous: Pod): FieldError[] {
  const errors: FieldError[] = [];
  if (pod.spec.containers.length !== previous.spec.containers.length) {
    return [forbidden("spec.containers", "pod updates may not add or remove containers")];
  }
  const kept = (previous.spec.tolerations ?? []).every((toleration) =>
    (pod.spec.tolerations ?? []).some((each) => equalJson({ ...each, tolerationSeconds: 0 }, { ...toleration, tolerationSeconds: 0 })),
  );
  if (!kept) errors.push(forbidden("spec.tolerations", "existing toleration can not be modified except its tolerationSeconds"));
  const previousGates = new Set((previous.spec.schedulingGates ?? []).map(({ name }) => name));
  for (const { name } of pod.spec.schedulingGates ?? []) {
    if (!previousGates.has(name))
      errors.push(forbidden("spec.schedulingGates", `only deletion is allowed, but found new scheduling gate '${name}'`));
  }
  const comparable =
    (previous.spec.schedulingGates ?? []).length > 0 ? { ...pod, spec: { ...pod.spec, schedulingGates: [{ name: "-" }] } } : pod;
  if (!equalJson(fixedPart(comparable), fixedPart(previous))) errors.push(forbidden("spec", UPDATE_TEXT));
  return errors;
}

/** core/v1 pods. Source: pkg/registry/core/pod/strategy.go. */
export const pods = defineKind<Pod>({
  apiVersion: "v1",
  kind: "Pod",
  resource: "pods",
  shortNames: ["po"],
  categories: ["all"],
  hasStatus: true,
  shape: objectOf("Pod", { metadata: METADATA, spec: POD_SPEC, status: POD_STATUS }),
  strategy: {
    applyDefaults(pod, { version }) {
      pod.spec ??= { containers: [] };
      defaultPod(pod.spec, version);
    },
    prepareForCreate(pod, { version }) {
      pod.status = { phase: "Pending", qosClass: qosClass(pod.spec) };
      noteSchedulingGates(pod, version);
      mergeLabelKeys(pod, version);
    },
    validate: ({ spec }, { version }) => [...podSpecErrors(spec, "spec", version), ...imageErrors(spec, "spec")],
    // Source: pkg/apis/core/validation/validation.go, ValidatePodCreate.
    validateCreate: ({ spec }) =>
      (spec.ephemeralContainers ?? []).length === 0 ? [] : [forbidden("spec.ephemeralContainers", "cannot be set on create")],
    validateUpdate: updateErrors,
  },
  table,
  selectableFields: ({ spec, status }) => ({
    "spec.nodeName": spec?.nodeName ?? "",
    "spec.restartPolicy": spec?.restartPolicy ?? "",
    "spec.schedulerName": spec?.schedulerName ?? "",
    "spec.serviceAccountName": spec?.serviceAccountName ?? "",
    "spec.hostNetwork": String(spec?.hostNetwork ?? false),
    "status.phase": status?.phase ?? "",
    "status.podIP": status?.podIP ?? "",
    "status.podIPs": status?.podIPs?.[0]?.ip ?? "",
    "status.nominatedNodeName": status?.nominatedNodeName ?? "",
  }),
});
