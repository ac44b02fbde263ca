import { CORE_MESSAGES } from "./core-messages-table.ts";
import { EXTENSION_MESSAGES } from "./extension-messages-table.ts";

/**
 * The messages of Kubernetes' protobuf form that requests may carry: group and version, name, and each field as number,
 * name in JSON and type. Source: the generated.proto and types.go of kubernetes/api and kubernetes/apimachinery, 1.36.
 *
 * Types: `s` text, `i` integer, `d` number, `b` boolean, `y` bytes, else a message (of the same group when it names none).
 * `[]` is a list, `{}` a map by text, `*` a field that counts also when it is empty (a pointer in Go), `^` a message whose
 * fields are those of the object around it in JSON.
 */
export const MESSAGES: Readonly<Record<string, string>> = {
  ...CORE_MESSAGES,
  ...EXTENSION_MESSAGES,
  "apps/v1.ControllerRevision": "1 metadata meta/v1.ObjectMeta, 2 data RawExtension, 3 revision i*",
  "apps/v1.DaemonSet": "1 metadata meta/v1.ObjectMeta, 2 spec DaemonSetSpec, 3 status DaemonSetStatus",
  "apps/v1.DaemonSetCondition": "1 type s, 2 status s, 3 lastTransitionTime Time, 4 reason s, 5 message s",
  "apps/v1.DaemonSetSpec":
    "1 selector meta/v1.LabelSelector*, 2 template core/v1.PodTemplateSpec, 3 updateStrategy DaemonSetUpdateStrategy, 4 minReadySeconds i, 6 revisionHistoryLimit i*",
  "apps/v1.DaemonSetStatus":
    "1 currentNumberScheduled i*, 2 numberMisscheduled i*, 3 desiredNumberScheduled i*, 4 numberReady i*, 5 observedGeneration i, 6 updatedNumberScheduled i, 7 numberAvailable i, 8 numberUnavailable i, 9 collisionCount i*, 10 conditions []DaemonSetCondition",
  "apps/v1.DaemonSetUpdateStrategy": "1 type s, 2 rollingUpdate RollingUpdateDaemonSet*",
  "apps/v1.Deployment": "1 metadata meta/v1.ObjectMeta, 2 spec DeploymentSpec, 3 status DeploymentStatus",
  "apps/v1.DeploymentCondition": "1 type s, 2 status s, 4 reason s, 5 message s, 6 lastUpdateTime Time, 7 lastTransitionTime Time",
  "apps/v1.DeploymentSpec":
    "1 replicas i*, 2 selector meta/v1.LabelSelector*, 3 template core/v1.PodTemplateSpec, 4 strategy DeploymentStrategy, 5 minReadySeconds i, 6 revisionHistoryLimit i*, 7 paused b, 9 progressDeadlineSeconds i*",
  "apps/v1.DeploymentStatus":
    "1 observedGeneration i, 2 replicas i, 3 updatedReplicas i, 4 availableReplicas i, 5 unavailableReplicas i, 6 conditions []DeploymentCondition, 7 readyReplicas i, 8 collisionCount i*, 9 terminatingReplicas i*",
  "apps/v1.DeploymentStrategy": "1 type s, 2 rollingUpdate RollingUpdateDeployment*",
  "apps/v1.ReplicaSet": "1 metadata meta/v1.ObjectMeta, 2 spec ReplicaSetSpec, 3 status ReplicaSetStatus",
  "apps/v1.ReplicaSetCondition": "1 type s, 2 status s, 3 lastTransitionTime Time, 4 reason s, 5 message s",
  "apps/v1.ReplicaSetSpec": "1 replicas i*, 2 selector meta/v1.LabelSelector*, 3 template core/v1.PodTemplateSpec, 4 minReadySeconds i",
  "apps/v1.ReplicaSetStatus":
    "1 replicas i*, 2 fullyLabeledReplicas i, 3 observedGeneration i, 4 readyReplicas i, 5 availableReplicas i, 6 conditions []ReplicaSetCondition, 7 terminatingReplicas i*",
  "apps/v1.RollingUpdateDaemonSet": "1 maxUnavailable IntOrString*, 2 maxSurge IntOrString*",
  "apps/v1.RollingUpdateDeployment": "1 maxUnavailable IntOrString*, 2 maxSurge IntOrString*",
  "apps/v1.RollingUpdateStatefulSetStrategy": "1 partition i*, 2 maxUnavailable IntOrString*",
  "apps/v1.StatefulSet": "1 metadata meta/v1.ObjectMeta, 2 spec StatefulSetSpec, 3 status StatefulSetStatus",
  "apps/v1.StatefulSetCondition": "1 type s, 2 status s, 3 lastTransitionTime Time, 4 reason s, 5 message s",
  "apps/v1.StatefulSetOrdinals": "1 start i*",
  "apps/v1.StatefulSetPersistentVolumeClaimRetentionPolicy": "1 whenDeleted s, 2 whenScaled s",
  "apps/v1.StatefulSetSpec":
    "1 replicas i*, 2 selector meta/v1.LabelSelector*, 3 template core/v1.PodTemplateSpec, 4 volumeClaimTemplates []core/v1.PersistentVolumeClaim, 5 serviceName s, 6 podManagementPolicy s, 7 updateStrategy StatefulSetUpdateStrategy, 8 revisionHistoryLimit i*, 9 minReadySeconds i, 10 persistentVolumeClaimRetentionPolicy StatefulSetPersistentVolumeClaimRetentionPolicy*, 11 ordinals StatefulSetOrdinals*",
  "apps/v1.StatefulSetStatus":
    "1 observedGeneration i, 2 replicas i*, 3 readyReplicas i, 4 currentReplicas i, 5 updatedReplicas i, 6 currentRevision s, 7 updateRevision s, 9 collisionCount i*, 10 conditions []StatefulSetCondition, 11 availableReplicas i*",
  "apps/v1.StatefulSetUpdateStrategy": "1 type s, 2 rollingUpdate RollingUpdateStatefulSetStrategy*",
  "authentication/v1.BoundObjectReference": "1 kind s, 2 apiVersion s, 3 name s, 4 uid s",
  "authentication/v1.SelfSubjectReview": "1 metadata meta/v1.ObjectMeta, 2 status SelfSubjectReviewStatus",
  "authentication/v1.SelfSubjectReviewStatus": "1 userInfo UserInfo",
  "authentication/v1.TokenRequest": "1 metadata meta/v1.ObjectMeta, 2 spec TokenRequestSpec, 3 status TokenRequestStatus",
  "authentication/v1.TokenRequestSpec": "1 audiences []s, 3 boundObjectRef BoundObjectReference*, 4 expirationSeconds i*",
  "authentication/v1.TokenRequestStatus": "1 token s, 2 expirationTimestamp Time",
  "authentication/v1.TokenReview": "1 metadata meta/v1.ObjectMeta, 2 spec TokenReviewSpec, 3 status TokenReviewStatus",
  "authentication/v1.TokenReviewSpec": "1 token s, 2 audiences []s",
  "authentication/v1.TokenReviewStatus": "1 authenticated b, 2 user UserInfo, 3 error s, 4 audiences []s",
  "authentication/v1.UserInfo": "1 username s, 2 uid s, 3 groups []s",
  "authorization/v1.FieldSelectorAttributes": "1 rawSelector s, 2 requirements []meta/v1.FieldSelectorRequirement",
  "authorization/v1.LabelSelectorAttributes": "1 rawSelector s, 2 requirements []meta/v1.LabelSelectorRequirement",
  "authorization/v1.LocalSubjectAccessReview":
    "1 metadata meta/v1.ObjectMeta, 2 spec SubjectAccessReviewSpec, 3 status SubjectAccessReviewStatus",
  "authorization/v1.NonResourceAttributes": "1 path s, 2 verb s",
  "authorization/v1.NonResourceRule": "1 verbs []s, 2 nonResourceURLs []s",
  "authorization/v1.ResourceAttributes":
    "1 namespace s, 2 verb s, 3 group s, 4 version s, 5 resource s, 6 subresource s, 7 name s, 8 fieldSelector FieldSelectorAttributes*, 9 labelSelector LabelSelectorAttributes*",
  "authorization/v1.ResourceRule": "1 verbs []s, 2 apiGroups []s, 3 resources []s, 4 resourceNames []s",
  "authorization/v1.SelfSubjectAccessReview":
    "1 metadata meta/v1.ObjectMeta, 2 spec SelfSubjectAccessReviewSpec, 3 status SubjectAccessReviewStatus",
  "authorization/v1.SelfSubjectAccessReviewSpec":
    "1 resourceAttributes ResourceAttributes*, 2 nonResourceAttributes NonResourceAttributes*",
  "authorization/v1.SelfSubjectRulesReview":
    "1 metadata meta/v1.ObjectMeta, 2 spec SelfSubjectRulesReviewSpec, 3 status SubjectRulesReviewStatus",
  "authorization/v1.SelfSubjectRulesReviewSpec": "1 namespace s",
  "authorization/v1.SubjectAccessReview":
    "1 metadata meta/v1.ObjectMeta, 2 spec SubjectAccessReviewSpec, 3 status SubjectAccessReviewStatus",
  "authorization/v1.SubjectAccessReviewSpec":
    "1 resourceAttributes ResourceAttributes*, 2 nonResourceAttributes NonResourceAttributes*, 3 user s, 4 groups []s, 6 uid s",
  "authorization/v1.SubjectAccessReviewStatus": "1 allowed b*, 2 reason s, 3 evaluationError s, 4 denied b",
  "authorization/v1.SubjectRulesReviewStatus":
    "1 resourceRules []ResourceRule, 2 nonResourceRules []NonResourceRule, 3 incomplete b*, 4 evaluationError s",
  "autoscaling/v1.CrossVersionObjectReference": "1 kind s, 2 name s, 3 apiVersion s",
  "autoscaling/v1.HorizontalPodAutoscaler":
    "1 metadata meta/v1.ObjectMeta, 2 spec HorizontalPodAutoscalerSpec, 3 status HorizontalPodAutoscalerStatus",
  "autoscaling/v1.HorizontalPodAutoscalerSpec":
    "1 scaleTargetRef CrossVersionObjectReference, 2 minReplicas i*, 3 maxReplicas i*, 4 targetCPUUtilizationPercentage i*",
  "autoscaling/v1.HorizontalPodAutoscalerStatus":
    "1 observedGeneration i*, 2 lastScaleTime Time*, 3 currentReplicas i*, 4 desiredReplicas i*, 5 currentCPUUtilizationPercentage i*",
  "autoscaling/v1.Scale": "1 metadata meta/v1.ObjectMeta, 2 spec ScaleSpec, 3 status ScaleStatus",
  "autoscaling/v1.ScaleSpec": "1 replicas i",
  "autoscaling/v1.ScaleStatus": "1 replicas i*, 2 selector s",
  "autoscaling/v2.ContainerResourceMetricSource": "1 name s, 2 target MetricTarget, 3 container s",
  "autoscaling/v2.ContainerResourceMetricStatus": "1 name s, 2 current MetricValueStatus, 3 container s",
  "autoscaling/v2.CrossVersionObjectReference": "1 kind s, 2 name s, 3 apiVersion s",
  "autoscaling/v2.ExternalMetricSource": "1 metric MetricIdentifier, 2 target MetricTarget",
  "autoscaling/v2.ExternalMetricStatus": "1 metric MetricIdentifier, 2 current MetricValueStatus",
  "autoscaling/v2.HPAScalingPolicy": "1 type s, 2 value i*, 3 periodSeconds i*",
  "autoscaling/v2.HPAScalingRules":
    "1 selectPolicy s*, 2 policies []HPAScalingPolicy, 3 stabilizationWindowSeconds i*, 4 tolerance Quantity*",
  "autoscaling/v2.HorizontalPodAutoscaler":
    "1 metadata meta/v1.ObjectMeta, 2 spec HorizontalPodAutoscalerSpec, 3 status HorizontalPodAutoscalerStatus",
  "autoscaling/v2.HorizontalPodAutoscalerBehavior": "1 scaleUp HPAScalingRules*, 2 scaleDown HPAScalingRules*",
  "autoscaling/v2.HorizontalPodAutoscalerCondition":
    "1 type s, 2 status s, 3 lastTransitionTime Time, 4 reason s, 5 message s, 6 observedGeneration i*",
  "autoscaling/v2.HorizontalPodAutoscalerSpec":
    "1 scaleTargetRef CrossVersionObjectReference, 2 minReplicas i*, 3 maxReplicas i*, 4 metrics []MetricSpec, 5 behavior HorizontalPodAutoscalerBehavior*",
  "autoscaling/v2.HorizontalPodAutoscalerStatus":
    "1 observedGeneration i*, 2 lastScaleTime Time*, 3 currentReplicas i, 4 desiredReplicas i*, 5 currentMetrics []MetricStatus, 6 conditions []HorizontalPodAutoscalerCondition",
  "autoscaling/v2.MetricIdentifier": "1 name s, 2 selector meta/v1.LabelSelector*",
  "autoscaling/v2.MetricSpec":
    "1 type s, 2 object ObjectMetricSource*, 3 pods PodsMetricSource*, 4 resource ResourceMetricSource*, 5 external ExternalMetricSource*, 7 containerResource ContainerResourceMetricSource*",
  "autoscaling/v2.MetricStatus":
    "1 type s, 2 object ObjectMetricStatus*, 3 pods PodsMetricStatus*, 4 resource ResourceMetricStatus*, 5 external ExternalMetricStatus*, 7 containerResource ContainerResourceMetricStatus*",
  "autoscaling/v2.MetricTarget": "1 type s, 2 value Quantity*, 3 averageValue Quantity*, 4 averageUtilization i*",
  "autoscaling/v2.MetricValueStatus": "1 value Quantity*, 2 averageValue Quantity*, 3 averageUtilization i*",
  "autoscaling/v2.ObjectMetricSource": "1 describedObject CrossVersionObjectReference, 2 target MetricTarget, 3 metric MetricIdentifier",
  "autoscaling/v2.ObjectMetricStatus":
    "1 metric MetricIdentifier, 2 current MetricValueStatus, 3 describedObject CrossVersionObjectReference",
  "autoscaling/v2.PodsMetricSource": "1 metric MetricIdentifier, 2 target MetricTarget",
  "autoscaling/v2.PodsMetricStatus": "1 metric MetricIdentifier, 2 current MetricValueStatus",
  "autoscaling/v2.ResourceMetricSource": "1 name s, 2 target MetricTarget",
  "autoscaling/v2.ResourceMetricStatus": "1 name s, 2 current MetricValueStatus",
  "batch/v1.CronJob": "1 metadata meta/v1.ObjectMeta, 2 spec CronJobSpec, 3 status CronJobStatus",
  "batch/v1.CronJobSpec":
    "1 schedule s, 2 startingDeadlineSeconds i*, 3 concurrencyPolicy s, 4 suspend b*, 5 jobTemplate JobTemplateSpec, 6 successfulJobsHistoryLimit i*, 7 failedJobsHistoryLimit i*, 8 timeZone s*",
  "batch/v1.CronJobStatus": "1 active []core/v1.ObjectReference, 4 lastScheduleTime Time*, 5 lastSuccessfulTime Time*",
  "batch/v1.Job": "1 metadata meta/v1.ObjectMeta, 2 spec JobSpec, 3 status JobStatus",
  "batch/v1.JobCondition": "1 type s, 2 status s, 3 lastProbeTime Time, 4 lastTransitionTime Time, 5 reason s, 6 message s",
  "batch/v1.JobSchedulingConfiguration": "",
  "batch/v1.JobSpec":
    "1 parallelism i*, 2 completions i*, 3 activeDeadlineSeconds i*, 4 selector meta/v1.LabelSelector*, 5 manualSelector b*, 6 template core/v1.PodTemplateSpec, 7 backoffLimit i*, 8 ttlSecondsAfterFinished i*, 9 completionMode s*, 10 suspend b*, 11 podFailurePolicy PodFailurePolicy*, 12 backoffLimitPerIndex i*, 13 maxFailedIndexes i*, 14 podReplacementPolicy s*, 15 managedBy s*, 16 successPolicy SuccessPolicy*, 17 scheduling JobSchedulingConfiguration*",
  "batch/v1.JobStatus":
    "1 conditions []JobCondition, 2 startTime Time*, 3 completionTime Time*, 4 active i, 5 succeeded i, 6 failed i, 7 completedIndexes s, 8 uncountedTerminatedPods UncountedTerminatedPods*, 9 ready i*, 10 failedIndexes s*, 11 terminating i*",
  "batch/v1.JobTemplateSpec": "1 metadata meta/v1.ObjectMeta, 2 spec JobSpec",
  "batch/v1.PodFailurePolicy": "1 rules []PodFailurePolicyRule",
  "batch/v1.PodFailurePolicyOnExitCodesRequirement": "1 containerName s*, 2 operator s, 3 values []i",
  "batch/v1.PodFailurePolicyOnPodConditionsPattern": "1 type s, 2 status s",
  "batch/v1.PodFailurePolicyRule":
    "1 action s, 2 onExitCodes PodFailurePolicyOnExitCodesRequirement*, 3 onPodConditions []PodFailurePolicyOnPodConditionsPattern",
  "batch/v1.SuccessPolicy": "1 rules []SuccessPolicyRule",
  "batch/v1.SuccessPolicyRule": "1 succeededIndexes s*, 2 succeededCount i*",
  "batch/v1.UncountedTerminatedPods": "1 succeeded []s, 2 failed []s",
  "coordination/v1.Lease": "1 metadata meta/v1.ObjectMeta, 2 spec LeaseSpec",
  "coordination/v1.LeaseSpec":
    "1 holderIdentity s*, 2 leaseDurationSeconds i*, 3 acquireTime MicroTime*, 4 renewTime MicroTime*, 5 leaseTransitions i*, 6 strategy s*, 7 preferredHolder s*",
  "discovery/v1.Endpoint":
    "1 addresses []s, 2 conditions EndpointConditions, 3 hostname s*, 4 targetRef core/v1.ObjectReference*, 5 deprecatedTopology {}s, 6 nodeName s*, 7 zone s*, 8 hints EndpointHints*",
  "discovery/v1.EndpointConditions": "1 ready b*, 2 serving b*, 3 terminating b*",
  "discovery/v1.EndpointHints": "1 forZones []ForZone, 2 forNodes []ForNode",
  "discovery/v1.EndpointPort": "1 name s*, 2 protocol s*, 3 port i*, 4 appProtocol s*",
  "discovery/v1.EndpointSlice": "1 metadata meta/v1.ObjectMeta, 2 endpoints []Endpoint, 3 ports []EndpointPort, 4 addressType s",
  "discovery/v1.ForNode": "1 name s",
  "discovery/v1.ForZone": "1 name s",
  "events/v1.Event":
    "1 metadata meta/v1.ObjectMeta, 2 eventTime MicroTime, 3 series EventSeries*, 4 reportingController s, 5 reportingInstance s, 6 action s, 7 reason s, 8 regarding core/v1.ObjectReference, 9 related core/v1.ObjectReference*, 10 note s, 11 type s, 12 deprecatedSource core/v1.EventSource, 13 deprecatedFirstTimestamp Time, 14 deprecatedLastTimestamp Time, 15 deprecatedCount i",
  "events/v1.EventSeries": "1 count i*, 2 lastObservedTime MicroTime",
  "meta/v1.Condition": "1 type s, 2 status s, 3 observedGeneration i, 4 lastTransitionTime Time, 5 reason s, 6 message s",
  "meta/v1.DeleteOptions":
    "1 gracePeriodSeconds i*, 2 preconditions Preconditions*, 3 orphanDependents b*, 4 propagationPolicy s*, 5 dryRun []s",
  "meta/v1.FieldSelectorRequirement": "1 key s, 2 operator s, 3 values []s",
  "meta/v1.LabelSelector": "1 matchLabels {}s, 2 matchExpressions []LabelSelectorRequirement",
  "meta/v1.LabelSelectorRequirement": "1 key s, 2 operator s, 3 values []s",
  "meta/v1.ObjectMeta":
    "1 name s, 2 generateName s, 3 namespace s, 5 uid s, 6 resourceVersion s, 7 generation i, 8 creationTimestamp Time, 9 deletionTimestamp Time*, 10 deletionGracePeriodSeconds i*, 11 labels {}s, 12 annotations {}s, 13 ownerReferences []OwnerReference, 14 finalizers []s",
  "meta/v1.OwnerReference": "1 kind s, 3 name s, 4 uid s, 5 apiVersion s, 6 controller b*, 7 blockOwnerDeletion b*",
  "meta/v1.Preconditions": "1 uid s*, 2 resourceVersion s*",
  "networking/v1.HTTPIngressPath": "1 path s, 2 backend IngressBackend, 3 pathType s*",
  "networking/v1.HTTPIngressRuleValue": "1 paths []HTTPIngressPath",
  "networking/v1.IPBlock": "1 cidr s, 2 except []s",
  "networking/v1.Ingress": "1 metadata meta/v1.ObjectMeta, 2 spec IngressSpec, 3 status IngressStatus",
  "networking/v1.IngressBackend": "3 resource core/v1.TypedLocalObjectReference*, 4 service IngressServiceBackend*",
  "networking/v1.IngressClass": "1 metadata meta/v1.ObjectMeta, 2 spec IngressClassSpec",
  "networking/v1.IngressClassParametersReference": "1 apiGroup s*, 2 kind s, 3 name s, 4 scope s*, 5 namespace s*",
  "networking/v1.IngressClassSpec": "1 controller s, 2 parameters IngressClassParametersReference*",
  "networking/v1.IngressLoadBalancerIngress": "1 ip s, 2 hostname s, 4 ports []IngressPortStatus",
  "networking/v1.IngressLoadBalancerStatus": "1 ingress []IngressLoadBalancerIngress",
  "networking/v1.IngressPortStatus": "1 port i*, 2 protocol s, 3 error s*",
  "networking/v1.IngressRule": "1 host s, 2 ingressRuleValue IngressRuleValue^",
  "networking/v1.IngressRuleValue": "1 http HTTPIngressRuleValue*",
  "networking/v1.IngressServiceBackend": "1 name s, 2 port ServiceBackendPort",
  "networking/v1.IngressSpec": "1 defaultBackend IngressBackend*, 2 tls []IngressTLS, 3 rules []IngressRule, 4 ingressClassName s*",
  "networking/v1.IngressStatus": "1 loadBalancer IngressLoadBalancerStatus",
  "networking/v1.IngressTLS": "1 hosts []s, 2 secretName s",
  "networking/v1.NetworkPolicy": "1 metadata meta/v1.ObjectMeta, 2 spec NetworkPolicySpec",
  "networking/v1.NetworkPolicyEgressRule": "1 ports []NetworkPolicyPort, 2 to []NetworkPolicyPeer",
  "networking/v1.NetworkPolicyIngressRule": "1 ports []NetworkPolicyPort, 2 from []NetworkPolicyPeer",
  "networking/v1.NetworkPolicyPeer": "1 podSelector meta/v1.LabelSelector*, 2 namespaceSelector meta/v1.LabelSelector*, 3 ipBlock IPBlock*",
  "networking/v1.NetworkPolicyPort": "1 protocol s*, 2 port IntOrString*, 3 endPort i*",
  "networking/v1.NetworkPolicySpec":
    "1 podSelector meta/v1.LabelSelector, 2 ingress []NetworkPolicyIngressRule, 3 egress []NetworkPolicyEgressRule, 4 policyTypes []s",
  "networking/v1.ServiceBackendPort": "1 name s, 2 number i",
  "policy/v1.Eviction": "1 metadata meta/v1.ObjectMeta, 2 deleteOptions meta/v1.DeleteOptions*",
  "policy/v1.PodDisruptionBudget": "1 metadata meta/v1.ObjectMeta, 2 spec PodDisruptionBudgetSpec, 3 status PodDisruptionBudgetStatus",
  "policy/v1.PodDisruptionBudgetSpec":
    "1 minAvailable IntOrString*, 2 selector meta/v1.LabelSelector*, 3 maxUnavailable IntOrString*, 4 unhealthyPodEvictionPolicy s*",
  "policy/v1.PodDisruptionBudgetStatus":
    "1 observedGeneration i, 2 disruptedPods {}Time, 3 disruptionsAllowed i*, 4 currentHealthy i*, 5 desiredHealthy i*, 6 expectedPods i*, 7 conditions []meta/v1.Condition",
  "rbac/v1.AggregationRule": "1 clusterRoleSelectors []meta/v1.LabelSelector",
  "rbac/v1.ClusterRole": "1 metadata meta/v1.ObjectMeta, 2 rules []PolicyRule, 3 aggregationRule AggregationRule*",
  "rbac/v1.ClusterRoleBinding": "1 metadata meta/v1.ObjectMeta, 2 subjects []Subject, 3 roleRef RoleRef",
  "rbac/v1.PolicyRule": "1 verbs []s, 2 apiGroups []s, 3 resources []s, 4 resourceNames []s, 5 nonResourceURLs []s",
  "rbac/v1.Role": "1 metadata meta/v1.ObjectMeta, 2 rules []PolicyRule",
  "rbac/v1.RoleBinding": "1 metadata meta/v1.ObjectMeta, 2 subjects []Subject, 3 roleRef RoleRef",
  "rbac/v1.RoleRef": "1 apiGroup s, 2 kind s, 3 name s",
  "rbac/v1.Subject": "1 kind s, 2 apiGroup s, 3 name s, 4 namespace s",
  "scheduling/v1.PriorityClass": "1 metadata meta/v1.ObjectMeta, 2 value i*, 3 globalDefault b, 4 description s, 5 preemptionPolicy s*",
  "storage/v1.CSIDriver": "1 metadata meta/v1.ObjectMeta, 2 spec CSIDriverSpec",
  "storage/v1.CSIDriverSpec":
    "1 attachRequired b*, 2 podInfoOnMount b*, 3 volumeLifecycleModes []s, 4 storageCapacity b*, 5 fsGroupPolicy s*, 6 tokenRequests []TokenRequest, 7 requiresRepublish b*, 8 seLinuxMount b*, 9 nodeAllocatableUpdatePeriodSeconds i*, 10 serviceAccountTokenInSecrets b*, 11 preventPodSchedulingIfMissing b*",
  "storage/v1.CSINode": "1 metadata meta/v1.ObjectMeta, 2 spec CSINodeSpec, 3 status CSINodeStatus",
  "storage/v1.CSINodeDriver": "1 name s, 2 nodeID s, 3 topologyKeys []s, 4 allocatable VolumeNodeResources*",
  "storage/v1.CSINodeSpec": "1 drivers []CSINodeDriver",
  "storage/v1.CSINodeStatus": "1 storageHealth []StorageHealth",
  "storage/v1.StorageClass":
    "1 metadata meta/v1.ObjectMeta, 2 provisioner s, 3 parameters {}s, 4 reclaimPolicy s*, 5 mountOptions []s, 6 allowVolumeExpansion b*, 7 volumeBindingMode s*, 8 allowedTopologies []core/v1.TopologySelectorTerm",
  "storage/v1.StorageHealth": "1 name s, 2 healthConditions []StorageHealthCondition",
  "storage/v1.StorageHealthCondition": "1 status s, 2 reason s, 3 message s, 4 accessMode s*, 5 volumeMode s*, 6 lastTransitionTime Time",
  "storage/v1.TokenRequest": "1 audience s, 2 expirationSeconds i*",
  "storage/v1.VolumeAttachment": "1 metadata meta/v1.ObjectMeta, 2 spec VolumeAttachmentSpec, 3 status VolumeAttachmentStatus",
  "storage/v1.VolumeAttachmentSource": "1 persistentVolumeName s*, 2 inlineVolumeSpec core/v1.PersistentVolumeSpec*",
  "storage/v1.VolumeAttachmentSpec": "1 attacher s, 2 source VolumeAttachmentSource, 3 nodeName s",
  "storage/v1.VolumeAttachmentStatus": "1 attached b*, 2 attachmentMetadata {}s, 3 attachError VolumeError*, 4 detachError VolumeError*",
  "storage/v1.VolumeError": "1 time Time, 2 message s, 3 errorCode i*",
  "storage/v1.VolumeNodeResources": "1 count i*",
};

