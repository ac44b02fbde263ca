"""The replaced commands. Each ends in az's own function of the same name."""

import functools
import inspect

from azure.cli.command_modules.acs import custom as core
from azure.cli.core import __version__ as az_version
from azure.cli.core.azclierror import MutuallyExclusiveArgumentError

SCALE_SETS = "VirtualMachineScaleSets"

# `nodepool upgrade --kubernetes-version` reads an attribute that pools do not have, and asks whether to go on when the
# version is a new one: Azure/azure-cli issues 25521, 25530 and 25545. Right again in the next release.
UPGRADE_IS_BROKEN = az_version == "2.45.0"

_create = inspect.signature(core.aks_create)
if "vm_set_type" not in _create.parameters:
    raise ImportError("aks create has no --vm-set-type")

aks_agentpool_list = core.aks_agentpool_list


@functools.wraps(core.aks_create)
def aks_create(enable_vmss=False, vm_set_type=None, **arguments):
    if enable_vmss:
        if vm_set_type and vm_set_type.lower() != SCALE_SETS.lower():
            raise MutuallyExclusiveArgumentError(
                "enable-vmss and provided vm_set_type ({}) are conflicting with each other".format(vm_set_type)
            )
        vm_set_type = SCALE_SETS
    return core.aks_create(vm_set_type=vm_set_type, **arguments)


# az reads a command's arguments off its signature.
aks_create.__signature__ = _create.replace(
    parameters=[
        *_create.parameters.values(),
        inspect.Parameter("enable_vmss", inspect.Parameter.KEYWORD_ONLY, default=False),
    ]
)


class _Fetched:
    """Operations on pools, with one pool that is already at hand."""

    def __init__(self, operations, pool):
        self._operations = operations
        self._pool = pool

    def __getattr__(self, name):
        return getattr(self._operations, name)

    def get(self, *_, **__):
        return self._pool


if UPGRADE_IS_BROKEN:

    @functools.wraps(core.aks_agentpool_upgrade)
    def aks_agentpool_upgrade(
        client, resource_group_name, cluster_name, nodepool_name, kubernetes_version="", node_image_only=False, yes=False, **arguments
    ):
        if not node_image_only:
            pool = client.get(resource_group_name, cluster_name, nodepool_name)
            pool.kubernetes_version = pool.orchestrator_version
            # The question is whether to upgrade to the version that is there.
            yes = yes or kubernetes_version not in ("", pool.orchestrator_version)
            client = _Fetched(client, pool)
        return core.aks_agentpool_upgrade(
            client=client,
            resource_group_name=resource_group_name,
            cluster_name=cluster_name,
            nodepool_name=nodepool_name,
            kubernetes_version=kubernetes_version,
            node_image_only=node_image_only,
            yes=yes,
            **arguments
        )
