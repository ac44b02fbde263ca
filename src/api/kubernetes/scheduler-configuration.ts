import type { Condition } from "./core.ts";
import type { KubeObject, ResourceType } from "./meta.ts";

/** AKS's object for the configuration of a cluster's scheduler. Source: Azure docs configure-aks-scheduler. */
export interface SchedulerConfigurationObject extends KubeObject {
  readonly spec?: {
    /** The text of a KubeSchedulerConfiguration. */
    readonly rawConfig?: string;
  };
  readonly status?: SchedulerConfigurationStatus;
}

/** Unverified: the members' names; the docs say what `kubectl get` and `kubectl describe` show of them. */
export interface SchedulerConfigurationStatus {
  readonly configuration: "Pending" | "Succeeded" | "Failed";
  /** Why the configuration was refused; empty when it was not. */
  readonly error: string;
  /** The configuration in force; empty for the scheduler's own. */
  readonly currentConfig: string;
  /** The generation of the object that this is about. */
  readonly observedGeneration: number;
}

export const schedulerConfigurations: ResourceType<SchedulerConfigurationObject> = {
  group: "aks.azure.com",
  version: "v1alpha1",
  resource: "schedulerconfigurations",
  kind: "SchedulerConfiguration",
  namespaced: false,
};

/** The only name that counts. Source: Azure docs configure-aks-scheduler, "The CRD must be named `upstream`". */
export const SCHEDULER_CONFIGURATION_NAME = "upstream";

/** A definition of kinds, as far as those who wait for a kind look at it. */
export interface KindDefinition extends KubeObject {
  readonly status?: { readonly conditions?: readonly Condition[] | null };
}

export const kindDefinitions: ResourceType<KindDefinition> = {
  group: "apiextensions.k8s.io",
  version: "v1",
  resource: "customresourcedefinitions",
  kind: "CustomResourceDefinition",
  namespaced: false,
};

const NAME_RULE = {
  rule: `self.metadata.name == '${SCHEDULER_CONFIGURATION_NAME}'`,
  message: `the name must be ${SCHEDULER_CONFIGURATION_NAME}`,
};

/**
 * What makes the kind known to a cluster. Source: Azure docs configure-aks-scheduler, for its name and `spec.rawConfig`, and that `kubectl get`
 * shows the state. Unverified: everything else, and that another name than `upstream` is refused.
 */
export const schedulerConfigurationDefinition: KubeObject & { readonly spec: unknown } = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: kindDefinitions.kind,
  metadata: {
    name: `${schedulerConfigurations.resource}.${schedulerConfigurations.group}`,
    labels: { "addonmanager.kubernetes.io/mode": "Reconcile" },
  },
  spec: {
    group: schedulerConfigurations.group,
    names: {
      plural: schedulerConfigurations.resource,
      singular: "schedulerconfiguration",
      kind: schedulerConfigurations.kind,
      listKind: `${schedulerConfigurations.kind}List`,
    },
    scope: "Cluster",
    versions: [
      {
        name: schedulerConfigurations.version,
        served: true,
        storage: true,
        subresources: { status: {} },
        additionalPrinterColumns: [
          { name: "Configuration", type: "string", jsonPath: ".status.configuration" },
          { name: "Age", type: "date", jsonPath: ".metadata.creationTimestamp" },
        ],
        schema: {
          openAPIV3Schema: {
            type: "object",
            required: ["spec"],
            "x-kubernetes-validations": [NAME_RULE],
            properties: {
              spec: { type: "object", required: ["rawConfig"], properties: { rawConfig: { type: "string" } } },
              status: {
                type: "object",
                properties: {
                  configuration: { type: "string" },
                  error: { type: "string" },
                  currentConfig: { type: "string" },
                  observedGeneration: { type: "integer", format: "int64" },
                },
              },
            },
          },
        },
      },
    ],
  },
};
