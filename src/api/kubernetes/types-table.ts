/**
 * The types of Kubernetes 1.35 and their fields: what `schema.ts` reads. A line with a name begins a type, `!` after it makes its
 * objects one whole when they are applied; in brackets the version of the API for types that are kinds. Below it its fields,
 * `name:type`. `*` after a name: required. `[]T` list that is one whole, `[set]T` set, `[a,b]T` objects told apart by a and b;
 * `{}T` map, `{!}T` map that is one whole; `T!` object that is one whole. `~merge/key` is a strategic merge patch's rule, `=text` the
 * default, `={}` an object that is always there. A type of another group and version has it before its name.
 *
 * Source: kubernetes/kubernetes api/openapi-spec/v3, release 1.35.2.
 */
export const TYPES = `
# core.v1
AWSElasticBlockStoreVolumeSource
  fsType:string partition:int32 readOnly:bool volumeID*:string
Affinity
  nodeAffinity:NodeAffinity podAffinity:PodAffinity podAntiAffinity:PodAntiAffinity
AppArmorProfile
  localhostProfile:string type*:string
AttachedVolume
  devicePath*:string name*:string
AzureDiskVolumeSource
  cachingMode:string=ReadWrite diskName*:string diskURI*:string fsType:string=ext4 kind:string=Shared readOnly:bool
AzureFilePersistentVolumeSource
  readOnly:bool secretName*:string secretNamespace:string shareName*:string
AzureFileVolumeSource
  readOnly:bool secretName*:string shareName*:string
Binding (v1)
  apiVersion:string kind:string metadata:meta.v1.ObjectMeta={} target*:ObjectReference={}
CSIPersistentVolumeSource
  controllerExpandSecretRef:SecretReference controllerPublishSecretRef:SecretReference driver*:string fsType:string
  nodeExpandSecretRef:SecretReference nodePublishSecretRef:SecretReference nodeStageSecretRef:SecretReference readOnly:bool volumeAttributes:{}string
  volumeHandle*:string
CSIVolumeSource
  driver*:string fsType:string nodePublishSecretRef:LocalObjectReference readOnly:bool volumeAttributes:{}string
Capabilities
  add:[]string drop:[]string
CephFSPersistentVolumeSource
  monitors*:[]string path:string readOnly:bool secretFile:string secretRef:SecretReference user:string
CephFSVolumeSource
  monitors*:[]string path:string readOnly:bool secretFile:string secretRef:LocalObjectReference user:string
CinderPersistentVolumeSource
  fsType:string readOnly:bool secretRef:SecretReference volumeID*:string
CinderVolumeSource
  fsType:string readOnly:bool secretRef:LocalObjectReference volumeID*:string
ClientIPConfig
  timeoutSeconds:int32
ClusterTrustBundleProjection
  labelSelector:meta.v1.LabelSelector name:string optional:bool path*:string signerName:string
ComponentCondition
  error:string message:string status*:string type*:string
ComponentStatus (v1)
  apiVersion:string conditions:[type]ComponentCondition~merge/type kind:string metadata:meta.v1.ObjectMeta={}
ComponentStatusList (v1)
  apiVersion:string items*:[]ComponentStatus kind:string metadata:meta.v1.ListMeta={}
ConfigMap (v1)
  apiVersion:string binaryData:{}bytes data:{}string immutable:bool kind:string metadata:meta.v1.ObjectMeta={}
ConfigMapEnvSource
  name:string optional:bool
ConfigMapKeySelector!
  key*:string name:string optional:bool
ConfigMapList (v1)
  apiVersion:string items*:[]ConfigMap kind:string metadata:meta.v1.ListMeta={}
ConfigMapNodeConfigSource
  kubeletConfigKey*:string name*:string namespace*:string resourceVersion:string uid:string
ConfigMapProjection
  items:[]KeyToPath name:string optional:bool
ConfigMapVolumeSource
  defaultMode:int32 items:[]KeyToPath name:string optional:bool
Container
  args:[]string command:[]string env:[name]EnvVar~merge/name envFrom:[]EnvFromSource image:string imagePullPolicy:string lifecycle:Lifecycle
  livenessProbe:Probe name*:string ports:[containerPort,protocol]ContainerPort~merge/containerPort readinessProbe:Probe
  resizePolicy:[]ContainerResizePolicy resources:ResourceRequirements={} restartPolicy:string restartPolicyRules:[]ContainerRestartRule
  securityContext:SecurityContext startupProbe:Probe stdin:bool stdinOnce:bool terminationMessagePath:string terminationMessagePolicy:string tty:bool
  volumeDevices:[devicePath]VolumeDevice~merge/devicePath volumeMounts:[mountPath]VolumeMount~merge/mountPath workingDir:string
ContainerExtendedResourceRequest
  containerName*:string requestName*:string resourceName*:string
ContainerImage
  names:[]string sizeBytes:int64
ContainerPort
  containerPort*:int32 hostIP:string hostPort:int32 name:string protocol:string=TCP
ContainerResizePolicy
  resourceName*:string restartPolicy*:string
ContainerRestartRule
  action*:string exitCodes:ContainerRestartRuleOnExitCodes
ContainerRestartRuleOnExitCodes
  operator*:string values:[set]int32
ContainerState
  running:ContainerStateRunning terminated:ContainerStateTerminated waiting:ContainerStateWaiting
ContainerStateRunning
  startedAt:time
ContainerStateTerminated
  containerID:string exitCode*:int32 finishedAt:time message:string reason:string signal:int32 startedAt:time
ContainerStateWaiting
  message:string reason:string
ContainerStatus
  allocatedResources:{}quantity allocatedResourcesStatus:[name]ResourceStatus~merge/name containerID:string image*:string imageID*:string
  lastState:ContainerState={} name*:string ready*:bool resources:ResourceRequirements restartCount*:int32 started:bool state:ContainerState={}
  stopSignal:string user:ContainerUser volumeMounts:[mountPath]VolumeMountStatus~merge/mountPath
ContainerUser
  linux:LinuxContainerUser
DaemonEndpoint
  Port*:int32
DownwardAPIProjection
  items:[]DownwardAPIVolumeFile
DownwardAPIVolumeFile
  fieldRef:ObjectFieldSelector mode:int32 path*:string resourceFieldRef:ResourceFieldSelector
DownwardAPIVolumeSource
  defaultMode:int32 items:[]DownwardAPIVolumeFile
EmptyDirVolumeSource
  medium:string sizeLimit:quantity
EndpointAddress!
  hostname:string ip*:string nodeName:string targetRef:ObjectReference
EndpointPort!
  appProtocol:string name:string port*:int32 protocol:string
EndpointSubset
  addresses:[]EndpointAddress notReadyAddresses:[]EndpointAddress ports:[]EndpointPort
Endpoints (v1)
  apiVersion:string kind:string metadata:meta.v1.ObjectMeta={} subsets:[]EndpointSubset
EndpointsList (v1)
  apiVersion:string items*:[]Endpoints kind:string metadata:meta.v1.ListMeta={}
EnvFromSource
  configMapRef:ConfigMapEnvSource prefix:string secretRef:SecretEnvSource
EnvVar
  name*:string value:string valueFrom:EnvVarSource
EnvVarSource
  configMapKeyRef:ConfigMapKeySelector fieldRef:ObjectFieldSelector fileKeyRef:FileKeySelector resourceFieldRef:ResourceFieldSelector
  secretKeyRef:SecretKeySelector
EphemeralContainer
  args:[]string command:[]string env:[name]EnvVar~merge/name envFrom:[]EnvFromSource image:string imagePullPolicy:string lifecycle:Lifecycle
  livenessProbe:Probe name*:string ports:[containerPort,protocol]ContainerPort~merge/containerPort readinessProbe:Probe
  resizePolicy:[]ContainerResizePolicy resources:ResourceRequirements={} restartPolicy:string restartPolicyRules:[]ContainerRestartRule
  securityContext:SecurityContext startupProbe:Probe stdin:bool stdinOnce:bool targetContainerName:string terminationMessagePath:string
  terminationMessagePolicy:string tty:bool volumeDevices:[devicePath]VolumeDevice~merge/devicePath volumeMounts:[mountPath]VolumeMount~merge/mountPath
  workingDir:string
EphemeralVolumeSource
  volumeClaimTemplate:PersistentVolumeClaimTemplate
Event (v1)
  action:string apiVersion:string count:int32 eventTime:microTime firstTimestamp:time involvedObject*:ObjectReference={} kind:string
  lastTimestamp:time message:string metadata*:meta.v1.ObjectMeta={} reason:string related:ObjectReference reportingComponent:string
  reportingInstance:string series:EventSeries source:EventSource={} type:string
EventList (v1)
  apiVersion:string items*:[]Event kind:string metadata:meta.v1.ListMeta={}
EventSeries
  count:int32 lastObservedTime:microTime
EventSource
  component:string host:string
ExecAction
  command:[]string
FCVolumeSource
  fsType:string lun:int32 readOnly:bool targetWWNs:[]string wwids:[]string
FileKeySelector!
  key*:string optional:bool path*:string volumeName*:string
FlexPersistentVolumeSource
  driver*:string fsType:string options:{}string readOnly:bool secretRef:SecretReference
FlexVolumeSource
  driver*:string fsType:string options:{}string readOnly:bool secretRef:LocalObjectReference
FlockerVolumeSource
  datasetName:string datasetUUID:string
GCEPersistentDiskVolumeSource
  fsType:string partition:int32 pdName*:string readOnly:bool
GRPCAction
  port*:int32 service:string
GitRepoVolumeSource
  directory:string repository*:string revision:string
GlusterfsPersistentVolumeSource
  endpoints*:string endpointsNamespace:string path*:string readOnly:bool
GlusterfsVolumeSource
  endpoints*:string path*:string readOnly:bool
HTTPGetAction
  host:string httpHeaders:[]HTTPHeader path:string port*:intOrString scheme:string
HTTPHeader
  name*:string value*:string
HostAlias
  hostnames:[]string ip*:string
HostIP
  ip*:string
HostPathVolumeSource
  path*:string type:string
ISCSIPersistentVolumeSource
  chapAuthDiscovery:bool chapAuthSession:bool fsType:string initiatorName:string iqn*:string iscsiInterface:string=default lun*:int32 portals:[]string
  readOnly:bool secretRef:SecretReference targetPortal*:string
ISCSIVolumeSource
  chapAuthDiscovery:bool chapAuthSession:bool fsType:string initiatorName:string iqn*:string iscsiInterface:string=default lun*:int32 portals:[]string
  readOnly:bool secretRef:LocalObjectReference targetPortal*:string
ImageVolumeSource
  pullPolicy:string reference:string
KeyToPath
  key*:string mode:int32 path*:string
Lifecycle
  postStart:LifecycleHandler preStop:LifecycleHandler stopSignal:string
LifecycleHandler
  exec:ExecAction httpGet:HTTPGetAction sleep:SleepAction tcpSocket:TCPSocketAction
LimitRange (v1)
  apiVersion:string kind:string metadata:meta.v1.ObjectMeta={} spec:LimitRangeSpec={}
LimitRangeItem
  default:{}quantity defaultRequest:{}quantity max:{}quantity maxLimitRequestRatio:{}quantity min:{}quantity type*:string
LimitRangeList (v1)
  apiVersion:string items*:[]LimitRange kind:string metadata:meta.v1.ListMeta={}
LimitRangeSpec
  limits*:[]LimitRangeItem
LinuxContainerUser
  gid*:int64 supplementalGroups:[]int64 uid*:int64
LoadBalancerIngress
  hostname:string ip:string ipMode:string ports:[]PortStatus
LoadBalancerStatus
  ingress:[]LoadBalancerIngress
LocalObjectReference!
  name:string
LocalVolumeSource
  fsType:string path*:string
ModifyVolumeStatus
  status*:string targetVolumeAttributesClassName:string
NFSVolumeSource
  path*:string readOnly:bool server*:string
Namespace (v1)
  apiVersion:string kind:string metadata:meta.v1.ObjectMeta={} spec:NamespaceSpec={} status:NamespaceStatus={}
NamespaceCondition
  lastTransitionTime:time message:string reason:string status*:string type*:string
NamespaceList (v1)
  apiVersion:string items*:[]Namespace kind:string metadata:meta.v1.ListMeta={}
NamespaceSpec
  finalizers:[]string
NamespaceStatus
  conditions:[type]NamespaceCondition~merge/type phase:string
Node (v1)
  apiVersion:string kind:string metadata:meta.v1.ObjectMeta={} spec:NodeSpec={} status:NodeStatus={}
NodeAddress
  address*:string type*:string
NodeAffinity
  preferredDuringSchedulingIgnoredDuringExecution:[]PreferredSchedulingTerm requiredDuringSchedulingIgnoredDuringExecution:NodeSelector
NodeCondition
  lastHeartbeatTime:time lastTransitionTime:time message:string reason:string status*:string type*:string
NodeConfigSource
  configMap:ConfigMapNodeConfigSource
NodeConfigStatus
  active:NodeConfigSource assigned:NodeConfigSource error:string lastKnownGood:NodeConfigSource
NodeDaemonEndpoints
  kubeletEndpoint:DaemonEndpoint={}
NodeFeatures
  supplementalGroupsPolicy:bool
NodeList (v1)
  apiVersion:string items*:[]Node kind:string metadata:meta.v1.ListMeta={}
NodeRuntimeHandler
  features:NodeRuntimeHandlerFeatures name:string
NodeRuntimeHandlerFeatures
  recursiveReadOnlyMounts:bool userNamespaces:bool
NodeSelector!
  nodeSelectorTerms*:[]NodeSelectorTerm
NodeSelectorRequirement
  key*:string operator*:string values:[]string
NodeSelectorTerm!
  matchExpressions:[]NodeSelectorRequirement matchFields:[]NodeSelectorRequirement
NodeSpec
  configSource:NodeConfigSource externalID:string podCIDR:string podCIDRs:[set]string~merge providerID:string taints:[]Taint unschedulable:bool
NodeStatus
  addresses:[type]NodeAddress~merge/type allocatable:{}quantity capacity:{}quantity conditions:[type]NodeCondition~merge/type config:NodeConfigStatus
  daemonEndpoints:NodeDaemonEndpoints={} declaredFeatures:[]string features:NodeFeatures images:[]ContainerImage nodeInfo:NodeSystemInfo={}
  phase:string runtimeHandlers:[]NodeRuntimeHandler volumesAttached:[]AttachedVolume volumesInUse:[]string
NodeSwapStatus
  capacity:int64
NodeSystemInfo
  architecture*:string bootID*:string containerRuntimeVersion*:string kernelVersion*:string kubeProxyVersion*:string kubeletVersion*:string
  machineID*:string operatingSystem*:string osImage*:string swap:NodeSwapStatus systemUUID*:string
ObjectFieldSelector!
  apiVersion:string fieldPath*:string
ObjectReference!
  apiVersion:string fieldPath:string kind:string name:string namespace:string resourceVersion:string uid:string
PersistentVolume (v1)
  apiVersion:string kind:string metadata:meta.v1.ObjectMeta={} spec:PersistentVolumeSpec={} status:PersistentVolumeStatus={}
PersistentVolumeClaim (v1)
  apiVersion:string kind:string metadata:meta.v1.ObjectMeta={} spec:PersistentVolumeClaimSpec={} status:PersistentVolumeClaimStatus={}
PersistentVolumeClaimCondition
  lastProbeTime:time lastTransitionTime:time message:string reason:string status*:string type*:string
PersistentVolumeClaimList (v1)
  apiVersion:string items*:[]PersistentVolumeClaim kind:string metadata:meta.v1.ListMeta={}
PersistentVolumeClaimSpec
  accessModes:[]string dataSource:TypedLocalObjectReference dataSourceRef:TypedObjectReference resources:VolumeResourceRequirements={}
  selector:meta.v1.LabelSelector storageClassName:string volumeAttributesClassName:string volumeMode:string volumeName:string
PersistentVolumeClaimStatus
  accessModes:[]string allocatedResourceStatuses:{}string allocatedResources:{}quantity capacity:{}quantity
  conditions:[type]PersistentVolumeClaimCondition~merge/type currentVolumeAttributesClassName:string modifyVolumeStatus:ModifyVolumeStatus
  phase:string
PersistentVolumeClaimTemplate
  metadata:meta.v1.ObjectMeta={} spec*:PersistentVolumeClaimSpec={}
PersistentVolumeClaimVolumeSource
  claimName*:string readOnly:bool
PersistentVolumeList (v1)
  apiVersion:string items*:[]PersistentVolume kind:string metadata:meta.v1.ListMeta={}
PersistentVolumeSpec
  accessModes:[]string awsElasticBlockStore:AWSElasticBlockStoreVolumeSource azureDisk:AzureDiskVolumeSource azureFile:AzureFilePersistentVolumeSource
  capacity:{}quantity cephfs:CephFSPersistentVolumeSource cinder:CinderPersistentVolumeSource claimRef:ObjectReference csi:CSIPersistentVolumeSource
  fc:FCVolumeSource flexVolume:FlexPersistentVolumeSource flocker:FlockerVolumeSource gcePersistentDisk:GCEPersistentDiskVolumeSource
  glusterfs:GlusterfsPersistentVolumeSource hostPath:HostPathVolumeSource iscsi:ISCSIPersistentVolumeSource local:LocalVolumeSource
  mountOptions:[]string nfs:NFSVolumeSource nodeAffinity:VolumeNodeAffinity persistentVolumeReclaimPolicy:string
  photonPersistentDisk:PhotonPersistentDiskVolumeSource portworxVolume:PortworxVolumeSource quobyte:QuobyteVolumeSource rbd:RBDPersistentVolumeSource
  scaleIO:ScaleIOPersistentVolumeSource storageClassName:string storageos:StorageOSPersistentVolumeSource volumeAttributesClassName:string
  volumeMode:string vsphereVolume:VsphereVirtualDiskVolumeSource
PersistentVolumeStatus
  lastPhaseTransitionTime:time message:string phase:string reason:string
PhotonPersistentDiskVolumeSource
  fsType:string pdID*:string
Pod (v1)
  apiVersion:string kind:string metadata:meta.v1.ObjectMeta={} spec:PodSpec={} status:PodStatus={}
PodAffinity
  preferredDuringSchedulingIgnoredDuringExecution:[]WeightedPodAffinityTerm requiredDuringSchedulingIgnoredDuringExecution:[]PodAffinityTerm
PodAffinityTerm
  labelSelector:meta.v1.LabelSelector matchLabelKeys:[]string mismatchLabelKeys:[]string namespaceSelector:meta.v1.LabelSelector namespaces:[]string
  topologyKey*:string
PodAntiAffinity
  preferredDuringSchedulingIgnoredDuringExecution:[]WeightedPodAffinityTerm requiredDuringSchedulingIgnoredDuringExecution:[]PodAffinityTerm
PodCertificateProjection
  certificateChainPath:string credentialBundlePath:string keyPath:string keyType*:string maxExpirationSeconds:int32 signerName*:string
  userAnnotations:{}string
PodCondition
  lastProbeTime:time lastTransitionTime:time message:string observedGeneration:int64 reason:string status*:string type*:string
PodDNSConfig
  nameservers:[]string options:[]PodDNSConfigOption searches:[]string
PodDNSConfigOption
  name:string value:string
PodExtendedResourceClaimStatus
  requestMappings*:[]ContainerExtendedResourceRequest resourceClaimName*:string
PodIP
  ip*:string
PodList (v1)
  apiVersion:string items*:[]Pod kind:string metadata:meta.v1.ListMeta={}
PodOS
  name*:string
PodReadinessGate
  conditionType*:string
PodResourceClaim
  name*:string resourceClaimName:string resourceClaimTemplateName:string
PodResourceClaimStatus
  name*:string resourceClaimName:string
PodSchedulingGate
  name*:string
PodSecurityContext
  appArmorProfile:AppArmorProfile fsGroup:int64 fsGroupChangePolicy:string runAsGroup:int64 runAsNonRoot:bool runAsUser:int64
  seLinuxChangePolicy:string seLinuxOptions:SELinuxOptions seccompProfile:SeccompProfile supplementalGroups:[]int64 supplementalGroupsPolicy:string
  sysctls:[]Sysctl windowsOptions:WindowsSecurityContextOptions
PodSpec
  activeDeadlineSeconds:int64 affinity:Affinity automountServiceAccountToken:bool containers*:[name]Container~merge/name dnsConfig:PodDNSConfig
  dnsPolicy:string enableServiceLinks:bool ephemeralContainers:[name]EphemeralContainer~merge/name hostAliases:[ip]HostAlias~merge/ip hostIPC:bool
  hostNetwork:bool hostPID:bool hostUsers:bool hostname:string hostnameOverride:string imagePullSecrets:[name]LocalObjectReference~merge/name
  initContainers:[name]Container~merge/name nodeName:string nodeSelector:{!}string os:PodOS overhead:{}quantity preemptionPolicy:string priority:int32
  priorityClassName:string readinessGates:[]PodReadinessGate resourceClaims:[name]PodResourceClaim~merge+retainKeys/name
  resources:ResourceRequirements restartPolicy:string runtimeClassName:string schedulerName:string schedulingGates:[name]PodSchedulingGate~merge/name
  securityContext:PodSecurityContext serviceAccount:string serviceAccountName:string setHostnameAsFQDN:bool shareProcessNamespace:bool
  subdomain:string terminationGracePeriodSeconds:int64 tolerations:[]Toleration
  topologySpreadConstraints:[topologyKey,whenUnsatisfiable]TopologySpreadConstraint~merge/topologyKey volumes:[name]Volume~merge+retainKeys/name
  workloadRef:WorkloadReference
PodStatus
  allocatedResources:{}quantity conditions:[type]PodCondition~merge/type containerStatuses:[]ContainerStatus
  ephemeralContainerStatuses:[]ContainerStatus extendedResourceClaimStatus:PodExtendedResourceClaimStatus hostIP:string hostIPs:[]HostIP~merge/ip
  initContainerStatuses:[]ContainerStatus message:string nominatedNodeName:string observedGeneration:int64 phase:string podIP:string
  podIPs:[ip]PodIP~merge/ip qosClass:string reason:string resize:string resourceClaimStatuses:[name]PodResourceClaimStatus~merge+retainKeys/name
  resources:ResourceRequirements startTime:time
PodTemplate (v1)
  apiVersion:string kind:string metadata:meta.v1.ObjectMeta={} template:PodTemplateSpec={}
PodTemplateList (v1)
  apiVersion:string items*:[]PodTemplate kind:string metadata:meta.v1.ListMeta={}
PodTemplateSpec
  metadata:meta.v1.ObjectMeta={} spec:PodSpec={}
PortStatus
  error:string port*:int32 protocol*:string
PortworxVolumeSource
  fsType:string readOnly:bool volumeID*:string
PreferredSchedulingTerm
  preference*:NodeSelectorTerm={} weight*:int32
Probe
  exec:ExecAction failureThreshold:int32 grpc:GRPCAction httpGet:HTTPGetAction initialDelaySeconds:int32 periodSeconds:int32 successThreshold:int32
  tcpSocket:TCPSocketAction terminationGracePeriodSeconds:int64 timeoutSeconds:int32
ProjectedVolumeSource
  defaultMode:int32 sources:[]VolumeProjection
QuobyteVolumeSource
  group:string readOnly:bool registry*:string tenant:string user:string volume*:string
RBDPersistentVolumeSource
  fsType:string image*:string keyring:string=/etc/ceph/keyring monitors*:[]string pool:string=rbd readOnly:bool secretRef:SecretReference
  user:string=admin
RBDVolumeSource
  fsType:string image*:string keyring:string=/etc/ceph/keyring monitors*:[]string pool:string=rbd readOnly:bool secretRef:LocalObjectReference
  user:string=admin
ReplicationController (v1)
  apiVersion:string kind:string metadata:meta.v1.ObjectMeta={} spec:ReplicationControllerSpec={} status:ReplicationControllerStatus={}
ReplicationControllerCondition
  lastTransitionTime:time message:string reason:string status*:string type*:string
ReplicationControllerList (v1)
  apiVersion:string items*:[]ReplicationController kind:string metadata:meta.v1.ListMeta={}
ReplicationControllerSpec
  minReadySeconds:int32 replicas:int32 selector:{!}string template:PodTemplateSpec
ReplicationControllerStatus
  availableReplicas:int32 conditions:[type]ReplicationControllerCondition~merge/type fullyLabeledReplicas:int32 observedGeneration:int64
  readyReplicas:int32 replicas*:int32
ResourceClaim
  name*:string request:string
ResourceFieldSelector!
  containerName:string divisor:quantity resource*:string
ResourceHealth
  health:string resourceID*:string
ResourceQuota (v1)
  apiVersion:string kind:string metadata:meta.v1.ObjectMeta={} spec:ResourceQuotaSpec={} status:ResourceQuotaStatus={}
ResourceQuotaList (v1)
  apiVersion:string items*:[]ResourceQuota kind:string metadata:meta.v1.ListMeta={}
ResourceQuotaSpec
  hard:{}quantity scopeSelector:ScopeSelector scopes:[]string
ResourceQuotaStatus
  hard:{}quantity used:{}quantity
ResourceRequirements
  claims:[name]ResourceClaim limits:{}quantity requests:{}quantity
ResourceStatus
  name*:string resources:[resourceID]ResourceHealth
SELinuxOptions
  level:string role:string type:string user:string
ScaleIOPersistentVolumeSource
  fsType:string=xfs gateway*:string protectionDomain:string readOnly:bool secretRef*:SecretReference sslEnabled:bool
  storageMode:string=ThinProvisioned storagePool:string system*:string volumeName:string
ScaleIOVolumeSource
  fsType:string=xfs gateway*:string protectionDomain:string readOnly:bool secretRef*:LocalObjectReference sslEnabled:bool
  storageMode:string=ThinProvisioned storagePool:string system*:string volumeName:string
ScopeSelector!
  matchExpressions:[]ScopedResourceSelectorRequirement
ScopedResourceSelectorRequirement
  operator*:string scopeName*:string values:[]string
SeccompProfile
  localhostProfile:string type*:string
Secret (v1)
  apiVersion:string data:{}bytes immutable:bool kind:string metadata:meta.v1.ObjectMeta={} stringData:{}string type:string
SecretEnvSource
  name:string optional:bool
SecretKeySelector!
  key*:string name:string optional:bool
SecretList (v1)
  apiVersion:string items*:[]Secret kind:string metadata:meta.v1.ListMeta={}
SecretProjection
  items:[]KeyToPath name:string optional:bool
SecretReference!
  name:string namespace:string
SecretVolumeSource
  defaultMode:int32 items:[]KeyToPath optional:bool secretName:string
SecurityContext
  allowPrivilegeEscalation:bool appArmorProfile:AppArmorProfile capabilities:Capabilities privileged:bool procMount:string readOnlyRootFilesystem:bool
  runAsGroup:int64 runAsNonRoot:bool runAsUser:int64 seLinuxOptions:SELinuxOptions seccompProfile:SeccompProfile
  windowsOptions:WindowsSecurityContextOptions
Service (v1)
  apiVersion:string kind:string metadata:meta.v1.ObjectMeta={} spec:ServiceSpec={} status:ServiceStatus={}
ServiceAccount (v1)
  apiVersion:string automountServiceAccountToken:bool imagePullSecrets:[]LocalObjectReference kind:string metadata:meta.v1.ObjectMeta={}
  secrets:[name]ObjectReference~merge/name
ServiceAccountList (v1)
  apiVersion:string items*:[]ServiceAccount kind:string metadata:meta.v1.ListMeta={}
ServiceAccountTokenProjection
  audience:string expirationSeconds:int64 path*:string
ServiceList (v1)
  apiVersion:string items*:[]Service kind:string metadata:meta.v1.ListMeta={}
ServicePort
  appProtocol:string name:string nodePort:int32 port*:int32 protocol:string=TCP targetPort:intOrString
ServiceSpec
  allocateLoadBalancerNodePorts:bool clusterIP:string clusterIPs:[]string externalIPs:[]string externalName:string externalTrafficPolicy:string
  healthCheckNodePort:int32 internalTrafficPolicy:string ipFamilies:[]string ipFamilyPolicy:string loadBalancerClass:string loadBalancerIP:string
  loadBalancerSourceRanges:[]string ports:[port,protocol]ServicePort~merge/port publishNotReadyAddresses:bool selector:{!}string
  sessionAffinity:string sessionAffinityConfig:SessionAffinityConfig trafficDistribution:string type:string
ServiceStatus
  conditions:[type]meta.v1.Condition~merge/type loadBalancer:LoadBalancerStatus={}
SessionAffinityConfig
  clientIP:ClientIPConfig
SleepAction
  seconds*:int64
StorageOSPersistentVolumeSource
  fsType:string readOnly:bool secretRef:ObjectReference volumeName:string volumeNamespace:string
StorageOSVolumeSource
  fsType:string readOnly:bool secretRef:LocalObjectReference volumeName:string volumeNamespace:string
Sysctl
  name*:string value*:string
TCPSocketAction
  host:string port*:intOrString
Taint
  effect*:string key*:string timeAdded:time value:string
Toleration
  effect:string key:string operator:string tolerationSeconds:int64 value:string
TopologySelectorLabelRequirement
  key*:string values*:[]string
TopologySelectorTerm!
  matchLabelExpressions:[]TopologySelectorLabelRequirement
TopologySpreadConstraint
  labelSelector:meta.v1.LabelSelector matchLabelKeys:[]string maxSkew*:int32 minDomains:int32 nodeAffinityPolicy:string nodeTaintsPolicy:string
  topologyKey*:string whenUnsatisfiable*:string
TypedLocalObjectReference!
  apiGroup:string kind*:string name*:string
TypedObjectReference
  apiGroup:string kind*:string name*:string namespace:string
Volume
  awsElasticBlockStore:AWSElasticBlockStoreVolumeSource azureDisk:AzureDiskVolumeSource azureFile:AzureFileVolumeSource cephfs:CephFSVolumeSource
  cinder:CinderVolumeSource configMap:ConfigMapVolumeSource csi:CSIVolumeSource downwardAPI:DownwardAPIVolumeSource emptyDir:EmptyDirVolumeSource
  ephemeral:EphemeralVolumeSource fc:FCVolumeSource flexVolume:FlexVolumeSource flocker:FlockerVolumeSource
  gcePersistentDisk:GCEPersistentDiskVolumeSource gitRepo:GitRepoVolumeSource glusterfs:GlusterfsVolumeSource hostPath:HostPathVolumeSource
  image:ImageVolumeSource iscsi:ISCSIVolumeSource name*:string nfs:NFSVolumeSource persistentVolumeClaim:PersistentVolumeClaimVolumeSource
  photonPersistentDisk:PhotonPersistentDiskVolumeSource portworxVolume:PortworxVolumeSource projected:ProjectedVolumeSource
  quobyte:QuobyteVolumeSource rbd:RBDVolumeSource scaleIO:ScaleIOVolumeSource secret:SecretVolumeSource storageos:StorageOSVolumeSource
  vsphereVolume:VsphereVirtualDiskVolumeSource
VolumeDevice
  devicePath*:string name*:string
VolumeMount
  mountPath*:string mountPropagation:string name*:string readOnly:bool recursiveReadOnly:string subPath:string subPathExpr:string
VolumeMountStatus
  mountPath*:string name*:string readOnly:bool recursiveReadOnly:string
VolumeNodeAffinity
  required:NodeSelector
VolumeProjection
  clusterTrustBundle:ClusterTrustBundleProjection configMap:ConfigMapProjection downwardAPI:DownwardAPIProjection
  podCertificate:PodCertificateProjection secret:SecretProjection serviceAccountToken:ServiceAccountTokenProjection
VolumeResourceRequirements
  limits:{}quantity requests:{}quantity
VsphereVirtualDiskVolumeSource
  fsType:string storagePolicyID:string storagePolicyName:string volumePath*:string
WeightedPodAffinityTerm
  podAffinityTerm*:PodAffinityTerm={} weight*:int32
WindowsSecurityContextOptions
  gmsaCredentialSpec:string gmsaCredentialSpecName:string hostProcess:bool runAsUserName:string
WorkloadReference
  name*:string podGroup*:string podGroupReplicaKey:string
# admissionregistration.v1
AuditAnnotation
  key*:string valueExpression*:string
ExpressionWarning
  fieldRef*:string warning*:string
MatchCondition
  expression*:string name*:string
MatchResources!
  excludeResourceRules:[]NamedRuleWithOperations matchPolicy:string namespaceSelector:meta.v1.LabelSelector objectSelector:meta.v1.LabelSelector
  resourceRules:[]NamedRuleWithOperations
MutatingWebhook
  admissionReviewVersions*:[]string clientConfig*:WebhookClientConfig={} failurePolicy:string matchConditions:[name]MatchCondition~merge/name
  matchPolicy:string name*:string namespaceSelector:meta.v1.LabelSelector objectSelector:meta.v1.LabelSelector reinvocationPolicy:string
  rules:[]RuleWithOperations sideEffects*:string timeoutSeconds:int32
MutatingWebhookConfiguration (admissionregistration.k8s.io/v1)
  apiVersion:string kind:string metadata:meta.v1.ObjectMeta={} webhooks:[name]MutatingWebhook~merge/name
MutatingWebhookConfigurationList (admissionregistration.k8s.io/v1)
  apiVersion:string items*:[]MutatingWebhookConfiguration kind:string metadata:meta.v1.ListMeta={}
NamedRuleWithOperations!
  apiGroups:[]string apiVersions:[]string operations:[]string resourceNames:[]string resources:[]string scope:string
ParamKind!
  apiVersion:string kind:string
ParamRef!
  name:string namespace:string parameterNotFoundAction:string selector:meta.v1.LabelSelector
RuleWithOperations
  apiGroups:[]string apiVersions:[]string operations:[]string resources:[]string scope:string
ServiceReference
  name*:string namespace*:string path:string port:int32
TypeChecking
  expressionWarnings:[]ExpressionWarning
ValidatingAdmissionPolicy (admissionregistration.k8s.io/v1)
  apiVersion:string kind:string metadata:meta.v1.ObjectMeta={} spec:ValidatingAdmissionPolicySpec={} status:ValidatingAdmissionPolicyStatus={}
ValidatingAdmissionPolicyBinding (admissionregistration.k8s.io/v1)
  apiVersion:string kind:string metadata:meta.v1.ObjectMeta={} spec:ValidatingAdmissionPolicyBindingSpec={}
ValidatingAdmissionPolicyBindingList (admissionregistration.k8s.io/v1)
  apiVersion:string items*:[]ValidatingAdmissionPolicyBinding kind:string metadata:meta.v1.ListMeta={}
ValidatingAdmissionPolicyBindingSpec
  matchResources:MatchResources paramRef:ParamRef policyName:string validationActions:[set]string
ValidatingAdmissionPolicyList (admissionregistration.k8s.io/v1)
  apiVersion:string items*:[]ValidatingAdmissionPolicy kind:string metadata:meta.v1.ListMeta={}
ValidatingAdmissionPolicySpec
  auditAnnotations:[]AuditAnnotation failurePolicy:string matchConditions:[name]MatchCondition~merge/name matchConstraints:MatchResources
  paramKind:ParamKind validations:[]Validation variables:[name]Variable~merge/name
ValidatingAdmissionPolicyStatus
  conditions:[type]meta.v1.Condition observedGeneration:int64 typeChecking:TypeChecking
ValidatingWebhook
  admissionReviewVersions*:[]string clientConfig*:WebhookClientConfig={} failurePolicy:string matchConditions:[name]MatchCondition~merge/name
  matchPolicy:string name*:string namespaceSelector:meta.v1.LabelSelector objectSelector:meta.v1.LabelSelector rules:[]RuleWithOperations
  sideEffects*:string timeoutSeconds:int32
ValidatingWebhookConfiguration (admissionregistration.k8s.io/v1)
  apiVersion:string kind:string metadata:meta.v1.ObjectMeta={} webhooks:[name]ValidatingWebhook~merge/name
ValidatingWebhookConfigurationList (admissionregistration.k8s.io/v1)
  apiVersion:string items*:[]ValidatingWebhookConfiguration kind:string metadata:meta.v1.ListMeta={}
Validation
  expression*:string message:string messageExpression:string reason:string
Variable!
  expression*:string name*:string
WebhookClientConfig
  caBundle:bytes service:ServiceReference url:string
# apiextensions.v1
CustomResourceColumnDefinition
  description:string format:string jsonPath*:string name*:string priority:int32 type*:string
CustomResourceConversion
  strategy*:string webhook:WebhookConversion
CustomResourceDefinition (apiextensions.k8s.io/v1)
  apiVersion:string kind:string metadata:meta.v1.ObjectMeta={} spec*:CustomResourceDefinitionSpec={} status:CustomResourceDefinitionStatus={}
CustomResourceDefinitionCondition
  lastTransitionTime:time message:string observedGeneration:int64 reason:string status*:string type*:string
CustomResourceDefinitionList (apiextensions.k8s.io/v1)
  apiVersion:string items*:[]CustomResourceDefinition kind:string metadata:meta.v1.ListMeta={}
CustomResourceDefinitionNames
  categories:[]string kind*:string listKind:string plural*:string shortNames:[]string singular:string
CustomResourceDefinitionSpec
  conversion:CustomResourceConversion group*:string names*:CustomResourceDefinitionNames={} preserveUnknownFields:bool scope*:string
  versions*:[]CustomResourceDefinitionVersion
CustomResourceDefinitionStatus
  acceptedNames:CustomResourceDefinitionNames={} conditions:[type]CustomResourceDefinitionCondition observedGeneration:int64 storedVersions:[]string
CustomResourceDefinitionVersion
  additionalPrinterColumns:[]CustomResourceColumnDefinition deprecated:bool deprecationWarning:string name*:string schema:CustomResourceValidation
  selectableFields:[]SelectableField served*:bool storage*:bool subresources:CustomResourceSubresources
CustomResourceSubresourceScale
  labelSelectorPath:string specReplicasPath*:string statusReplicasPath*:string
CustomResourceSubresourceStatus
CustomResourceSubresources
  scale:CustomResourceSubresourceScale status:CustomResourceSubresourceStatus
CustomResourceValidation
  openAPIV3Schema:JSONSchemaProps
ExternalDocumentation
  description:string url:string
JSONSchemaProps
  $ref:string $schema:string additionalItems:any additionalProperties:any allOf:[]JSONSchemaProps anyOf:[]JSONSchemaProps default:any
  definitions:{}JSONSchemaProps dependencies:{}any description:string enum:[]any example:any exclusiveMaximum:bool exclusiveMinimum:bool
  externalDocs:ExternalDocumentation format:string id:string items:any maxItems:int64 maxLength:int64 maxProperties:int64 maximum:double
  minItems:int64 minLength:int64 minProperties:int64 minimum:double multipleOf:double not:JSONSchemaProps nullable:bool oneOf:[]JSONSchemaProps
  pattern:string patternProperties:{}JSONSchemaProps properties:{}JSONSchemaProps required:[]string title:string type:string uniqueItems:bool
  x-kubernetes-embedded-resource:bool x-kubernetes-int-or-string:bool x-kubernetes-list-map-keys:[]string x-kubernetes-list-type:string
  x-kubernetes-map-type:string x-kubernetes-preserve-unknown-fields:bool x-kubernetes-validations:[rule]ValidationRule~merge/rule
SelectableField
  jsonPath*:string
ServiceReference
  name*:string namespace*:string path:string port:int32
ValidationRule
  fieldPath:string message:string messageExpression:string optionalOldSelf:bool reason:string rule*:string
WebhookClientConfig
  caBundle:bytes service:ServiceReference url:string
WebhookConversion
  clientConfig:WebhookClientConfig conversionReviewVersions*:[]string
# apiregistration.v1
APIService (apiregistration.k8s.io/v1)
  apiVersion:string kind:string metadata:meta.v1.ObjectMeta={} spec:APIServiceSpec={} status:APIServiceStatus={}
APIServiceCondition
  lastTransitionTime:time message:string reason:string status*:string type*:string
APIServiceList (apiregistration.k8s.io/v1)
  apiVersion:string items*:[]APIService kind:string metadata:meta.v1.ListMeta={}
APIServiceSpec
  caBundle:bytes group:string groupPriorityMinimum*:int32 insecureSkipTLSVerify:bool service:ServiceReference version:string versionPriority*:int32
APIServiceStatus
  conditions:[type]APIServiceCondition~merge/type
ServiceReference
  name:string namespace:string port:int32
# apps.v1
ControllerRevision (apps/v1)
  apiVersion:string data:any kind:string metadata:meta.v1.ObjectMeta={} revision*:int64
ControllerRevisionList (apps/v1)
  apiVersion:string items*:[]ControllerRevision kind:string metadata:meta.v1.ListMeta={}
DaemonSet (apps/v1)
  apiVersion:string kind:string metadata:meta.v1.ObjectMeta={} spec:DaemonSetSpec={} status:DaemonSetStatus={}
DaemonSetCondition
  lastTransitionTime:time message:string reason:string status*:string type*:string
DaemonSetList (apps/v1)
  apiVersion:string items*:[]DaemonSet kind:string metadata:meta.v1.ListMeta={}
DaemonSetSpec
  minReadySeconds:int32 revisionHistoryLimit:int32 selector*:meta.v1.LabelSelector template*:core.v1.PodTemplateSpec={}
  updateStrategy:DaemonSetUpdateStrategy={}
DaemonSetStatus
  collisionCount:int32 conditions:[type]DaemonSetCondition~merge/type currentNumberScheduled*:int32 desiredNumberScheduled*:int32
  numberAvailable:int32 numberMisscheduled*:int32 numberReady*:int32 numberUnavailable:int32 observedGeneration:int64 updatedNumberScheduled:int32
DaemonSetUpdateStrategy
  rollingUpdate:RollingUpdateDaemonSet type:string
Deployment (apps/v1)
  apiVersion:string kind:string metadata:meta.v1.ObjectMeta={} spec:DeploymentSpec={} status:DeploymentStatus={}
DeploymentCondition
  lastTransitionTime:time lastUpdateTime:time message:string reason:string status*:string type*:string
DeploymentList (apps/v1)
  apiVersion:string items*:[]Deployment kind:string metadata:meta.v1.ListMeta={}
DeploymentSpec
  minReadySeconds:int32 paused:bool progressDeadlineSeconds:int32 replicas:int32 revisionHistoryLimit:int32 selector*:meta.v1.LabelSelector
  strategy:DeploymentStrategy~retainKeys={} template*:core.v1.PodTemplateSpec={}
DeploymentStatus
  availableReplicas:int32 collisionCount:int32 conditions:[type]DeploymentCondition~merge/type observedGeneration:int64 readyReplicas:int32
  replicas:int32 terminatingReplicas:int32 unavailableReplicas:int32 updatedReplicas:int32
DeploymentStrategy
  rollingUpdate:RollingUpdateDeployment type:string
ReplicaSet (apps/v1)
  apiVersion:string kind:string metadata:meta.v1.ObjectMeta={} spec:ReplicaSetSpec={} status:ReplicaSetStatus={}
ReplicaSetCondition
  lastTransitionTime:time message:string reason:string status*:string type*:string
ReplicaSetList (apps/v1)
  apiVersion:string items*:[]ReplicaSet kind:string metadata:meta.v1.ListMeta={}
ReplicaSetSpec
  minReadySeconds:int32 replicas:int32 selector*:meta.v1.LabelSelector template:core.v1.PodTemplateSpec={}
ReplicaSetStatus
  availableReplicas:int32 conditions:[type]ReplicaSetCondition~merge/type fullyLabeledReplicas:int32 observedGeneration:int64 readyReplicas:int32
  replicas*:int32 terminatingReplicas:int32
RollingUpdateDaemonSet
  maxSurge:intOrString maxUnavailable:intOrString
RollingUpdateDeployment
  maxSurge:intOrString maxUnavailable:intOrString
RollingUpdateStatefulSetStrategy
  maxUnavailable:intOrString partition:int32
StatefulSet (apps/v1)
  apiVersion:string kind:string metadata:meta.v1.ObjectMeta={} spec:StatefulSetSpec={} status:StatefulSetStatus={}
StatefulSetCondition
  lastTransitionTime:time message:string reason:string status*:string type*:string
StatefulSetList (apps/v1)
  apiVersion:string items*:[]StatefulSet kind:string metadata:meta.v1.ListMeta={}
StatefulSetOrdinals
  start:int32
StatefulSetPersistentVolumeClaimRetentionPolicy
  whenDeleted:string whenScaled:string
StatefulSetSpec
  minReadySeconds:int32 ordinals:StatefulSetOrdinals persistentVolumeClaimRetentionPolicy:StatefulSetPersistentVolumeClaimRetentionPolicy
  podManagementPolicy:string replicas:int32 revisionHistoryLimit:int32 selector*:meta.v1.LabelSelector serviceName:string
  template*:core.v1.PodTemplateSpec={} updateStrategy:StatefulSetUpdateStrategy={} volumeClaimTemplates:[]core.v1.PersistentVolumeClaim
StatefulSetStatus
  availableReplicas:int32 collisionCount:int32 conditions:[type]StatefulSetCondition~merge/type currentReplicas:int32 currentRevision:string
  observedGeneration:int64 readyReplicas:int32 replicas*:int32 updateRevision:string updatedReplicas:int32
StatefulSetUpdateStrategy
  rollingUpdate:RollingUpdateStatefulSetStrategy type:string
# authentication.v1
BoundObjectReference
  apiVersion:string kind:string name:string uid:string
SelfSubjectReview (authentication.k8s.io/v1)
  apiVersion:string kind:string metadata:meta.v1.ObjectMeta={} status:SelfSubjectReviewStatus={}
SelfSubjectReviewStatus
  userInfo:UserInfo={}
TokenRequest (authentication.k8s.io/v1)
  apiVersion:string kind:string metadata:meta.v1.ObjectMeta={} spec*:TokenRequestSpec={} status:TokenRequestStatus={}
TokenRequestSpec
  audiences*:[]string boundObjectRef:BoundObjectReference expirationSeconds:int64
TokenRequestStatus
  expirationTimestamp*:time token*:string
TokenReview (authentication.k8s.io/v1)
  apiVersion:string kind:string metadata:meta.v1.ObjectMeta={} spec*:TokenReviewSpec={} status:TokenReviewStatus={}
TokenReviewSpec
  audiences:[]string token:string
TokenReviewStatus
  audiences:[]string authenticated:bool error:string user:UserInfo={}
UserInfo
  extra:{}[]string groups:[]string uid:string username:string
# authorization.v1
FieldSelectorAttributes
  rawSelector:string requirements:[]meta.v1.FieldSelectorRequirement
LabelSelectorAttributes
  rawSelector:string requirements:[]meta.v1.LabelSelectorRequirement
LocalSubjectAccessReview (authorization.k8s.io/v1)
  apiVersion:string kind:string metadata:meta.v1.ObjectMeta={} spec*:SubjectAccessReviewSpec={} status:SubjectAccessReviewStatus={}
NonResourceAttributes
  path:string verb:string
NonResourceRule
  nonResourceURLs:[]string verbs*:[]string
ResourceAttributes
  fieldSelector:FieldSelectorAttributes group:string labelSelector:LabelSelectorAttributes name:string namespace:string resource:string
  subresource:string verb:string version:string
ResourceRule
  apiGroups:[]string resourceNames:[]string resources:[]string verbs*:[]string
SelfSubjectAccessReview (authorization.k8s.io/v1)
  apiVersion:string kind:string metadata:meta.v1.ObjectMeta={} spec*:SelfSubjectAccessReviewSpec={} status:SubjectAccessReviewStatus={}
SelfSubjectAccessReviewSpec
  nonResourceAttributes:NonResourceAttributes resourceAttributes:ResourceAttributes
SelfSubjectRulesReview (authorization.k8s.io/v1)
  apiVersion:string kind:string metadata:meta.v1.ObjectMeta={} spec*:SelfSubjectRulesReviewSpec={} status:SubjectRulesReviewStatus={}
SelfSubjectRulesReviewSpec
  namespace:string
SubjectAccessReview (authorization.k8s.io/v1)
  apiVersion:string kind:string metadata:meta.v1.ObjectMeta={} spec*:SubjectAccessReviewSpec={} status:SubjectAccessReviewStatus={}
SubjectAccessReviewSpec
  extra:{}[]string groups:[]string nonResourceAttributes:NonResourceAttributes resourceAttributes:ResourceAttributes uid:string user:string
SubjectAccessReviewStatus
  allowed*:bool denied:bool evaluationError:string reason:string
SubjectRulesReviewStatus
  evaluationError:string incomplete*:bool nonResourceRules*:[]NonResourceRule resourceRules*:[]ResourceRule
# autoscaling.v1
CrossVersionObjectReference!
  apiVersion:string kind*:string name*:string
HorizontalPodAutoscaler (autoscaling/v1)
  apiVersion:string kind:string metadata:meta.v1.ObjectMeta={} spec:HorizontalPodAutoscalerSpec={} status:HorizontalPodAutoscalerStatus={}
HorizontalPodAutoscalerList (autoscaling/v1)
  apiVersion:string items*:[]HorizontalPodAutoscaler kind:string metadata:meta.v1.ListMeta={}
HorizontalPodAutoscalerSpec
  maxReplicas*:int32 minReplicas:int32 scaleTargetRef*:CrossVersionObjectReference={} targetCPUUtilizationPercentage:int32
HorizontalPodAutoscalerStatus
  currentCPUUtilizationPercentage:int32 currentReplicas*:int32 desiredReplicas*:int32 lastScaleTime:time observedGeneration:int64
Scale (autoscaling/v1)
  apiVersion:string kind:string metadata:meta.v1.ObjectMeta={} spec:ScaleSpec={} status:ScaleStatus={}
ScaleSpec
  replicas:int32
ScaleStatus
  replicas*:int32 selector:string
# autoscaling.v2
ContainerResourceMetricSource
  container*:string name*:string target*:MetricTarget={}
ContainerResourceMetricStatus
  container*:string current*:MetricValueStatus={} name*:string
CrossVersionObjectReference
  apiVersion:string kind*:string name*:string
ExternalMetricSource
  metric*:MetricIdentifier={} target*:MetricTarget={}
ExternalMetricStatus
  current*:MetricValueStatus={} metric*:MetricIdentifier={}
HPAScalingPolicy
  periodSeconds*:int32 type*:string value*:int32
HPAScalingRules
  policies:[]HPAScalingPolicy selectPolicy:string stabilizationWindowSeconds:int32 tolerance:quantity
HorizontalPodAutoscaler (autoscaling/v2)
  apiVersion:string kind:string metadata:meta.v1.ObjectMeta={} spec:HorizontalPodAutoscalerSpec={} status:HorizontalPodAutoscalerStatus={}
HorizontalPodAutoscalerBehavior
  scaleDown:HPAScalingRules scaleUp:HPAScalingRules
HorizontalPodAutoscalerCondition
  lastTransitionTime:time message:string reason:string status*:string type*:string
HorizontalPodAutoscalerList (autoscaling/v2)
  apiVersion:string items*:[]HorizontalPodAutoscaler kind:string metadata:meta.v1.ListMeta={}
HorizontalPodAutoscalerSpec
  behavior:HorizontalPodAutoscalerBehavior maxReplicas*:int32 metrics:[]MetricSpec minReplicas:int32 scaleTargetRef*:CrossVersionObjectReference={}
HorizontalPodAutoscalerStatus
  conditions:[type]HorizontalPodAutoscalerCondition~merge/type currentMetrics:[]MetricStatus currentReplicas:int32 desiredReplicas*:int32
  lastScaleTime:time observedGeneration:int64
MetricIdentifier
  name*:string selector:meta.v1.LabelSelector
MetricSpec
  containerResource:ContainerResourceMetricSource external:ExternalMetricSource object:ObjectMetricSource pods:PodsMetricSource
  resource:ResourceMetricSource type*:string
MetricStatus
  containerResource:ContainerResourceMetricStatus external:ExternalMetricStatus object:ObjectMetricStatus pods:PodsMetricStatus
  resource:ResourceMetricStatus type*:string
MetricTarget
  averageUtilization:int32 averageValue:quantity type*:string value:quantity
MetricValueStatus
  averageUtilization:int32 averageValue:quantity value:quantity
ObjectMetricSource
  describedObject*:CrossVersionObjectReference={} metric*:MetricIdentifier={} target*:MetricTarget={}
ObjectMetricStatus
  current*:MetricValueStatus={} describedObject*:CrossVersionObjectReference={} metric*:MetricIdentifier={}
PodsMetricSource
  metric*:MetricIdentifier={} target*:MetricTarget={}
PodsMetricStatus
  current*:MetricValueStatus={} metric*:MetricIdentifier={}
ResourceMetricSource
  name*:string target*:MetricTarget={}
ResourceMetricStatus
  current*:MetricValueStatus={} name*:string
# batch.v1
CronJob (batch/v1)
  apiVersion:string kind:string metadata:meta.v1.ObjectMeta={} spec:CronJobSpec={} status:CronJobStatus={}
CronJobList (batch/v1)
  apiVersion:string items*:[]CronJob kind:string metadata:meta.v1.ListMeta={}
CronJobSpec
  concurrencyPolicy:string failedJobsHistoryLimit:int32 jobTemplate*:JobTemplateSpec={} schedule*:string startingDeadlineSeconds:int64
  successfulJobsHistoryLimit:int32 suspend:bool timeZone:string
CronJobStatus
  active:[]core.v1.ObjectReference lastScheduleTime:time lastSuccessfulTime:time
Job (batch/v1)
  apiVersion:string kind:string metadata:meta.v1.ObjectMeta={} spec:JobSpec={} status:JobStatus={}
JobCondition
  lastProbeTime:time lastTransitionTime:time message:string reason:string status*:string type*:string
JobList (batch/v1)
  apiVersion:string items*:[]Job kind:string metadata:meta.v1.ListMeta={}
JobSpec
  activeDeadlineSeconds:int64 backoffLimit:int32 backoffLimitPerIndex:int32 completionMode:string completions:int32 managedBy:string
  manualSelector:bool maxFailedIndexes:int32 parallelism:int32 podFailurePolicy:PodFailurePolicy podReplacementPolicy:string
  selector:meta.v1.LabelSelector successPolicy:SuccessPolicy suspend:bool template*:core.v1.PodTemplateSpec={} ttlSecondsAfterFinished:int32
JobStatus
  active:int32 completedIndexes:string completionTime:time conditions:[]JobCondition~merge/type failed:int32 failedIndexes:string ready:int32
  startTime:time succeeded:int32 terminating:int32 uncountedTerminatedPods:UncountedTerminatedPods
JobTemplateSpec
  metadata:meta.v1.ObjectMeta={} spec:JobSpec={}
PodFailurePolicy
  rules*:[]PodFailurePolicyRule
PodFailurePolicyOnExitCodesRequirement
  containerName:string operator*:string values*:[set]int32
PodFailurePolicyOnPodConditionsPattern
  status:string type*:string
PodFailurePolicyRule
  action*:string onExitCodes:PodFailurePolicyOnExitCodesRequirement onPodConditions:[]PodFailurePolicyOnPodConditionsPattern
SuccessPolicy
  rules*:[]SuccessPolicyRule
SuccessPolicyRule
  succeededCount:int32 succeededIndexes:string
UncountedTerminatedPods
  failed:[set]string succeeded:[set]string
# certificates.v1
CertificateSigningRequest (certificates.k8s.io/v1)
  apiVersion:string kind:string metadata:meta.v1.ObjectMeta={} spec*:CertificateSigningRequestSpec={} status:CertificateSigningRequestStatus={}
CertificateSigningRequestCondition
  lastTransitionTime:time lastUpdateTime:time message:string reason:string status*:string type*:string
CertificateSigningRequestList (certificates.k8s.io/v1)
  apiVersion:string items*:[]CertificateSigningRequest kind:string metadata:meta.v1.ListMeta={}
CertificateSigningRequestSpec
  expirationSeconds:int32 extra:{}[]string groups:[]string request*:bytes signerName*:string uid:string usages:[]string username:string
CertificateSigningRequestStatus
  certificate:bytes conditions:[type]CertificateSigningRequestCondition
# coordination.v1
Lease (coordination.k8s.io/v1)
  apiVersion:string kind:string metadata:meta.v1.ObjectMeta={} spec:LeaseSpec={}
LeaseList (coordination.k8s.io/v1)
  apiVersion:string items*:[]Lease kind:string metadata:meta.v1.ListMeta={}
LeaseSpec
  acquireTime:microTime holderIdentity:string leaseDurationSeconds:int32 leaseTransitions:int32 preferredHolder:string renewTime:microTime
  strategy:string
# discovery.v1
Endpoint
  addresses*:[set]string conditions:EndpointConditions={} deprecatedTopology:{}string hints:EndpointHints hostname:string nodeName:string
  targetRef:core.v1.ObjectReference zone:string
EndpointConditions
  ready:bool serving:bool terminating:bool
EndpointHints
  forNodes:[]ForNode forZones:[]ForZone
EndpointPort!
  appProtocol:string name:string port:int32 protocol:string
EndpointSlice (discovery.k8s.io/v1)
  addressType*:string apiVersion:string endpoints*:[]Endpoint kind:string metadata:meta.v1.ObjectMeta={} ports:[]EndpointPort
EndpointSliceList (discovery.k8s.io/v1)
  apiVersion:string items*:[]EndpointSlice kind:string metadata:meta.v1.ListMeta={}
ForNode
  name*:string
ForZone
  name*:string
# events.v1
Event (events.k8s.io/v1)
  action:string apiVersion:string deprecatedCount:int32 deprecatedFirstTimestamp:time deprecatedLastTimestamp:time
  deprecatedSource:core.v1.EventSource={} eventTime*:microTime kind:string metadata:meta.v1.ObjectMeta={} note:string reason:string
  regarding:core.v1.ObjectReference={} related:core.v1.ObjectReference reportingController:string reportingInstance:string series:EventSeries
  type:string
EventList (events.k8s.io/v1)
  apiVersion:string items*:[]Event kind:string metadata:meta.v1.ListMeta={}
EventSeries
  count*:int32 lastObservedTime*:microTime
# flowcontrol.v1
ExemptPriorityLevelConfiguration
  lendablePercent:int32 nominalConcurrencyShares:int32
FlowDistinguisherMethod
  type*:string
FlowSchema (flowcontrol.apiserver.k8s.io/v1)
  apiVersion:string kind:string metadata:meta.v1.ObjectMeta={} spec:FlowSchemaSpec={} status:FlowSchemaStatus={}
FlowSchemaCondition
  lastTransitionTime:time message:string reason:string status:string type:string
FlowSchemaList (flowcontrol.apiserver.k8s.io/v1)
  apiVersion:string items*:[]FlowSchema kind:string metadata:meta.v1.ListMeta={}
FlowSchemaSpec
  distinguisherMethod:FlowDistinguisherMethod matchingPrecedence:int32 priorityLevelConfiguration*:PriorityLevelConfigurationReference={}
  rules:[]PolicyRulesWithSubjects
FlowSchemaStatus
  conditions:[type]FlowSchemaCondition~merge/type
GroupSubject
  name*:string
LimitResponse
  queuing:QueuingConfiguration type*:string
LimitedPriorityLevelConfiguration
  borrowingLimitPercent:int32 lendablePercent:int32 limitResponse:LimitResponse={} nominalConcurrencyShares:int32
NonResourcePolicyRule
  nonResourceURLs*:[set]string verbs*:[set]string
PolicyRulesWithSubjects
  nonResourceRules:[]NonResourcePolicyRule resourceRules:[]ResourcePolicyRule subjects*:[]Subject
PriorityLevelConfiguration (flowcontrol.apiserver.k8s.io/v1)
  apiVersion:string kind:string metadata:meta.v1.ObjectMeta={} spec:PriorityLevelConfigurationSpec={} status:PriorityLevelConfigurationStatus={}
PriorityLevelConfigurationCondition
  lastTransitionTime:time message:string reason:string status:string type:string
PriorityLevelConfigurationList (flowcontrol.apiserver.k8s.io/v1)
  apiVersion:string items*:[]PriorityLevelConfiguration kind:string metadata:meta.v1.ListMeta={}
PriorityLevelConfigurationReference
  name*:string
PriorityLevelConfigurationSpec
  exempt:ExemptPriorityLevelConfiguration limited:LimitedPriorityLevelConfiguration type*:string
PriorityLevelConfigurationStatus
  conditions:[type]PriorityLevelConfigurationCondition~merge/type
QueuingConfiguration
  handSize:int32 queueLengthLimit:int32 queues:int32
ResourcePolicyRule
  apiGroups*:[set]string clusterScope:bool namespaces:[set]string resources*:[set]string verbs*:[set]string
ServiceAccountSubject
  name*:string namespace*:string
Subject
  group:GroupSubject kind*:string serviceAccount:ServiceAccountSubject user:UserSubject
UserSubject
  name*:string
# meta.v1
APIResource
  categories:[]string group:string kind*:string name*:string namespaced*:bool shortNames:[]string singularName*:string storageVersionHash:string
  verbs*:[]string version:string
APIResourceList (v1)
  apiVersion:string groupVersion*:string kind:string resources*:[]APIResource
Condition
  lastTransitionTime*:time message*:string observedGeneration:int64 reason*:string status*:string type*:string
DeleteOptions
  apiVersion:string dryRun:[]string gracePeriodSeconds:int64 ignoreStoreReadErrorWithClusterBreakingPotential:bool kind:string orphanDependents:bool
  preconditions:Preconditions propagationPolicy:string
FieldSelectorRequirement
  key*:string operator*:string values:[]string
LabelSelector!
  matchExpressions:[]LabelSelectorRequirement matchLabels:{}string
LabelSelectorRequirement
  key*:string operator*:string values:[]string
ListMeta
  continue:string remainingItemCount:int64 resourceVersion:string selfLink:string
ManagedFieldsEntry
  apiVersion:string fieldsType:string fieldsV1:any manager:string operation:string subresource:string time:time
ObjectMeta
  annotations:{}string creationTimestamp:time deletionGracePeriodSeconds:int64 deletionTimestamp:time finalizers:[set]string~merge generateName:string
  generation:int64 labels:{}string managedFields:[]ManagedFieldsEntry name:string namespace:string ownerReferences:[uid]OwnerReference~merge/uid
  resourceVersion:string selfLink:string uid:string
OwnerReference!
  apiVersion*:string blockOwnerDeletion:bool controller:bool kind*:string name*:string uid*:string
Preconditions
  resourceVersion:string uid:string
Status (v1)
  apiVersion:string code:int32 details:StatusDetails kind:string message:string metadata:ListMeta={} reason:string status:string
StatusCause
  field:string message:string reason:string
StatusDetails
  causes:[]StatusCause group:string kind:string name:string retryAfterSeconds:int32 uid:string
WatchEvent
  object*:any type*:string
# networking.v1
HTTPIngressPath
  backend*:IngressBackend={} path:string pathType*:string
HTTPIngressRuleValue
  paths*:[]HTTPIngressPath
IPAddress (networking.k8s.io/v1)
  apiVersion:string kind:string metadata:meta.v1.ObjectMeta={} spec:IPAddressSpec={}
IPAddressList (networking.k8s.io/v1)
  apiVersion:string items*:[]IPAddress kind:string metadata:meta.v1.ListMeta={}
IPAddressSpec
  parentRef*:ParentReference
IPBlock
  cidr*:string except:[]string
Ingress (networking.k8s.io/v1)
  apiVersion:string kind:string metadata:meta.v1.ObjectMeta={} spec:IngressSpec={} status:IngressStatus={}
IngressBackend
  resource:core.v1.TypedLocalObjectReference service:IngressServiceBackend
IngressClass (networking.k8s.io/v1)
  apiVersion:string kind:string metadata:meta.v1.ObjectMeta={} spec:IngressClassSpec={}
IngressClassList (networking.k8s.io/v1)
  apiVersion:string items*:[]IngressClass kind:string metadata:meta.v1.ListMeta={}
IngressClassParametersReference
  apiGroup:string kind*:string name*:string namespace:string scope:string
IngressClassSpec
  controller:string parameters:IngressClassParametersReference
IngressList (networking.k8s.io/v1)
  apiVersion:string items*:[]Ingress kind:string metadata:meta.v1.ListMeta={}
IngressLoadBalancerIngress
  hostname:string ip:string ports:[]IngressPortStatus
IngressLoadBalancerStatus
  ingress:[]IngressLoadBalancerIngress
IngressPortStatus
  error:string port*:int32 protocol*:string
IngressRule
  host:string http:HTTPIngressRuleValue
IngressServiceBackend
  name*:string port:ServiceBackendPort={}
IngressSpec
  defaultBackend:IngressBackend ingressClassName:string rules:[]IngressRule tls:[]IngressTLS
IngressStatus
  loadBalancer:IngressLoadBalancerStatus={}
IngressTLS
  hosts:[]string secretName:string
NetworkPolicy (networking.k8s.io/v1)
  apiVersion:string kind:string metadata:meta.v1.ObjectMeta={} spec:NetworkPolicySpec={}
NetworkPolicyEgressRule
  ports:[]NetworkPolicyPort to:[]NetworkPolicyPeer
NetworkPolicyIngressRule
  from:[]NetworkPolicyPeer ports:[]NetworkPolicyPort
NetworkPolicyList (networking.k8s.io/v1)
  apiVersion:string items*:[]NetworkPolicy kind:string metadata:meta.v1.ListMeta={}
NetworkPolicyPeer
  ipBlock:IPBlock namespaceSelector:meta.v1.LabelSelector podSelector:meta.v1.LabelSelector
NetworkPolicyPort
  endPort:int32 port:intOrString protocol:string
NetworkPolicySpec
  egress:[]NetworkPolicyEgressRule ingress:[]NetworkPolicyIngressRule podSelector:meta.v1.LabelSelector={} policyTypes:[]string
ParentReference
  group:string name*:string namespace:string resource*:string
ServiceBackendPort!
  name:string number:int32
ServiceCIDR (networking.k8s.io/v1)
  apiVersion:string kind:string metadata:meta.v1.ObjectMeta={} spec:ServiceCIDRSpec={} status:ServiceCIDRStatus={}
ServiceCIDRList (networking.k8s.io/v1)
  apiVersion:string items*:[]ServiceCIDR kind:string metadata:meta.v1.ListMeta={}
ServiceCIDRSpec
  cidrs:[]string
ServiceCIDRStatus
  conditions:[type]meta.v1.Condition~merge/type
# node.v1
Overhead
  podFixed:{}quantity
RuntimeClass (node.k8s.io/v1)
  apiVersion:string handler*:string kind:string metadata:meta.v1.ObjectMeta={} overhead:Overhead scheduling:Scheduling
RuntimeClassList (node.k8s.io/v1)
  apiVersion:string items*:[]RuntimeClass kind:string metadata:meta.v1.ListMeta={}
Scheduling
  nodeSelector:{!}string tolerations:[]core.v1.Toleration
# policy.v1
Eviction (policy/v1)
  apiVersion:string deleteOptions:meta.v1.DeleteOptions kind:string metadata:meta.v1.ObjectMeta={}
PodDisruptionBudget (policy/v1)
  apiVersion:string kind:string metadata:meta.v1.ObjectMeta={} spec:PodDisruptionBudgetSpec={} status:PodDisruptionBudgetStatus={}
PodDisruptionBudgetList (policy/v1)
  apiVersion:string items*:[]PodDisruptionBudget kind:string metadata:meta.v1.ListMeta={}
PodDisruptionBudgetSpec
  maxUnavailable:intOrString minAvailable:intOrString selector:meta.v1.LabelSelector~replace unhealthyPodEvictionPolicy:string
PodDisruptionBudgetStatus
  conditions:[type]meta.v1.Condition~merge/type currentHealthy*:int32 desiredHealthy*:int32 disruptedPods:{}time disruptionsAllowed*:int32
  expectedPods*:int32 observedGeneration:int64
# rbac.v1
AggregationRule
  clusterRoleSelectors:[]meta.v1.LabelSelector
ClusterRole (rbac.authorization.k8s.io/v1)
  aggregationRule:AggregationRule apiVersion:string kind:string metadata:meta.v1.ObjectMeta={} rules:[]PolicyRule
ClusterRoleBinding (rbac.authorization.k8s.io/v1)
  apiVersion:string kind:string metadata:meta.v1.ObjectMeta={} roleRef*:RoleRef={} subjects:[]Subject
ClusterRoleBindingList (rbac.authorization.k8s.io/v1)
  apiVersion:string items*:[]ClusterRoleBinding kind:string metadata:meta.v1.ListMeta={}
ClusterRoleList (rbac.authorization.k8s.io/v1)
  apiVersion:string items*:[]ClusterRole kind:string metadata:meta.v1.ListMeta={}
PolicyRule
  apiGroups:[]string nonResourceURLs:[]string resourceNames:[]string resources:[]string verbs*:[]string
Role (rbac.authorization.k8s.io/v1)
  apiVersion:string kind:string metadata:meta.v1.ObjectMeta={} rules:[]PolicyRule
RoleBinding (rbac.authorization.k8s.io/v1)
  apiVersion:string kind:string metadata:meta.v1.ObjectMeta={} roleRef*:RoleRef={} subjects:[]Subject
RoleBindingList (rbac.authorization.k8s.io/v1)
  apiVersion:string items*:[]RoleBinding kind:string metadata:meta.v1.ListMeta={}
RoleList (rbac.authorization.k8s.io/v1)
  apiVersion:string items*:[]Role kind:string metadata:meta.v1.ListMeta={}
RoleRef!
  apiGroup*:string kind*:string name*:string
Subject!
  apiGroup:string kind*:string name*:string namespace:string
# scheduling.v1
PriorityClass (scheduling.k8s.io/v1)
  apiVersion:string description:string globalDefault:bool kind:string metadata:meta.v1.ObjectMeta={} preemptionPolicy:string value*:int32
PriorityClassList (scheduling.k8s.io/v1)
  apiVersion:string items*:[]PriorityClass kind:string metadata:meta.v1.ListMeta={}
# storage.v1
CSIDriver (storage.k8s.io/v1)
  apiVersion:string kind:string metadata:meta.v1.ObjectMeta={} spec*:CSIDriverSpec={}
CSIDriverList (storage.k8s.io/v1)
  apiVersion:string items*:[]CSIDriver kind:string metadata:meta.v1.ListMeta={}
CSIDriverSpec
  attachRequired:bool fsGroupPolicy:string nodeAllocatableUpdatePeriodSeconds:int64 podInfoOnMount:bool requiresRepublish:bool seLinuxMount:bool
  serviceAccountTokenInSecrets:bool storageCapacity:bool tokenRequests:[]TokenRequest volumeLifecycleModes:[set]string
CSINode (storage.k8s.io/v1)
  apiVersion:string kind:string metadata:meta.v1.ObjectMeta={} spec*:CSINodeSpec={}
CSINodeDriver
  allocatable:VolumeNodeResources name*:string nodeID*:string topologyKeys:[]string
CSINodeList (storage.k8s.io/v1)
  apiVersion:string items*:[]CSINode kind:string metadata:meta.v1.ListMeta={}
CSINodeSpec
  drivers*:[name]CSINodeDriver~merge/name
CSIStorageCapacity (storage.k8s.io/v1)
  apiVersion:string capacity:quantity kind:string maximumVolumeSize:quantity metadata:meta.v1.ObjectMeta={} nodeTopology:meta.v1.LabelSelector
  storageClassName*:string
CSIStorageCapacityList (storage.k8s.io/v1)
  apiVersion:string items*:[]CSIStorageCapacity kind:string metadata:meta.v1.ListMeta={}
StorageClass (storage.k8s.io/v1)
  allowVolumeExpansion:bool allowedTopologies:[]core.v1.TopologySelectorTerm apiVersion:string kind:string metadata:meta.v1.ObjectMeta={}
  mountOptions:[]string parameters:{}string provisioner*:string reclaimPolicy:string volumeBindingMode:string
StorageClassList (storage.k8s.io/v1)
  apiVersion:string items*:[]StorageClass kind:string metadata:meta.v1.ListMeta={}
TokenRequest
  audience*:string expirationSeconds:int64
VolumeAttachment (storage.k8s.io/v1)
  apiVersion:string kind:string metadata:meta.v1.ObjectMeta={} spec*:VolumeAttachmentSpec={} status:VolumeAttachmentStatus={}
VolumeAttachmentList (storage.k8s.io/v1)
  apiVersion:string items*:[]VolumeAttachment kind:string metadata:meta.v1.ListMeta={}
VolumeAttachmentSource
  inlineVolumeSpec:core.v1.PersistentVolumeSpec persistentVolumeName:string
VolumeAttachmentSpec
  attacher*:string nodeName*:string source*:VolumeAttachmentSource={}
VolumeAttachmentStatus
  attachError:VolumeError attached*:bool attachmentMetadata:{}string detachError:VolumeError
VolumeAttributesClass (storage.k8s.io/v1)
  apiVersion:string driverName*:string kind:string metadata:meta.v1.ObjectMeta={} parameters:{}string
VolumeAttributesClassList (storage.k8s.io/v1)
  apiVersion:string items*:[]VolumeAttributesClass kind:string metadata:meta.v1.ListMeta={}
VolumeError
  errorCode:int32 message:string time:time
VolumeNodeResources
  count:int32`;
