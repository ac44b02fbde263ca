/**
 * Every command of the article "Create and manage multiple node pools" of May 2019, as it is printed and in its order.
 * Source: MicrosoftDocs/azure-docs articles/aks/use-multiple-node-pools.md.
 */
export const commands = {
  version: "az --version",
  addExtension: "az extension add --name aks-preview",
  updateExtension: "az extension update --name aks-preview",
  registerPools: "az feature register --name MultiAgentpoolPreview --namespace Microsoft.ContainerService",
  registerScaleSets: "az feature register --name VMSSPreview --namespace Microsoft.ContainerService",
  listPoolsFeature: `az feature list -o table --query "[?contains(name, 'Microsoft.ContainerService/MultiAgentpoolPreview')].{Name:name,State:properties.state}"`,
  listScaleSetsFeature: `az feature list -o table --query "[?contains(name, 'Microsoft.ContainerService/VMSSPreview')].{Name:name,State:properties.state}"`,
  registerProvider: "az provider register --namespace Microsoft.ContainerService",
  createGroup: `# Create a resource group in East US
az group create --name myResourceGroup --location eastus`,
  createCluster: `# Create a basic single-node AKS cluster
az aks create \\
    --resource-group myResourceGroup \\
    --name myAKSCluster \\
    --enable-vmss \\
    --node-count 1 \\
    --generate-ssh-keys \\
    --kubernetes-version 1.12.6`,
  getCredentials: "az aks get-credentials --resource-group myResourceGroup --name myAKSCluster",
  addPool: `az aks nodepool add \\
    --resource-group myResourceGroup \\
    --cluster-name myAKSCluster \\
    --name mynodepool \\
    --node-count 3`,
  listPools: "az aks nodepool list --resource-group myResourceGroup --cluster-name myAKSCluster -o table",
  listPoolsAgain: "az aks nodepool list -g myResourceGroup --cluster-name myAKSCluster -o table",
  upgradePool: `az aks nodepool upgrade \\
    --resource-group myResourceGroup \\
    --cluster-name myAKSCluster \\
    --name mynodepool \\
    --kubernetes-version 1.12.7 \\
    --no-wait`,
  scalePool: `az aks nodepool scale \\
    --resource-group myResourceGroup \\
    --cluster-name myAKSCluster \\
    --name mynodepool \\
    --node-count 5 \\
    --no-wait`,
  deletePool: "az aks nodepool delete -g myResourceGroup --cluster-name myAKSCluster --name mynodepool --no-wait",
  addGpuPool: `az aks nodepool add \\
    --resource-group myResourceGroup \\
    --cluster-name myAKSCluster \\
    --name gpunodepool \\
    --node-count 1 \\
    --node-vm-size Standard_NC6 \\
    --no-wait`,
  getNodes: "kubectl get nodes",
  taintNode: "kubectl taint node aks-gpunodepool-28993262-vmss000000 sku=gpu:NoSchedule",
  applyPod: "kubectl apply -f gpu-toleration.yaml",
  describePod: "kubectl describe pod mypod",
  deployTemplate: `az group deployment create \\
    --resource-group myResourceGroup \\
    --template-file aks-agentpools.json`,
  deleteGpuPool: "az aks nodepool delete -g myResourceGroup --cluster-name myAKSCluster --name gpunodepool",
  deleteGroup: "az group delete --name myResourceGroup --yes --no-wait",
} as const;

/** What the two prompts of `deployTemplate` are answered with. */
export const PROMPTED = ["myAKSCluster", "eastus"] as const;
