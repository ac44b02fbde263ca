import type { APIService } from "#api/kubernetes/apiregistration";
import { type FieldError, findCondition, invalid, required } from "#kube/apimachinery";
import { AGE, age, NAME, text } from "../columns.ts";
import { defineKind } from "../define.ts";
import { CONDITIONS, METADATA } from "../pod-template/shape.ts";
import { objectOf } from "../shape.ts";

const DEFAULT_PORT = 443;
const MAX_GROUP_PRIORITY = 20_000;
const MAX_VERSION_PRIORITY = 1_000;

/** Source: kube-aggregator pkg/apis/apiregistration/validation/validation.go, ValidateAPIService. */
function validate({ metadata, spec }: APIService): FieldError[] {
  const { group = "", version = "", groupPriorityMinimum = 0, versionPriority = 0, service } = spec;
  const errors: FieldError[] = [];
  const name = `${version}.${group}`;
  if (version === "") errors.push(required("spec.version"));
  if (metadata.name !== name)
    errors.push(invalid("metadata.name", metadata.name, `must be \`spec.version+"."+spec.group\`: ${JSON.stringify(name)}`));
  if (groupPriorityMinimum <= 0 || groupPriorityMinimum > MAX_GROUP_PRIORITY)
    errors.push(invalid("spec.groupPriorityMinimum", groupPriorityMinimum, "must be positive and less than 20000"));
  if (versionPriority <= 0 || versionPriority > MAX_VERSION_PRIORITY)
    errors.push(invalid("spec.versionPriority", versionPriority, "must be positive and less than 1000"));
  if (service !== undefined && !service.namespace) errors.push(required("spec.service.namespace"));
  if (service !== undefined && !service.name) errors.push(required("spec.service.name"));
  return errors;
}

function availability({ status }: APIService): string {
  const available = findCondition(status?.conditions, "Available");
  if (available === undefined) return "Unknown";
  return available.status === "True" || available.reason === undefined ? available.status : `${available.status} (${available.reason})`;
}

/**
 * apiregistration.k8s.io/v1 apiservices.
 * Differs from AKS: groups that this server has itself are not listed; of others only the metrics server's is answered.
 */
export const apiServices = defineKind<APIService>({
  apiVersion: "apiregistration.k8s.io/v1",
  kind: "APIService",
  resource: "apiservices",
  categories: ["api-extensions"],
  clusterScoped: true,
  hasStatus: true,
  aliases: [{ version: "v1beta1", until: "1.22" }],
  shape: objectOf("APIService", {
    metadata: METADATA,
    spec: objectOf("APIServiceSpec", {
      group: "text",
      version: "text",
      service: objectOf("ServiceReference", { namespace: "text", name: "text", port: "int32" }),
      caBundle: "text",
      insecureSkipTLSVerify: "bool",
      groupPriorityMinimum: "int32",
      versionPriority: "int32",
    }),
    status: objectOf("APIServiceStatus", { conditions: CONDITIONS }),
  }),
  strategy: {
    applyDefaults(apiService) {
      apiService.spec ??= {};
      if (apiService.spec.service !== undefined) apiService.spec.service.port ??= DEFAULT_PORT;
    },
    prepareForCreate(apiService) {
      apiService.status = {};
    },
    validate,
  },
  table: {
    columns: [NAME, text("Service", "The service that answers, or Local."), text("Available", "Whether it answers."), AGE],
    cells(apiService, context) {
      const { service } = apiService.spec;
      const answers = service === undefined ? "Local" : `${service.namespace ?? ""}/${service.name ?? ""}`;
      return [apiService.metadata.name, answers, availability(apiService), age(apiService, context)];
    },
  },
});
