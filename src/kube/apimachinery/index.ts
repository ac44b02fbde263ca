export { boundNames, quotaAmounts, quotaText, quotaUsage, unspecifiedIn } from "./quota.ts";
export {
  duplicate,
  type FieldError,
  fieldErrorBody,
  forbidden,
  formatFieldError,
  formatFieldErrors,
  invalid,
  notSupported,
  OMITTED_VALUE,
  required,
} from "./field-errors.ts";
export { type FieldRequirement, type FieldSelector, parseFieldSelector } from "./fields.ts";
export { resolveFenceposts, scaledValue } from "./int-or-string.ts";
export { applyJsonMergePatch, MAX_PATCH_DEPTH } from "./json-merge-patch.ts";
export { applyJsonPatch, MAX_JSON_PATCH_COPY, MAX_JSON_PATCH_OPERATIONS } from "./json-patch.ts";
export { cloneJson, equalJson, isJsonObject, type JsonObject, setKey } from "./json-values.ts";
export { parseLabelSelector } from "./label-parser.ts";
export {
  everything,
  formatLabelSelector,
  labelSelectorErrors,
  matchesLabelSelector,
  nothing,
  type Selector,
  selectorFromMap,
  selectorFromObject,
} from "./labels.ts";
export {
  configMapKeyErrors,
  dns1035LabelErrors,
  dns1123LabelErrors,
  dns1123SubdomainErrors,
  wildcardSubdomainErrors,
  envNameErrors,
  generateName,
  labelValueErrors,
  MAX_LABEL_LENGTH,
  MAX_SUBDOMAIN_LENGTH,
  maxLengthText,
  NAME_SUFFIX_ALPHABET,
  nameSuffix,
  portNameErrors,
  portNumberErrors,
  qualifiedNameErrors,
  safeEncode,
} from "./names.ts";
export {
  NODE_SELECTOR_OPERATORS,
  nodeSelectorOperator,
  compileNodeSelectorTerm,
  compileNodeSelectorTerms,
  nodeIdentity,
  type NodeIdentity,
  type NodeMatcher,
  preferredNodeScore,
  type PreferredNodeTerm,
  requiredNodeMatcher,
} from "./node-selector.ts";
export { controllerOf, controllerReference, isControlledBy, type Owner } from "./owner-references.ts";
export { INAPPLICABLE_TEXT, PatchError } from "./patch-error.ts";
export { type PatchField, type PatchType, patchTypeOf } from "./patch-schema.ts";
export {
  type Amounts,
  amountOf,
  amountsOf,
  exceedsLimit,
  podLimits,
  podRequests,
  podScoringRequests,
  qosClass,
  SCORING_DEFAULTS,
} from "./pod-resources.ts";
export {
  findCondition,
  isCoveredBy,
  isDaemonPod,
  isMirrorPod,
  isNodeReady,
  isPodActive,
  isPodAvailable,
  isPodReady,
  isPodTerminal,
  SYSTEM_PRIORITIES,
  withCondition,
} from "./pods.ts";
export {
  addQuantities,
  canonicalQuantity,
  compareQuantities,
  formatQuantity,
  milliValue,
  parseQuantity,
  type Quantity,
  QuantityError,
  type QuantityFormat,
  roundUpToMilli,
  subtractQuantities,
  value,
} from "./quantity.ts";
export { isReleaseAtLeast } from "./release.ts";
export { type Labels, type Requirement, requirementErrors, type RequirementOperator, SelectorError } from "./requirement.ts";
export { applyStrategicMergePatch } from "./strategic-merge-patch.ts";
export {
  daemonTolerations,
  DEFAULT_TOLERATION_SECONDS,
  findUntoleratedTaint,
  formatTaint,
  isTolerated,
  keepsAway,
  TAINT_EFFECTS,
  taintEviction,
  type TaintEviction,
  TAINTS,
  toleratesTaint,
  type TolerationOptions,
  withDefaultTolerations,
} from "./taints.ts";
export { ageSince, formatMicroTime, formatTime, humanDuration, isTimeZone, parseTime } from "./time.ts";
export {
  BIND_COMPLETED,
  BOUND_BY_CONTROLLER,
  claimRequest,
  defaultStorageClass,
  isFreeFor,
  isFullyBound,
  NO_PROVISIONER,
  SELECTED_NODE,
  storageClassNameOf,
  volumesForClaim,
} from "./volume-match.ts";
export { claimNamesOf, isDefaultStorageClass } from "./volumes.ts";
export { checkTyped, fieldsOf } from "./apply/typed.ts";
export { TypedError } from "./apply/elements.ts";
export { difference, emptyFieldSet, type FieldSet, fieldSetOf, formatPath, hasPath, union } from "./apply/field-set.ts";
export { cappedUpdaters, type Manager, type Managers, noManagers, readManagers, writeManagers } from "./apply/managed-fields.ts";
export {
  type Applied,
  applyConfig,
  changedBetween,
  type Conflict,
  managersAfterUpdate,
  withoutFieldsOf,
  type Write,
} from "./apply/updater.ts";
export { compareFields } from "./apply/typed.ts";
