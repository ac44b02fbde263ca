import type { NodeSelectorRequirement } from "#api/kubernetes/core";
import type { DefaultConstraint } from "../profiles/plugin-arguments.ts";
import { any, bool, float, int32, int64, list, object, type ObjectShape, type Shape, string } from "./shape.ts";

export interface PluginInDocument {
  readonly name?: string;
  readonly weight?: number;
}

export interface PluginSetInDocument {
  readonly enabled?: readonly PluginInDocument[];
  readonly disabled?: readonly PluginInDocument[];
}

/** Where plugins come in, in the order in which kube-scheduler fills them. Source: framework/runtime/framework.go, getExtensionPoints. */
export const EXTENSION_POINTS = [
  "preFilter",
  "filter",
  "postFilter",
  "reserve",
  "preScore",
  "score",
  "preBind",
  "bind",
  "postBind",
  "permit",
  "preEnqueue",
  "queueSort",
] as const;

export type ExtensionPoint = (typeof EXTENSION_POINTS)[number];

export type PluginsInDocument = Readonly<Partial<Record<ExtensionPoint | "multiPoint", PluginSetInDocument>>>;

export interface PluginConfigInDocument {
  readonly name?: string;
  readonly args?: unknown;
}

export interface ProfileInDocument {
  readonly schedulerName?: string;
  readonly percentageOfNodesToScore?: number;
  readonly plugins?: PluginsInDocument;
  readonly pluginConfig?: readonly PluginConfigInDocument[];
}

/** Source: kube-scheduler config/v1/types.go, KubeSchedulerConfiguration. */
export interface ConfigurationDocument {
  readonly parallelism?: number;
  readonly percentageOfNodesToScore?: number;
  readonly podInitialBackoffSeconds?: number;
  readonly podMaxBackoffSeconds?: number;
  readonly profiles?: readonly ProfileInDocument[];
  readonly extenders?: readonly unknown[];
}

const typeMeta = { apiVersion: string, kind: string };
const plugins = list(object("Plugin", { name: string, weight: int32 }));
const pluginSet = object("PluginSet", { enabled: plugins, disabled: plugins });
const points = Object.fromEntries([...EXTENSION_POINTS, "multiPoint"].map((point): [string, Shape] => [point, pluginSet]));

const profile = object("KubeSchedulerProfile", {
  schedulerName: string,
  percentageOfNodesToScore: int32,
  plugins: object("Plugins", points),
  pluginConfig: list(object("PluginConfig", { name: string, args: any })),
});

const leaderElection = object("LeaderElectionConfiguration", {
  leaderElect: bool,
  leaseDuration: string,
  renewDeadline: string,
  retryPeriod: string,
  resourceLock: string,
  resourceName: string,
  resourceNamespace: string,
});

const clientConnection = object("ClientConnectionConfiguration", {
  kubeconfig: string,
  acceptContentTypes: string,
  contentType: string,
  qps: float,
  burst: int32,
});

export const configurationShape: ObjectShape = object("KubeSchedulerConfiguration", {
  ...typeMeta,
  parallelism: int32,
  leaderElection,
  clientConnection,
  enableProfiling: bool,
  enableContentionProfiling: bool,
  percentageOfNodesToScore: int32,
  podInitialBackoffSeconds: int64,
  podMaxBackoffSeconds: int64,
  profiles: list(profile),
  extenders: list(any),
  delayCacheUntilActive: bool,
});

const resources = list(object("ResourceSpec", { name: string, weight: int64 }));
const shape = list(object("UtilizationShapePoint", { utilization: int32, score: int32 }));
const requirements = list(object("NodeSelectorRequirement", { key: string, operator: string, values: list(string) }));
const nodeSelectorTerm = object("NodeSelectorTerm", { matchExpressions: requirements, matchFields: requirements });
const labelSelector = object("LabelSelector", {
  matchLabels: any,
  matchExpressions: list(object("LabelSelectorRequirement", { key: string, operator: string, values: list(string) })),
});

export interface ResourceInDocument {
  readonly name?: string;
  readonly weight?: number;
}

export interface ShapePointInDocument {
  readonly utilization?: number;
  readonly score?: number;
}

export interface ConstraintInDocument extends Partial<DefaultConstraint> {
  readonly labelSelector?: unknown;
}

