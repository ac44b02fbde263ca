/**
 * Messages of the groups that extend an API server or steer it, in the notation of messages-table.ts. Source: the
 * generated.proto and types.go of kubernetes/api 1.36, kubernetes/apiextensions-apiserver and kubernetes/kube-aggregator 1.35.
 */
export const EXTENSION_MESSAGES: Readonly<Record<string, string>> = {
  "admissionregistration/v1.AuditAnnotation": "1 key s, 2 valueExpression s",
  "admissionregistration/v1.ExpressionWarning": "2 fieldRef s, 3 warning s",
  "admissionregistration/v1.MatchCondition": "1 name s, 2 expression s",
  "admissionregistration/v1.MatchResources":
    "1 namespaceSelector meta/v1.LabelSelector*, 2 objectSelector meta/v1.LabelSelector*, 3 resourceRules []NamedRuleWithOperations, 4 excludeResourceRules []NamedRuleWithOperations, 7 matchPolicy s*",
  "admissionregistration/v1.MutatingWebhook":
    "1 name s, 2 clientConfig WebhookClientConfig, 3 rules []RuleWithOperations, 4 failurePolicy s*, 9 matchPolicy s*, 5 namespaceSelector meta/v1.LabelSelector*, 11 objectSelector meta/v1.LabelSelector*, 6 sideEffects s*, 7 timeoutSeconds i*, 8 admissionReviewVersions []s, 10 reinvocationPolicy s*, 12 matchConditions []MatchCondition",
  "admissionregistration/v1.MutatingWebhookConfiguration": "1 metadata meta/v1.ObjectMeta, 2 webhooks []MutatingWebhook",
  "admissionregistration/v1.NamedRuleWithOperations": "1 resourceNames []s, 2 ruleWithOperations RuleWithOperations^",
  "admissionregistration/v1.ParamKind": "1 apiVersion s, 2 kind s",
  "admissionregistration/v1.ParamRef": "1 name s, 2 namespace s, 3 selector meta/v1.LabelSelector*, 4 parameterNotFoundAction s*",
  "admissionregistration/v1.Rule": "1 apiGroups []s, 2 apiVersions []s, 3 resources []s, 4 scope s*",
  "admissionregistration/v1.RuleWithOperations": "1 operations []s, 2 rule Rule^",
  "admissionregistration/v1.ServiceReference": "1 namespace s, 2 name s, 3 path s*, 4 port i*",
  "admissionregistration/v1.TypeChecking": "1 expressionWarnings []ExpressionWarning",
  "admissionregistration/v1.ValidatingAdmissionPolicy":
    "1 metadata meta/v1.ObjectMeta, 2 spec ValidatingAdmissionPolicySpec, 3 status ValidatingAdmissionPolicyStatus",
  "admissionregistration/v1.ValidatingAdmissionPolicyBinding": "1 metadata meta/v1.ObjectMeta, 2 spec ValidatingAdmissionPolicyBindingSpec",
  "admissionregistration/v1.ValidatingAdmissionPolicyBindingSpec":
    "1 policyName s, 2 paramRef ParamRef*, 3 matchResources MatchResources*, 4 validationActions []s",
  "admissionregistration/v1.ValidatingAdmissionPolicySpec":
    "1 paramKind ParamKind*, 2 matchConstraints MatchResources*, 3 validations []Validation, 4 failurePolicy s*, 5 auditAnnotations []AuditAnnotation, 6 matchConditions []MatchCondition, 7 variables []Variable",
  "admissionregistration/v1.ValidatingAdmissionPolicyStatus":
    "1 observedGeneration i, 2 typeChecking TypeChecking*, 3 conditions []meta/v1.Condition",
  "admissionregistration/v1.ValidatingWebhook":
    "1 name s, 2 clientConfig WebhookClientConfig, 3 rules []RuleWithOperations, 4 failurePolicy s*, 9 matchPolicy s*, 5 namespaceSelector meta/v1.LabelSelector*, 10 objectSelector meta/v1.LabelSelector*, 6 sideEffects s*, 7 timeoutSeconds i*, 8 admissionReviewVersions []s, 11 matchConditions []MatchCondition",
  "admissionregistration/v1.ValidatingWebhookConfiguration": "1 metadata meta/v1.ObjectMeta, 2 webhooks []ValidatingWebhook",
  "admissionregistration/v1.Validation": "1 expression s, 2 message s, 3 reason s*, 4 messageExpression s",
  "admissionregistration/v1.Variable": "1 name s, 2 expression s",
  "admissionregistration/v1.WebhookClientConfig": "3 url s*, 1 service ServiceReference*, 2 caBundle y",
  "apiextensions/v1.CustomResourceColumnDefinition": "1 name s, 2 type s, 3 format s, 4 description s, 5 priority i, 6 jsonPath s",
  "apiextensions/v1.CustomResourceConversion": "1 strategy s, 2 webhook WebhookConversion*",
  "apiextensions/v1.CustomResourceDefinition":
    "1 metadata meta/v1.ObjectMeta, 2 spec CustomResourceDefinitionSpec, 3 status CustomResourceDefinitionStatus",
  "apiextensions/v1.CustomResourceDefinitionCondition":
    "1 type s, 2 status s, 3 lastTransitionTime Time, 4 reason s, 5 message s, 6 observedGeneration i",
  "apiextensions/v1.CustomResourceDefinitionNames": "1 plural s, 2 singular s, 3 shortNames []s, 4 kind s, 5 listKind s, 6 categories []s",
  "apiextensions/v1.CustomResourceDefinitionSpec":
    "1 group s, 3 names CustomResourceDefinitionNames, 4 scope s, 7 versions []CustomResourceDefinitionVersion, 9 conversion CustomResourceConversion*, 10 preserveUnknownFields b",
  "apiextensions/v1.CustomResourceDefinitionStatus":
    "1 conditions []CustomResourceDefinitionCondition, 2 acceptedNames CustomResourceDefinitionNames, 3 storedVersions []s, 4 observedGeneration i",
  "apiextensions/v1.CustomResourceDefinitionVersion":
    "1 name s, 2 served b*, 3 storage b*, 7 deprecated b, 8 deprecationWarning s*, 4 schema CustomResourceValidation*, 5 subresources CustomResourceSubresources*, 6 additionalPrinterColumns []CustomResourceColumnDefinition, 9 selectableFields []SelectableField",
  "apiextensions/v1.CustomResourceSubresourceScale": "1 specReplicasPath s, 2 statusReplicasPath s, 3 labelSelectorPath s*",
  "apiextensions/v1.CustomResourceSubresourceStatus": "",
  "apiextensions/v1.CustomResourceSubresources": "1 status CustomResourceSubresourceStatus*, 2 scale CustomResourceSubresourceScale*",
  "apiextensions/v1.CustomResourceValidation": "1 openAPIV3Schema JSONSchemaProps*",
  "apiextensions/v1.ExternalDocumentation": "1 description s, 2 url s",
  "apiextensions/v1.JSONSchemaProps":
    "1 id s, 2 $schema s, 3 $ref s*, 4 description s, 5 type s, 6 format s, 7 title s, 8 default RawExtension*, 9 maximum d*, 10 exclusiveMaximum b, 11 minimum d*, 12 exclusiveMinimum b, 13 maxLength i*, 14 minLength i*, 15 pattern s, 16 maxItems i*, 17 minItems i*, 18 uniqueItems b, 19 multipleOf d*, 20 enum []RawExtension, 21 maxProperties i*, 22 minProperties i*, 23 required []s, 24 items JSONSchemaPropsOrArray*, 25 allOf []JSONSchemaProps, 26 oneOf []JSONSchemaProps, 27 anyOf []JSONSchemaProps, 28 not JSONSchemaProps*, 29 properties {}JSONSchemaProps, 30 additionalProperties JSONSchemaPropsOrBool*, 31 patternProperties {}JSONSchemaProps, 32 dependencies {}JSONSchemaPropsOrStringArray, 33 additionalItems JSONSchemaPropsOrBool*, 34 definitions {}JSONSchemaProps, 35 externalDocs ExternalDocumentation*, 36 example RawExtension*, 37 nullable b, 38 x-kubernetes-preserve-unknown-fields b*, 39 x-kubernetes-embedded-resource b, 40 x-kubernetes-int-or-string b, 41 x-kubernetes-list-map-keys []s, 42 x-kubernetes-list-type s*, 43 x-kubernetes-map-type s*, 44 x-kubernetes-validations []ValidationRule",
  "apiextensions/v1.JSONSchemaPropsOrArray": "1 schema JSONSchemaProps*, 2 several []JSONSchemaProps",
  "apiextensions/v1.JSONSchemaPropsOrBool": "1 allows b*, 2 schema JSONSchemaProps*",
  "apiextensions/v1.JSONSchemaPropsOrStringArray": "1 schema JSONSchemaProps*, 2 several []s",
  "apiextensions/v1.SelectableField": "1 jsonPath s",
  "apiextensions/v1.ServiceReference": "1 namespace s, 2 name s, 3 path s*, 4 port i*",
  "apiextensions/v1.ValidationRule": "1 rule s, 2 message s, 3 messageExpression s, 4 reason s*, 5 fieldPath s, 6 optionalOldSelf b*",
  "apiextensions/v1.WebhookClientConfig": "3 url s*, 1 service ServiceReference*, 2 caBundle y",
  "apiextensions/v1.WebhookConversion": "2 clientConfig WebhookClientConfig*, 3 conversionReviewVersions []s",
  "apiregistration/v1.APIService": "1 metadata meta/v1.ObjectMeta, 2 spec APIServiceSpec, 3 status APIServiceStatus",
  "apiregistration/v1.APIServiceCondition": "1 type s, 2 status s, 3 lastTransitionTime Time, 4 reason s, 5 message s",
  "apiregistration/v1.APIServiceSpec":
    "1 service ServiceReference*, 2 group s, 3 version s, 4 insecureSkipTLSVerify b, 5 caBundle y, 7 groupPriorityMinimum i*, 8 versionPriority i*",
  "apiregistration/v1.APIServiceStatus": "1 conditions []APIServiceCondition",
  "apiregistration/v1.ServiceReference": "1 namespace s, 2 name s, 3 port i*",
  "certificates/v1.CertificateSigningRequest":
    "1 metadata meta/v1.ObjectMeta, 2 spec CertificateSigningRequestSpec, 3 status CertificateSigningRequestStatus",
  "certificates/v1.CertificateSigningRequestCondition":
    "1 type s, 6 status s, 2 reason s, 3 message s, 4 lastUpdateTime Time, 5 lastTransitionTime Time",
  "certificates/v1.CertificateSigningRequestSpec":
    "1 request y, 7 signerName s, 8 expirationSeconds i*, 5 usages []s, 2 username s, 3 uid s, 4 groups []s",
  "certificates/v1.CertificateSigningRequestStatus": "1 conditions []CertificateSigningRequestCondition, 2 certificate y",
  "flowcontrol/v1.ExemptPriorityLevelConfiguration": "1 nominalConcurrencyShares i*, 2 lendablePercent i*",
  "flowcontrol/v1.FlowDistinguisherMethod": "1 type s",
  "flowcontrol/v1.FlowSchema": "1 metadata meta/v1.ObjectMeta, 2 spec FlowSchemaSpec, 3 status FlowSchemaStatus",
  "flowcontrol/v1.FlowSchemaCondition": "1 type s, 2 status s, 3 lastTransitionTime Time, 4 reason s, 5 message s",
  "flowcontrol/v1.FlowSchemaSpec":
    "1 priorityLevelConfiguration PriorityLevelConfigurationReference, 2 matchingPrecedence i*, 3 distinguisherMethod FlowDistinguisherMethod*, 4 rules []PolicyRulesWithSubjects",
  "flowcontrol/v1.FlowSchemaStatus": "1 conditions []FlowSchemaCondition",
  "flowcontrol/v1.GroupSubject": "1 name s",
  "flowcontrol/v1.LimitResponse": "1 type s, 2 queuing QueuingConfiguration*",
  "flowcontrol/v1.LimitedPriorityLevelConfiguration":
    "1 nominalConcurrencyShares i*, 2 limitResponse LimitResponse, 3 lendablePercent i*, 4 borrowingLimitPercent i*",
  "flowcontrol/v1.NonResourcePolicyRule": "1 verbs []s, 6 nonResourceURLs []s",
  "flowcontrol/v1.PolicyRulesWithSubjects":
    "1 subjects []Subject, 2 resourceRules []ResourcePolicyRule, 3 nonResourceRules []NonResourcePolicyRule",
  "flowcontrol/v1.PriorityLevelConfiguration":
    "1 metadata meta/v1.ObjectMeta, 2 spec PriorityLevelConfigurationSpec, 3 status PriorityLevelConfigurationStatus",
  "flowcontrol/v1.PriorityLevelConfigurationCondition": "1 type s, 2 status s, 3 lastTransitionTime Time, 4 reason s, 5 message s",
  "flowcontrol/v1.PriorityLevelConfigurationReference": "1 name s",
  "flowcontrol/v1.PriorityLevelConfigurationSpec":
    "1 type s, 2 limited LimitedPriorityLevelConfiguration*, 3 exempt ExemptPriorityLevelConfiguration*",
  "flowcontrol/v1.PriorityLevelConfigurationStatus": "1 conditions []PriorityLevelConfigurationCondition",
  "flowcontrol/v1.QueuingConfiguration": "1 queues i*, 2 handSize i*, 3 queueLengthLimit i*",
  "flowcontrol/v1.ResourcePolicyRule": "1 verbs []s, 2 apiGroups []s, 3 resources []s, 4 clusterScope b, 5 namespaces []s",
  "flowcontrol/v1.ServiceAccountSubject": "1 namespace s, 2 name s",
  "flowcontrol/v1.Subject": "1 kind s, 2 user UserSubject*, 3 group GroupSubject*, 4 serviceAccount ServiceAccountSubject*",
  "flowcontrol/v1.UserSubject": "1 name s",
  "networking/v1.IPAddress": "1 metadata meta/v1.ObjectMeta, 2 spec IPAddressSpec",
  "networking/v1.IPAddressSpec": "1 parentRef ParentReference*",
  "networking/v1.ParentReference": "1 group s, 2 resource s, 3 namespace s, 4 name s",
  "networking/v1.ServiceCIDR": "1 metadata meta/v1.ObjectMeta, 2 spec ServiceCIDRSpec, 3 status ServiceCIDRStatus",
  "networking/v1.ServiceCIDRSpec": "1 cidrs []s",
  "networking/v1.ServiceCIDRStatus": "1 conditions []meta/v1.Condition",
  "node/v1.Overhead": "1 podFixed {}Quantity",
  "node/v1.RuntimeClass": "1 metadata meta/v1.ObjectMeta, 2 handler s, 3 overhead Overhead*, 4 scheduling Scheduling*",
  "node/v1.Scheduling": "1 nodeSelector {}s, 2 tolerations []core/v1.Toleration",
  "storage/v1.CSIStorageCapacity":
    "1 metadata meta/v1.ObjectMeta, 2 nodeTopology meta/v1.LabelSelector*, 3 storageClassName s, 4 capacity Quantity*, 5 maximumVolumeSize Quantity*",
  "storage/v1.VolumeAttributesClass": "1 metadata meta/v1.ObjectMeta, 2 driverName s, 3 parameters {}s",
};
