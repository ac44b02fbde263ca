terraform {
  required_providers {
    azurerm = { source = "hashicorp/azurerm" }
  }
}

variable "count_default" {
  type    = number
  default = 1
}
variable "count_second" {
  type    = number
  default = 2
}
variable "labels" {
  type    = map(string)
  default = { tier = "web" }
}
variable "taints" {
  type    = list(string)
  default = ["sku=gpu:NoSchedule"]
}
variable "kubernetes_version" {
  type    = string
  default = "1.33.2"
}

# Credentials, subscription and metadata host come from ARM_… variables, as `lido env --terraform` and CI systems set them.
provider "azurerm" {
  features {}
}

resource "azurerm_resource_group" "group" {
  name     = "terraform"
  location = "eastus"
  tags     = { made = "by terraform" }
}

resource "azurerm_kubernetes_cluster" "cluster" {
  name                = "cluster"
  location            = azurerm_resource_group.group.location
  resource_group_name = azurerm_resource_group.group.name
  dns_prefix          = "terraform"
  kubernetes_version  = var.kubernetes_version

  default_node_pool {
    name                 = "default"
    node_count           = var.count_default
    vm_size              = "Standard_D2s_v3"
    orchestrator_version = var.kubernetes_version
    upgrade_settings {
      max_surge = "10%"
    }
  }
  node_provisioning_profile {
    mode = "Manual"
  }
  identity {
    type = "SystemAssigned"
  }
  tags = { env = "test" }
}

resource "azurerm_kubernetes_cluster_node_pool" "second" {
  name                  = "second"
  kubernetes_cluster_id = azurerm_kubernetes_cluster.cluster.id
  vm_size               = "Standard_D2s_v3"
  node_count            = var.count_second
  node_labels           = var.labels
  node_taints           = var.taints
  orchestrator_version  = var.kubernetes_version
  upgrade_settings {
    max_surge = "10%"
  }
  tags = { env = "test" }
}

output "host" {
  value     = azurerm_kubernetes_cluster.cluster.kube_config[0].host
  sensitive = true
}
