"""Which commands are replaced, and the one argument that is added."""

from azure.cli.command_modules.acs._client_factory import cf_agent_pools, cf_managed_clusters
from azure.cli.command_modules.acs._params import load_arguments as load_core_arguments

from azext_aks_preview.custom import UPGRADE_IS_BROKEN
from azext_aks_preview.table import pool_rows


def load_command_table(loader):
    """Adds the commands to the loader's table."""
    with loader.command_group("aks", client_factory=cf_managed_clusters) as group:
        group.custom_command("create", "aks_create", supports_no_wait=True)
    with loader.command_group("aks nodepool", client_factory=cf_agent_pools) as group:
        group.custom_command("list", "aks_agentpool_list", table_transformer=pool_rows)
        if UPGRADE_IS_BROKEN:
            group.custom_command("upgrade", "aks_agentpool_upgrade", supports_no_wait=True)


def load_arguments(loader, command):
    """az's own arguments of the command, and --enable-vmss."""
    load_core_arguments(loader, command)
    with loader.argument_context("aks create") as context:
        context.argument(
            "enable_vmss",
            options_list=["--enable-vmss"],
            action="store_true",
            help="Make the nodes virtual machine scale sets. They are by default since; the same as "
            "--vm-set-type VirtualMachineScaleSets.",
        )
