"""A user's program with Kubernetes' client for Python. KUBECONFIG says where."""

import json
import time

from kubernetes import client, config, watch
from kubernetes.client.exceptions import ApiException

config.load_kube_config()
core, apps, batch, policy = client.CoreV1Api(), client.AppsV1Api(), client.BatchV1Api(), client.PolicyV1Api()
NAMESPACE = "default"
told = {}


def until(what, holds):
    for _ in range(600):
        if holds():
            return
        time.sleep(0.05)
    raise TimeoutError(what)


def refusal(call, *args, **options):
    try:
        call(*args, **options)
    except ApiException as error:
        body = json.loads(error.body)
        return {"code": error.status, "reason": body["reason"], "message": body["message"]}
    return "no refusal"


def container(image):
    return client.V1Container(name="c", image=image, resources=client.V1ResourceRequirements(requests={"cpu": "50m"}))


def template(labels, **spec):
    return client.V1PodTemplateSpec(
        metadata=client.V1ObjectMeta(labels=labels), spec=client.V1PodSpec(containers=[container("nginx")], **spec)
    )


nodes = core.list_node(label_selector="agentpool=second").items
told["nodes"] = [node.metadata.labels["agentpool"] for node in nodes]
told["ready"] = all(any(c.type == "Ready" and c.status == "True" for c in node.status.conditions) for node in nodes)

labels = {"app": "py"}
taint = client.V1Taint(key="only", value="py", effect="NoSchedule")
core.patch_node(nodes[0].metadata.name, {"spec": {"taints": [taint.to_dict()]}, "metadata": {"labels": {"only": "py"}}})
apps.create_namespaced_deployment(
    NAMESPACE,
    client.V1Deployment(
        metadata=client.V1ObjectMeta(name="py"),
        spec=client.V1DeploymentSpec(
            replicas=2,
            selector=client.V1LabelSelector(match_labels=labels),
            template=template(
                labels,
                node_selector={"only": "py"},
                tolerations=[client.V1Toleration(key="only", operator="Equal", value="py", effect="NoSchedule")],
            ),
        ),
    ),
)
stream = watch.Watch()
for event in stream.stream(core.list_namespaced_pod, NAMESPACE, label_selector="app=py", timeout_seconds=30):
    if event["object"].status.phase == "Running":
        stream.stop()
until("both run", lambda: apps.read_namespaced_deployment("py", NAMESPACE).status.ready_replicas == 2)
pods = core.list_namespaced_pod(NAMESPACE, label_selector="app=py").items
told["on the tainted node"] = [pod.spec.node_name == nodes[0].metadata.name for pod in pods]

apps.patch_namespaced_deployment_scale("py", NAMESPACE, {"spec": {"replicas": 1}})
until("one is left", lambda: len(core.list_namespaced_pod(NAMESPACE, label_selector="app=py").items) == 1)
told["scaled"] = apps.read_namespaced_deployment_scale("py", NAMESPACE).spec.replicas

batch.create_namespaced_job(
    NAMESPACE,
    client.V1Job(
        metadata=client.V1ObjectMeta(name="py"),
        spec=client.V1JobSpec(template=template({"job": "py"}, restart_policy="Never"), completions=2, parallelism=2),
    ),
)
until("the job is done", lambda: batch.read_namespaced_job("py", NAMESPACE).status.succeeded == 2)
told["job"] = [c.type for c in batch.read_namespaced_job("py", NAMESPACE).status.conditions if c.status == "True"]

told["missing"] = refusal(core.read_node, "nope")
told["bad"] = refusal(core.create_namespaced_pod, NAMESPACE, {"metadata": {"name": "bad"}, "spec": {"containers": []}})
pages, token = [], None
while True:
    page = core.list_node(limit=2, _continue=token)
    pages.append(len(page.items))
    token = page.metadata._continue
    if not token:
        break
told["pages"] = pages
told["version"] = client.VersionApi().get_code().major
apps.delete_namespaced_deployment("py", NAMESPACE)
until("nothing is left", lambda: core.list_namespaced_pod(NAMESPACE, label_selector="app=py").items == [])
print(json.dumps(told))
