"""aks-preview as the articles of 2019 know it, for the az of today: what az has lost since, on top of what it has."""

from azure.cli.core import AzCommandsLoader, __version__ as az_version
from knack.util import CLIError


class PreviewCommandsLoader(AzCommandsLoader):
    """Registers `aks create`, `aks nodepool list` and, where az's own is broken, `aks nodepool upgrade`; nothing else."""

    def __init__(self, cli_ctx=None):
        from azure.cli.core.commands import CliCommandType
        from azure.cli.core.profiles import ResourceType

        super().__init__(
            cli_ctx=cli_ctx,
            custom_command_type=CliCommandType(operations_tmpl="azext_aks_preview.custom#{}"),
            resource_type=ResourceType.MGMT_CONTAINERSERVICE,
        )

    def load_command_table(self, args):
        # az skips an extension that raises here, says why, and goes on with its own commands.
        try:
            from azext_aks_preview.commands import load_command_table

            load_command_table(self)
        except (ImportError, AttributeError, KeyError, TypeError) as error:
            raise CLIError(
                "azure-cli {} is built in another way than this extension expects ({}). az's own commands are as they "
                "were: --vm-set-type VirtualMachineScaleSets stands for --enable-vmss. "
                "'az extension remove --name aks-preview' ends this message".format(az_version, error)
            ) from error
        return self.command_table

    def load_arguments(self, command):
        from azext_aks_preview.commands import load_arguments

        load_arguments(self, command)


COMMAND_LOADER_CLS = PreviewCommandsLoader