/** Kinds that are sent as a whole, by the `apiVersion` of their envelope. */
export const ROOTS: Readonly<Record<string, { readonly package: string; readonly kinds: readonly string[] }>> = {
  v1: {
    package: "core/v1",
    kinds: [
      "Namespace",
      "ConfigMap",
      "Secret",
      "ServiceAccount",
      "Service",
      "ResourceQuota",
      "LimitRange",
      "Pod",
      "Node",
      "Event",
      "Binding",
      "Endpoints",
      "PersistentVolume",
      "PersistentVolumeClaim",
      "ReplicationController",
      "PodTemplate",
    ],
  },
  "apps/v1": { package: "apps/v1", kinds: ["Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "ControllerRevision"] },
  "batch/v1": { package: "batch/v1", kinds: ["Job", "CronJob"] },
  "networking.k8s.io/v1": { package: "networking/v1", kinds: ["Ingress", "IngressClass", "NetworkPolicy", "ServiceCIDR", "IPAddress"] },
  "policy/v1": { package: "policy/v1", kinds: ["PodDisruptionBudget", "Eviction"] },
  "rbac.authorization.k8s.io/v1": { package: "rbac/v1", kinds: ["Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding"] },
  "scheduling.k8s.io/v1": { package: "scheduling/v1", kinds: ["PriorityClass"] },
  "autoscaling/v1": { package: "autoscaling/v1", kinds: ["HorizontalPodAutoscaler", "Scale"] },
  "autoscaling/v2": { package: "autoscaling/v2", kinds: ["HorizontalPodAutoscaler"] },
  "authentication.k8s.io/v1": { package: "authentication/v1", kinds: ["TokenRequest", "TokenReview", "SelfSubjectReview"] },
  "authorization.k8s.io/v1": {
    package: "authorization/v1",
    kinds: ["SelfSubjectAccessReview", "SelfSubjectRulesReview", "SubjectAccessReview", "LocalSubjectAccessReview"],
  },
  "certificates.k8s.io/v1": { package: "certificates/v1", kinds: ["CertificateSigningRequest"] },
  "coordination.k8s.io/v1": { package: "coordination/v1", kinds: ["Lease"] },
  "discovery.k8s.io/v1": { package: "discovery/v1", kinds: ["EndpointSlice"] },
  "storage.k8s.io/v1": {
    package: "storage/v1",
    kinds: ["StorageClass", "CSINode", "CSIDriver", "VolumeAttachment", "CSIStorageCapacity", "VolumeAttributesClass"],
  },
  "node.k8s.io/v1": { package: "node/v1", kinds: ["RuntimeClass"] },
  "flowcontrol.apiserver.k8s.io/v1": { package: "flowcontrol/v1", kinds: ["FlowSchema", "PriorityLevelConfiguration"] },
  "admissionregistration.k8s.io/v1": {
    package: "admissionregistration/v1",
    kinds: [
      "ValidatingWebhookConfiguration",
      "MutatingWebhookConfiguration",
      "ValidatingAdmissionPolicy",
      "ValidatingAdmissionPolicyBinding",
    ],
  },
  "apiextensions.k8s.io/v1": { package: "apiextensions/v1", kinds: ["CustomResourceDefinition"] },
  "apiregistration.k8s.io/v1": { package: "apiregistration/v1", kinds: ["APIService"] },
  "events.k8s.io/v1": { package: "events/v1", kinds: ["Event"] },
};
