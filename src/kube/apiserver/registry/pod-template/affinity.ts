import type { Affinity, NodeSelectorRequirement, NodeSelectorTerm, PodAffinity, PodAffinityTerm } from "#api/kubernetes/core";
import { type FieldError, forbidden, invalid, labelSelectorErrors, qualifiedNameErrors, required } from "#kube/apimachinery";

/** What is wrong with a pod's affinity. Source: pkg/apis/core/validation/validation.go, validateAffinity. */
export function affinityErrors(affinity: Affinity | undefined, path: string): FieldError[] {
  return [
    ...nodeAffinityErrors(affinity?.nodeAffinity, `${path}.nodeAffinity`),
    ...podAffinityErrors(affinity?.podAffinity, `${path}.podAffinity`),
    ...podAffinityErrors(affinity?.podAntiAffinity, `${path}.podAntiAffinity`),
  ];
}

function requirementErrors({ key, operator, values = [] }: NodeSelectorRequirement, path: string): FieldError[] {
  const errors: FieldError[] = [];
  switch (operator) {
    case "In":
    case "NotIn":
      if (values.length === 0) errors.push(required(`${path}.values`, "must be specified when `operator` is 'In' or 'NotIn'"));
      break;
    case "Exists":
    case "DoesNotExist":
      if (values.length > 0) errors.push(forbidden(`${path}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"));
      break;
    case "Gt":
    case "Lt":
      if (values.length !== 1) errors.push(required(`${path}.values`, "must be specified single value when `operator` is 'Lt' or 'Gt'"));
      break;
    default:
      errors.push(invalid(`${path}.operator`, operator, "not a valid selector operator"));
  }
  return [...errors, ...qualifiedNameErrors(key).map((detail) => invalid(`${path}.key`, key, detail))];
}

function fieldRequirementErrors({ key, operator, values = [] }: NodeSelectorRequirement, path: string): FieldError[] {
  if (operator !== "In" && operator !== "NotIn") return [invalid(`${path}.operator`, operator, "not a valid selector operator")];
  const errors =
    values.length === 1
      ? []
      : [required(`${path}.values`, "must be only one value when `operator` is 'In' or 'NotIn' for node field selector")];
  if (key === "metadata.name") return errors;
  return [...errors, invalid(`${path}.key`, key, "not a valid field selector key")];
}

function termErrors(term: NodeSelectorTerm, path: string): FieldError[] {
  return [
    ...(term.matchExpressions ?? []).flatMap((each, index) => requirementErrors(each, `${path}.matchExpressions[${index}]`)),
    ...(term.matchFields ?? []).flatMap((each, index) => fieldRequirementErrors(each, `${path}.matchFields[${index}]`)),
  ];
}

function nodeAffinityErrors(nodeAffinity: Affinity["nodeAffinity"], path: string): FieldError[] {
  const requiredTerms = nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  const errors: FieldError[] = [];
  if (requiredTerms !== undefined) {
    const terms = requiredTerms.nodeSelectorTerms ?? [];
    const termsPath = `${path}.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms`;
    if (terms.length === 0) errors.push(required(termsPath, "must have at least one node selector term"));
    errors.push(...terms.flatMap((term, index) => termErrors(term, `${termsPath}[${index}]`)));
  }
  for (const [index, { weight, preference }] of (nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []).entries()) {
    const preferredPath = `${path}.preferredDuringSchedulingIgnoredDuringExecution[${index}]`;
    errors.push(...weightErrors(weight, preferredPath), ...termErrors(preference ?? {}, `${preferredPath}.preference`));
  }
  return errors;
}

function weightErrors(weight: number | undefined, path: string): FieldError[] {
  if (weight !== undefined && weight >= 1 && weight <= 100) return [];
  return [invalid(`${path}.weight`, weight ?? 0, "must be in the range 1-100")];
}

function podAffinityErrors(affinity: PodAffinity | undefined, path: string): FieldError[] {
  const requiredTerms = affinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
  const preferred = affinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
  const place = `${path}.requiredDuringSchedulingIgnoredDuringExecution`;
  return [
    ...requiredTerms.flatMap((term, index) => podTermErrors(term, `${place}[${index}]`)),
    ...preferred.flatMap(({ weight, podAffinityTerm }, index) => {
      const at = `${path}.preferredDuringSchedulingIgnoredDuringExecution[${index}]`;
      return [...weightErrors(weight, at), ...podTermErrors(podAffinityTerm, `${at}.podAffinityTerm`)];
    }),
  ];
}

function podTermErrors({ labelSelector, namespaceSelector, topologyKey }: PodAffinityTerm, path: string): FieldError[] {
  return [
    ...(labelSelector === undefined ? [] : labelSelectorErrors(labelSelector, `${path}.labelSelector`)),
    ...(namespaceSelector === undefined ? [] : labelSelectorErrors(namespaceSelector, `${path}.namespaceSelector`)),
    ...(topologyKey === "" ? [required(`${path}.topologyKey`, "can not be empty")] : []),
    ...qualifiedNameErrors(topologyKey).map((detail) => invalid(`${path}.topologyKey`, topologyKey, detail)),
  ];
}
