import type { PodSpec, Toleration } from "#api/kubernetes/core";
import type { LabelSelector } from "#api/kubernetes/meta";
import type { PodTemplate } from "#api/kubernetes/workloads";
import {
  dns1123LabelErrors,
  dns1123SubdomainErrors,
  duplicate,
  type FieldError,
  forbidden,
  invalid,
  labelSelectorErrors,
  labelValueErrors,
  matchesLabelSelector,
  notSupported,
  qualifiedNameErrors,
  required,
} from "#kube/apimachinery";
import { labelsErrors } from "../checks.ts";
import { affinityErrors } from "./affinity.ts";
import { containersErrors } from "./containers.ts";
import { spreadErrors } from "./spread.ts";

/** Effects in the order Kubernetes lists them when one is not supported. */
export const SUPPORTED_EFFECTS = ["NoSchedule", "PreferNoSchedule", "NoExecute"];

const RESTART_POLICIES = ["Always", "OnFailure", "Never"];
const DNS_POLICIES = ["ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"];
const MAX_INT32 = 2 ** 31 - 1;

function tolerationErrors(toleration: Toleration, path: string): FieldError[] {
  const { tolerationSeconds } = toleration;
  const { key = "", operator = "", value = "", effect = "" } = toleration as Readonly<Partial<Record<string, string>>>;
  const errors = key === "" ? [] : qualifiedNameErrors(key).map((detail) => invalid(`${path}.key`, key, detail));
  if (key === "" && operator !== "Exists") {
    errors.push(
      invalid(`${path}.operator`, operator, 'operator must be Exists when `key` is empty, which means "match all values and all keys"'),
    );
  }
  if (tolerationSeconds !== undefined && effect !== "NoExecute") {
    errors.push(invalid(`${path}.effect`, effect, "effect must be 'NoExecute' when `tolerationSeconds` is set"));
  }
  if (operator === "" || operator === "Equal") {
    const complaints = labelValueErrors(value);
    if (complaints.length > 0) errors.push(invalid(`${path}.operator`, value, complaints.join(";")));
  } else if (operator === "Exists") {
    if (value !== "") errors.push(invalid(`${path}.operator`, value, "value must be empty when `operator` is 'Exists'"));
  } else errors.push(notSupported(`${path}.operator`, operator, ["Equal", "Exists"]));
  if (effect !== "" && !SUPPORTED_EFFECTS.includes(effect)) errors.push(notSupported(`${path}.effect`, effect, SUPPORTED_EFFECTS));
  return errors;
}

/** Source: pkg/apis/core/validation/validation.go, ValidateTolerations. */
export function tolerationsErrors(tolerations: readonly Toleration[] | undefined, field: string): FieldError[] {
  return (tolerations ?? []).flatMap((toleration, index) => tolerationErrors(toleration, `${field}[${index}]`));
}

/** The order in which sources of a volume are looked at. Source: pkg/apis/core/validation/validation.go, validateVolumeSource. */
const SOURCE_ORDER = [
  ..."emptyDir hostPath gitRepo gcePersistentDisk awsElasticBlockStore secret nfs iscsi glusterfs flocker persistentVolumeClaim rbd".split(
    " ",
  ),
  ..."cinder cephfs quobyte downwardAPI fc flexVolume configMap azureFile vsphereVolume photonPersistentDisk portworxVolume azureDisk storageos projected scaleIO csi".split(
    " ",
  ),
  ..."ephemeral image".split(" "),
];

function bySourceOrder(left: string, right: string): number {
  return SOURCE_ORDER.indexOf(left) - SOURCE_ORDER.indexOf(right);
}

function volumesErrors({ volumes }: PodSpec, field: string): FieldError[] {
  const names = new Set<string>();
  return (volumes ?? []).flatMap((volume, index) => {
    const path = `${field}.volumes[${index}]`;
    const errors: FieldError[] = [];
    const sources = Object.entries(volume).flatMap(([key, value]) =>
      key === "name" || value === undefined || value === null ? [] : [key],
    );
    for (const source of sources.sort(bySourceOrder).slice(1))
      errors.push(forbidden(`${path}.${source}`, "may not specify more than 1 volume type"));
    if (!volume.name) errors.push(required(`${path}.name`));
    else {
      for (const detail of dns1123LabelErrors(volume.name)) errors.push(invalid(`${path}.name`, volume.name, detail));
      if (names.has(volume.name)) errors.push(duplicate(`${path}.name`, volume.name));
      names.add(volume.name);
    }
    return errors;
  });
}

