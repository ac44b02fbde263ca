import type { NodeSelectorRequirement } from "#api/kubernetes/core";
import {
  duplicate,
  type FieldError,
  forbidden,
  invalid,
  notSupported,
  qualifiedNameErrors,
  required,
  requirementErrors,
  NODE_SELECTOR_OPERATORS,
  nodeSelectorOperator,
} from "#kube/apimachinery";
import type { DecodedArguments } from "./decode.ts";
import type { ArgumentDocuments, ShapePointInDocument, TermInDocument } from "./document.ts";

type Told<Name extends keyof ArgumentDocuments> = ArgumentDocuments[Name];

/** A path below another; the root of arguments that are looked at by themselves is empty. */
const at = (path: string, member: string): string => (path === "" ? member : `${path}.${member}`);

/** What is wrong with what a plugin is told. Source: pkg/scheduler/apis/config/validation/validation_pluginargs.go. */
export function argumentErrors(name: keyof ArgumentDocuments, told: DecodedArguments, path: string): readonly FieldError[] {
  const args = told[name];
  return args === undefined ? [] : CHECKS[name](args, path);
}

const CHECKS: { readonly [Name in keyof ArgumentDocuments]: (args: Told<Name>, path: string) => readonly FieldError[] } = {
  DefaultPreemption({ minCandidateNodesPercentage, minCandidateNodesAbsolute }, path) {
    const percentage = minCandidateNodesPercentage ?? 10;
    const absolute = minCandidateNodesAbsolute ?? 100;
    const fields = { percentage: at(path, "minCandidateNodesPercentage"), absolute: at(path, "minCandidateNodesAbsolute") };
    const zero = "cannot be zero at the same time as";
    return [
      ...(percentage < 0 || percentage > 100 ? [invalid(fields.percentage, percentage, "not in valid range [0, 100]")] : []),
      ...(absolute < 0 ? [invalid(fields.absolute, absolute, "not in valid range [0, inf)")] : []),
      ...(percentage === 0 && absolute === 0
        ? [
            invalid(fields.percentage, percentage, `${zero} minCandidateNodesAbsolute`),
            invalid(fields.absolute, absolute, `${zero} minCandidateNodesPercentage`),
          ]
        : []),
    ];
  },
  DynamicResources: () => [],
  InterPodAffinity({ hardPodAffinityWeight }, path) {
    const weight = hardPodAffinityWeight ?? 1;
    return weight < 0 || weight > 100 ? [invalid(at(path, "hardPodAffinityWeight"), weight, "not in valid range [0, 100]")] : [];
  },
  NodeAffinity({ addedAffinity }, path) {
    const { requiredDuringSchedulingIgnoredDuringExecution: hard, preferredDuringSchedulingIgnoredDuringExecution: soft } =
      addedAffinity ?? {};
    const field = at(path, "addedAffinity");
    return [
      ...(hard?.nodeSelectorTerms ?? []).flatMap((term, index) =>
        termErrors(term, `${field}.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[${index}]`),
      ),
      ...(soft ?? []).flatMap(({ weight = 0, preference = {} }, index) =>
        weight === 0 ? [] : termErrors(preference, `${field}.preferredDuringSchedulingIgnoredDuringExecution[${index}]`),
      ),
    ];
  },
  NodeResourcesBalancedAllocation({ resources }, path) {
    const seen = new Set<string>();
    return (resources ?? []).flatMap(({ name = "", weight }, index) => {
      const field = `${at(path, "resources")}[${index}]`;
      const repeated = seen.has(name) ? [duplicate(`${field}.name`, name)] : [];
      seen.add(name);
      return [...repeated, ...((weight || 1) === 1 ? [] : [invalid(`${field}.weight`, weight, "must be 1")])];
    });
  },
  NodeResourcesFit: fitErrors,
  PodTopologySpread: spreadErrors,
  VolumeBinding({ bindTimeoutSeconds, shape }, path) {
    const timeout = bindTimeoutSeconds ?? 600;
    const field = at(path, "bindTimeoutSeconds");
    return [
      ...(timeout < 0 ? [invalid(field, timeout, "invalid BindTimeoutSeconds, should not be a negative value")] : []),
      ...(shape === undefined
        ? []
        : [
            invalid(
              at(path, "shape"),
              shape.map(({ utilization = 0, score = 0 }) => ({ Utilization: utilization, Score: score })),
              "unexpected field `shape`, remove it or turn on the feature gate StorageCapacityScoring",
            ),
          ]),
    ];
  },
};

const STRATEGIES = ["LeastAllocated", "MostAllocated", "RequestedToCapacityRatio"];

