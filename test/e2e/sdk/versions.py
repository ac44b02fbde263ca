"""A user's program with the SDK for Python, at the api-version that it is given. Its settings are those of `lido env`."""

import json
import os
import sys

from azure.core.exceptions import HttpResponseError
from azure.identity import ClientSecretCredential
from azure.mgmt.containerservice import ContainerServiceClient

api_version, kubernetes_version, newer = sys.argv[1:4]
endpoint = os.environ["LIDO_ENDPOINT"]
credential = ClientSecretCredential(
    os.environ["AZURE_TENANT_ID"],
    os.environ["AZURE_CLIENT_ID"],
    os.environ["AZURE_CLIENT_SECRET"],
    authority=os.environ["AZURE_AUTHORITY_HOST"],
    disable_instance_discovery=True,
)
options = {} if api_version == "newest" else {"api_version": api_version}
client = ContainerServiceClient(
    credential,
    os.environ["AZURE_SUBSCRIPTION_ID"],
    base_url=endpoint,
    credential_scopes=[f"{endpoint}/.default"],
    polling_interval=1,
    **options,
)
GROUP, CLUSTER, POOL = "rg", "python", "userpool"
POOL_OF_2019 = api_version < "2020"
told = {}


def wait(poller):
    return poller.result()


def refusal(call):
    try:
        call()
        return "no refusal"
    except HttpResponseError as error:
        return {"status": error.status_code, "code": error.error and error.error.code, "message": error.message}


def shown(thing):
    return {
        "state": thing.provisioning_state,
        "tags": getattr(thing, "tags", None),
        "count": getattr(thing, "count", None),
        "version": getattr(thing, "orchestrator_version", None) or getattr(thing, "kubernetes_version", None),
        "labels": getattr(thing, "node_labels", None),
        "taints": getattr(thing, "node_taints", None),
    }


def pool_body(**values):
    mode = {} if POOL_OF_2019 else {"mode": "User"}
    return {"count": 2, "vmSize": "Standard_DS2_v2", "osType": "Linux", "type": "VirtualMachineScaleSets", **mode, **values}


def put_pool(**values):
    body = {"properties": pool_body(**values)}
    return wait(client.agent_pools.begin_create_or_update(GROUP, CLUSTER, POOL, deserialized("AgentPool", body)))


def deserialized(name, body):
    """Generated models of every generation read the wire's own form."""
    if api_version == "newest":
        import azure.mgmt.containerservice.models as models

        model = getattr(models, name)
        return model(body) if hasattr(model, "__getitem__") else model.from_dict(body)
    return getattr(client.models(api_version), name).from_dict(body)


try:
    cluster = {
        "location": "eastus",
        "identity": {"type": "SystemAssigned"},
        "properties": {
            "kubernetesVersion": kubernetes_version,
            "dnsPrefix": "python",
            "agentPoolProfiles": [
                {**pool_body(), "name": "first", "count": 1, **({} if POOL_OF_2019 else {"mode": "System"})}
            ],
        },
    }
    made = wait(client.managed_clusters.begin_create_or_update(GROUP, CLUSTER, deserialized("ManagedCluster", cluster)))
    told["cluster"] = shown(made)
    told["pool"] = shown(put_pool(nodeTaints=["sku=gpu:NoSchedule"]))
    told["scaled"] = shown(put_pool(count=3, nodeTaints=["sku=gpu:NoSchedule"]))
    told["tagged"] = shown(wait(client.managed_clusters.begin_update_tags(GROUP, CLUSTER, deserialized("TagsObject", {"tags": {"a": "b"}}))))
    cluster["properties"]["kubernetesVersion"] = newer
    cluster["properties"]["agentPoolProfiles"] = None
    told["upgraded"] = shown(wait(client.managed_clusters.begin_create_or_update(GROUP, CLUSTER, deserialized("ManagedCluster", cluster))))
    told["upgraded pool"] = shown(put_pool(count=3, nodeTaints=["sku=gpu:NoSchedule"], orchestratorVersion=newer))
    told["pools"] = sorted(pool.name for pool in client.agent_pools.list(GROUP, CLUSTER))
    told["kubeconfigs"] = [config.name for config in client.managed_clusters.list_cluster_user_credentials(GROUP, CLUSTER).kubeconfigs]
    told["no such pool"] = refusal(lambda: client.agent_pools.get(GROUP, CLUSTER, "absent"))
    told["a bad name"] = refusal(lambda: client.agent_pools.begin_create_or_update(GROUP, CLUSTER, "Bad", deserialized("AgentPool", {"properties": pool_body()})))
    wait(client.agent_pools.begin_delete(GROUP, CLUSTER, POOL))
    told["pools after"] = [pool.name for pool in client.agent_pools.list(GROUP, CLUSTER)]
    wait(client.managed_clusters.begin_delete(GROUP, CLUSTER))
    told["clusters after"] = [each.name for each in client.managed_clusters.list()]
finally:
    print(json.dumps(told))
