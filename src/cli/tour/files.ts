/** Names that the article gives to things. */
export const GROUP = "myResourceGroup";
export const CLUSTER = "myAKSCluster";
export const TAINT = "sku=gpu:NoSchedule";

/** A pod that tolerates the GPU nodes' taint. Source: the article, "Schedule pods using taints and tolerations". */
export const TOLERANT_POD = `apiVersion: v1
kind: Pod
metadata:
  name: mypod
spec:
  containers:
  - name: mypod
    image: nginx:1.15.9
    resources:
      requests: { cpu: 100m, memory: 128Mi }
      limits: { cpu: 1, memory: 2G }
  tolerations:
  - { key: sku, operator: Equal, value: gpu, effect: NoSchedule }
`;

/** How many pods without a toleration the tour makes: one alone could miss the GPU node by chance. */
export const INTOLERANT_PODS = 4;

/** Pods that tolerate nothing of their own. */
export const OTHER_PODS = Array.from(
  { length: INTOLERANT_PODS },
  (_, index) => `apiVersion: v1
kind: Pod
metadata: { name: other${index}, labels: { app: other } }
spec:
  containers:
  - { name: web, image: "nginx:1.15.9", resources: { requests: { cpu: 50m, memory: 64Mi } } }
`,
).join("---\n");

/** A template that makes or updates one pool of an existing cluster. Source: the article, "Manage node pools using a Resource Manager template". */
export const POOL_TEMPLATE = JSON.stringify(
  {
    $schema: "https://schema.management.azure.com/schemas/2015-01-01/deploymentTemplate.json#",
    contentVersion: "1.0.0.0",
    parameters: {
      clusterName: { type: "string", metadata: { description: "Cluster that gets the pool." } },
      location: { type: "string", metadata: { description: "Region of the cluster." } },
      agentPoolName: { type: "string", defaultValue: "myagentpool", metadata: { description: "Pool to make or update." } },
      vnetSubnetId: { type: "string", defaultValue: "", metadata: { description: "Subnet of the cluster, when it has its own." } },
    },
    variables: {
      apiVersion: { aks: "2019-04-01" },
      agentPoolProfiles: {
        maxPods: 30,
        osDiskSizeGB: 0,
        agentCount: 3,
        agentVmSize: "Standard_DS2_v2",
        osType: "Linux",
        vnetSubnetId: "[parameters('vnetSubnetId')]",
      },
    },
    resources: [
      {
        apiVersion: "2019-04-01",
        type: "Microsoft.ContainerService/managedClusters/agentPools",
        name: "[concat(parameters('clusterName'),'/', parameters('agentPoolName'))]",
        location: "[parameters('location')]",
        properties: {
          maxPods: "[variables('agentPoolProfiles').maxPods]",
          osDiskSizeGB: "[variables('agentPoolProfiles').osDiskSizeGB]",
          count: "[variables('agentPoolProfiles').agentCount]",
          vmSize: "[variables('agentPoolProfiles').agentVmSize]",
          osType: "[variables('agentPoolProfiles').osType]",
          storageProfile: "ManagedDisks",
          type: "VirtualMachineScaleSets",
          vnetSubnetID: "[variables('agentPoolProfiles').vnetSubnetId]",
          orchestratorVersion: "1.12.8",
        },
      },
    ],
  },
  undefined,
  2,
);
