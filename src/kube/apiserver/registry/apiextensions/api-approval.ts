import type { FieldError } from "#kube/apimachinery";
import type { CustomResourceDefinition } from "./custom-resource-definitions.ts";

/*
 * Groups of the Kubernetes community: their definitions say where they were approved.
 * Source: apiextensions-apiserver pkg/apihelpers/helpers.go, pkg/controller/apiapproval, pkg/apis/apiextensions/validation/validation.go
 * (validateAPIApproval).
 */

const ANNOTATION = "api-approved.kubernetes.io";
const PROTECTED = /(?:^|\.)(?:k8s|kubernetes)\.io$/;
/** What Go takes for a URL with a host. */
const URL_WITH_HOST = /^[a-z][a-z0-9+.-]*:\/\/(?:[^/?#@]*@)?[^\s/?#@]+(?:[/?#]|$)/i;
const MUST = `protected groups must have approval annotation "${ANNOTATION}"`;
const SEE = "see https://github.com/kubernetes/enhancements/pull/1111";

type State = "approved" | "bypassed" | "missing" | "invalid";
const REASONS = {
  approved: "ApprovedAnnotation",
  bypassed: "UnapprovedAnnotation",
  missing: "MissingAnnotation",
  invalid: "InvalidAnnotation",
} as const;

function approvalOf({ metadata }: CustomResourceDefinition): { readonly state: State; readonly message: string } {
  const text = metadata.annotations?.[ANNOTATION] ?? "";
  if (text === "") return { state: "missing", message: `${MUST}, ${SEE}` };
  if (text.startsWith("unapproved")) return { state: "bypassed", message: `not approved: ${JSON.stringify(text)}` };
  if (URL_WITH_HOST.test(text)) return { state: "approved", message: `approved in ${text}` };
  return { state: "invalid", message: `${MUST} with either a URL or a reason starting with "unapproved", ${SEE}` };
}

/** What is wrong with a definition's approval; what was wrong before may stay so. */
export function approvalErrors(definition: CustomResourceDefinition, previous?: CustomResourceDefinition): FieldError[] {
  const { state, message } = approvalOf(definition);
  if (!PROTECTED.test(definition.spec.group) || (previous !== undefined && approvalOf(previous).state === state)) return [];
  const field = `metadata.annotations[${ANNOTATION}]`;
  if (state === "missing") return [{ type: "Required", field, detail: message }];
  return state === "invalid" ? [{ type: "Invalid", field, value: definition.metadata.annotations?.[ANNOTATION], detail: message }] : [];
}

interface ApprovalCondition {
  readonly type: string;
  readonly status: "True" | "False";
  readonly reason: string;
  readonly message: string;
}

/** The condition that tells of the approval; undefined for groups that need none. */
export function approvalCondition(definition: CustomResourceDefinition): ApprovalCondition | undefined {
  if (!PROTECTED.test(definition.spec.group)) return undefined;
  const { state, message } = approvalOf(definition);
  return {
    type: "KubernetesAPIApprovalPolicyConformant",
    status: state === "approved" ? "True" : "False",
    reason: REASONS[state],
    message,
  };
}
