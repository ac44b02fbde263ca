import type { TopologySpreadConstraint } from "#api/kubernetes/core";
import { duplicate, type FieldError, invalid, labelSelectorErrors, notSupported, required } from "#kube/apimachinery";

const NOT_POSITIVE = "must be greater than zero";
const ACTIONS = ["DoNotSchedule", "ScheduleAnyway"];

/** What is wrong with a pod's spread. Source: pkg/apis/core/validation/validation.go, validateTopologySpreadConstraints. */
export function spreadErrors(constraints: readonly TopologySpreadConstraint[] | undefined, path: string): FieldError[] {
  const seen = new Set<string>();
  return (constraints ?? []).flatMap((constraint, index) => {
    const at = `${path}[${index}]`;
    const { topologyKey, labelSelector } = constraint;
    const action: string = constraint.whenUnsatisfiable ?? "";
    const pair = `{${topologyKey}, ${action}}`;
    const isRepeated = seen.has(pair);
    seen.add(pair);
    return [
      ...skewErrors(constraint, at),
      ...(topologyKey === "" ? [required(`${at}.topologyKey`, "can not be empty")] : []),
      ...(ACTIONS.includes(action) ? [] : [notSupported(`${at}.whenUnsatisfiable`, action, ACTIONS)]),
      ...(isRepeated ? [duplicate(`${at}.{topologyKey, whenUnsatisfiable}`, pair)] : []),
      ...minDomainsErrors(constraint, at),
      ...(labelSelector === undefined ? [] : labelSelectorErrors(labelSelector, `${at}.labelSelector`)),
    ];
  });
}

function skewErrors({ maxSkew }: TopologySpreadConstraint, at: string): FieldError[] {
  return maxSkew > 0 ? [] : [invalid(`${at}.maxSkew`, maxSkew ?? 0, NOT_POSITIVE)];
}

function minDomainsErrors({ minDomains, whenUnsatisfiable: action }: TopologySpreadConstraint, at: string): FieldError[] {
  if (minDomains === undefined) return [];
  const detail = `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${action}`;
  return [
    ...(minDomains > 0 ? [] : [invalid(`${at}.minDomains`, minDomains, NOT_POSITIVE)]),
    ...(action === "DoNotSchedule" ? [] : [invalid(`${at}.minDomains`, minDomains, detail)]),
  ];
}
