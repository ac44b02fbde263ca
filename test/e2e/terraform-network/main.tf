terraform {
  required_providers {
    azurerm = { source = "hashicorp/azurerm" }
  }
}

variable "node_count" {
  type    = number
  default = 1
}
variable "endpoints" {
  type    = list(string)
  default = []
}

# Credentials, subscription and metadata host come from ARM_… variables, as `lido env --terraform` and CI systems set them.
provider "azurerm" {
  features {}
}

resource "azurerm_resource_group" "group" {
  name     = "terraform-network"
  location = "eastus"
}

resource "azurerm_virtual_network" "network" {
  name                = "network"
  location            = azurerm_resource_group.group.location
  resource_group_name = azurerm_resource_group.group.name
  address_space       = ["10.10.0.0/16"]
  tags                = { env = "test" }
}

resource "azurerm_subnet" "system" {
  name                 = "system"
  resource_group_name  = azurerm_resource_group.group.name
  virtual_network_name = azurerm_virtual_network.network.name
  address_prefixes     = ["10.10.1.0/24"]
}

resource "azurerm_subnet" "user" {
  name                 = "user"
  resource_group_name  = azurerm_resource_group.group.name
  virtual_network_name = azurerm_virtual_network.network.name
  address_prefixes     = ["10.10.2.0/24"]
  dynamic "service_endpoint" {
    for_each = var.endpoints
    content {
      service = service_endpoint.value
    }
  }
}

resource "azurerm_subnet" "delegated" {
  name                              = "delegated"
  resource_group_name               = azurerm_resource_group.group.name
  virtual_network_name              = azurerm_virtual_network.network.name
  address_prefixes                  = ["10.10.3.0/28"]
  private_endpoint_network_policies = "Enabled"
  delegation {
    name = "api"
    service_delegation {
      name    = "Microsoft.ContainerService/managedClusters"
      actions = ["Microsoft.Network/virtualNetworks/subnets/join/action"]
    }
  }
}

resource "azurerm_kubernetes_cluster" "cluster" {
  name                = "cluster"
  location            = azurerm_resource_group.group.location
  resource_group_name = azurerm_resource_group.group.name
  dns_prefix          = "network"

  default_node_pool {
    name           = "default"
    node_count     = 1
    vm_size        = "Standard_D2s_v3"
    vnet_subnet_id = azurerm_subnet.system.id
    upgrade_settings {
      max_surge = "10%"
    }
  }
  network_profile {
    network_plugin = "azure"
    service_cidr   = "10.100.0.0/16"
    dns_service_ip = "10.100.0.10"
  }
  node_provisioning_profile {
    mode = "Manual"
  }
  identity {
    type = "SystemAssigned"
  }
}

resource "azurerm_kubernetes_cluster_node_pool" "user" {
  name                  = "user"
  kubernetes_cluster_id = azurerm_kubernetes_cluster.cluster.id
  vm_size               = "Standard_D2s_v3"
  node_count            = var.node_count
  vnet_subnet_id        = azurerm_subnet.user.id
  upgrade_settings {
    max_surge = "10%"
  }
}

data "azurerm_subnet" "user" {
  name                 = azurerm_subnet.user.name
  resource_group_name  = azurerm_resource_group.group.name
  virtual_network_name = azurerm_virtual_network.network.name
}

data "azurerm_virtual_network" "network" {
  name                = azurerm_virtual_network.network.name
  resource_group_name = azurerm_resource_group.group.name
  depends_on          = [azurerm_subnet.system, azurerm_subnet.user, azurerm_subnet.delegated]
}

output "prefixes" {
  value = data.azurerm_subnet.user.address_prefixes
}
output "subnets" {
  value = sort(data.azurerm_virtual_network.network.subnets)
}