function choice(field: string, value: string | undefined, supported: readonly string[]): FieldError[] {
  if (value === undefined || value === "") return [required(field)];
  return supported.includes(value) ? [] : [notSupported(field, value, supported)];
}

function subdomain(field: string, value: string | undefined): FieldError[] {
  return value === undefined || value === "" ? [] : dns1123SubdomainErrors(value).map((detail) => invalid(field, value, detail));
}

function deadlineErrors({ activeDeadlineSeconds: seconds }: PodSpec, field: string): FieldError[] {
  if (seconds === undefined || (seconds >= 1 && seconds <= MAX_INT32)) return [];
  return [invalid(`${field}.activeDeadlineSeconds`, seconds, `must be between 1 and ${MAX_INT32}, inclusive`)];
}

/**
 * What is wrong with the spec of a pod or a template: the essentials.
 *
 * @param field Path of the spec, `spec` or `spec.template.spec`.
 * @param version Of the cluster.
 * Source: pkg/apis/core/validation/validation.go, ValidatePodSpec.
 */
export function podSpecErrors(spec: PodSpec, field: string, version: string): FieldError[] {
  return [
    ...volumesErrors(spec, field),
    ...containersErrors(spec, field, version),
    ...choice(`${field}.restartPolicy`, spec.restartPolicy, RESTART_POLICIES),
    ...choice(`${field}.dnsPolicy`, spec.dnsPolicy, DNS_POLICIES),
    ...labelsErrors(spec.nodeSelector, `${field}.nodeSelector`),
    ...affinityErrors(spec.affinity, `${field}.affinity`),
    ...spreadErrors(spec.topologySpreadConstraints, `${field}.topologySpreadConstraints`),
    ...tolerationsErrors(spec.tolerations, `${field}.tolerations`),
    ...subdomain(`${field}.serviceAccountName`, spec.serviceAccountName),
    ...subdomain(`${field}.nodeName`, spec.nodeName),
    ...subdomain(`${field}.priorityClassName`, spec.priorityClassName),
    ...deadlineErrors(spec, field),
  ];
}

interface TemplateRules {
  /** `spec.template`. */
  readonly field: string;
  readonly restartPolicies: readonly string[];
  /** Of the cluster. */
  readonly version: string;
}

/** What is wrong with a template of pods. Source: pkg/apis/core/validation/validation.go, ValidatePodTemplateSpec. */
export function templateErrors(template: PodTemplate | undefined, { field, restartPolicies, version }: TemplateRules): FieldError[] {
  if (template === undefined) return [required(field)];
  const { metadata, spec } = template;
  const errors = [...labelsErrors(metadata?.labels, `${field}.labels`), ...podSpecErrors(spec, `${field}.spec`, version)];
  if (spec.restartPolicy !== undefined && RESTART_POLICIES.includes(spec.restartPolicy) && !restartPolicies.includes(spec.restartPolicy)) {
    errors.push(notSupported(`${field}.spec.restartPolicy`, spec.restartPolicy, restartPolicies));
  }
  return errors;
}

const LABELS = "spec.template.metadata.labels";
const UNSELECTED = "`selector` does not match template `labels`";

/**
 * What is wrong with the selector of something that makes pods from a template: it must be there, select something, and
 * select the template's own pods. Source: pkg/apis/apps/validation/validation.go, ValidateDeploymentSpec and its like.
 */
export function selectorErrors(selector: LabelSelector | undefined, template: PodTemplate | undefined, kind: string): FieldError[] {
  // A selector that is not there selects nothing, so not the template's pods either.
  if (selector === undefined)
    return [required("spec.selector"), ...(template === undefined ? [] : [invalid(LABELS, template.metadata?.labels ?? null, UNSELECTED)])];
  const errors = labelSelectorErrors(selector, "spec.selector");
  const empty = Object.keys(selector.matchLabels ?? {}).length + (selector.matchExpressions ?? []).length === 0;
  if (empty) errors.push(invalid("spec.selector", selector, `empty selector is invalid for ${kind}`));
  const labels = template?.metadata?.labels ?? {};
  if (errors.length > 0 || template === undefined || matchesLabelSelector(selector, labels)) return errors;
  return [invalid(LABELS, labels, UNSELECTED)];
}