function fitErrors(args: Told<"NodeResourcesFit">, path: string): readonly FieldError[] {
  const { ignoredResources, ignoredResourceGroups, scoringStrategy } = args;
  const names = (field: string, list: readonly string[] | undefined): readonly FieldError[] =>
    (list ?? []).flatMap((name, index) => {
      const place = `${at(path, field)}[${index}]`;
      const slash =
        field === "ignoredResourceGroups" && name.includes("/") ? [invalid(place, name, "resource group name can't contain '/'")] : [];
      return [...slash, ...labelNameErrors(place, name)];
    });
  const errors = [...names("ignoredResources", ignoredResources), ...names("ignoredResourceGroups", ignoredResourceGroups)];
  if (scoringStrategy === undefined) return errors;
  const { type, resources, requestedToCapacityRatio: ratio } = scoringStrategy;
  const field = at(path, "scoringStrategy");
  return [
    ...errors,
    ...(STRATEGIES.includes(type ?? "") ? [] : [notSupported(`${field}.type`, type ?? "", STRATEGIES)]),
    ...(resources ?? []).flatMap(({ name = "", weight }, index) =>
      (weight || 1) > 0 && (weight || 1) <= 100
        ? []
        : [invalid(`${field}.resources[${index}].weight`, weight, `resource weight of ${name} not in valid range (0, 100]`)],
    ),
    // kube-scheduler ends at a ratio without any shape; here it is refused as one without points.
    ...(ratio !== undefined ? shapeErrors(ratio.shape ?? [], `${field}.shape`) : []),
    ...(type === "RequestedToCapacityRatio" && ratio === undefined ? shapeErrors([], `${field}.shape`) : []),
  ];
}

function shapeErrors(shape: readonly ShapePointInDocument[], path: string): readonly FieldError[] {
  if (shape.length === 0) return [required(path, "at least one point must be specified")];
  const unsorted = shape.findIndex(({ utilization = 0 }, index) => index > 0 && (shape[index - 1]?.utilization ?? 0) >= utilization);
  const range = (index: number, member: "utilization" | "score", most: number): readonly FieldError[] => {
    const value = shape[index]?.[member] ?? 0;
    return value < 0 || value > most ? [invalid(`${path}[${index}].${member}`, value, `not in valid range [0, ${most}]`)] : [];
  };
  return [
    ...(unsorted < 0
      ? []
      : [invalid(`${path}[${unsorted}].utilization`, shape[unsorted]?.utilization, "values must be sorted in increasing order")]),
    ...shape.flatMap((_, index) => [...range(index, "utilization", 100), ...range(index, "score", 10)]),
  ];
}

function spreadErrors({ defaultConstraints, defaultingType }: Told<"PodTopologySpread">, path: string): readonly FieldError[] {
  const constraints = defaultConstraints ?? [];
  const type = defaultingType || "System";
  const typeField = at(path, "defaultingType");
  const field = at(path, "defaultConstraints");
  const actions: readonly string[] = ["DoNotSchedule", "ScheduleAnyway"];
  return [
    ...(type !== "System" && type !== "List" ? [notSupported(typeField, type, ["System", "List"])] : []),
    ...(type === "System" && constraints.length > 0 ? [invalid(typeField, type, "when .defaultConstraints are not empty")] : []),
    ...constraints.flatMap(({ maxSkew = 0, topologyKey = "", whenUnsatisfiable = "", labelSelector }, index) => {
      const each = `${field}[${index}]`;
      const action = `${each}.whenUnsatisfiable`;
      const isRepeated = constraints
        .slice(0, index)
        .some((other) => (other.topologyKey ?? "") === topologyKey && (other.whenUnsatisfiable ?? "") === whenUnsatisfiable);
      return [
        ...(maxSkew <= 0 ? [invalid(`${each}.maxSkew`, maxSkew, "not in valid range (0, inf)")] : []),
        ...(topologyKey === ""
          ? [required(`${each}.topologyKey`, "can not be empty")]
          : labelNameErrors(`${each}.topologyKey`, topologyKey)),
        ...(whenUnsatisfiable === "" ? [required(action, "can not be empty")] : []),
        ...(whenUnsatisfiable !== "" && !actions.includes(whenUnsatisfiable) ? [notSupported(action, whenUnsatisfiable, actions)] : []),
        ...(labelSelector === undefined
          ? []
          : [forbidden(`${each}.labelSelector`, "constraint must not define a selector, as they deduced for each pod")]),
        ...(isRepeated ? [duplicate(each, `{${topologyKey}, ${whenUnsatisfiable}}`)] : []),
      ];
    }),
  ];
}

/** Source: apimachinery pkg/apis/meta/v1/validation/validation.go, ValidateLabelName. */
function labelNameErrors(field: string, name: string): readonly FieldError[] {
  return qualifiedNameErrors(name).map((problem) => invalid(field, name, problem));
}

/** Source: component-helpers scheduling/corev1/nodeaffinity/nodeaffinity.go, newNodeSelectorTerm. */
function termErrors({ matchExpressions = [], matchFields = [] }: TermInDocument, path: string): readonly FieldError[] {
  return [
    ...matchExpressions.flatMap((each, index) => expressionErrors(each, `${path}.matchExpressions[${index}]`)),
    ...matchFields.flatMap(({ operator = "", values = [] }, index) => {
      const field = `${path}.matchFields[${index}]`;
      if (operator !== "In" && operator !== "NotIn") return [notSupported(`${field}.operator`, operator, ["In", "NotIn"])];
      return values.length === 1 ? [] : [invalid(`${field}.values`, values, "must have one element")];
    }),
  ];
}

function expressionErrors({ key = "", operator, values = [] }: Partial<NodeSelectorRequirement>, path: string): readonly FieldError[] {
  const read = nodeSelectorOperator(operator ?? "");
  if (read === undefined) return [notSupported(`${path}.operator`, operator ?? "", NODE_SELECTOR_OPERATORS)];
  return requirementErrors({ key, operator: read, values }).map((error) => ({ ...error, field: `${path}.${error.field}` }));
}