export interface TermInDocument {
  readonly matchExpressions?: readonly Partial<NodeSelectorRequirement>[];
  readonly matchFields?: readonly Partial<NodeSelectorRequirement>[];
}

export interface AddedAffinityInDocument {
  readonly requiredDuringSchedulingIgnoredDuringExecution?: { readonly nodeSelectorTerms?: readonly TermInDocument[] };
  readonly preferredDuringSchedulingIgnoredDuringExecution?: readonly { readonly weight?: number; readonly preference?: TermInDocument }[];
}

/** What plugins can be told, by plugin. Source: kube-scheduler config/v1/types_pluginargs.go. */
export interface ArgumentDocuments {
  readonly DefaultPreemption: { readonly minCandidateNodesPercentage?: number; readonly minCandidateNodesAbsolute?: number };
  readonly DynamicResources: { readonly filterTimeout?: string; readonly bindingTimeout?: string };
  readonly InterPodAffinity: {
    readonly hardPodAffinityWeight?: number;
    readonly ignorePreferredTermsOfExistingPods?: boolean;
  };
  readonly NodeAffinity: { readonly addedAffinity?: AddedAffinityInDocument };
  readonly NodeResourcesBalancedAllocation: { readonly resources?: readonly ResourceInDocument[] };
  readonly NodeResourcesFit: {
    readonly ignoredResources?: readonly string[];
    readonly ignoredResourceGroups?: readonly string[];
    readonly scoringStrategy?: {
      readonly type?: string;
      readonly resources?: readonly ResourceInDocument[];
      readonly requestedToCapacityRatio?: { readonly shape?: readonly ShapePointInDocument[] };
    };
  };
  readonly PodTopologySpread: {
    readonly defaultConstraints?: readonly ConstraintInDocument[];
    readonly defaultingType?: string;
  };
  readonly VolumeBinding: { readonly bindTimeoutSeconds?: number; readonly shape?: readonly ShapePointInDocument[] };
}

export const argumentShapes: Readonly<Record<keyof ArgumentDocuments, ObjectShape>> = {
  DefaultPreemption: object("DefaultPreemptionArgs", {
    ...typeMeta,
    minCandidateNodesPercentage: int32,
    minCandidateNodesAbsolute: int32,
  }),
  DynamicResources: object("DynamicResourcesArgs", { ...typeMeta, filterTimeout: string, bindingTimeout: string }),
  InterPodAffinity: object("InterPodAffinityArgs", {
    ...typeMeta,
    hardPodAffinityWeight: int32,
    ignorePreferredTermsOfExistingPods: bool,
  }),
  NodeAffinity: object("NodeAffinityArgs", {
    ...typeMeta,
    addedAffinity: object("NodeAffinity", {
      requiredDuringSchedulingIgnoredDuringExecution: object("NodeSelector", { nodeSelectorTerms: list(nodeSelectorTerm) }),
      preferredDuringSchedulingIgnoredDuringExecution: list(
        object("PreferredSchedulingTerm", { weight: int32, preference: nodeSelectorTerm }),
      ),
    }),
  }),
  NodeResourcesBalancedAllocation: object("NodeResourcesBalancedAllocationArgs", { ...typeMeta, resources }),
  NodeResourcesFit: object("NodeResourcesFitArgs", {
    ...typeMeta,
    ignoredResources: list(string),
    ignoredResourceGroups: list(string),
    scoringStrategy: object("ScoringStrategy", {
      type: string,
      resources,
      requestedToCapacityRatio: object("RequestedToCapacityRatioParam", { shape }),
    }),
  }),
  PodTopologySpread: object("PodTopologySpreadArgs", {
    ...typeMeta,
    defaultConstraints: list(
      object("TopologySpreadConstraint", {
        maxSkew: int32,
        topologyKey: string,
        whenUnsatisfiable: string,
        labelSelector,
        minDomains: int32,
        nodeAffinityPolicy: string,
        nodeTaintsPolicy: string,
        matchLabelKeys: list(string),
      }),
    ),
    defaultingType: string,
  }),
  VolumeBinding: object("VolumeBindingArgs", { ...typeMeta, bindTimeoutSeconds: int64, shape }),
};

/** Whether the plugin can be told something. */
export function takesArguments(name: string): name is keyof ArgumentDocuments {
  return Object.hasOwn(argumentShapes, name);
}
