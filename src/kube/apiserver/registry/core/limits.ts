import type { ResourceQuota } from "#api/kubernetes/limits";
import type { KubeObject } from "#api/kubernetes/meta";
import type { PodTemplate as Template } from "#api/kubernetes/workloads";
import { AGE, age, CONTAINERS, containerCells, formatLabels, IMAGES, NAME, text } from "../columns.ts";
import { defineKind } from "../define.ts";
import { roundResourceList } from "../pod-template/defaults.ts";
import { METADATA, POD_TEMPLATE, RESOURCE_LIST } from "../pod-template/shape.ts";
import { defaultTemplate } from "../pod-template/template.ts";
import { templateErrors } from "../pod-template/validation.ts";
import { listOf, objectOf } from "../shape.ts";
import { quotaErrors } from "./quota-rules.ts";

/** `cpu: 1/4, pods: 3/10`; requests and limits have a column each. Source: printers.go, printResourceQuota. */
function usage({ status }: ResourceQuota, limits: boolean): string {
  return Object.entries(status?.hard ?? {})
    .filter(([resource]) => resource.startsWith("limits.") === limits)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([resource, hard]) => `${resource}: ${status?.used?.[resource] ?? "0"}/${hard}`)
    .join(", ");
}

const SCOPE_SELECTOR = objectOf("ScopeSelector", {
  matchExpressions: listOf(
    objectOf("ScopedResourceSelectorRequirement", { scopeName: "filled", operator: "filled", values: listOf("text") }),
  ),
});

/** core/v1 resourcequotas. */
export const resourceQuotas = defineKind<ResourceQuota>({
  apiVersion: "v1",
  kind: "ResourceQuota",
  resource: "resourcequotas",
  shortNames: ["quota"],
  hasStatus: true,
  shape: objectOf("ResourceQuota", {
    metadata: METADATA,
    spec: objectOf("ResourceQuotaSpec", { hard: RESOURCE_LIST, scopes: listOf("text"), scopeSelector: SCOPE_SELECTOR }),
    status: objectOf("ResourceQuotaStatus", { hard: RESOURCE_LIST, used: RESOURCE_LIST }),
  }),
  strategy: {
    applyDefaults: ({ spec }) => roundResourceList(spec?.hard),
    prepareForCreate(quota) {
      quota.status = {};
    },
    validate: ({ spec }) => quotaErrors(spec),
  },
  table: {
    columns: [
      NAME,
      text("Request", "Used and allowed amounts of what is requested."),
      text("Limit", "Used and allowed amounts of limits."),
      AGE,
    ],
    cells: (quota, context) => [quota.metadata.name, usage(quota, false), usage(quota, true), age(quota, context)],
  },
});

interface PodTemplateObject extends KubeObject {
  template?: Template;
}

/** core/v1 podtemplates. */
export const podTemplates = defineKind<PodTemplateObject>({
  apiVersion: "v1",
  kind: "PodTemplate",
  resource: "podtemplates",
  shape: objectOf("PodTemplate", { metadata: METADATA, template: POD_TEMPLATE }),
  strategy: {
    applyDefaults: ({ template }) => defaultTemplate(template),
    validate: ({ template }, { version }) =>
      templateErrors(template, { field: "template", restartPolicies: ["Always", "OnFailure", "Never"], version }),
  },
  table: {
    columns: [NAME, { ...CONTAINERS, priority: 0 }, { ...IMAGES, priority: 0 }, text("Pod Labels", "The labels for the pod template.")],
    cells: (object) => [object.metadata.name, ...containerCells(object.template), formatLabels(object.template?.metadata?.labels)],
  },
});
