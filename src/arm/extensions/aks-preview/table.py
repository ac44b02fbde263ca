"""The table of node pools, with the columns of 2019."""

from collections import OrderedDict

# Title and member. az 2.0 had no table of its own for pools: it showed every single value that was set, by name.
COLUMNS = (
    ("AgentPoolType", "typePropertiesType"),
    ("Count", "count"),
    ("MaxPods", "maxPods"),
    ("Name", "name"),
    ("OrchestratorVersion", "orchestratorVersion"),
    ("OsDiskSizeGb", "osDiskSizeGb"),
    ("OsType", "osType"),
    ("ProvisioningState", "provisioningState"),
    ("ResourceGroup", "resourceGroup"),
    ("VmSize", "vmSize"),
    ("VnetSubnetId", "vnetSubnetId"),
)


def pool_rows(pools):
    """One row a pool, in the order of their names."""
    return [_row(pool) for pool in sorted(pools, key=lambda pool: pool["name"])]


def _row(pool):
    return OrderedDict((title, pool[member]) for title, member in COLUMNS if pool.get(member) is not None)
